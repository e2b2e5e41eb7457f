"""The first motions of a real arm: none at all, then slow ones."""

from dataclasses import dataclass

import numpy as np

from foresight.robots.guard_config import Command
from foresight.robots.plan_window import Joints
from foresight.settings import Checked, setting

FAR = 0.02  # an arm that was imagined so far from where it is did not come back [rad]


@dataclass(frozen=True)
class PaceConfig(Checked):
    """Pace of a real arm; give planner and guard the same."""

    speed: float = setting(
        100.0, 'share of every speed: plans take longer by it, limits of velocity are lower by it',
        '%', 5.0, 100.0,
    )
    dry_run: bool = setting(False, 'plan and judge plans, but send the arm no command')

    @property
    def share(self) -> float:
        """Share of every speed, from 0.05 to 1."""
        return self.speed / 100.0


class ImaginedArm:
    """An arm of a dry run: it is where it was told to be, while the real one stands still."""

    def __init__(self) -> None:
        """Begin where the arm is measured."""
        self._told: Command | None = None

    def follow(self, command: Command) -> None:
        """Be where a command says."""
        self._told = command

    def measured(self, positions: Joints, velocities: Joints) -> tuple[Joints, Joints]:
        """Return positions [rad] and velocities [rad/s], beside those of the real arm."""
        if self._told is None:
            return positions, velocities
        return self._told.positions, self._told.velocities

    def is_lost(self, positions: Joints) -> bool:
        """Tell whether it ended elsewhere than the real arm, at `positions` [rad]."""
        return self._told is not None and not self._told.velocities.any() and bool(
            np.abs(self._told.positions - positions).max() > FAR)
