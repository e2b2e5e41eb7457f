import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from rich.console import Console

from foresight.cli.evaluate import compared
from foresight.cli.evaluate import evaluate as evaluate_command
from foresight.errors import ConfigError
from foresight.experiments.comparison.measure import Comparison, check_seeds
from foresight.experiments.episodes import counts
from foresight.experiments.evaluation.measure import Evaluation, EvaluationSettings
from foresight.experiments.experiment import run
from foresight.experiments.horizon.measure import Horizon, HorizonSettings
from foresight.experiments.memory.measure import MemorySettings
from foresight.files import share
from foresight.settings import SHIPPED
from foresight.sim.settings import SimConfig


def test_over_ros_refuses_a_task_for_which_nobody_gives_a_goal(tmp_path):
    done = subprocess.run(
        [sys.executable, '-m', 'foresight.cli.main', 'evaluate', 'push_to_goal', '--over-ros',
         '--out', tmp_path],
        capture_output=True, text=True, check=False,
    )
    assert done.returncode != 0
    assert 'wants a goal image' in ' '.join(done.stderr.split())


def evaluate(out, **changes):
    """Play one tuning episode and return the document."""
    settings = replace(Evaluation.settings, episodes=1, seed=2000, workers=1, **changes)
    return run(Evaluation(), settings, out, Console(quiet=True))


def test_an_unknown_split_names_the_known_ones():
    with pytest.raises(ConfigError, match='seen, unseen, both, hard'):
        EvaluationSettings(split='sen')


def test_an_unknown_policy_names_the_known_ones():
    with pytest.raises(ConfigError, match='choose from planner, hand_rule'):
        EvaluationSettings(policy='magic').policies  # noqa: B018


def test_the_hand_rule_is_left_out_where_nothing_goes_into_a_bin():
    everything = EvaluationSettings(task='left_half')
    assert everything.policies == ['planner', 'random', 'aimed_random']
    with pytest.raises(ConfigError, match='leave hand_rule out of --policy'):
        EvaluationSettings(task='left_half', policy='hand_rule').policies  # noqa: B018


def test_success_is_what_the_task_says(tmp_path):
    document = evaluate(tmp_path, task='left_half', split='seen', policy='planner')
    assert document['success'].startswith('every object on the table at')
    assert document['splits']['seen']['planner']['outcomes'][0][:4] == [2000, 1, 3, 0]
    page = (tmp_path / 'evaluation.md').read_text()
    assert f'Success: {document["success"]}, none dropped' in page


