import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from foresight.data.episodes import load_episode
from foresight.errors import CheckpointError, ConfigError, DatasetError, FileError
from foresight.rollout import gathering
from foresight.rollout.collect import collect
from foresight.rollout.inventory import inventory, site_of
from foresight.rollout.play import CollectConfig, Collector, PlayConfig
from foresight.rollout.recording import STATUS_CODES
from foresight.sim.site import load_site

CONFIG = PlayConfig(
    collect=CollectConfig(actions=4, actions_an_episode=2, workers=1, objects_low=1, seed=0),
)


def ignore(_: int) -> None:
    """Show no progress."""


def test_an_episode_depends_on_its_seed_alone() -> None:
    with Collector(CONFIG) as collector:
        first, _, again = (collector.play(seed) for seed in (3, 4, 3))
    np.testing.assert_array_equal(first.actions, again.actions)
    np.testing.assert_array_equal(first.stills.data, again.stills.data)
    np.testing.assert_array_equal(first.objects, again.objects)


def test_stills_frames_and_labels_fit_the_actions() -> None:
    with Collector(CONFIG) as collector:
        episode = collector.play(5)
    actions = len(episode.actions)
    assert len(episode.stills) == actions + 1 == len(episode.objects) == len(episode.statuses)
    assert len(episode.frames) == len(episode.frame_stamps) > 20 * actions
    assert set(episode.frame_actions) == set(range(actions))
    assert (np.diff(episode.frame_stamps) > 0).all()
    assert episode.seconds > 2.0 * actions


def test_the_planner_clears_the_table_while_it_collects() -> None:
    alone = replace(CONFIG.collect, objects_high=1, actions_an_episode=5, frames=False)
    with Collector(replace(CONFIG, collect=replace(alone, planned_share=1.0))) as planned:
        first, again = planned.play(2), planned.play(2)
    assert first.statuses[-1].tolist() == [STATUS_CODES['bin']]
    np.testing.assert_array_equal(first.actions, again.actions)
    with Collector(replace(CONFIG, collect=alone)) as collector:
        played = collector.play(2)
    np.testing.assert_array_equal(first.stills[0], played.stills[0])
    assert played.statuses[-1].tolist() != [STATUS_CODES['bin']]


@pytest.mark.parametrize('change, error', [
    ({'checkpoint': 'runs/none'}, CheckpointError), ({'task': 'none'}, ConfigError),
])
def test_a_planner_that_is_missing_is_named_at_once(
    change: dict[str, str], error: type[Exception], tmp_path: Path,
) -> None:
    planned = replace(CONFIG.collect, planned_share=0.5, **change)
    with pytest.raises(error, match='none'):
        collect(replace(CONFIG, collect=planned), tmp_path, ignore)
    assert not list(tmp_path.iterdir())


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    few = replace(CONFIG, collect=replace(CONFIG.collect, actions=2))
    assert collect(few, tmp_path, ignore) >= 2
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob('*.npz')}
    more = replace(CONFIG, collect=replace(CONFIG.collect, actions=8))
    assert collect(more, tmp_path, ignore) >= 8
    after = {path: path.stat().st_mtime_ns for path in tmp_path.glob('*.npz')}
    assert before.items() <= after.items()
    assert len(after) > len(before)


def test_a_folder_takes_one_setting_only(tmp_path: Path) -> None:
    few = replace(CONFIG, collect=replace(CONFIG.collect, actions=1))
    collect(few, tmp_path, ignore)
    other = replace(few, collect=replace(few.collect, aimed_share=0.1))
    with pytest.raises(DatasetError, match='choose another --out'):
        collect(other, tmp_path, ignore)


def test_a_folder_from_before_a_setting_goes_on_with_its_default(tmp_path: Path) -> None:
    few = replace(CONFIG, collect=replace(CONFIG.collect, actions=1))
    collect(few, tmp_path, ignore)
    manifest = tmp_path / 'dataset.json'
    kept = json.loads(manifest.read_text())
    del kept['sim']['layout']
    manifest.write_text(json.dumps(kept))
    assert collect(few, tmp_path, ignore) >= 1
    hard = replace(few, sim=replace(few.sim, layout='hard'))
    with pytest.raises(DatasetError, match='choose another --out'):
        collect(hard, tmp_path, ignore)


def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_one() -> None:
        while not killed:
            workers = multiprocessing.active_children()
            if workers and workers[0].pid and any(tmp_path.glob('*.npz')):
                os.kill(workers[0].pid, signal.SIGKILL)
                killed.append(workers[0].pid)
            time.sleep(0.02)

    thread = threading.Thread(target=kill_one)
    thread.start()
    two = replace(CONFIG.collect, actions=8, workers=2)
    total = collect(replace(CONFIG, collect=two), tmp_path, ignore)
    thread.join()
    episodes = [load_episode(path) for path in tmp_path.glob('*.npz')]
    assert killed
    assert total >= 8
    assert sum(len(episode.actions) for episode in episodes) >= total


def test_a_nearly_full_disk_stops_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    Usage = namedtuple('Usage', 'total used free')
    monkeypatch.setattr(gathering.shutil, 'disk_usage', lambda _: Usage(1, 1, 0))
    with Collector(CONFIG) as collector, pytest.raises(DatasetError, match='free some disk'):
        gathering.play_into(collector, (0, tmp_path))
    assert not list(tmp_path.iterdir())


def test_the_command_says_how_long_the_robot_worked(tmp_path: Path) -> None:
    settings = '--actions 2 --actions-an-episode 2 --workers 1 --no-frames --json -'
    said = subprocess.run(
        [sys.executable, '-m', 'foresight.cli.main', 'data', 'collect', '--out', tmp_path,
         *settings.split()],
        capture_output=True, text=True, check=True,
    )
    report = json.loads(said.stdout)
    assert report['actions'] == report['new'] >= 2
    assert report['robot_hours'] > 2 * 2.0 / 3600
    assert report['real_time_factor_per_worker'] > 0.0
    found = inventory(tmp_path)
    assert (found.kind, found.count, found.actions) == ('episodes', 1, report['actions'])
    assert (found.site, found.robot) == ('usual', 'panda')
    assert sum(found.objects.values()) == 1 and min(found.objects) >= 1
    assert found.robot_hours == report['robot_hours']


def test_a_folder_of_another_site_is_told_from_the_usual_one(tmp_path: Path) -> None:
    moved = load_site('moved').scene
    assert site_of(moved) == 'moved'
    assert site_of(replace(moved, table_near=0.31)) == ''
    with pytest.raises(FileError, match='there is no folder'):
        inventory(tmp_path / 'nowhere')
    with pytest.raises(DatasetError, match='foresight data collect'):
        inventory(tmp_path)
