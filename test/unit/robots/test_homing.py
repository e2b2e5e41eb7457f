"""Claims about the way home from an interrupted action."""

import numpy as np
import pytest

from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.settings import PushConfig
from foresight.actions.push.skill import PushSkill
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.settings import SceneConfig

PUSH = PushConfig()


@pytest.fixture(scope='module')
def skill() -> PushSkill:
    """The action skill of the default arm."""
    return PushSkill(ArmModel.load(), SceneConfig(), PUSH, JointLevelConfig())


@pytest.mark.parametrize('share', [0.0, 0.2, 0.45, 0.6, 0.8])
def test_arm_rises_before_it_turns_and_ends_at_rest_at_retract(
    skill: PushSkill, share: float,
) -> None:
    arm = skill.arm
    motion = skill.plan(np.array([0.45, -0.1, 1.2, 0.2]), np.array(arm.retract)).joint_path
    start = motion.positions[round(share * (len(motion.times) - 1))]
    path = PushAction().homing(arm, JointLevelConfig()).plan(start)
    np.testing.assert_allclose(path.positions[0], start)
    np.testing.assert_allclose(path.positions[-1], arm.retract, atol=1e-6)
    assert np.abs(path.velocities[-1]).max() < 0.02
    assert np.abs(path.velocities).max(axis=0).max() < arm.velocity_limit.max()
    assert np.all(np.diff(path.times) > 0.0)
    moved = np.linalg.norm(path.tool[:, :2, 3] - path.tool[0, :2, 3], axis=1) > 0.02
    assert path.tool[moved, 2, 3].min(initial=1.0) > PUSH.clearance - 0.03
