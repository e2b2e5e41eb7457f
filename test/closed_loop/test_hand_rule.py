"""The ceiling with the real simulated arm, and what evaluation promises about episodes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from foresight.actions.loading import make_model
from foresight.errors import CheckpointError
from foresight.experiments.results import outcomes
from foresight.rollout.episode import EpisodeResult
from foresight.rollout.loop import evaluate
from foresight.rollout.players import ClearTablePlayers
from foresight.settings import SceneConfig
from foresight.sim.meshes import seen_paths
from foresight.sim.settings import SimConfig
from foresight.tasks.clear_table.cost_head import CostHead
from foresight.world_model.checkpoint import CheckpointConfig, save


def players(policy: str, actions: int = 10) -> ClearTablePlayers:
    sim = SimConfig(max_actions=actions)
    return ClearTablePlayers(policy, 'clear_table', sim, Path('nowhere'))


def actions(episodes: list[EpisodeResult]) -> list[tuple[float, ...]]:
    return [record.action for episode in episodes for record in episode.records]


def test_hand_rule_clears_three_tables() -> None:
    episodes = list(evaluate(players('hand_rule'), [0, 1, 28]))
    assert [episode.success for episode in episodes] == [True, True, True]
    assert all(record.feasible for episode in episodes for record in episode.records)


SITES = (
    SceneConfig(bins=('far',)),
    SceneConfig(bins=('left', 'right'), table_middle=0.05),
    SceneConfig(bins=('right',), bin_span=(0.25, 0.75)),
    SceneConfig(bins=('near',), table_near=0.38, table_depth=0.30, table_width=0.5,
                stand=(0.05, 0.08, -0.03, 0.25)),
)


@pytest.mark.parametrize('scene', SITES, ids=lambda scene: '_'.join(scene.bins))
def test_hand_rule_clears_tables_with_the_bin_elsewhere(scene: SceneConfig) -> None:
    sim = SimConfig(object_set='primitives', layout='hard', extra_objects=1)
    player = ClearTablePlayers('hand_rule', 'clear_table', sim, Path('nowhere'), scene=scene)
    assert sum(episode.success for episode in evaluate(player, range(2000, 2003))) >= 2


def test_workers_and_order_do_not_change_an_episode() -> None:
    alone = list(evaluate(players('aimed_random', 2), [3, 4]))
    together = list(evaluate(players('aimed_random', 2), [4, 3], workers=2))[::-1]
    assert outcomes(alone) == outcomes(together)
    assert actions(alone) == actions(together)


def test_no_model_is_drawn_that_no_action_can_move() -> None:
    assert not {path.stem for path in seen_paths()} & {'168', '295', '297', '824'}


def test_the_planner_decides_the_same_twice(tmp_path: Path) -> None:
    known = CheckpointConfig()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = make_model(known)
        head = CostHead(known.encoder.channels, model.raster.scene_map)
    save(tmp_path, {'world_model': model, 'cost_head': head}, known)
    untrained = ClearTablePlayers('planner', 'clear_table', SimConfig(max_actions=1), tmp_path)
    first, second = list(evaluate(untrained, [6, 7])), list(evaluate(untrained, [7]))
    assert first[1].records[0].action == second[0].records[0].action
    assert first[1].records[0].feasible
    terms = {'goal_energy', 'remaining', 'progress', 'dropped'}
    assert set(first[1].records[0].terms) == terms


def test_a_missing_checkpoint_is_named_before_anything_runs() -> None:
    with pytest.raises(CheckpointError, match='nowhere'):
        players('planner')()


def test_json_document_is_all_there_is_on_standard_output(tmp_path: Path) -> None:
    arguments = [
        'clear_table', '--episodes', '1', '--seed', '2', '--policy', 'hand_rule', '--split',
        'seen', '--workers', '1', '--out', str(tmp_path), '--json', '-',
    ]
    run = subprocess.run(
        [sys.executable, '-m', 'foresight.cli.main', 'evaluate', *arguments],
        capture_output=True, text=True, timeout=110,
    )
    assert run.returncode == 0, run.stderr
    document = json.loads(run.stdout)
    assert document['splits']['seen']['hand_rule']['success'] == 1.0
    assert sorted(path.suffix for path in tmp_path.iterdir()) == ['.json', '.md']
