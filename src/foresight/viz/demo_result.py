"""What one run over ROS leaves: everything its film and report are made of."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8

from foresight.macro_action import Outline
from foresight.protocols import CameraView
from foresight.settings import CLEAR_TABLE
from foresight.tasks.clear_table.score import CLEARED

Picture = UInt8[np.ndarray, 'height width 3']


@dataclass(frozen=True)
class Frame:
    """One RGB image, exposed at `stamp` [s]."""

    stamp: float
    image: Picture


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
    view: CameraView | None
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
