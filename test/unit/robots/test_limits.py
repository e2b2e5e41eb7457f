"""No arm is guarded whose joints have no bounds that can be kept."""

import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.limits import JointLimits

KEYS = ('velocity', 'acceleration', 'jerk')


@pytest.mark.parametrize('key', KEYS)
@pytest.mark.parametrize('value', [0.0, -1.0, np.inf, np.nan])
def test_a_joint_without_a_limit_is_named_with_what_helps(key: str, value: float) -> None:
    given = {name: np.full(2, 2.0) for name in KEYS} | {key: np.array([2.0, value])}
    with pytest.raises(RobotError, match=f'b has a limit of {key} of .*: give the joint its'):
        JointLimits(('a', 'b'), -np.ones(2), np.ones(2), **given)


@pytest.mark.parametrize(('low', 'high'), [(1.0, -1.0), (0.0, np.nan), (-np.inf, 1.0)])
def test_a_joint_without_room_is_named(low: float, high: float) -> None:
    with pytest.raises(RobotError, match='a has limits from'):
        JointLimits(('a',), np.array([low]), np.array([high]), *np.ones((3, 1)))
