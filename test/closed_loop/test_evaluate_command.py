import json
import subprocess
import sys

import pytest

from foresight.cli.evaluate import counts, evaluate
from foresight.cli.horizon import horizon, page_name
from foresight.cli.memory import memory
from foresight.errors import CheckpointError, ConfigError
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


def test_an_unknown_split_names_the_known_ones():
    with pytest.raises(ConfigError, match='seen, unseen, both, hard'):
        evaluate(split='sen')


def test_memory_is_of_seen_or_of_unseen_objects():
    with pytest.raises(ConfigError, match='seen, unseen'):
        memory(split='both')


def test_objects_beyond_three_allow_more_pushes():
    assert counts(SimConfig(objects=3), 'both') == {'objects': 3, 'max_pushes': 10}
    assert counts(SimConfig(objects=5), 'seen') == {'objects': 5, 'max_pushes': 18}
    more = {'objects': '3-5', 'max_pushes': '10-18'}
    assert counts(SimConfig(objects=3), 'hard') == more
    assert counts(SimConfig(objects=3, extra_objects=2), 'both') == more


def test_over_ros_refuses_a_number_of_objects_drawn_anew():
    with pytest.raises(ConfigError, match='--extra-objects'):
        evaluate(over_ros=True, extra_objects=2)


def test_horizon_refuses_what_it_does_not_know():
    with pytest.raises(ConfigError, match='seen, unseen, hard'):
        horizon(split='both')
    with pytest.raises(ConfigError, match='1,2,3'):
        horizon(horizons='one')


def test_horizon_names_the_rows_it_knows():
    with pytest.raises(ConfigError, match='choose from H1, H2'):
        horizon(horizons='1,2', rows='H3')


def test_a_longer_row_goes_on_from_the_finished_block(tmp_path, monkeypatch):
    monkeypatch.setattr('foresight.cli.horizon.BLOCK', 1)
    scene = {'seed': 2000, 'objects': 1, 'split': 'seen', 'horizons': '1', 'workers': 1,
             'work': tmp_path / 'work', 'out': tmp_path}
    horizon(episodes=1, **scene)
    first = next((tmp_path / 'work').iterdir())
    played = first.stat().st_mtime_ns
    horizon(episodes=2, **scene)
    assert first.stat().st_mtime_ns == played
    page = json.loads((tmp_path / 'horizon_clear_table_seen_2000_2.json').read_text())
    outcomes = page['rows']['H1']['outcomes']
    assert [outcome[0] for outcome in outcomes] == [2000, 2001]
    assert outcomes[:1] == json.loads(first.read_text())['outcomes']


def test_only_the_shipped_checkpoint_has_the_plain_page(tmp_path):
    seeds = range(7, 9)
    assert page_name('a_task', 'hard', seeds, share(str(SHIPPED))) == 'horizon_a_task_hard_7_2'
    other = page_name('a_task', 'hard', seeds, tmp_path / 'other')
    assert other == 'horizon_a_task_hard_7_2_other'


def test_another_site_has_its_own_table_and_objects(tmp_path, capfd):
    evaluate(
        site='moved', policy='hand_rule', split='seen', episodes=1, seed=2000, workers=1,
        out=tmp_path, json='-',
    )
    document = json.loads(capfd.readouterr().out)
    assert document['site'] == 'moved'
    assert (tmp_path / 'clear_table_3_objects_seen_2000_1_moved.json').exists()


def test_the_planner_needs_a_world_model_of_that_site(tmp_path):
    with pytest.raises(CheckpointError, match='table'):
        evaluate(
            site='moved', policy='planner', split='seen', episodes=1, seed=2000, workers=1,
            out=tmp_path,
        )
