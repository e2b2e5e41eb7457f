"""A guard, an arm that follows it, and a clock, which a hostile stream may all spoil."""

from contextlib import suppress

import numpy as np

from foresight.errors import RobotError
from foresight.robots.e_stop import EStop
from foresight.robots.guard_config import Command, GuardConfig
from foresight.robots.guarding import Guard
from foresight.robots.limits import JointLimits
from foresight.robots.plan_window import Joints, PlanWindow
from foresight.robots.workspace import Workspace

PLAN = 5  # ticks between two plans
REACH = 40  # ticks that a plan looks ahead
REST = 20  # ticks after which somebody releases what stopped the arm, in the mean


class World:
    """What a guard lives in, one tick after the other.

    Attributes:
        guard: The guard.
        e_stop: Its e-stop.
        random: Source of every hostile choice.
        now: The time that the guard is told [s].
        where: Where the arm is [rad].
        told: The last command [rad].
        period: Time of a tick [s].
    """

    def __init__(
        self, limits: JointLimits, config: GuardConfig, generator: np.random.Generator,
        start: Joints | None = None, workspace: Workspace | None = None,
    ) -> None:
        """Stand at `start` [rad], or somewhere within the limits, in a workspace or in none."""
        self.limits, self.random, self.config = limits, generator, config
        self.e_stop, self.period = EStop(), 1.0 / config.rate
        self.guard = Guard(limits, config, self.e_stop, workspace)
        self.now = 100.0
        middle, half = (limits.high + limits.low) / 2, (limits.high - limits.low) / 2
        anywhere = middle + 0.9 * half * generator.uniform(-1.0, 1.0, len(middle))
        self.where: Joints = anywhere if start is None else start
        self.told = self.where
        self._begin, self._way = self.now, self._draw_way()
        self.listen(self.where)

    def listen(self, positions: Joints) -> None:
        """Hand measured joints to the guard."""
        with suppress(RobotError):
            self.guard.accept_joints(positions, np.zeros_like(positions), self.now)

    def send(self, times: np.ndarray, positions: np.ndarray, velocities: np.ndarray) -> None:
        """Hand a plan to the guard, which may refuse it."""
        try:
            self.guard.accept_plan(PlanWindow(times, positions, velocities), self.now)
        except RobotError as error:
            self.guard.refuse_plan(str(error))

    def honest(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Plan the next moments of a smooth motion: times, positions, velocities."""
        if self.now - self._begin > 3.0 or self.now < self._begin:
            self._begin, self._way = self.now, self._draw_way()
        times = self.now + self.period * np.arange(REACH)
        centre, size, rate = self._way
        turn = rate * (times - self._begin)[:, None]
        return times, centre + size * (1.0 - np.cos(turn)), size * rate * np.sin(turn)

    def _draw_way(self) -> tuple[Joints, Joints, float]:
        """Draw a motion from where the command is, within half of every limit."""
        rate = float(self.random.uniform(0.5, 6.0))
        limits, sign = self.limits, np.where(self.told > (self.limits.high + self.limits.low) / 2,
                                             -1.0, 1.0)
        size = 0.5 * np.minimum(limits.velocity / rate, limits.acceleration / rate**2)
        size = np.minimum(size, 0.2 * (limits.high - limits.low))
        return self.told, sign * size * self.random.uniform(0.0, 1.0, len(size)), rate

    def tick(self) -> Command | None:
        """Let the guard command; now and then release what stopped the arm."""
        command = self.guard.tick(self.now)
        if command is not None:
            self.told = command.positions
        if self.e_stop.is_set and self.random.random() < 1.0 / REST:
            with suppress(RobotError):
                self.e_stop.release(self.guard.moving)
        return command
