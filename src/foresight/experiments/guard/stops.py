"""Stops from the highest speed of each joint, against the closed form."""

from dataclasses import dataclass, replace

import numpy as np

from foresight.robots.arm import ArmModel
from foresight.robots.guard_config import GuardConfig
from foresight.robots.limits import JointLimits
from foresight.robots.motion import Motion
from foresight.robots.plan_window import Joints


@dataclass(frozen=True)
class Stop:
    """One stop from a steady speed against the closed form.

    Attributes:
        joint: Name of the joint.
        speed: Its speed [rad/s].
        time: Time to rest [s].
        way: Way to rest [rad].
        time_off: Difference to the closed form in ticks.
        way_off: Difference of the way to the closed form in ticks at that speed.
    """

    joint: str
    speed: float
    time: float
    way: float
    time_off: float
    way_off: float


def stops(robot: str) -> list[Stop]:
    """Stop each joint from its highest speed, as an e-stop does, against v/a and v^2/2a."""
    limits, config = JointLimits.of(ArmModel.load(robot)), GuardConfig()
    return [_stop(limits, config, joint) for joint in range(len(limits.names))]


def _stop(limits: JointLimits, config: GuardConfig, joint: int) -> Stop:
    """Bring a joint to its speed in a room without walls, and stop it on its path."""
    period, wide = 1.0 / config.rate, np.full(len(limits.names), 100.0)
    motion = Motion(replace(limits, low=-wide, high=wide), 0.0, 1.0, period)
    direction = np.zeros(len(limits.names))
    direction[joint] = limits.velocity[joint]
    for _ in range(200):
        motion.go(motion.positions + direction * period, direction)
    begin, speed = motion.positions[joint], motion.speed
    braking = motion.deceleration(config.stop_deceleration)
    ticks = 0
    while motion.speed > 0.0:
        now = max(0.0, motion.speed - motion.deceleration(config.stop_deceleration) * period)
        velocities: Joints = direction / limits.velocity[joint] * now
        motion.go(motion.positions + velocities * period, velocities)
        ticks += 1
    time_off = ticks - speed / braking / period
    way = float(motion.positions[joint] - begin)
    way_off = (way - speed**2 / (2.0 * braking)) / (speed * period)
    return Stop(limits.names[joint], speed, ticks * period, way, time_off, way_off)
