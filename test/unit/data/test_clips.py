import numpy as np
import pytest

from foresight.arrays import load_arrays, save_arrays
from foresight.data.clips import Clips, clips_of_play, joined
from foresight.data.episodes import save_episode
from foresight.errors import DatasetError


def small_clips(count=2):
    generator = np.random.default_rng(0)
    return Clips(
        generator.integers(0, 255, (count, 3, 4, 6, 3), np.uint8),
        generator.integers(0, 255, (count, 4, 6, 3), np.uint8),
    )


def test_clips_survive_the_disk(tmp_path):
    clips = small_clips()
    save_arrays(clips, tmp_path / 'clips.npz')
    kept = load_arrays(Clips, tmp_path / 'clips.npz')
    assert np.array_equal(kept.frames, clips.frames)
    assert np.array_equal(kept.backgrounds, clips.backgrounds)


def test_half_a_file_is_refused(tmp_path):
    path = tmp_path / 'clips.npz'
    save_arrays(small_clips(), path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DatasetError, match='delete it'):
        load_arrays(Clips, path)


def test_joined_clips_keep_their_order():
    clips = small_clips()
    assert np.array_equal(joined([clips, clips]).frames[2:], clips.frames)


def test_a_clip_of_play_stays_within_one_action(tmp_path, make_episode):
    save_episode(make_episode(0), tmp_path / 'episode_0.npz')
    clips = clips_of_play(tmp_path, lambda image, view: image, 3, length=4)
    assert clips.frames.shape == (3, 4, 12, 16, 3)
    with pytest.raises(DatasetError, match='collect more'):
        clips_of_play(tmp_path, lambda image, view: image, 1, length=5)
