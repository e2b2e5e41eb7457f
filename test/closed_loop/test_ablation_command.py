import json
from dataclasses import replace

import numpy as np
import pytest

from foresight.actions.loading import load
from foresight.cli.experiment import measure
from foresight.data.transitions import Transitions, save_transitions
from foresight.experiments.ablation.play import Play, Practice
from foresight.experiments.ablation.rows import GOAL_TASK, Budget
from foresight.experiments.experiment import find_experiment
from foresight.files import share
from foresight.sim.site import load_site
from foresight.world_model.checkpoint import CheckpointConfig, save

EPISODES, ACTIONS = 60, 3


@pytest.fixture
def data(tmp_path):
    """Collected play as small as training allows: noise, and one object in every image."""
    random = np.random.default_rng(0)
    stills = EPISODES * (ACTIONS + 1)
    actions = random.uniform([0.3, -0.3, -3.0, 0.1], [0.6, 0.3, 3.0, 0.3], (EPISODES * ACTIONS, 4))
    starts = np.arange(EPISODES)[:, None] * (ACTIONS + 1) + np.arange(ACTIONS)
    objects = random.uniform([5, 5, 1], [60, 90, 1], (stills, 1, 3))
    save_transitions(Transitions(
        stills=random.integers(0, 255, (stills, 64, 96, 3)).astype(np.uint8),
        before_index=starts.reshape(-1),
        backgrounds=np.full((EPISODES, 64, 96, 3), 128, np.uint8),
        episode=np.repeat(np.arange(EPISODES), ACTIONS), actions=actions.astype(np.float32),
        aimed=np.zeros(EPISODES * ACTIONS, np.int8), objects=objects.astype(np.float32),
        digest='noise', scene_maps=np.zeros((EPISODES, 2, 16, 24), np.float32),
    ), tmp_path / 'play' / 'seen_64x96x4_0')
    return tmp_path / 'play'


@pytest.mark.slow
def test_command_trains_plays_and_writes_one_table(data, tmp_path, capfd):
    def run():
        experiment = find_experiment('ablation')
        measure(experiment, replace(
            experiment.settings, rows='supervised', seeds='4', steps=2, episodes=1, workers=1,
            threads=1, data=data, runs=tmp_path / 'runs', results=tmp_path / 'out' / 'ablation',
        ), tmp_path / 'out', '-')
        return json.loads(capfd.readouterr().out)

    document = run()
    row = document['rows']['supervised']
    assert (row['seeds'], row['episodes']) == ([4], 1)
    assert row['success'] in (0.0, 1.0)
    assert {'position_r2', 'occupancy_r2', 'rank'} < row['scores'].keys()
    finished = tmp_path / 'out' / 'ablation' / 'supervised_4.json'
    assert json.loads(finished.read_text())['closed_loop']['outcomes'][0][0] == 2000
    assert '| `supervised` | 1 |' in (tmp_path / 'out' / 'ablation.md').read_text()
    written = finished.stat().st_mtime_ns
    assert run()['rows'] == document['rows']
    assert finished.stat().st_mtime_ns == written


@pytest.mark.slow
def test_ceiling_floor_and_goal_image_are_played_once(tmp_path):
    site = load_site('moved')
    shipped, kept = load(share('models/clear_table'), 'cpu'), tmp_path / 'kept_0'
    save(kept, {'world_model': shipped.model}, replace(shipped.config, scene=site.scene))
    play = Play(1, Budget(episodes=1), site)
    found = play.references(tmp_path / 'results', [kept])
    assert list(found) == ['hand_rule', 'aimed_random', f'kept_0, {GOAL_TASK}']
    assert all(figures['outcomes'][0][0] == 2000 for figures in found.values())
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / 'results').iterdir()}
    assert len(written) == 3
    assert play.references(tmp_path / 'results', [kept]) == found
    assert {path: path.stat().st_mtime_ns for path in written} == written


@pytest.mark.slow
def test_a_checkpoint_practises_once(tmp_path):
    practice = Practice(CheckpointConfig(), 1, actions=2)
    shipped, folder = share('models/clear_table'), tmp_path / 'practice'
    lesson = practice(shipped, folder, 2, 1)
    assert len(lesson.transitions) == lesson.time.whole()['actions'] >= 2
    assert min(path.stem for path in folder.glob('*.npz')) == 'episode_00610000'
    written = {path: path.stat().st_mtime_ns for path in folder.glob('*.npz')}
    assert practice(shipped, folder, 2, 1).transitions.digest == lesson.transitions.digest
    assert {path: path.stat().st_mtime_ns for path in folder.glob('*.npz')} == written
