"""MoveIt's file of joint limits narrows what URDF and robot file say."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from foresight.errors import ConfigError
from foresight.robots.arm import ArmModel
from foresight.robots.moveit_limits import MoveItLimits

Make = Callable[..., Path]


def write(folder: Path, content: Any) -> Path:
    path = folder / 'joint_limits.yaml'
    path.write_text(yaml.safe_dump(content))
    return path


def test_the_narrower_limit_counts(make_robot: Make, tmp_path: Path) -> None:
    write(tmp_path, {'default_velocity_scaling_factor': 0.1, 'joint_limits': {
        'joint1': {'has_velocity_limits': True, 'max_velocity': 1.5,
                   'has_acceleration_limits': True, 'max_acceleration': 3.75,
                   'has_jerk_limits': True, 'max_jerk': 300.0,
                   'has_position_limits': True, 'min_position': -1.0, 'max_position': 9.0},
        'joint2': {'has_acceleration_limits': False, 'max_acceleration': 1.0},
        'finger': {'max_velocity': 0.1},
    }})
    usual = ArmModel.load(make_robot())
    arm = ArmModel.load(make_robot(joint_limits='joint_limits.yaml'))
    assert (arm.velocity_limit[0], arm.acceleration_limit[0], arm.jerk_limit[0]) == (
        1.5, 3.75, 300.0)
    assert arm.position_low[0] == -1.0 and arm.position_high[0] == usual.position_high[0]
    for name in ('velocity_limit', 'acceleration_limit', 'jerk_limit', 'position_low'):
        np.testing.assert_array_equal(getattr(arm, name)[1:], getattr(usual, name)[1:])


@pytest.mark.parametrize(('content', 'message'), [
    ([], 'joint_limits is missing'),
    ({'joint_limits': {'joint9': {}}}, 'names none of a: give'),
    ({'joint_limits': {'a': 3}}, 'a: write a mapping'),
    ({'joint_limits': {'a': {'has_jerk_limits': True}}}, 'max_jerk = None: write a number above'),
    ({'joint_limits': {'a': {'has_velocity_limits': True, 'max_velocity': 0}}}, 'above 0'),
    ({'joint_limits': {'a': {'has_position_limits': True, 'max_position': 1.0,
                             'min_position': float('nan')}}}, 'min_position = nan: write'),
])
def test_what_is_no_limit_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        MoveItLimits.read(write(tmp_path, content), ('a',))


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / 'joint_limits.yaml'
    path.write_text('#' * (1 << 20) + '\n')
    with pytest.raises(ConfigError, match='larger than 65536 bytes'):
        MoveItLimits.read(path, ('a',))
