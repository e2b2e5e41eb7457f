"""What one run over ROS leaves: everything its film and report are made of."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8

from foresight.macro_action import Outline
from foresight.settings import CLEAR_TABLE
from foresight.tasks.clear_table.score import CLEARED

JITTER = 'command jitter (guard)'
COMMAND_MS = 10.0  # period of the commands at real-time factor 1 [ms]
Picture = UInt8[np.ndarray, 'height width 3']


@dataclass(frozen=True)
class Frame:
    """One RGB image, exposed at `stamp` [s]."""

    stamp: float
    image: Picture


@dataclass(frozen=True)
class Motion:
    """How arm and objects moved, in the frame of the table.

    Attributes:
        joint_stamps: When the joints were measured [s].
        joints: Where they were [rad].
        object_stamps: When the simulator said where the objects are [s].
        positions: Where they were [m].
        orientations: Their quaternions (x, y, z, w).
    """

    joint_stamps: Float[np.ndarray, ' time']
    joints: Float[np.ndarray, 'time joint']
    object_stamps: Float[np.ndarray, ' instant']
    positions: Float[np.ndarray, 'instant object 3']
    orientations: Float[np.ndarray, 'instant object 4']


@dataclass(frozen=True)
class Thought:
    """What a decision was made of.

    Attributes:
        belief: Latent that it was planned from.
        candidates: The best actions that were imagined, cheapest first.
        imagined: How many were imagined.
    """

    belief: Float[np.ndarray, 'channel height width']
    candidates: Float[np.ndarray, 'candidate action']
    imagined: int


@dataclass(frozen=True)
class DemoAction:
    """One action that was carried out.

    Attributes:
        stamp: Stamp of the image it was planned from [s].
        what: What it does, in a few words.
        terms: Weighted share of each cost term.
        plan_ms: Wall-clock planning time [ms].
        joint_ms: Wall-clock time of the joint level for each command [ms].
        left: Objects the planner believed to be on the table; NaN if its task does not count.
        surprise: Surprise level after it, if it was measured.
        thought: What it was decided from; None if a message was lost.
    """

    stamp: float
    action: Float[np.ndarray, ' action']
    outline: Outline
    what: str
    terms: Mapping[str, float]
    plan_ms: float
    joint_ms: float
    left: float
    surprise: float | None
    thought: Thought | None = None


@dataclass(frozen=True)
class DemoResult:
    """One episode over ROS.

    Attributes:
        objects: Objects that were placed.
        cleared: Objects as the task wants them at the end, from ground truth.
        dropped: Objects on the floor at the end, from ground truth.
        tried: Actions that were chosen, also those the arm could not do.
        actions: Actions that were carried out.
        rectified: The same images on the table plane.
        motion: How arm and objects moved.
        latencies: Wall-clock times by name [ms].
        resident: Largest resident memory of each node [byte].
        simulated: Simulated duration [s].
        seconds: Wall-clock duration from the first object to the end [s].
        ending: Why it ended, in words.
        task: Name of the task.
        asked: What counts as success, in words.
    """

    seed: int
    objects: int
    cleared: int
    dropped: int
    tried: int
    actions: tuple[DemoAction, ...]
    frames: tuple[Frame, ...]
    rectified: tuple[Frame, ...]
    motion: Motion
    latencies: Mapping[str, tuple[float, ...]]
    resident: Mapping[str, int]
    simulated: float
    seconds: float
    ending: str
    task: str = CLEAR_TABLE
    asked: str = CLEARED.about

    @property
    def success(self) -> bool:
        """All objects are as the task wants them."""
        return self.objects > 0 and self.cleared == self.objects
