"""The macro-action `push`: what the rest of the package asks of it."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Float
from scipy.spatial.transform import Rotation
from torch import Tensor

from foresight.actions.push.action import Push
from foresight.actions.push.feasible import PushFeasibility
from foresight.actions.push.keep_out import KeepOut, keep_out_zones
from foresight.actions.push.monitor import PushMonitor
from foresight.actions.push.outline import push_outline
from foresight.actions.push.raster import PushRaster
from foresight.actions.push.sampler import AimedSampler, PushSampler
from foresight.actions.push.settings import PushConfig, PushSpread
from foresight.actions.push.skill import PushSkill
from foresight.errors import RobotError
from foresight.macro_action import ActionConfig, ActionNumber, Outline, Spread
from foresight.protocols import Guardrail
from foresight.robots.arm import ArmModel
from foresight.robots.homing import Homing
from foresight.robots.joint_level import JointLevel, JointLevelConfig
from foresight.robots.reach import reach_of
from foresight.settings import SceneConfig, changed

TOOL_DOWN = Rotation.from_euler('x', np.pi)
"""tool0 points down: its z axis is -z."""
LEAST_REACH = 0.5
"""Share of the table that an arm has to reach."""
Weights = Float[Tensor, 'height width']


@dataclass(frozen=True)
class PushAction:
    """Pushes in one scene; implements `protocols.MacroAction`.

    Attributes:
        scene: Table, bin and view.
        settings: Bounds and timing.
    """

    kind: ClassVar[str] = 'push'
    spread: ClassVar[Spread] = PushSpread()

    scene: SceneConfig = field(default_factory=SceneConfig)
    settings: PushConfig = field(default_factory=PushConfig)

    @classmethod
    def of(cls, scene: SceneConfig, settings: Mapping[str, Any]) -> 'PushAction':
        """Make it of settings as a file has them.

        Raises:
            ConfigError: If one is unknown or out of bounds.
        """
        return cls(scene, changed(PushConfig(), dict(settings), f'macro-action {cls.kind}'))

    @property
    def config(self) -> ActionConfig:
        """What to store, to make it again."""
        return ActionConfig(self.kind, asdict(self.settings))

    @property
    def numbers(self) -> tuple[ActionNumber, ...]:
        """Start, heading and length; a start may be anywhere in the view."""
        push = self.settings
        return (
            ActionNumber('x', 'm', *self.scene.view_x),
            ActionNumber('y', 'm', *self.scene.view_y),
            ActionNumber('heading', 'rad', -math.pi, math.pi, is_angle=True),
            ActionNumber('length', 'm', push.length_low, push.length_high),
        )

    @property
    def longest(self) -> float:
        """Longest push [m]."""
        return self.settings.length_high

    def feasible(self, arm: ArmModel, level: JointLevelConfig) -> PushFeasibility:
        """Return the guardrail `reach` of an arm.

        Raises:
            RobotError: If the arm reaches too little of the table.
        """
        push = self.settings
        reach = reach_of(arm, push.clearance, push.tool_height, level)
        made = PushFeasibility(self.scene, push, reach)
        share = made.coverage(spacing=0.05)
        if share < LEAST_REACH:
            (near, far), (right, left) = self.scene.table_x, self.scene.table_y
            raise RobotError(
                f'{arm.name} reaches {share:.0%} of the table from x {near:.2f} to {far:.2f} and '
                f'y {right:.2f} to {left:.2f} m, too little to work on: stand it nearer in its '
                'URDF, or describe a table within its reach in a site'
            )
        return made

    def keep_out(self, arm: ArmModel) -> tuple[KeepOut, ...]:
        """Return the keep-out zones of a robot's file."""
        return keep_out_zones(arm.keep_out, arm.tool)

    def sampler(self, guardrail: Guardrail) -> PushSampler:
        """Return a source of pushes anywhere on the table."""
        return PushSampler(self.scene, self.settings, guardrail)

    def aimed(self, guardrail: Guardrail, weights: Weights) -> AimedSampler:
        """Return a source of pushes over heavy cells of the table."""
        return AimedSampler(self.scene, self.settings, guardrail, weights)

    def raster(self, grid: tuple[int, int]) -> PushRaster:
        """Return what draws pushes on a grid of so many rows and columns."""
        return PushRaster(self.scene, self.settings, grid)

    def skill(self, arm: ArmModel, level: JointLevelConfig) -> PushSkill:
        """Return what plans motions of an arm."""
        return PushSkill(arm, self.scene, self.settings, level)

    def homing(self, arm: ArmModel, level: JointLevelConfig) -> Homing:
        """Return what lifts the tool and brings the arm home."""
        push = self.settings
        speed, acceleration = push.vertical_speed, push.acceleration
        return Homing(JointLevel(arm, level), push.clearance, speed, acceleration)

    def monitor(self) -> PushMonitor:
        """Return what notices the end of a push."""
        return PushMonitor(self.settings.clearance / 2)

    def mirror(
        self, actions: Float[Tensor, 'batch 4'], sideways: bool = False,
    ) -> Float[Tensor, 'batch 4']:
        """Reflect start and heading about the middle of the view."""
        x, y, heading, length = actions.unbind(-1)
        if sideways:
            return torch.stack([x, sum(self.scene.view_y) - y, -heading, length], dim=-1)
        return torch.stack([sum(self.scene.view_x) - x, y, math.pi - heading, length], dim=-1)

    def poses(self, action: Float[np.ndarray, '4']) -> Float[np.ndarray, '2 4 4']:
        """Return where the tool starts and ends, its x axis along the heading."""
        push = Push.from_array(action)
        poses = np.stack([np.eye(4), np.eye(4)])
        poses[:, :3, :3] = (Rotation.from_euler('z', push.heading) * TOOL_DOWN).as_matrix()
        poses[0, :2, 3] = push.x, push.y
        poses[1, :2, 3] = push.end
        return poses

    def from_poses(self, poses: Float[np.ndarray, 'pose 4 4']) -> Float[np.ndarray, '4']:
        """Read a push from where the tool starts and ends.

        Raises:
            RobotError: If there are not two poses or they are the same.
        """
        if len(poses) != 2:
            raise RobotError('a push needs two poses: where the tool starts and ends')
        start, end = poses[:, :2, 3]
        delta = end - start
        length = float(np.hypot(*delta))
        if length < 1e-6:
            raise RobotError('a push starts where it ends: give it a length')
        return np.array([*start, np.arctan2(delta[1], delta[0]), length])

    def outline(self, action: Float[np.ndarray, '4']) -> Outline:
        """Return shaft, head and the paddle at both ends."""
        return push_outline(Push.from_array(action), self.settings.paddle_width)

    def describe(self, action: Float[np.ndarray, '4']) -> str:
        """Say where a push begins, where it goes and how far."""
        push = Push.from_array(action)
        where = f'from ({push.x:.2f}, {push.y:.2f}) m, heading {math.degrees(push.heading):.0f}°'
        return f'{where}, {100 * push.length:.0f} cm'
