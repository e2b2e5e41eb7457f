"""A small made-up episode for the tests of this folder."""

from collections.abc import Callable

import numpy as np
import pytest

from foresight.data.episodes import Episode, Images
from foresight.protocols import CameraView


def made_up_episode(seed: int, pushes: int = 3) -> Episode:
    """Return an episode of noise with two objects and four frames a push."""
    generator = np.random.default_rng(seed)
    shots = generator.integers(0, 255, (pushes + 1, 12, 16, 3), np.uint8)
    frames = 4 * pushes
    return Episode(
        meta={'seed': seed, 'objects': ['box', 'ball']},
        view=CameraView(np.eye(3), np.eye(4), 16, 12),
        background=shots[0], stills=Images.encode(list(shots), '.png'),
        pushes=generator.normal(size=(pushes, 4)).astype(np.float32),
        aimed=np.ones(pushes, bool),
        objects=generator.normal(size=(pushes + 1, 2, 3)).astype(np.float32),
        statuses=np.ones((pushes + 1, 2), np.int8),
        frames=Images.encode(list(shots[:1]) * frames, '.jpg'),
        frame_pushes=np.repeat(np.arange(pushes), 4).astype(np.int16),
        frame_stamps=np.arange(frames) / 10.0,
        joint_positions=np.zeros((frames, 7), np.float32),
        tool_poses=np.tile(np.eye(4, dtype=np.float32), (frames, 1, 1)), seconds=12.5,
    )


@pytest.fixture
def make_episode() -> Callable[..., Episode]:
    return made_up_episode
