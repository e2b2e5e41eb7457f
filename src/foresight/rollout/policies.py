"""What chooses pushes in an evaluation: floors, and the planner under test.

The ceiling, which sees true poses, is in `hand_rule`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from foresight.planning.levels.task import TaskLevel
from foresight.protocols import ActionSampler, Observation
from foresight.rollout.environment import ObjectStates
from foresight.world_model.observation.perception import Perception
from foresight.world_model.observation.rectification import Rectifier


@dataclass(frozen=True)
class SceneView:
    """What a policy is shown before each push.

    Attributes:
        observation: Image with the arm at its retract pose.
        background: The empty table, seen by the same camera.
        objects: True object states; only a privileged policy may look.
    """

    observation: Observation
    background: UInt8[np.ndarray, 'height width 3']
    objects: ObjectStates


@dataclass(frozen=True)
class Choice:
    """One chosen push and why.

    Attributes:
        action: Push [x, y, heading, length] in `base_link` [m, m, rad, m].
        terms: Weighted share of each cost term; empty for a policy that does not plan.
        cost: Their sum.
    """

    action: Float[np.ndarray, '4']
    terms: dict[str, float]
    cost: float = 0.0


@runtime_checkable
class Policy(Protocol):
    """Anything that chooses pushes."""

    name: str

    def reset(self, seed: int) -> None:
        """Begin an episode: forget the last one and seed every random choice."""
        ...

    def act(self, scene: SceneView) -> Choice | None:
        """Choose the next push; None when there is nothing left to do."""
        ...


class RandomPolicy:
    """Uniform feasible pushes: the floor."""

    name = 'random'

    def __init__(self, sampler: ActionSampler) -> None:
        """Keep the source of pushes."""
        self._sampler = sampler
        self._generator = torch.Generator()

    def reset(self, seed: int) -> None:
        """Seed the sampler."""
        self._generator.manual_seed(seed)

    def act(self, scene: SceneView) -> Choice | None:
        """Draw one push."""
        return Choice(self._sampler(1, self._generator)[0].double().numpy(), {})


class AimedRandomPolicy:
    """Random heading and length through a place where the image shows something.

    Image-based: it compares the rectified image with the empty table and never sees true poses.
    """

    name = 'aimed_random'

    def __init__(
        self,
        rectifier: Rectifier,
        aim: Callable[[Float[Tensor, 'row column']], ActionSampler],
    ) -> None:
        """Keep how images are rectified and what turns weights of its pixels into pushes."""
        self._rectifier, self._aim = rectifier, aim
        self._generator = torch.Generator()

    def reset(self, seed: int) -> None:
        """Seed the sampler."""
        self._generator.manual_seed(seed)

    def act(self, scene: SceneView) -> Choice | None:
        """Aim at a random pixel that differs from the empty table."""
        seen = scene.observation
        differs = self._rectifier.differs(seen.image, scene.background, seen.view)
        sampler = self._aim(torch.from_numpy(differs).float())
        return Choice(sampler(1, self._generator)[0].double().numpy(), {})


MakeTaskLevel = Callable[[Float[Tensor, 'channel height width']], TaskLevel]
"""Makes the task level of an episode, given the latent of its empty table: a possible goal."""


class PlannerPolicy:
    """Perception and task level: what the nodes do, without ROS."""

    name = 'planner'

    def __init__(self, perception: Perception, make: MakeTaskLevel) -> None:
        """Keep perception and how the task level of an episode is made."""
        self._perception, self._make = perception, make
        self._seed = 0
        self._task_level: TaskLevel | None = None

    def reset(self, seed: int) -> None:
        """Forget the last episode and its goal; seed the sampler of the next."""
        self._seed, self._task_level = seed, None

    def act(self, scene: SceneView) -> Choice | None:
        """Encode the image and plan; None when the task level says that all is done."""
        if self._task_level is None:
            self._task_level = self._begin(scene)
        plan = self._task_level.decide(self._perception.encode(scene.observation)).plan
        if plan is None:
            return None
        return Choice(plan.actions[0].double().cpu().numpy(), dict(plan.terms), plan.cost)

    def _begin(self, scene: SceneView) -> TaskLevel:
        """Learn what the empty table looks like, and make the task level."""
        view = scene.observation.view
        self._perception.set_background(scene.background, view)
        empty = Observation(scene.background, view, scene.observation.stamp)
        level = self._make(self._perception.encode(empty).latent)
        level.reset(self._seed)
        return level
