"""A travel is as fast as its slowest joint allows, and no faster."""

import numpy as np

from foresight.robots.arm import ArmModel
from foresight.robots.timing import ramp
from foresight.robots.travel import Travel

STEP = 1e-3


def test_no_joint_exceeds_its_limits() -> None:
    start, goal, limit = np.array([0.0, 0.0]), np.array([1.0, -0.2]), np.array([2.0, 0.3])
    travel = Travel.between(start, goal, limit, np.array([12.0, 3.0]))
    times = np.arange(0.0, travel.duration, STEP)
    shares = ramp(times, 0.0, 1.0, travel.speed, travel.acceleration)
    velocities = np.diff(start + shares[:, None] * (goal - start), axis=0) / STEP
    assert (np.abs(velocities).max(axis=0) <= limit * 1.001).all()
    accelerations = np.abs(np.diff(velocities, axis=0)).max(axis=0) / STEP
    assert (accelerations <= np.array([12.0, 3.0]) * 1.01).all()
    assert np.abs(velocities).max(axis=0)[1] > 0.29


def test_poses_begin_at_the_start_and_end_at_the_goal() -> None:
    arm = ArmModel.load()
    start, goal = np.array(arm.retract), np.array(arm.retract)
    goal[0] = 0.5
    travel = Travel.between(start, goal, np.array(arm.velocity_limit), np.full(7, 12.0))
    poses = travel.poses(arm, np.array([-1.0, 0.0, travel.duration, 9.0]))
    for index, positions in enumerate((start, start, goal, goal)):
        np.testing.assert_allclose(poses[index], arm.tool_pose(positions), atol=1e-9)


def test_standing_still_takes_no_time() -> None:
    rest = np.zeros(2)
    assert Travel.between(rest, rest, np.ones(2), np.ones(2)).duration < 0.01
