"""What chooses actions in an evaluation: floors, and the planner under test.

The ceiling, which sees true poses, is in `tasks.clear_table.hand_rule`.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from foresight.actions.kinds import check_kind
from foresight.planning.deadline import stopped_clock
from foresight.planning.levels.task import TaskDecision, TaskLevel
from foresight.protocols import ActionSampler, Belief, Observation, Plan
from foresight.robots.arm import ArmModel
from foresight.tasks.assembly import assemble
from foresight.tasks.scene_view import Policy, SceneView, chosen
from foresight.tasks.task_file import EMPTY_TABLE, TaskConfig
from foresight.world_model.checkpoint import Checkpoint
from foresight.world_model.observation.perception import Perception
from foresight.world_model.observation.rectification import Rectifier

Aim = Callable[[Float[Tensor, 'row column']], ActionSampler]
"""Turns weights of the pixels of a rectified image into a source of actions there."""


class RandomPolicy(Policy):
    """Uniform feasible actions: the floor."""

    name = 'random'

    def __init__(self, sampler: ActionSampler, generator: Generator | None = None) -> None:
        """Keep the source of actions; others may draw from the same generator."""
        self._sampler, self._generator = sampler, generator or Generator()

    def reset(self, seed: int) -> None:
        """Seed the sampler."""
        self._generator.manual_seed(seed)

    def choose(self, scene: SceneView) -> Plan:
        """Draw one action."""
        return chosen(self._sampler(1, self._generator)[0].double().numpy())


class AimedRandomPolicy(Policy):
    """Random actions at a place where the image shows something.

    Image-based: it compares the rectified image with the empty table and never sees true poses.
    """

    name = 'aimed_random'

    def __init__(self, rectifier: Rectifier, aim: Aim, generator: Generator | None = None) -> None:
        """Keep how images are rectified and aimed at; others may draw from the same generator."""
        self._rectifier, self._aim = rectifier, aim
        self._generator = generator or Generator()

    def reset(self, seed: int) -> None:
        """Seed the sampler."""
        self._generator.manual_seed(seed)

    def choose(self, scene: SceneView) -> Plan:
        """Aim at a random pixel that differs from the empty table."""
        seen = scene.observation
        differs = self._rectifier.differs(seen.image, scene.background, seen.view)
        sampler = self._aim(torch.from_numpy(differs).float())
        return chosen(sampler(1, self._generator)[0].double().numpy())


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

    def decide(self, scene: SceneView, /) -> TaskDecision:
        """Encode the image and plan, unless the task level says that all is done."""
        level = self._level(scene)
        return level.decide(self._belief(scene))

    def follow(self, scene: SceneView, plan: Plan, /) -> TaskDecision:
        """Go on with the rest of a plan, unless the task level says that all is done."""
        return self._level(scene).follow(self._belief(scene), plan)

    def drop_warm_start(self) -> None:
        """Forget the last plan: the world is not as imagined."""
        if self._task_level is not None:
            self._task_level.drop_warm_start()

    def _belief(self, scene: SceneView) -> Belief:
        """Encode the image."""
        return self._perception.encode(scene.observation)

    def _level(self, scene: SceneView) -> TaskLevel:
        """Learn what the empty table looks like and make the task level, once an episode."""
        if self._task_level is None:
            view = scene.observation.view
            self._perception.set_background(scene.background, view)
            empty = Observation(scene.background, view, scene.stamp)
            self._task_level = self._make(self._perception.encode(empty).latent)
            self._task_level.reset(self._seed)
        return self._task_level


def make_planner(checkpoint: Checkpoint, task: TaskConfig, arm: ArmModel) -> PlannerPolicy:
    """Build perception and task level; outcomes do not depend on the load of the machine.

    Args:
        checkpoint: World model and cost head.
        task: Terms, weights and the done test.
        arm: Arm that works.

    Raises:
        CheckpointError: If the world model foresees another action than the task asks for.
    """
    check_kind(checkpoint.action.kind, task.action, checkpoint.folder)
    def make(empty_table: Float[Tensor, 'channel height width']) -> TaskLevel:
        goal = empty_table if task.goal == EMPTY_TABLE else None
        return assemble(task, checkpoint, arm, goal, clock=stopped_clock)

    return PlannerPolicy(Perception.of(checkpoint), make)
