"""Gives the planner its task, once the images that show the goal are there."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from jaxtyping import UInt8
from rclpy.node import Node
from sensor_msgs.msg import Image

from foresight.errors import ForesightError, ObservationError
from foresight.nodes.convert import image_array
from foresight.nodes.endpoints import subscription
from foresight.planning.levels.task import TaskLevel
from foresight.robots.arm import ArmModel
from foresight.tasks.assembly import assemble
from foresight.tasks.task_file import EMPTY_TABLE, TaskConfig
from foresight.world_model.checkpoint import Checkpoint
from foresight.world_model.encoder import EncoderConfig

GOAL, EMPTY = 'goal_image', 'image_background'
REMEDIES = {
    GOAL: 'publish goal_image, a rectified image of what is wanted',
    EMPTY: 'clear the table and call perception/capture_background',
}
Picture = UInt8[np.ndarray, '_ _ 3']
MakeTask = Callable[[], TaskLevel]


class GoalSwitch:
    """Listens for goal images and the empty table, and hands over tasks whose goal they show.

    Attributes:
        task: What the planner works on, or waits for.
    """

    def __init__(
        self, node: Node, task: TaskConfig, goal_task: TaskConfig, use: Callable[[MakeTask], None],
    ) -> None:
        """Listen.

        Args:
            node: Node that listens.
            task: Task to begin with.
            goal_task: Task that a goal image switches to, unless the first asks for one itself.
            use: Takes what makes the task level.
        """
        self._node, self._first, self._use = node, task, use
        self._image_task = task if task.has_goal and task.goal != EMPTY_TABLE else goal_task
        self._robot: tuple[Checkpoint, ArmModel] | None = None
        self._pictures: dict[str, Picture] = {}
        self._refusals: dict[str, str] = {}
        self._begin()
        for topic in (GOAL, EMPTY):
            subscription(node, topic, partial(self._on_picture, topic))

    @property
    def missing(self) -> str:
        """What the task waits for and what helps; empty if it can be worked on."""
        if self._is_ready:
            return ''
        needed = (EMPTY,) if self.task.goal == EMPTY_TABLE else (GOAL, EMPTY)
        lacking = [name for name in needed if name not in self._pictures or name in self._refusals]
        topic = lacking[0] if lacking else needed[0]
        why = self._refusals.get(topic, f'there is no {topic} yet')
        return f'{self.task.name} waits: {why}; {REMEDIES[topic]}'

    def connect(self, checkpoint: Checkpoint, arm: ArmModel) -> None:
        """Begin anew with this world model and arm."""
        self._robot = checkpoint, arm
        self._begin()
        for topic, picture in tuple(self._pictures.items()):
            del self._pictures[topic]
            self._remember(topic, picture)

    def disconnect(self) -> None:
        """Wait for the next world model."""
        self._robot = None
        self._begin()

    def _begin(self) -> None:
        """Go back to the first task."""
        self.task, self._is_ready = self._first, not self._first.has_goal

    def _on_picture(self, topic: str, message: Image) -> None:
        try:
            self._remember(topic, image_array(message))
        except ObservationError as error:
            self._refuse(topic, error)

    def _remember(self, topic: str, picture: Picture) -> None:
        """Keep a picture that fits; one that does not leaves everything as it is."""
        try:
            if self._robot is not None:
                check_size(picture, self._robot[0].config.encoder)
        except ObservationError as error:
            self._refuse(topic, error)
        else:
            self._pictures[topic] = picture
            self._refusals.pop(topic, None)
            self._update()

    def _update(self) -> None:
        """Hand over the task that is asked for, if all its pictures are there."""
        goal, empty = self._pictures.get(GOAL), self._pictures.get(EMPTY)
        if self._robot is None or empty is None:
            return
        if goal is not None:
            self._hand_over(GOAL, self._image_task, self._robot, goal, empty)
        elif self._first.has_goal and self._first.goal == EMPTY_TABLE:
            self._hand_over(EMPTY, self._first, self._robot, empty, empty)

    def _hand_over(
        self, topic: str, task: TaskConfig, robot: tuple[Checkpoint, ArmModel], goal: Picture,
        empty: Picture,
    ) -> None:
        """Let the planner work on this task, whose goal came by `topic`, from now on."""
        try:
            self._use(partial(make_task, task, *robot, goal, empty))
        except ForesightError as error:
            self._refuse(topic, error)
        else:
            self.task, self._is_ready = task, True

    def _refuse(self, topic: str, error: ForesightError) -> None:
        """Say that a picture is of no use."""
        self._refusals[topic] = f'{topic} refused: {error}'
        self._node.get_logger().error(self._refusals[topic])


def check_size(picture: Picture, encoder: EncoderConfig) -> None:
    """Check that a picture is a rectified one.

    Raises:
        ObservationError: If it has another size.
    """
    rows, columns = picture.shape[:2]
    if (rows, columns) != (encoder.rows, encoder.columns):
        raise ObservationError(
            f'it is {columns} x {rows}: give a rectified image of '
            f'{encoder.columns} x {encoder.rows}, such as one of image_rectified'
        )


def make_task(
    task: TaskConfig,
    checkpoint: Checkpoint,
    arm: ArmModel,
    goal: Picture,
    empty: Picture,
) -> TaskLevel:
    """Make the task level of a task; the pictures count only if the task has a goal.

    Args:
        task: Task, with the planner settings to use.
        checkpoint: World model.
        arm: Arm that works.
        goal: Rectified image of the goal.
        empty: Rectified image of the empty table.
    """
    if not task.has_goal:
        return assemble(task, checkpoint, arm)
    device = checkpoint.model.device
    pictures = (torch.from_numpy(picture)[None].to(device) for picture in (goal, empty))
    with torch.inference_mode():
        latent = checkpoint.model.encode(*pictures)[0]
    return assemble(task, checkpoint, arm, latent.clone())
