"""Messages of joints as arrays, whether they come from rclpy or out of a bag.

What keeps the arm safe reads them: nothing here imports torch.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np

from foresight.errors import RobotError
from foresight.robots.joint_speed import JointSpeed
from foresight.robots.plan_window import Joints, PlanWindow

BASE = 'base_link'
WAITING = 100  # stamps that wait for the rest of their joints; they come in bursts
MOST_POINTS = 2000  # of a plan window; a window of 20 s at 100 Hz


def seconds(stamp: Any) -> float:
    """Turn a stamp into seconds."""
    return float(stamp.sec) + 1e-9 * float(stamp.nanosec)


def joint_values(message: Any, names: tuple[str, ...]) -> tuple[Joints, Joints]:
    """Read positions and velocities by name; velocities that are missing or NaN are zero.

    Raises:
        RobotError: If a joint is missing, a number is not finite or lists differ in length.
    """
    order = order_of(message.name, names, 'joint_states')
    if len(message.position) != len(message.name):
        raise RobotError('joint_states needs one position a name: check the joint driver')
    speeds = message.velocity if len(message.velocity) else [0.0] * len(message.name)
    if len(speeds) != len(message.name):
        raise RobotError('joint_states needs one velocity a name, or none: check the driver')
    values = np.array([[message.position[i], speeds[i]] for i in order])
    values[np.isnan(values[:, 1]), 1] = 0.0  # a driver says so that it does not measure them
    if not np.isfinite(values).all():
        bad = names[int(np.argmin(np.isfinite(values).all(axis=1)))]
        raise RobotError(f'joint_states of {bad} is not finite: check the joint driver')
    return values[:, 0], values[:, 1]


class ArmJoints:
    """Reads the joints of one arm out of joint states, whatever else those speak of.

    A driver may send them in several messages of one stamp.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        """Read these joints, in this order."""
        self._names, self._speed = names, JointSpeed()
        self._parts: dict[float, list[Any]] = {}

    def read(self, message: Any) -> tuple[Joints, Joints] | None:
        """Return positions [rad] and velocities [rad/s].

        Velocities that the driver does not measure come from the positions. None if the message
        holds none of the joints, such as one of a gripper, or not yet all of this stamp.

        Raises:
            RobotError: If joints are missing for `WAITING` messages, or a number is not finite.
        """
        if set(self._names).isdisjoint(message.name):
            return None
        whole = message if set(self._names) <= set(message.name) else self._joined(message)
        if whole is None:
            return None
        positions, velocities = joint_values(whole, self._names)
        speeds = dict(zip(whole.name, whole.velocity, strict=False))
        measured = all(np.isfinite(speeds.get(name, np.nan)) for name in self._names)
        found = self._speed.update(positions, seconds(message.header.stamp))
        return positions, velocities if measured else found

    def _joined(self, part: Any) -> Any:
        """Return the parts of a stamp as one message; None until they are complete."""
        joint_values(part, tuple(name for name in self._names if name in part.name))
        stamp = seconds(part.header.stamp)
        parts = [*self._parts.pop(stamp, ()), part]
        names = [name for each in parts for name in each.name]
        if not set(self._names) <= set(names):
            self._parts[stamp] = parts
            self._forget()
            return None
        speeds = [each.velocity if len(each.velocity) else [np.nan] * len(each.name)
                  for each in parts]
        return SimpleNamespace(
            name=names, position=[value for each in parts for value in each.position],
            velocity=[value for each in speeds for value in each],
        )

    def _forget(self) -> None:
        """Give up the first of many stamps that wait for their other joints."""
        if len(self._parts) > WAITING:
            lost = self._parts.pop(next(iter(self._parts)))
            order_of([name for each in lost for name in each.name], self._names, 'joint_states')


def order_of(given: list[str], names: tuple[str, ...], topic: str) -> list[int]:
    """Return where each of `names` is in `given`."""
    missing = [name for name in names if name not in given]
    if missing:
        raise RobotError(f'{topic} lacks {", ".join(missing)}: publish all of {", ".join(names)}')
    return [given.index(name) for name in names]


def plan_window(message: Any, names: tuple[str, ...]) -> PlanWindow:
    """Read a plan window by joint name.

    Raises:
        RobotError: If joints are missing, or points are too many, lack numbers, are not finite or
            out of order.
    """
    if len(message.points) > MOST_POINTS:
        raise RobotError(f'joint_plan has {len(message.points)} points: send at most '
                         f'{MOST_POINTS}, the motion of the next moments')
    order = order_of(message.joint_names, names, 'joint_plan')
    count = len(message.joint_names)
    if any(len(p.positions) != count or len(p.velocities) != count for p in message.points):
        raise RobotError('joint_plan needs a position and a velocity for each joint at each point')
    start = seconds(message.header.stamp)
    times = [start + p.time_from_start.sec + 1e-9 * p.time_from_start.nanosec
             for p in message.points]
    shape = (len(times), count)
    positions = np.array([p.positions for p in message.points], float).reshape(shape)
    velocities = np.array([p.velocities for p in message.points], float).reshape(shape)
    return PlanWindow(np.array(times), positions[:, order], velocities[:, order])
