"""Joint paths are sampled between commands and held at the ends."""

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.trajectory import JointPath


def joint_path() -> JointPath:
    times = np.array([0.0, 0.1, 0.2])
    positions = np.array([[0.0], [1.0], [3.0]])
    velocities = np.array([[0.0], [10.0], [20.0]])
    return JointPath(times, positions, velocities, np.tile(np.eye(4), (3, 1, 1)))


def test_sample_is_linear_between_commands() -> None:
    positions, velocities = joint_path().sample(0.15)
    assert positions[0] == pytest.approx(2.0)
    assert velocities[0] == 20.0


def test_sample_rests_beyond_both_ends() -> None:
    path = joint_path()
    assert path.sample(-1.0)[0][0] == 0.0
    assert path.sample(9.0)[0][0] == 3.0
    assert path.sample(9.0)[1][0] == 0.0


def test_joint_path_needs_finite_positions() -> None:
    path = joint_path()
    with pytest.raises(RobotError, match='finite'):
        JointPath(path.times, path.positions * np.nan, path.velocities, path.tool)


def test_a_slowed_path_takes_longer_through_the_same_places() -> None:
    path = joint_path()
    slow = path.slowed(0.1)
    assert slow.duration == pytest.approx(2.0) and path.slowed(1.0) is path
    assert slow.sample(1.5)[0][0] == pytest.approx(path.sample(0.15)[0][0])
    assert slow.sample(1.5)[1][0] == pytest.approx(2.0)
