"""Hovering: the arm goes to stand above a point of the table, where it hides what is there."""

import numpy as np
from jaxtyping import Float

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.kinematics import InverseKinematics
from foresight.robots.tool_path import vertical_poses
from foresight.robots.trajectory import JointPath
from foresight.robots.travel import Travel, limits
from foresight.settings import SceneConfig

TRIES = 50  # points drawn to find one that the arm reaches
Joints = Float[np.ndarray, ' joint']


class Hover:
    """Finds joints above points of the table, and motions through the air between them."""

    def __init__(
        self, arm: ArmModel, height: float, share: float, level: JointLevelConfig,
    ) -> None:
        """Travel at a height [m] and at a share of what the joint level may do."""
        self._arm, self._height, self._rate = arm, height, level.rate
        self._limits = limits(arm, level, share)
        self._kinematics = InverseKinematics(arm, level.position_margin)

    def above(self, x: float, y: float) -> Joints:
        """Joints [rad] that hold the tool at the travelling height above (x, y) [m].

        Raises:
            RobotError: If the arm cannot reach there.
        """
        turn = np.arctan2(y - self._arm.axis[1], x - self._arm.axis[0])
        where = (np.array([value]) for value in (x, y, self._height, turn))
        return self._kinematics.reach(vertical_poses(*where)[0], np.array(self._arm.retract))

    def travel(self, start: Joints, goal: Joints) -> JointPath:
        """Move from rest to rest in a straight line of the joints [rad]."""
        travel = Travel.between(start, goal, *self._limits)
        return travel.path(self._arm, self._rate)

    def somewhere(self, scene: SceneConfig, generator: np.random.Generator) -> Joints:
        """Draw joints [rad] that hold the tool above a point of the table.

        Raises:
            RobotError: If no point can be reached.
        """
        low = scene.table_x[0], scene.table_y[0]
        high = scene.table_x[1], scene.table_y[1]
        for _ in range(TRIES):
            try:
                return self.above(*generator.uniform(low, high))
            except RobotError:
                continue
        raise RobotError('the arm reaches no point above the table: check scene and robot')