def test_a_success_that_can_never_be_is_an_error_before_anything_moves(tmp_path):
    task = tmp_path / 'never.yaml'
    text = share('config/tasks/left_half.yaml').read_text()
    task.write_text(text.replace('  y: [0.0, 0.3]\n', '  y: [0.4, 0.6]\n'))
    done = subprocess.run(
        [sys.executable, '-m', 'foresight.cli.main', 'evaluate', task, '--out', tmp_path],
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 2
    line = 'foresight: success rule in_region: .* is off the table, .*: move it there'
    assert re.search(line, done.stderr) and 'Traceback' not in done.stderr


def test_objects_beyond_three_allow_more_actions():
    assert counts(SimConfig(objects=3), 'both') == {'objects': 3, 'max_actions': 10}
    assert counts(SimConfig(objects=5), 'seen') == {'objects': 5, 'max_actions': 18}
    more = {'objects': '3-5', 'max_actions': '10-18'}
    assert counts(SimConfig(objects=3), 'hard') == more
    assert counts(SimConfig(objects=3, extra_objects=2), 'both') == more


def test_over_ros_refuses_a_number_of_objects_drawn_anew():
    with pytest.raises(ConfigError, match='--extra-objects'):
        EvaluationSettings(over_ros=True, extra_objects=2)
    with pytest.raises(ConfigError, match='leave --policy out'):
        EvaluationSettings(over_ros=True, policy='random')


def test_memory_is_of_seen_or_of_unseen_objects():
    with pytest.raises(ConfigError, match='seen, unseen'):
        MemorySettings(split='both')


def test_horizon_refuses_what_it_does_not_know(tmp_path):
    horizon, console = Horizon(), Console(quiet=True)
    with pytest.raises(ConfigError, match='seen, unseen, hard'):
        HorizonSettings(split='both')
    with pytest.raises(ConfigError, match='1,2,3'):
        horizon.measure(HorizonSettings(horizons='one'), console)
    with pytest.raises(ConfigError, match='choose from H1, H2'):
        horizon.measure(HorizonSettings(horizons='1,2', rows='H3'), console)


def test_a_longer_row_goes_on_from_the_finished_block(tmp_path, monkeypatch):
    monkeypatch.setattr('foresight.experiments.horizon.measure.BLOCK', 1)
    settings = HorizonSettings(
        episodes=1, seed=2000, objects=1, split='seen', horizons='1', workers=1,
        work=tmp_path / 'work',
    )
    console = Console(quiet=True)
    run(Horizon(), settings, tmp_path, console)
    first = next((tmp_path / 'work').iterdir())
    played = first.stat().st_mtime_ns
    run(Horizon(), replace(settings, episodes=2), tmp_path, console)
    assert first.stat().st_mtime_ns == played
    page = json.loads((tmp_path / 'horizon_clear_table_seen_2000_2.json').read_text())
    outcomes = page['rows']['H1']['outcomes']
    assert [outcome[0] for outcome in outcomes] == [2000, 2001]
    assert outcomes[:1] == json.loads(first.read_text())['outcomes']


def test_only_the_shipped_checkpoint_has_the_plain_page(tmp_path):
    settings = HorizonSettings(seed=7, episodes=2, checkpoint=share(str(SHIPPED)))
    assert Horizon().name(settings) == 'horizon_clear_table_hard_7_2'
    other = replace(settings, checkpoint=tmp_path / 'other')
    assert Horizon().name(other) == 'horizon_clear_table_hard_7_2_other'


def test_another_site_has_its_own_table_and_objects(tmp_path):
    document = evaluate(tmp_path, site='moved', policy='hand_rule', split='seen')
    assert document['site'] == 'moved'
    assert (tmp_path / 'clear_table_3_objects_seen_2000_1_moved.json').exists()


def test_another_robot_plays_and_names_its_page(tmp_path):
    evaluate(tmp_path, robot='ur5e', policy='hand_rule', split='seen', objects=1)
    document = json.loads((tmp_path / 'clear_table_1_objects_seen_2000_1_ur5e.json').read_text())
    played = document['splits']['seen']['hand_rule']
    assert document['robot'] == 'ur5e' and played['success'] == 1.0


def test_a_robot_that_is_not_there_is_named_before_anything_moves(tmp_path):
    with pytest.raises(ConfigError, match='nobody: no such file: give .* one of panda'):
        evaluate(tmp_path, robot='nobody', policy='hand_rule', split='seen')


def test_the_planner_works_at_a_site_that_its_world_model_never_saw(tmp_path):
    document = evaluate(tmp_path, site='kitchen', policy='planner', split='unseen')
    assert document['site'] == 'kitchen'
    assert document['splits']['unseen']['planner']['cleared'] > 0.0


def test_a_checkpoint_against_itself_ends_every_table_alike(tmp_path):
    asked = EvaluationSettings(episodes=1, seed=10_000, objects=1, split='seen', workers=1)
    settings = compared(asked, SHIPPED, SHIPPED, (), test=False)
    document = run(Comparison(), settings, tmp_path, Console(quiet=True))
    assert (document['seed'], document['kind']) == (4000, 'comparison')
    assert document['hashes']['old'] == document['hashes']['new']
    played, difference = document['splits']['seen'], document['all']['difference']
    assert played['old']['outcomes'] == played['new']['outcomes']
    assert difference['mean'] == 0.0 and difference['low'] < -0.9
    page = (tmp_path / 'clear_table_against_clear_table.md').read_text()
    assert '| seen | 1 |' in page and 'new minus old' in page


def test_test_seeds_are_looked_at_only_where_it_is_asked():
    assert check_seeds(10_000, 100, test=True) == 10_000
    assert check_seeds(9_900, 100, test=False) == 9_900
    with pytest.raises(ConfigError, match='give --test once you have chosen'):
        check_seeds(9_950, 100, test=False)


def test_a_comparison_plays_the_planner_alone():
    with pytest.raises(ConfigError, match='leave --policy and --over-ros out'):
        compared(EvaluationSettings(policy='random'), SHIPPED, SHIPPED, (), test=False)
    with pytest.raises(ConfigError, match='go with --compare'):
        evaluate_command(EvaluationSettings(), test=True)
