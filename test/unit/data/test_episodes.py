import errno
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from foresight.data.episodes import Episode, Images, episode_seconds, load_episode, save_episode
from foresight.errors import DatasetError, FileError

MakeEpisode = Callable[..., Episode]


def test_an_episode_comes_back_as_it_was_saved(
    make_episode: MakeEpisode, tmp_path: Path,
) -> None:
    episode = make_episode(0)
    save_episode(episode, tmp_path / 'episode_0.npz')
    back = load_episode(tmp_path / 'episode_0.npz')
    assert back.meta == episode.meta
    assert back.seconds == episode.seconds
    np.testing.assert_array_equal(back.actions, episode.actions)
    np.testing.assert_array_equal(back.stills[2], episode.stills[2])
    np.testing.assert_array_equal(back.view.matrix, episode.view.matrix)
    assert len(back.frames) == len(episode.frame_actions)


def test_an_episode_of_before_is_read(make_episode: MakeEpisode, tmp_path: Path) -> None:
    path, episode = tmp_path / 'episode_0.npz', make_episode(0)
    save_episode(episode, path)
    with np.load(path) as kept:
        old = {name.replace('actions', 'pushes'): kept[name] for name in kept.files}
    np.savez(path, **old)
    back = load_episode(path)
    np.testing.assert_array_equal(back.actions, episode.actions)
    np.testing.assert_array_equal(back.frame_actions, episode.frame_actions)


def test_the_duration_is_read_without_the_images(
    make_episode: MakeEpisode, tmp_path: Path,
) -> None:
    episode = make_episode(0)
    save_episode(episode, tmp_path / 'episode_0.npz')
    assert episode_seconds(tmp_path / 'episode_0.npz') == episode.seconds
    (tmp_path / 'episode_1.npz').write_bytes(b'PK')
    with pytest.raises(DatasetError, match='collect again'):
        episode_seconds(tmp_path / 'episode_1.npz')


def test_stills_are_lossless() -> None:
    image = np.random.default_rng(1).integers(0, 255, (12, 16, 3), np.uint8)
    np.testing.assert_array_equal(Images.encode([image], '.png')[0], image)


def test_an_empty_list_of_images_has_length_zero() -> None:
    assert len(Images.encode([], '.jpg')) == 0


def test_a_cut_file_names_the_remedy(
    make_episode: MakeEpisode, tmp_path: Path,
) -> None:
    path = tmp_path / 'episode_0.npz'
    save_episode(make_episode(0), path)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(DatasetError, match='collect again'):
        load_episode(path)


def test_a_full_disk_keeps_what_was_written(
    make_episode: MakeEpisode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / 'episode_0.npz'
    save_episode(make_episode(0), path)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, 'No space left on device')

    monkeypatch.setattr(np, 'savez', full)
    with pytest.raises(FileError, match='free some disk'):
        save_episode(make_episode(1), path)
    assert load_episode(path).meta['seed'] == 0
    assert list(tmp_path.iterdir()) == [path]
