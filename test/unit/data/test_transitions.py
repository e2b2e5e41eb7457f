from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from foresight.data.episodes import Episode, save_episode
from foresight.data.transitions import build_transitions, join, load_transitions, save_transitions
from foresight.errors import DatasetError
from foresight.protocols import CameraView
from foresight.world_model.observation.eye import see_levels

MakeEpisode = Callable[..., Episode]


def same(image: np.ndarray, _: CameraView) -> np.ndarray:
    return image


def flat(points: np.ndarray, _: CameraView) -> np.ndarray:
    return points[:, :2]


def empty(_: Episode) -> np.ndarray:
    return np.zeros((2, 3, 4), np.float32)


def test_before_and_after_are_the_stills_around_an_action(
    make_episode: MakeEpisode, tmp_path: Path,
) -> None:
    episodes = [make_episode(seed, actions) for seed, actions in ((0, 3), (1, 2))]
    for seed, episode in enumerate(episodes):
        save_episode(episode, tmp_path / f'episode_{seed:08d}.npz')
    built = build_transitions(tmp_path, same, flat, empty)
    save_transitions(built, tmp_path / 'cache')
    cached = load_transitions(tmp_path / 'cache')
    assert len(cached) == 5
    assert cached.digest == built.digest
    seen = [see_levels(still, episodes[1].background) for still in episodes[1].stills]
    np.testing.assert_array_equal(cached.stills[cached.before_index[3]], seen[0])
    after = cached.before_index[4] + 1
    np.testing.assert_array_equal(cached.stills[after], seen[2])
    np.testing.assert_array_equal(cached.objects[after, :2, :2], episodes[1].objects[2, :, :2])
    np.testing.assert_array_equal(cached.backgrounds[cached.episode[4]], episodes[1].background)


def test_a_subset_keeps_the_actions_of_its_episodes(
    make_episode: MakeEpisode, tmp_path: Path,
) -> None:
    for seed in range(3):
        save_episode(make_episode(seed), tmp_path / f'episode_{seed:08d}.npz')
    part = build_transitions(tmp_path, same, flat, empty).subset([1])
    assert set(part.episode) == {1}
    np.testing.assert_array_equal(part.stills[part.before_index[0]], make_episode(1).stills[0])


def test_joined_datasets_keep_the_images_of_every_action(
    make_episode: MakeEpisode, tmp_path: Path,
) -> None:
    parts = []
    for seed in range(2):
        (tmp_path / str(seed)).mkdir()
        save_episode(make_episode(seed), tmp_path / str(seed) / f'episode_{seed:08d}.npz')
        parts.append(build_transitions(tmp_path / str(seed), same, flat, empty))
    joined = join(parts)
    assert len(joined) == len(parts[0]) + len(parts[1])
    assert joined.digest not in {part.digest for part in parts}
    whole, last = joined.before_index[-1], parts[1].before_index[-1]
    for name in ('stills', 'objects'):
        around, known = getattr(joined, name)[whole:whole + 2], getattr(parts[1], name)[last:]
        np.testing.assert_array_equal(around, known)
    np.testing.assert_array_equal(
        joined.backgrounds[joined.episode[-1]], parts[1].backgrounds[parts[1].episode[-1]])
    assert join(parts[:1]) is parts[0]


def test_datasets_with_and_without_labels_are_not_joined(
    make_episode: MakeEpisode, tmp_path: Path,
) -> None:
    save_episode(make_episode(0), tmp_path / 'episode_00000000.npz')
    known = build_transitions(tmp_path, same, flat, empty)
    with pytest.raises(DatasetError, match='one by one'):
        join([known, replace(known, objects=known.objects[:, :0])])


def test_an_empty_folder_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match='foresight data collect'):
        build_transitions(tmp_path, same, flat, empty)


def test_an_episode_without_an_action_is_left_out(
    make_episode: MakeEpisode, tmp_path: Path,
) -> None:
    nothing = replace(
        make_episode(1), actions=np.zeros((0, 0), np.float32), aimed=np.zeros(0, bool),
    )
    for seed, episode in enumerate((make_episode(0), nothing)):
        save_episode(episode, tmp_path / f'episode_{seed:08d}.npz')
    assert len(build_transitions(tmp_path, same, flat, empty).backgrounds) == 1


def test_an_episode_of_broken_physics_is_left_out(
    make_episode: MakeEpisode, tmp_path: Path,
) -> None:
    broken = make_episode(1)
    broken.objects[1, 0, 2] = np.nan
    for seed, episode in enumerate((make_episode(0), broken)):
        save_episode(episode, tmp_path / f'episode_{seed:08d}.npz')
    built = build_transitions(tmp_path, same, flat, empty)
    assert len(built.backgrounds) == 1
    assert np.isfinite(built.objects).all()
