"""Claims about what collected actions cost the robot."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from foresight.data.episodes import Episode, save_episode
from foresight.data.robot_time import robot_time
from foresight.errors import DatasetError

MakeEpisode = Callable[..., Episode]


def test_whole_episodes_count_with_resets_and_rejected_actions(
    make_episode: MakeEpisode, tmp_path: Path,
) -> None:
    for seed, (actions, seconds, rejected) in enumerate([(3, 1800.0, 0), (2, 3600.0, 4)]):
        made = make_episode(seed, actions)
        made = replace(made, seconds=seconds, meta={**made.meta, 'rejected': rejected})
        save_episode(made, tmp_path / f'episode_{seed:08d}.npz')
    time = robot_time(tmp_path)
    assert time.of([0, 1]) == {'robot_hours': 1.5, 'actions': 5, 'rejected': 4, 'resets': 2}
    assert time.of([1])['robot_hours'] == 1.0


def test_an_episode_that_is_not_trained_on_does_not_count(
    make_episode: MakeEpisode, tmp_path: Path,
) -> None:
    broken = make_episode(1)
    broken.objects[0, 0, 0] = np.nan
    for seed, made in enumerate((make_episode(0), broken)):
        save_episode(made, tmp_path / f'episode_{seed:08d}.npz')
    assert len(robot_time(tmp_path).seconds) == 1


def test_a_folder_without_episodes_or_with_a_cut_one_is_refused(
    make_episode: MakeEpisode, tmp_path: Path,
) -> None:
    with pytest.raises(DatasetError, match='foresight data collect'):
        robot_time(tmp_path)
    path = tmp_path / 'episode_00000000.npz'
    save_episode(make_episode(0), path)
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(DatasetError, match='delete it and collect again'):
        robot_time(tmp_path)
