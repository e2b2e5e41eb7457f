"""A short run, made by hand."""

import numpy as np
import pytest
import torch

from foresight.actions.push.macro_action import PushAction
from foresight.viz.demo_result import DemoAction, DemoResult, Frame, Motion, Thought

STARTS = 1.0, 7.0
ACTION = PushAction()


def decided(start: float) -> DemoAction:
    """Return an action with what it was chosen from."""
    numbers = np.array([0.45, 0.0, 1.5, 0.2])
    generator = torch.Generator().manual_seed(0)
    belief = torch.zeros(4, 16, 24)
    belief[:, 5, 6] = 3.0
    candidates = numbers + 0.05 * torch.randn(12, 4, generator=generator).double().numpy()
    thought = Thought(belief.numpy(), candidates, 257)
    return DemoAction(
        start, numbers, ACTION.outline(numbers), ACTION.describe(numbers), {}, 300.0, 0.2, 2.9,
        None, thought,
    )


@pytest.fixture
def result() -> DemoResult:
    """Thirteen seconds with two actions; the joints turn, one object moves and turns."""
    stamps = np.arange(131) / 10
    positions = np.zeros((131, 2, 3))
    positions[:, 0, 0] = stamps
    turns = np.tile([0.0, 0.0, 0.0, 1.0], (131, 2, 1))
    turns[1::2, 1] = [0.0, 0.0, 0.0, -1.0]  # the same rotation
    motion = Motion(stamps, np.tile(stamps[:, None], (1, 7)), stamps, positions, turns)
    return DemoResult(
        seed=3, objects=2, cleared=2, dropped=0, tried=2,
        actions=tuple(decided(start) for start in STARTS),
        frames=tuple(Frame(float(t), np.full((96, 128, 3), int(t), np.uint8)) for t in stamps),
        rectified=tuple(Frame(float(t), np.full((64, 96, 3), int(t), np.uint8)) for t in stamps),
        motion=motion, latencies={}, resident={}, simulated=13.0, seconds=13.0, ending='over',
    )
