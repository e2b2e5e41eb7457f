"""Homing: from wherever an interrupted action left the arm, up and back to the retract pose."""

import math

import numpy as np
from jaxtyping import Float

from foresight.robots.joint_level import JointLevel
from foresight.robots.timing import quintic, quintic_duration
from foresight.robots.tool_path import ToolPath
from foresight.robots.trajectory import JointPath
from foresight.robots.travel import Travel

GENTLE = 0.3
"""Share of the joint limits used: nobody waits for a recovery."""


class Homing:
    """Plans the way home: straight up to the clearance, then a straight line of the joints."""

    def __init__(
        self, joint_level: JointLevel, height: float, speed: float, acceleration: float,
    ) -> None:
        """Lift to a height [m] at a share of a speed [m/s] and an acceleration [m/s^2]."""
        self._level, self._height = joint_level, height
        self._speed, self._acceleration = GENTLE * speed, GENTLE * acceleration
        self._arm = joint_level.arm

    def plan(self, start: Float[np.ndarray, ' joint']) -> JointPath:
        """Plan from rest at `start` [rad] to the retract pose.

        Raises:
            RobotError: If the tool cannot be lifted from there.
        """
        lift = self._lift(start)
        back = self._back(lift.positions[-1])
        return JointPath(
            np.concatenate([lift.times, lift.times[-1] + back.times[1:]]),
            np.concatenate([lift.positions, back.positions[1:]]),
            np.concatenate([lift.velocities, back.velocities[1:]]),
            np.concatenate([lift.tool, back.tool[1:]]),
        )

    def _lift(self, start: Float[np.ndarray, ' joint']) -> JointPath:
        """Raise the tool as it is."""
        pose = self._arm.tool_pose(start)
        rise = max(self._height - float(pose[2, 3]), 0.0)
        duration = quintic_duration(rise, self._speed, self._acceleration)
        times = self._times(duration)
        poses = np.repeat(pose[None], len(times), axis=0)
        poses[:, 2, 3] += rise * quintic(times, 0.0, duration)
        return self._level.track(ToolPath(times, poses), start)

    def _back(self, start: Float[np.ndarray, ' joint']) -> JointPath:
        """Go to the retract pose in a straight line of the joints."""
        velocity = GENTLE * self._arm.velocity_limit
        share = GENTLE * self._level.config.acceleration_scale
        acceleration = share * self._arm.acceleration_limit
        travel = Travel.between(start, np.array(self._arm.retract), velocity, acceleration)
        return travel.path(self._arm, self._level.config.rate)

    def _times(self, duration: float) -> Float[np.ndarray, ' time']:
        """Command times from 0 to at least `duration` [s]."""
        rate = self._level.config.rate
        return np.arange(math.ceil(duration * rate) + 2) / rate
