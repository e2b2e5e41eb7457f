"""Finds the task to work on by the images that show its goal, and says which are missing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from foresight.errors import ForesightError, ObservationError
from foresight.planning.levels.task import TaskLevel
from foresight.tasks.task_file import EMPTY_TABLE, TaskConfig
from foresight.world_model.checkpoint import Checkpoint
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.eye import see

GOAL, EMPTY = 'goal_image', 'image_background'
REMEDIES = {
    GOAL: 'publish goal_image, a rectified image of what is wanted',
    EMPTY: 'clear the table and call perception/capture_background',
}
Picture = UInt8[np.ndarray, '_ _ 3']
Latent = Float[Tensor, 'channel height width']
MakeTask = Callable[[], TaskLevel]
Build = Callable[[TaskConfig, Latent | None], TaskLevel]
"""Makes the task level of a task, with the latent of its goal if it has one."""


@dataclass(frozen=True)
class TaskMaker:
    """Makes task levels with one world model for one robot.

    Attributes:
        checkpoint: World model.
        build: What puts a task level together.
    """

    checkpoint: Checkpoint
    build: Build

    def make(self, task: TaskConfig, goal: Picture, empty: Picture) -> TaskLevel:
        """Make a task level; the rectified pictures count only if the task has a goal."""
        if not task.has_goal:
            return self.build(task, None)
        model = self.checkpoint.model
        pictures = (torch.from_numpy(picture.astype(np.float32))[None].to(model.device)
                    for picture in (see(goal, empty), empty))
        with torch.inference_mode():
            latent = model.encode(*pictures)[0]
        return self.build(task, latent.clone())

    def try_out(self, task: TaskConfig) -> TaskLevel:
        """Make a task level before its goal is known, on a blank one."""
        encoder = self.checkpoint.config.encoder
        blank = np.zeros((encoder.rows, encoder.columns, 3), np.uint8)
        return self.make(task, blank, blank)


class Goals:
    """Keeps goal images and the empty table, and hands over tasks whose goal they show.

    Attributes:
        task: What is worked on, or waited for.
    """

    def __init__(
        self, task: TaskConfig, goal_task: TaskConfig, use: Callable[[MakeTask], None],
        complain: Callable[[str], object],
    ) -> None:
        """Begin with a task.

        Args:
            task: Task to begin with.
            goal_task: Task that a goal image switches to, unless the first asks for one itself.
            use: Takes what makes the task level.
            complain: Takes why a picture is of no use.
        """
        self._first, self._use, self._complain = task, use, complain
        self._image_task = task if task.has_goal and task.goal != EMPTY_TABLE else goal_task
        self._maker: TaskMaker | None = None
        self._pictures: dict[str, Picture] = {}
        self._refusals: dict[str, str] = {}
        self._begin()

    @property
    def missing(self) -> str:
        """What the task waits for and what helps; empty if it can be worked on."""
        if self._is_ready:
            return ''
        needed = (EMPTY,) if self.task.goal == EMPTY_TABLE else (GOAL, EMPTY)
        lacking = [name for name in needed if name not in self._pictures or name in self._refusals]
        name = lacking[0] if lacking else needed[0]
        why = self._refusals.get(name, f'there is no {name} yet')
        return f'{self.task.name} waits: {why}; {REMEDIES[name]}'

    def connect(self, maker: TaskMaker | None) -> None:
        """Begin anew with what makes task levels; None waits for the next one."""
        self._maker = maker
        self._begin()
        if maker is not None:
            for name, picture in tuple(self._pictures.items()):
                del self._pictures[name]
                self.show(name, picture)

    def show(self, name: str, picture: Picture) -> None:
        """Keep a picture that fits; one that does not leaves everything as it is."""
        try:
            if self._maker is not None:
                check_size(picture, self._maker.checkpoint.config.encoder)
        except ObservationError as error:
            self.refuse(name, error)
        else:
            self._pictures[name] = picture
            self._refusals.pop(name, None)
            self._update()

    def capture(self, latent: Latent) -> str:
        """Take what is seen now as the goal; it stands until a goal image comes.

        Returns:
            Name of the task that works toward it.

        Raises:
            ForesightError: If the task cannot be made.
        """
        if self._maker is None:
            raise ObservationError('there is no world model yet: configure and activate first')
        self._use(partial(self._maker.build, self._image_task, latent.clone()))
        self._pictures.pop(GOAL, None)
        self._refusals.pop(GOAL, None)
        self.task, self._is_ready = self._image_task, True
        return self.task.name

    def refuse(self, name: str, error: ForesightError) -> None:
        """Say that a picture is of no use."""
        self._refusals[name] = f'{name} refused: {error}'
        self._complain(self._refusals[name])

    def _begin(self) -> None:
        """Go back to the first task."""
        self.task, self._is_ready = self._first, not self._first.has_goal

    def _update(self) -> None:
        """Hand over the task that is asked for, if all its pictures are there."""
        goal, empty = self._pictures.get(GOAL), self._pictures.get(EMPTY)
        if self._maker is None or empty is None:
            return
        make = self._maker.make
        if goal is not None:
            self._hand_over(GOAL, self._image_task, partial(make, goal=goal, empty=empty))
        elif self._first.has_goal and self._first.goal == EMPTY_TABLE:
            self._hand_over(EMPTY, self._first, partial(make, goal=empty, empty=empty))

    def _hand_over(
        self, name: str, task: TaskConfig, make: Callable[[TaskConfig], TaskLevel],
    ) -> None:
        """Let this task, whose goal came as `name`, be worked on from now on."""
        try:
            self._use(partial(make, task))
        except ForesightError as error:
            self.refuse(name, error)
        else:
            self.task, self._is_ready = task, True


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
