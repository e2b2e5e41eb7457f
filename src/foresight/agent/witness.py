"""Keeps up with what happens on the table: latents, joints and macro-actions become beliefs."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from foresight.agent.arm_monitor import ArmMonitor, Sight
from foresight.agent.surprise_monitor import SurpriseMonitor
from foresight.errors import ObservationError
from foresight.macro_action import EndMonitor
from foresight.protocols import Belief, CameraView
from foresight.robots.status import Status
from foresight.world_model.belief.surprise import SurpriseReading
from foresight.world_model.belief.tracker import BeliefTracker

WAITING = 8  # latents that wait for the joints of their time
Joints = Float[np.ndarray, ' joint']


@dataclass(frozen=True)
class View:
    """What came of a latent.

    Attributes:
        status: OK if it became a belief that can be used.
        reason: Why not.
        belief: What is believed now; None if there is nothing to plan from.
        reading: How surprising it is; None if there is nothing to say.
    """

    status: Status
    reason: str = ''
    belief: Belief | None = None
    reading: SurpriseReading | None = None


class Witness:
    """Remembers what the arm hides, and compares every free view with what was imagined.

    Attributes:
        tracker: What is believed and remembered.
    """

    def __init__(
        self, tracker: BeliefTracker, arm: ArmMonitor, ends: EndMonitor, surprise: SurpriseMonitor,
    ) -> None:
        """Begin with nothing seen.

        Args:
            tracker: Keeps the belief.
            arm: Tells what of an image the arm hides.
            ends: Notices the end of a macro-action.
            surprise: Judges free views.
        """
        self.tracker = tracker
        self._arm, self._ends, self._surprise = arm, ends, surprise
        self._waiting: deque[Belief] = deque(maxlen=WAITING)

    def forget(self) -> None:
        """Forget what was seen and imagined."""
        self._waiting.clear()
        self._surprise.forget()
        self._ends.forget()
        self.tracker.forget()

    def feel(self, positions: Joints, velocities: Joints, stamp: float) -> None:
        """Take joint states of time `stamp` [s].

        Raises:
            RobotError: If they are not finite.
        """
        if self._ends.ends(self._arm.update(positions, velocities, stamp)):
            self.tracker.end_action()

    def announce(self, numbers: Float[np.ndarray, ' action'], now: float) -> None:
        """Imagine what a macro-action that is about to begin will lead to."""
        memory = self.tracker.memory
        if not memory.complete:
            return
        action = torch.from_numpy(numbers).float()
        self._surprise.expect(action, memory.latent, self.tracker.begin_action(action), now)
        self._ends.announce(numbers)

    def take(self, latent: Tensor, stamp: float) -> None:
        """Take the latent of an image of time `stamp` [s], to look at in a moment.

        Raises:
            ObservationError: If it is of another model.
        """
        expected = tuple(self.tracker.empty.shape)
        if tuple(latent.shape) != expected:
            raise ObservationError(
                f'the latent is {tuple(latent.shape)}, this checkpoint has {expected}: give '
                'perception and predictor the same checkpoint'
            )
        self._waiting.append(Belief(latent, stamp))

    def look(self, camera: Callable[[], CameraView | None]) -> Iterator[View]:
        """Turn latents into beliefs, as far as the arm's place in their images is known."""
        while self._waiting:
            seen = self._waiting[0]
            sight = self._sight(seen.stamp, camera)
            if not sight.early:
                self._waiting.popleft()
            if sight.status is not Status.OK:
                yield View(sight.status, sight.reason)
            elif not sight.early:
                yield self._believe(seen, sight)
            if sight.early:
                return

    def _sight(self, stamp: float, camera: Callable[[], CameraView | None]) -> Sight:
        """Tell what of an image the arm hides."""
        try:
            self._arm.view = camera()
            return self._arm.look(stamp)
        except ObservationError as error:
            return Sight(Status.STALE_IMAGE, str(error))

    def _believe(self, seen: Belief, sight: Sight) -> View:
        """Remember and judge."""
        belief = self.tracker.see(seen.latent, seen.stamp, sight.hidden)
        if not self.tracker.memory.complete:
            return View(Status.IDLE, 'the arm hides what was never seen')
        if not sight.clear:
            return View(Status.OK, belief=belief)
        found = self._surprise.look(belief.latent, self._arm.was_away_since)
        status = Status.STALE_IMAGE if found.unusable else Status.OK
        return View(status, found.unusable, belief, found.reading)
