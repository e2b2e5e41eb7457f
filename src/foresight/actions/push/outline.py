"""A push as lines on the table."""

import math

import numpy as np

from foresight.actions.push.action import Push
from foresight.macro_action import Outline

HEAD = (0.03, 0.018)
"""Length and half width of the arrow head [m]."""


def push_outline(push: Push, width: float) -> Outline:
    """Return shaft, head and the paddle of some width [m] at both ends."""
    forward = np.array([math.cos(push.heading), math.sin(push.heading)])
    aside = np.array([-forward[1], forward[0]])
    start, end = np.array([push.x, push.y]), np.array(push.end)
    half, neck = width / 2 * aside, end - HEAD[0] * forward
    before, after = np.stack([start - half, start + half]), np.stack([end - half, end + half])
    head = np.stack([neck + HEAD[1] * aside, end, neck - HEAD[1] * aside])
    return Outline(
        (np.stack([start, end]), head, before, after), np.concatenate([before, after[::-1]]),
    )
