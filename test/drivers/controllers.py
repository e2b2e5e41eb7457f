"""Stand-ins of ros2_control's controllers: they refuse what those are documented to refuse."""

from collections import deque

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from foresight.data.joint_messages import seconds


class TrajectoryController:
    """joint_trajectory_controller of Jazzy with its defaults, on a position interface.

    A new trajectory begins where the arm is measured, unless its parameter `open_loop_control` is
    set: then where the last one was.

    Attributes:
        position: What it commands now [rad].
        refused: Why it refused trajectories.
    """

    def __init__(self, names, position, open_loop=False):
        self.names, self.position = tuple(names), np.array(position, float)
        self._open_loop = open_loop
        self.velocity = np.zeros(len(names))
        self.refused, self._spline, self._ends, self._last = [], None, 0.0, self.position

    def accept(self, message, now, measured):
        """Take a trajectory, or say why not (`validate_trajectory_msg`)."""
        reason = self._fault(message, now)
        if reason:
            self.refused.append(reason)
            return
        order = [message.joint_names.index(name) for name in self.names]
        stamp = seconds(message.header.stamp)
        start = stamp if stamp > 0.0 else now
        times = [start + seconds_of(point) for point in message.points]
        positions = [np.array(point.positions)[order] for point in message.points]
        velocities = [np.array(point.velocities)[order] for point in message.points]
        if times[0] > now:  # from where it is, as it moves
            place, speed = (self.position, self.velocity) if self._open_loop else measured
            times, positions = [now, *times], [place, *positions]
            velocities = [speed, *velocities]
        self._spline = CubicHermiteSpline(times, np.array(positions), np.array(velocities))
        self._ends, self._last = times[-1], positions[-1]

    def _fault(self, message, now):
        """Return why a trajectory is refused."""
        if set(message.joint_names) != set(self.names):
            return 'joints are not those of the controller (allow_partial_joints_goal is false)'
        if not message.points:
            return 'empty trajectory'
        if any(abs(speed) > 1e-6 for speed in message.points[-1].velocities):
            return 'velocity of the last trajectory point is not zero'
        stamp, last = seconds(message.header.stamp), seconds_of(message.points[-1])
        if stamp > 0.0 and stamp + last < now:
            return 'trajectory with a start time ends in the past'
        times = [seconds_of(point) for point in message.points]
        if times[0] < 0.0 or np.any(np.diff(times) <= 0.0):
            return 'time_from_start does not increase'
        for point in message.points:
            if len(point.positions) != len(self.names) or point.effort or point.accelerations or \
                    len(point.velocities) not in (0, len(self.names)):
                return 'a point needs a position a joint, and no effort'
        return ''

    def update(self, now):
        """Advance to `now` [s]."""
        if self._spline is None:
            return
        if now >= self._ends:
            self.position, self.velocity = self._last, np.zeros(len(self.names))
        else:
            self.position, self.velocity = self._spline(now), self._spline(now, 1)


class ForwardController:
    """forward_command_controller on a position interface: a number a joint, in its own order."""

    def __init__(self, names, position):
        self.names, self.position, self.refused = names, np.array(position, float), []

    def accept(self, message, now, measured):
        """Take a command of as many finite numbers as there are joints."""
        del now, measured
        if len(message.data) != len(self.names) or not np.isfinite(message.data).all():
            self.refused.append(f'{len(message.data)} numbers for {len(self.names)} joints')
            return
        self.position = np.array(message.data)

    def update(self, now):
        """Hold."""


class StateController(ForwardController):
    """What takes joint states as commands, by name."""

    def accept(self, message, now, measured):
        """Take a command that names every joint."""
        del now, measured
        if set(message.name) != set(self.names):
            self.refused.append('other joints')
            return
        self.position = np.array(
            [message.position[list(message.name).index(name)] for name in self.names])


class Arm:
    """An arm behind a controller: commands come late, it lags, its encoders count in steps.

    Attributes:
        positions: Where it is [rad].
        speeds: How fast each step of it was [rad/s].
    """

    def __init__(self, controller, delay=0.004, lag=0.02, step=2e-4, noise=1e-4):
        self.controller, self.delay, self.lag = controller, delay, lag
        self._step, self._noise = step, noise
        self._waiting = deque()
        self.positions, self.speeds = controller.position.copy(), []
        self._generator = np.random.default_rng(0)

    def send(self, message, now):
        """Put a message on the wire."""
        jitter = self._generator.uniform(0.0, self.delay)
        self._waiting.append((now + self.delay + jitter, message))

    def advance(self, now, period):
        """Let one period of its own loop pass."""
        self.controller.update(now)
        speed = self.speeds[-1] if self.speeds else np.zeros_like(self.positions)
        while self._waiting and self._waiting[0][0] <= now:
            message = self._waiting.popleft()[1]
            self.controller.accept(message, now, (self.measured(), speed))
        before = self.positions
        share = 1.0 - np.exp(-period / self.lag)
        self.positions = before + share * (self.controller.position - before)
        self.speeds.append((self.positions - before) / period)

    def measured(self):
        """Return what its encoders say [rad]."""
        noisy = self.positions + self._generator.normal(0.0, self._noise, len(self.positions))
        return np.round(noisy / self._step) * self._step


def seconds_of(point):
    """Return the time of a point from the start [s]."""
    return point.time_from_start.sec + 1e-9 * point.time_from_start.nanosec
