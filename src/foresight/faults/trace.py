"""What was seen while something went wrong: the arm, what it was told, who said what."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from jaxtyping import Float

from foresight.robots.status import Status

STILL = 0.02  # an arm slower than this stands [rad/s]
HELD_UP, APART = 0.25, 2.0  # longer apart are two plans of one motion never, of two always [s]


@dataclass(frozen=True)
class Moment:
    """A point in time.

    Attributes:
        time: Simulated [s].
        wall: By the clock on the wall [s].
    """

    time: float
    wall: float


@dataclass(frozen=True)
class Said:
    """What a node said about itself."""

    at: Moment
    node: str
    status: Status
    phase: str = ''


@dataclass
class Trace:
    """All of it, in order.

    Attributes:
        speeds: How fast the fastest joint was, and when [rad/s].
        told: Positions and velocities of each command [rad], [rad/s].
        said: What nodes said.
        actions: When an action began.
        plans: When the planner sent a plan.
    """

    speeds: list[tuple[Moment, float]] = field(default_factory=list)
    told: list[tuple[Float[np.ndarray, ' joint'], Float[np.ndarray, ' joint']]] = field(
        default_factory=list)
    said: list[Said] = field(default_factory=list)
    actions: list[Moment] = field(default_factory=list)
    plans: list[Moment] = field(default_factory=list)

    @property
    def held_up(self) -> bool:
        """Whether the host, not a fault, kept the planner from sending plans in time."""
        gaps = (late.time - early.time for early, late in pairwise(self.plans))
        return any(HELD_UP < gap < APART for gap in gaps)

    def stood(self, since: float, until: float) -> Moment | None:
        """Return from when on the arm stood, up to `until` [s]; None if it moved at the end."""
        stands: Moment | None = None
        for at, speed in reversed(self.speeds):
            if at.time < since or (at.time <= until and speed >= STILL):
                break
            stands = at if at.time <= until else stands
        return stands

    def first_said(self, node: str, statuses: tuple[Status, ...], since: float) -> Moment | None:
        """Return when a node first said one of these after `since` [s]."""
        found = (
            each.at for each in self.said
            if each.node == node and each.status in statuses and each.at.time >= since
        )
        return next(found, None)

    def first_action(self, since: float) -> Moment | None:
        """Return when the first action after `since` [s] began, or nothing was left to do."""
        begun = [at for at in self.actions if at.time >= since]
        begun += [each.at for each in self.said if each.phase == 'DONE' and each.at.time >= since]
        return min(begun, key=lambda at: at.time, default=None)

    def complaints(self, since: float, until: float) -> set[Status]:
        """Return what the guard said in between that is not all right [s]."""
        return {
            each.status for each in self.said
            if each.node == 'guard' and since <= each.at.time <= until
        } - {Status.OK, Status.IDLE}
