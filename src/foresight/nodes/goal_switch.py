"""Turns a goal image into a task level, once the empty table is known too."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from jaxtyping import UInt8
from rclpy.node import Node
from sensor_msgs.msg import Image

from foresight.config import PlannerConfig
from foresight.errors import ForesightError, ObservationError
from foresight.nodes.convert import image_array
from foresight.nodes.endpoints import subscription
from foresight.planning.task_level import TaskLevel
from foresight.training.assembly import assemble
from foresight.training.task_file import load_task
from foresight.world_model.checkpoint import Checkpoint

Picture = UInt8[np.ndarray, '_ _ 3']
MakeTask = Callable[[], TaskLevel]


class GoalSwitch:
    """Listens for a goal image and hands over how to make its task."""

    def __init__(
        self, node: Node, task: str, planner: PlannerConfig, use: Callable[[MakeTask], None],
    ) -> None:
        """Listen.

        Args:
            node: Node that listens.
            task: Task of goal images.
            planner: Planner settings.
            use: Takes what makes the task level.
        """
        self._node, self._task, self._planner, self._use = node, task, planner, use
        self._checkpoint: Checkpoint | None = None
        self._goal: Picture | None = None
        self._background: Picture | None = None
        subscription(node, 'goal_image', self._on_goal)
        subscription(node, 'image_background', self._on_background)

    def connect(self, checkpoint: Checkpoint | None) -> None:
        """Use this world model from now on; None waits for the next one."""
        self._checkpoint = checkpoint
        self._switch()

    def _on_goal(self, message: Image) -> None:
        self._goal = self._read(message)
        self._switch()

    def _on_background(self, message: Image) -> None:
        self._background = self._read(message)
        self._switch()

    def _read(self, message: Image) -> Picture | None:
        """Return the pixels, or None if they cannot be read."""
        try:
            return image_array(message)
        except ObservationError as error:
            self._node.get_logger().error(f'goal ignored: {error}')
            return None

    def _switch(self) -> None:
        """Switch when everything is known."""
        if self._checkpoint is None or self._goal is None or self._background is None:
            return
        images = self._goal, self._background
        try:
            self._use(partial(goal_task, self._task, self._planner, self._checkpoint, *images))
        except ForesightError as error:
            self._node.get_logger().error(f'goal_image refused: {error}')


def goal_task(
    task: str,
    planner: PlannerConfig,
    checkpoint: Checkpoint,
    goal: Picture,
    background: Picture,
) -> TaskLevel:
    """Make the task level of a goal image.

    Raises:
        ObservationError: If the goal is not a rectified image.
    """
    if goal.shape != background.shape:
        rows, columns = background.shape[:2]
        raise ObservationError(
            f'it is {goal.shape[1]} x {goal.shape[0]}: give a rectified image of '
            f'{columns} x {rows}, such as one of image_rectified'
        )
    device = checkpoint.model.device
    images = (torch.from_numpy(image)[None].to(device) for image in (goal, background))
    with torch.inference_mode():
        latent = checkpoint.model.encode(*images)[0]
    return assemble(load_task(task), checkpoint, latent.clone(), planner=planner)
