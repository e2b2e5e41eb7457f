"""What an episode needs of a scene, an arm and a skill; the simulator and the robot have it."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, UInt8

from foresight.actions.push.action import Push
from foresight.protocols import Observation
from foresight.robots.trajectory import JointPath


@runtime_checkable
class ObjectStates(Protocol):
    """True object states: for the hand rule, the labels and the score, never for a policy."""

    @property
    def names(self) -> Sequence[str]:
        """Name of each object."""
        ...

    @property
    def positions(self) -> Float[np.ndarray, 'object 3']:
        """Centre of each object in `base_link` [m]."""
        ...

    @property
    def orientations(self) -> Float[np.ndarray, 'object 4']:
        """Quaternion (x, y, z, w) of each object."""
        ...

    @property
    def extents(self) -> Float[np.ndarray, 'object 3']:
        """Size of each object along its own axes [m]."""
        ...

    @property
    def status(self) -> Sequence[str]:
        """`table`, `bin` or `floor` for each object."""
        ...


@runtime_checkable
class Outcome(Protocol):
    """How a scene stands, from ground truth."""

    @property
    def cleared(self) -> int:
        """Objects at rest in the bin."""
        ...

    @property
    def dropped(self) -> int:
        """Objects below the table top and not in the bin."""
        ...

    @property
    def remaining(self) -> int:
        """Objects on the table."""
        ...

    @property
    def success(self) -> bool:
        """True when all are cleared and none is dropped."""
        ...


@runtime_checkable
class Environment(Protocol):
    """A scene with the arm, stepped in lockstep; `sim.clear_table.ClearTable` is one.

    Attributes:
        background: Image of the empty table.
    """

    background: UInt8[np.ndarray, 'height width 3']

    @property
    def joint_positions(self) -> Float[np.ndarray, ' joint']:
        """Measured joints [rad]."""
        ...

    def reset(self, seed: int) -> Observation:
        """Begin the episode of a seed."""
        ...

    def observe(self) -> Observation:
        """Take an image."""
        ...

    def execute(self, path: JointPath) -> None:
        """Carry out a joint path and wait until everything rests."""
        ...

    def objects(self) -> ObjectStates:
        """Return the true object states."""
        ...

    def outcome(self) -> Outcome:
        """Return how the scene stands."""
        ...

    def close(self) -> None:
        """Free what the environment holds."""
        ...


@runtime_checkable
class Motion(Protocol):
    """What a skill plans."""

    @property
    def joint_path(self) -> JointPath:
        """Joint path that carries it out."""
        ...


@runtime_checkable
class Skill(Protocol):
    """Anything that turns a push into a motion; `robot.push_skill.PushSkill` is one."""

    def plan(self, push: Push, start: Float[np.ndarray, ' joint']) -> Motion:
        """Plan the motion.

        Raises:
            RobotError: If the arm cannot do it.
        """
        ...
