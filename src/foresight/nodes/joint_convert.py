"""Stamps, joints and plans to messages; what keeps the arm safe needs no more of them."""

import numpy as np
from builtin_interfaces.msg import Duration, Time
from jaxtyping import Float
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from foresight.data.joint_messages import BASE
from foresight.robots.plan_window import PlanWindow


def stamp_of(time: float) -> Time:
    """Turn seconds into a stamp."""
    return Time(**_parts(time))


def _parts(time: float) -> dict[str, int]:
    seconds, nanoseconds = divmod(round(time * 1e9), 10**9)
    return {'sec': seconds, 'nanosec': nanoseconds}


def header(time: float, frame: str) -> Header:
    """Make a header."""
    return Header(stamp=stamp_of(time), frame_id=frame)


def joint_state(
    names: tuple[str, ...], positions: Float[np.ndarray, ' joint'],
    velocities: Float[np.ndarray, ' joint'], time: float,
) -> JointState:
    """Wrap joint positions [rad] and velocities [rad/s]."""
    return JointState(
        header=header(time, BASE), name=list(names), position=positions.tolist(),
        velocity=velocities.tolist(),
    )


def trajectory(window: PlanWindow, names: tuple[str, ...]) -> JointTrajectory:
    """Wrap a plan window; the header's stamp is the time of its first point."""
    start = float(window.times[0])
    points = [
        JointTrajectoryPoint(
            positions=position.tolist(), velocities=velocity.tolist(),
            time_from_start=Duration(**_parts(float(time) - start)),
        )
        for time, position, velocity in zip(window.times, window.positions, window.velocities)
    ]
    return JointTrajectory(header=header(start, BASE), joint_names=list(names), points=points)
