"""The seam of macro-actions: what one kind is, and what crosses it.

`actions/` has the kinds; the other rooms know no more of one than what stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float
from torch import Tensor

from foresight.files import in_new_names
from foresight.protocols import ActionSampler, Guardrail
from foresight.robots.arm import ArmModel
from foresight.robots.homing import Homing
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.trajectory import JointPath
from foresight.settings import SceneConfig


@dataclass(frozen=True)
class ActionConfig:
    """Which macro-action, as a checkpoint and a dataset store it.

    Attributes:
        kind: Name of the macro-action, or `module:Class`.
        settings: Its settings that differ from the defaults.
    """

    kind: str = 'push'
    settings: Mapping[str, Any] = field(default_factory=dict)


def with_action(described: Mapping[str, Any]) -> dict[str, Any]:
    """Name the macro-action in what was written when there was only one."""
    found: dict[str, Any] = in_new_names(dict(described))
    if 'push' in found:
        predictor = dict(found.get('predictor', {}))
        width = {name: predictor.pop(name) for name in ('paddle_width',) if name in predictor}
        found |= {'predictor': predictor, 'action': {'settings': {**found.pop('push'), **width}}}
    return found


@dataclass(frozen=True)
class ActionNumber:
    """One number of a macro-action.

    Attributes:
        name: What it says.
        unit: Its unit.
        low: Least value to expect; an angle wraps at pi.
        high: Largest value to expect.
        is_angle: Whether it is an angle [rad].
    """

    name: str
    unit: str
    low: float
    high: float
    is_angle: bool = False

    @property
    def middle(self) -> float:
        """Value between the two bounds."""
        return (self.low + self.high) / 2


@runtime_checkable
class Spread(Protocol):
    """How far a planner spreads candidates: settings of one macro-action, a frozen dataclass."""

    @property
    def noise(self) -> tuple[float, ...]:
        """Standard deviation of the first refinement of each number, in its unit."""

    @property
    def jitter(self) -> tuple[float, ...]:
        """Standard deviation of what execution adds to each number, in its unit."""


@runtime_checkable
class ActionRaster(Protocol):
    """Draws actions on the latent grid, so that a predictor sees where they act; an `nn.Module`.

    Attributes:
        channels: Features that it draws into each cell.
        scene_map: Share of each cell that is table, and that is bin.
    """

    channels: int
    scene_map: Tensor

    def __call__(
        self, actions: Float[Tensor, 'batch action'],
        scene_map: Float[Tensor, 'batch 2 height width'] | None = None,
    ) -> Float[Tensor, 'batch feature height width']:
        """Draw each action, at the table of each if `scene_map` says so."""

    def coverage(
        self, actions: Float[Tensor, 'batch action'],
    ) -> Float[Tensor, 'batch height width']:
        """Return the share of each cell in which things may move."""


@runtime_checkable
class Motion(Protocol):
    """What a skill plans."""

    @property
    def joint_path(self) -> JointPath:
        """Commands from the start to the retract pose."""


@runtime_checkable
class Skill(Protocol):
    """Anything that turns the numbers of an action into a motion of the arm."""

    def plan(
        self, action: Float[np.ndarray, ' action'], start: Float[np.ndarray, ' joint'],
    ) -> Motion:
        """Plan the motion from rest at `start` [rad].

        Raises:
            RobotError: If the arm cannot do it.
        """


@runtime_checkable
class EndMonitor(Protocol):
    """Notices that an announced action has been carried out."""

    def announce(self, action: Float[np.ndarray, ' action']) -> None:
        """Wait for this action and no other."""

    def forget(self) -> None:
        """Wait for none."""

    def ends(self, tool: Float[np.ndarray, '4 4']) -> bool:
        """Take a tool pose in `base_link`; true once an action."""


@dataclass(frozen=True)
class Outline:
    """An action as lines on the table plane, in `base_link` [m].

    Attributes:
        lines: Polylines, each of shape (point, 2); the first one is where the tool goes.
        area: Corners of what the tool passes over, shape (corner, 2).
    """

    lines: tuple[Float[np.ndarray, '_ 2'], ...]
    area: Float[np.ndarray, 'corner 2']


@runtime_checkable
class ForeseenAction(Protocol):
    """One kind of action as a world model sees it: all that learning and imagining ask of it.

    Attributes:
        kind: Its name.
    """

    kind: ClassVar[str]

    @property
    def scene(self) -> SceneConfig:
        """Table, bin and view."""

    @property
    def numbers(self) -> tuple[ActionNumber, ...]:
        """What its numbers say, in order."""

    @property
    def config(self) -> ActionConfig:
        """What to store, to make it again."""

    def raster(self, grid: tuple[int, int]) -> ActionRaster:
        """Return what draws actions on a grid of so many rows and columns."""


@runtime_checkable
class MacroAction(ForeseenAction, Protocol):
    """One kind of macro-action of an arm in one scene: all that the rest of the package asks.

    Attributes:
        spread: How far a planner spreads candidates, unless a task says otherwise.
    """

    spread: ClassVar[Spread]

    @classmethod
    def of(cls, scene: SceneConfig, settings: Mapping[str, Any]) -> 'MacroAction':
        """Make it for a scene, of settings as a file has them.

        Raises:
            ConfigError: If one is unknown or out of bounds.
        """

    @property
    def longest(self) -> float:
        """How far one action takes a thing at most [m]."""

    def feasible(self, arm: ArmModel, level: JointLevelConfig) -> Guardrail:
        """Return what tells which actions an arm can carry out.

        Raises:
            RobotError: If the arm or its tool can do none.
        """

    def keep_out(self, arm: ArmModel) -> tuple[Guardrail, ...]:
        """Return what keeps actions away from the zones in the file of a robot."""

    def sampler(self, guardrail: Guardrail) -> ActionSampler:
        """Return a source of actions anywhere in the scene that satisfy a guardrail."""

    def aimed(self, guardrail: Guardrail, weights: Float[Tensor, 'height width']) -> ActionSampler:
        """Return a source of actions at heavy cells of the rectified view."""

    def skill(self, arm: ArmModel, level: JointLevelConfig) -> Skill:
        """Return what plans motions of an arm.

        Raises:
            RobotError: If the skill does not know the tool of the arm.
        """

    def homing(self, arm: ArmModel, level: JointLevelConfig) -> Homing:
        """Return what brings an arm home from wherever an interrupted action left it."""

    def monitor(self) -> EndMonitor:
        """Return what notices the end of an action."""

    def mirror(
        self, actions: Float[Tensor, 'batch action'], sideways: bool = False,
    ) -> Float[Tensor, 'batch action']:
        """Reflect actions near to far, or left to right, about the middle of the view."""

    def poses(self, action: Float[np.ndarray, ' action']) -> Float[np.ndarray, 'pose 4 4']:
        """Return the tool poses in `base_link` that tell an action to others."""

    def from_poses(self, poses: Float[np.ndarray, 'pose 4 4']) -> Float[np.ndarray, ' action']:
        """Read an action back from its tool poses.

        Raises:
            RobotError: If they are no action of this kind.
        """

    def outline(self, action: Float[np.ndarray, ' action']) -> Outline:
        """Return how to draw an action."""

    def describe(self, action: Float[np.ndarray, ' action']) -> str:
        """Say in a few words what an action does."""
