"""Commands in the message that a controller of ros2_control takes."""

from array import array
from collections import deque

import numpy as np
from builtin_interfaces.msg import Duration
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from foresight.data.joint_messages import BASE
from foresight.nodes.joint_convert import header, joint_state
from foresight.robots.plan_window import REST, Joints

INTERFACES = {
    'joint_state': JointState, 'float64_multi_array': Float64MultiArray,
    'joint_trajectory': JointTrajectory,
}
"""Message types by the name of the parameter `command_interface`."""
SHORTEST = 1e-3  # the points of a trajectory are apart [s]


class CommandStream:
    """Puts one command after the other into the message that a controller takes.

    joint_trajectory_controller refuses a trajectory that ends in motion or in the past, and leads
    into one that begins in the future from where the arm is measured, by a jerk each time. So each
    holds the commands of the last moment, due that moment later, and comes to rest behind them:
    the next one lies on it, whenever it arrives.
    """

    def __init__(
        self, interface: str, names: tuple[str, ...], low: Joints, high: Joints,
        deceleration: float, later: float,
    ) -> None:
        """Begin without a command.

        Args:
            interface: A key of `INTERFACES`.
            names: Joints, in the order of the commands.
            low: Lowest positions [rad].
            high: Highest positions [rad].
            deceleration: With which the arm stops when no other command comes [rad/s^2].
            later: How much later than commanded a trajectory is carried out; longer than any
                message takes, and than the clocks differ [s].
        """
        self._interface, self._names, self._low, self._high = interface, names, low, high
        self._deceleration, self._later = deceleration, later
        self._recent: deque[tuple[float, Joints, Joints]] = deque()

    def message(
        self, positions: Joints, velocities: Joints, now: float,
    ) -> JointState | Float64MultiArray | JointTrajectory:
        """Wrap the command [rad], [rad/s] of time `now` [s]."""
        if self._interface == 'float64_multi_array':
            return Float64MultiArray(data=array('d', positions))
        if self._interface == 'joint_state':
            return joint_state(self._names, positions, velocities, now)
        self._remember(positions, velocities, now)
        return self._trajectory()

    def _remember(self, positions: Joints, velocities: Joints, now: float) -> None:
        """Keep the command, and those that are not due yet, and the one before them."""
        recent = self._recent
        if recent and now < recent[-1][0]:
            recent.clear()  # the clock jumped back
        if recent and now < recent[-1][0] + SHORTEST:
            recent.pop()
        recent.append((now, positions, velocities))
        while len(recent) > 1 and recent[1][0] <= now - self._later:
            recent.popleft()

    def _trajectory(self) -> JointTrajectory:
        """Return the recent commands, coming to rest at the end."""
        start, (now, positions, velocities) = self._recent[0][0], self._recent[-1]
        points = [(time - start, place, speed) for time, place, speed in self._recent]
        if np.abs(velocities).max() > REST:
            last = self._stop_time(positions, velocities)
            there = np.clip(positions + velocities * last / 2.0, self._low, self._high)
            points.append((now - start + last, there, np.zeros_like(there)))
        else:
            points[-1] = now - start, positions, np.zeros_like(positions)
        return JointTrajectory(
            header=header(start + self._later, BASE), joint_names=list(self._names),
            points=[_point(*each) for each in points],
        )

    def _stop_time(self, positions: Joints, velocities: Joints) -> float:
        """Return how long all joints brake, so that none passes its limit [s].

        Between two points the controller's cubic spline is then a constant deceleration.
        """
        usual = float(np.abs(velocities).max()) / self._deceleration
        room = np.where(velocities > 0.0, self._high - positions, positions - self._low)
        fast = np.abs(velocities) > REST
        within = 2.0 * np.maximum(room[fast], 0.0) / np.abs(velocities[fast])
        return float(max(min(usual, within.min()), SHORTEST))


def _point(time: float, positions: Joints, velocities: Joints) -> JointTrajectoryPoint:
    seconds, nanoseconds = divmod(round(time * 1e9), 10**9)
    return JointTrajectoryPoint(
        positions=array('d', positions), velocities=array('d', velocities),
        time_from_start=Duration(sec=seconds, nanosec=nanoseconds),
    )
