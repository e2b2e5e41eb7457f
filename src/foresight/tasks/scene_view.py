"""A scene as it is seen, its true objects, and what chooses macro-actions in it."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8

from foresight.planning.levels.task import TaskDecision
from foresight.protocols import Observation, Plan


@dataclass(frozen=True)
class ObjectStates:
    """True object states: for the hand rule, labels and the score, never for a policy that learns.

    Attributes:
        names: Name of each object.
        positions: Centres of mass in `base_link` [m].
        orientations: Quaternions (x, y, z, w).
        extents: Sizes along the axes of each object [m].
        status: `table`, `bin` or `floor`; things still above the table top are on the table.
        moving: True for an object that has not yet rested long enough for its status to count.
    """

    names: tuple[str, ...]
    positions: Float[np.ndarray, 'object 3']
    orientations: Float[np.ndarray, 'object 4']
    extents: Float[np.ndarray, 'object 3']
    status: tuple[str, ...]
    moving: tuple[bool, ...]


@dataclass(frozen=True)
class Outcome:
    """How a scene stands, from ground truth.

    Attributes:
        cleared: Objects at rest where the task wants them: in the bin, unless it says otherwise.
        dropped: Other objects below the table top and not in the bin.
        remaining: All others.
        success: True if every object is cleared.
    """

    cleared: int
    dropped: int
    remaining: int
    success: bool


@runtime_checkable
class SuccessRule(Protocol):
    """Tells which objects are as a task wants them; success is when all are."""

    @property
    def about(self) -> str:
        """What it asks, in words: `every object in the bin`."""

    def __call__(self, objects: ObjectStates) -> Bool[np.ndarray, ' object']:
        """Tell of each object whether it is as wanted."""


@dataclass(frozen=True)
class SceneView:
    """What is shown before each macro-action.

    Attributes:
        observation: Image with the arm out of the picture.
        background: The empty table, seen by the same camera.
        objects: True object states; only a privileged policy may look.
    """

    observation: Observation
    background: UInt8[np.ndarray, 'height width 3']
    objects: ObjectStates

    @property
    def stamp(self) -> float:
        """When it was seen [s]."""
        return self.observation.stamp


class Policy(ABC):
    """Chooses macro-actions one at a time, without a plan to follow."""

    name = ''

    @abstractmethod
    def choose(self, scene: SceneView) -> Plan | None:
        """Choose the next macro-action; None when there is nothing left to do."""

    def reset(self, seed: int) -> None:  # noqa: B027 - most have nothing to forget
        """Begin an episode: forget the last one and seed every random choice."""

    def decide(self, scene: SceneView, /) -> TaskDecision:
        """Choose; no task level measures how far the task is from done."""
        return TaskDecision(self.choose(scene), math.nan)

    def follow(self, scene: SceneView, plan: Plan, /) -> TaskDecision:
        """Choose anew: no plan reaches further than one action."""
        return self.decide(scene)

    def drop_warm_start(self) -> None:  # noqa: B027
        """Do nothing: each choice is made from nothing but the scene."""


def chosen(action: Float[np.ndarray, ' action'], **terms: float) -> Plan:
    """Return a plan of one macro-action that nobody searched for; `terms` say why."""
    actions = torch.from_numpy(action)[None]
    return Plan(actions, sum(terms.values(), 0.0), terms, torch.zeros(1), 0, 0, 0.0)
