"""Whether the path of a plan is clear, some way ahead of the arm."""

from foresight.errors import RobotError
from foresight.robots.motion import Motion
from foresight.robots.plan_window import Joints
from foresight.robots.ride import Ride
from foresight.robots.trajectory import JointPath
from foresight.robots.workspace import Breach, Workspace
from foresight.robots.zones import Zone

HORIZON = 0.2  # how far ahead a plan is looked at, at least [s]
REACTION = 0.1  # how much farther than a stop takes [s]
STEP = 0.02  # time between two looks [s]
SHARES = (0.5, 1.0)  # of a stop where it is looked at
_ROUNDING = 1e-9


def check_path(workspace: Workspace, path: JointPath) -> None:
    """Look along a whole path, as a guard will.

    Raises:
        RobotError: If it runs into something.
    """
    start = path.positions[0]
    rate = max(len(path.times) - 1, 1) / max(path.duration, STEP)
    for positions in path.positions[:: max(round(STEP * rate), 1)]:
        breach = workspace.breach(positions, start)
        if breach is not None:
            raise RobotError(f'it would lead {breach.part} into {breach.boundary}')


class Lookahead:
    """Looks along the plan that is ridden, at each place of it once."""

    def __init__(self, workspace: Workspace) -> None:
        """Look for the boundaries of a workspace."""
        self._workspace = workspace
        self._ride: Ride | None = None
        self._seen = 0.0

    def add(self, name: str, zone: Zone) -> None:
        """Keep out of one more zone, from where the arm is on."""
        self._workspace.add(name, zone)
        self._ride = None

    def find(self, ride: Ride, positions: Joints, stop: float) -> Breach | None:
        """Return the first boundary that an arm at `positions` [rad] runs into, if there is one.

        Args:
            ride: The plan that is ridden.
            positions: Where the arm is [rad].
            stop: How long it takes the arm to stop [s]; the plan is looked at a little farther.
        """
        ahead = max(HORIZON, stop + REACTION)
        if ride is not self._ride:
            self._ride, self._seen = ride, ride.phase - STEP
        while self._seen + STEP <= ride.phase + ahead + _ROUNDING:
            self._seen += STEP
            wanted = ride.window.sample(self._seen)[0]
            breach = self._workspace.breach(wanted, positions)
            if breach is not None:
                return breach
        return None

    def find_stop(self, motion: Motion, positions: Joints) -> Breach | None:
        """Return what the stop of a motion runs into that an arm at `positions` [rad] does not."""
        ways = (self._workspace.breach(motion.stop_at(share), positions) for share in SHARES)
        return next((breach for breach in ways if breach is not None), None)
