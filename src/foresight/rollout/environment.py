"""What an episode needs of a scene with an arm; the simulator has it."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, UInt8

from foresight.protocols import Observation
from foresight.robots.trajectory import JointPath
from foresight.tasks.scene_view import ObjectStates, Outcome

Joints = Float[np.ndarray, ' joint']
OnFrame = Callable[[Observation, Joints, Float[np.ndarray, '4 4']], None]
"""Called while the arm moves with an image, the joints [rad] and the pose of the tool."""


@runtime_checkable
class Environment(Protocol):
    """A scene with the arm, stepped in lockstep; `sim.clear_table.ClearTable` is one.

    Attributes:
        background: Image of the empty table.
    """

    background: UInt8[np.ndarray, 'height width 3']

    @property
    def joint_positions(self) -> Joints:
        """Measured joints [rad]."""

    def reset(self, seed: int) -> Observation:
        """Begin the episode of a seed."""

    def observe(self) -> Observation:
        """Take an image."""

    def execute(self, path: JointPath, on_frame: OnFrame | None = None) -> None:
        """Carry out a joint path and wait until everything rests; show frames on the way."""

    def wait(self, seconds: float) -> None:
        """Let time [s] pass while the arm rests."""

    def objects(self) -> ObjectStates:
        """Return the true object states."""

    def outcome(self) -> Outcome:
        """Return how the scene stands, once everything rests."""

    def close(self) -> None:
        """Free what the environment holds."""
