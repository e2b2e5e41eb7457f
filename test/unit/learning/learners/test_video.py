from dataclasses import replace

import numpy as np
import pytest
import torch

from foresight.data.clips import Clips
from foresight.errors import CheckpointError, CollapseError, ConfigError, DatasetError
from foresight.learning.batches.clutter import Clutter
from foresight.learning.batches.video import ClipSampler, moving_middle
from foresight.learning.learners.video import VideoLearner
from foresight.learning.loop import Loop
from foresight.learning.networks.video import recoloured, worst_loss
from foresight.learning.probes.collapse import PATIENCE
from foresight.learning.settings import VideoTrainConfig
from foresight.world_model.belief.surprise import WORST_CELLS
from foresight.world_model.checkpoint import VideoCheckpointConfig, load_video
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.video import VideoConfig

CONFIG = VideoCheckpointConfig(
    encoder=EncoderConfig(rows=16, columns=24, channels=8, width=16),
    video=VideoConfig(context=3, horizon=2, width=16, blocks=1),
)
TRAIN = VideoTrainConfig(
    steps=4, batch=4, frames=6, watched=2, crop_rows=16, crop_columns=16, save_every=2,
    threads=1, bf16=False, expander=16, boards=0.0, planks=0.0,
)


def sliding_squares(count=40, frames=8):
    """Clips of a bright square that slides to the right over a dark table."""
    clips = np.full((count, frames, 16, 24, 3), 40, np.uint8)
    generator = np.random.default_rng(0)
    for clip in clips:
        row, color = generator.integers(0, 12), generator.integers(90, 255, 3)
        for frame in range(frames):
            clip[frame, row:row + 4, 2 * frame:2 * frame + 4] = color
    return Clips(clips, np.full((count, 16, 24, 3), 40, np.uint8))


def test_a_resumed_run_ends_as_one_that_was_not_killed(tmp_path):
    clips = sliding_squares()
    Loop(VideoLearner(clips, CONFIG, TRAIN), tmp_path / 'whole').run()
    killed = Loop(VideoLearner(clips, CONFIG, TRAIN), tmp_path / 'killed')
    for _ in range(2):
        killed._take_step()
    killed._keep()
    again = Loop(VideoLearner(clips, CONFIG, TRAIN), tmp_path / 'killed')
    assert again.step == 2
    again.run()
    whole, _ = load_video(tmp_path / 'whole', 'cpu')
    resumed, _ = load_video(tmp_path / 'killed', 'cpu')
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_a_run_can_start_from_another(tmp_path):
    Loop(VideoLearner(sliding_squares(), CONFIG, TRAIN), tmp_path / 'first').run()
    first, _ = load_video(tmp_path / 'first', 'cpu')
    train = replace(TRAIN, pretrained=str(tmp_path / 'first'), seed=7)
    networks = VideoLearner(sliding_squares(), CONFIG, train).networks
    for name, value in first.state_dict().items():
        assert torch.equal(value, networks.model.state_dict()[name]), name
    assert all(value.requires_grad for value in networks.model.parameters())
    other = replace(CONFIG, video=replace(CONFIG.video, width=8))
    with pytest.raises(CheckpointError, match='same settings'):
        VideoLearner(sliding_squares(), other, train)


def test_training_beats_persistence_on_steady_motion(tmp_path):
    train = replace(TRAIN, steps=200, save_every=200, batch=8, ema_decay=0.9)
    scores = Loop(VideoLearner(sliding_squares(), CONFIG, train), tmp_path).run()
    assert scores.prediction_ratio < 0.8


def test_the_alarm_sounds_when_all_cells_look_alike(tmp_path):
    loop = Loop(VideoLearner(sliding_squares(), CONFIG, TRAIN), tmp_path)
    loop.step = PATIENCE
    with torch.no_grad():
        loop.learner.networks.model.encoder.layers[-1].weight.zero_()
    with pytest.raises(CollapseError, match='collapsed'):
        loop.finish()


def test_a_run_of_other_settings_is_refused(tmp_path):
    Loop(VideoLearner(sliding_squares(), CONFIG, TRAIN), tmp_path).run()
    other = replace(TRAIN, learning_rate=1e-4)
    with pytest.raises(CheckpointError, match='other settings'):
        Loop(VideoLearner(sliding_squares(), CONFIG, other), tmp_path)


def test_short_clips_are_refused():
    with pytest.raises(DatasetError, match='lower frames'):
        VideoLearner(sliding_squares(frames=4), CONFIG, TRAIN)


def test_a_stretch_without_a_future_is_refused():
    train = replace(TRAIN, frames=3)
    with pytest.raises(ConfigError, match='at least 4'):
        VideoLearner(sliding_squares(), CONFIG, train)


def test_the_worst_cells_of_each_frame_count():
    target = torch.zeros(2, 3, 4, 5)
    guess = target.clone()
    guess[0, :, 1, 2] = 4.0
    assert worst_loss(guess, target) == pytest.approx(16.0 / WORST_CELLS / 2)
    assert worst_loss(guess[:, :, :1, :1] + 1.0, target[:, :, :1, :1]) == 1.0


def test_sampler_cuts_around_what_moves_and_repeats_itself():
    clips = sliding_squares()
    sampler = ClipSampler(
        clips, torch.zeros(2, 4, 6), 4, (8, 16), 6, Clutter(0.0, 0.0, 2), seed=1,
    )
    batch, again = sampler(3, 4), sampler(3, 4)
    assert batch.frames.shape == (4, 6, 8, 16, 3)
    assert batch.scene.shape == (4, 2, 2, 4)
    assert torch.equal(batch.frames, again.frames)


def test_middle_is_where_things_move():
    frames = np.zeros((7, 16, 24, 3), np.uint8)
    frames[3:, 8:12, 16:20] = 200
    assert moving_middle(frames, 4).tolist() == [2.375, 4.375]


def test_a_clip_keeps_its_new_colours_in_all_frames():
    frames = torch.ones(2, 3, 12, 1, 1)
    changed = recoloured(frames, 0.3, 0.5, torch.Generator().manual_seed(0))
    assert torch.equal(changed[:, 0], changed[:, 2])
    assert torch.equal(changed[:, :, :3], changed[:, :, 3:6])
    assert not torch.equal(changed[0], changed[1])
