"""The tool path of a push, composed of stages: approach, lower, sweep, lift, retract.

The tool stays vertical, and stages that meet in the air overlap.
"""

import math

import numpy as np
from jaxtyping import Float

from foresight.actions.push.action import Push
from foresight.actions.push.settings import PushConfig
from foresight.actions.stages import Sweep, Vertical
from foresight.robots.arm import ArmModel
from foresight.robots.tool_path import ToolPath, vertical_poses
from foresight.robots.travel import Travel


def push_yaw(push: Push, axis: tuple[float, float]) -> float:
    """Yaw of the tool along the heading or against it, whichever twists the arm less [rad].

    The arm turns about `axis` [m].
    """
    end_x, end_y = push.end
    azimuth = math.atan2(push.y + end_y - 2 * axis[1], push.x + end_x - 2 * axis[0])
    return azimuth + math.remainder(push.heading - azimuth, math.pi)


def push_stations(
    push: Push, config: PushConfig, axis: tuple[float, float],
) -> Float[np.ndarray, '4 4 4']:
    """Tool poses above the start, on it, on the end and above the end of a push."""
    (end_x, end_y), yaw = push.end, push_yaw(push, axis)
    high, low = config.clearance, config.tool_height
    return vertical_poses(
        np.array([push.x, push.x, end_x, end_x]), np.array([push.y, push.y, end_y, end_y]),
        np.array([high, low, low, high]), np.full(4, yaw),
    )


def push_path(
    push: Push, travels: tuple[Travel, Travel], verticals: tuple[float, float],
    arm: ArmModel, config: PushConfig, rate: float,
) -> tuple[ToolPath, Sweep]:
    """Lay out the path of a push, sampled at `rate` [Hz]; tell its sweep.

    Args:
        push: What to do on the table.
        travels: Motion to the first of `push_stations` and motion from the last.
        verticals: Time to lower and time to lift the tool [s].
        arm: Kinematics of the arm.
        config: Heights and speeds.
        rate: Poses per second [Hz].
    """
    (approach, retract), (down, up) = travels, verticals
    lower = Vertical(approach.duration - min(config.overlap * down, approach.duration), down)
    sweep = Sweep(lower.end, push.length, config.sweep_speed, config.acceleration)
    lift = Vertical(sweep.end, up)
    leave = sweep.end + (1.0 - config.overlap) * up

    times = np.arange(math.ceil((leave + retract.duration) * rate) + 1) / rate
    early = times <= (sweep.start + sweep.end) / 2
    poses = np.concatenate([
        approach.poses(arm, times[early]), retract.poses(arm, times[~early] - leave),
    ])
    along = sweep.way(times)
    forward = np.where(early, along, along - push.length)
    poses[:, 0, 3] += forward * math.cos(push.heading)
    poses[:, 1, 3] += forward * math.sin(push.heading)
    lowered = lower.share(times) - lift.share(times)
    poses[:, 2, 3] -= (config.clearance - config.tool_height) * lowered
    return ToolPath(times, poses), sweep
