"""The tool path of a push: approach, lower, sweep, lift, retract.

Approach and retract are straight lines in joint space, as fast as the joints allow; lower, sweep
and lift are straight lines of the tool. The tool stays vertical, and phases that meet in the air
overlap.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from foresight.actions.push.action import Push
from foresight.robots.arm import ArmModel
from foresight.robots.timing import quintic, ramp, ramp_duration
from foresight.robots.tool_path import ToolPath, vertical_poses
from foresight.robots.travel import Travel
from foresight.settings import PushConfig


@dataclass(frozen=True)
class PushPath:
    """The tool path of a push and the time of its sweep.

    Attributes:
        tool_path: Path of the tool, sampled at the command rate.
        sweep_start: When the tool starts to move along the heading [s].
        sweep_end: When it has covered the length [s].
    """

    tool_path: ToolPath
    sweep_start: float
    sweep_end: float


def push_yaw(push: Push) -> float:
    """Yaw of the tool along the heading or against it, whichever twists the arm less [rad]."""
    end_x, end_y = push.end
    azimuth = math.atan2(push.y + end_y, push.x + end_x)
    return azimuth + math.remainder(push.heading - azimuth, math.pi)


def push_stations(push: Push, config: PushConfig) -> Float[np.ndarray, '4 4 4']:
    """Tool poses above the start, on it, on the end and above the end of a push."""
    (end_x, end_y), yaw = push.end, push_yaw(push)
    high, low = config.clearance, config.tool_height
    return vertical_poses(
        np.array([push.x, push.x, end_x, end_x]), np.array([push.y, push.y, end_y, end_y]),
        np.array([high, low, low, high]), np.full(4, yaw),
    )


def push_path(
    push: Push, travels: tuple[Travel, Travel], verticals: tuple[float, float],
    arm: ArmModel, config: PushConfig, rate: float,
) -> PushPath:
    """Lay out the path of a push, sampled at `rate` [Hz].

    Args:
        push: What to do on the table.
        travels: Motion to the first of `push_stations` and motion from the last.
        verticals: Time to lower and time to lift the tool [s].
        arm: Kinematics of the arm.
        config: Heights and speeds.
        rate: Poses per second [Hz].
    """
    (approach, back), (lower, lift) = travels, verticals
    descent = approach.duration - min(config.overlap * lower, approach.duration)
    sweep_start = descent + lower
    sweep_end = sweep_start + ramp_duration(push.length, config.sweep_speed, config.acceleration)
    leave = sweep_end + (1.0 - config.overlap) * lift

    times = np.arange(math.ceil((leave + back.duration) * rate) + 1) / rate
    early = times <= (sweep_start + sweep_end) / 2
    poses = np.concatenate([
        approach.poses(arm, times[early]), back.poses(arm, times[~early] - leave),
    ])
    along = ramp(times, sweep_start, push.length, config.sweep_speed, config.acceleration)
    forward = np.where(early, along, along - push.length)
    poses[:, 0, 3] += forward * math.cos(push.heading)
    poses[:, 1, 3] += forward * math.sin(push.heading)
    lowered = quintic(times, descent, lower) - quintic(times, sweep_end, lift)
    poses[:, 2, 3] -= (config.clearance - config.tool_height) * lowered
    return PushPath(ToolPath(times, poses), sweep_start, sweep_end)
