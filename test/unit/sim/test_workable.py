"""Claims about where the arm can push toward a bin."""

from foresight.actions.push.macro_action import PushAction
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.settings import SceneConfig
from foresight.sim.workable import workable_share


def share(**changes) -> float:
    scene = SceneConfig(**changes)
    arm = ArmModel.load(stand=scene.stand)
    return workable_share(scene, PushAction(scene).feasible(arm, JointLevelConfig()))


def test_the_arm_can_work_all_over_the_usual_table() -> None:
    assert share() == 1.0


def test_what_lies_too_far_out_is_not_pushed_back_to_a_near_bin() -> None:
    assert share(bins=('near',), table_near=0.37, table_depth=0.48, table_width=0.8) < 0.8
