"""Who plays the experiment `memory`: one simulator, arm and world model, several memories."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from foresight.actions.loading import load
from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.settings import PushConfig
from foresight.actions.push.single import SinglePush
from foresight.actions.push.skill import PushSkill
from foresight.agent.step import Limits
from foresight.closing import Closing
from foresight.experiments.memory.arm_in_view import ArmInView
from foresight.experiments.memory.permanence import FROZEN, MEMORY, NONE, Permanence
from foresight.experiments.memory.spoil import Spoiling
from foresight.experiments.memory.watcher import Bench, Watcher
from foresight.planning.deadline import stopped_clock
from foresight.planning.levels.task import TaskLevel
from foresight.robots.arm import ArmModel
from foresight.robots.hover import Hover
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.robot_file import RobotConfig
from foresight.robots.shape import ArmShape
from foresight.rollout.episode import allowed_actions
from foresight.rollout.loop import Player, player_of
from foresight.rollout.policies import PlannerPolicy
from foresight.settings import BY_COST_HEAD, SceneConfig
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.tasks.assembly import assemble
from foresight.tasks.heads import occupancy_of
from foresight.tasks.task_file import load_task
from foresight.world_model.belief.memory import MemoryConfig
from foresight.world_model.observation.occlusion import ArmOcclusion
from foresight.world_model.observation.perception import Perception
from foresight.world_model.observation.rectification import Rectifier

REACHES = (0, 1, 2, 3)
HIDDEN, SPOIL, RETRACTED = 'hidden objects', 'arm above', 'arm retracted'
LOOPS = (MEMORY, NONE, RETRACTED)


@runtime_checkable
class Plays(Protocol):
    """Anything that measures something on the scene of a seed."""

    def play(self, seed: int) -> Any:
        """Measure it."""


class MemoryPlayers(Closing):
    """Builds what measures the memory, each kind once; all use one simulator in turn."""

    def __init__(
        self, config: SimConfig, folder: Path, memory: MemoryConfig,
        robot: str = RobotConfig.robot,
    ) -> None:
        """Load the world model of `folder`; `memory` is under test.

        Raises:
            CheckpointError: If the checkpoint is missing or of another scene.
        """
        scene, push, level = SceneConfig(), PushConfig(), JointLevelConfig()
        self._checkpoint, self._memory, self._arm = (
            load(folder, scene=scene), memory, ArmModel.load(robot),
        )
        encoder = self._checkpoint.config.encoder
        self._action = PushAction(scene, push)
        self._bench = Bench(
            ClearTable(config, scene, CameraConfig(), self._arm), scene, Rectifier(scene, encoder),
            encoder.stride, occupancy_of(self._checkpoint),
            PushSkill(self._arm, scene, push, level),
            Hover(self._arm, push.clearance, push.travel_scale, level),
        )
        self._max_actions = allowed_actions(
            config.max_actions, config.actions_an_object, config.objects,
        )
        self._kinds: dict[str, Plays] = {}

    def play(self, job: tuple[str, int]) -> Any:
        """Measure a kind on the scene of a seed: HIDDEN, SPOIL or one of LOOPS."""
        kind, seed = job
        if kind not in self._kinds:
            self._kinds[kind] = self._make(kind)
        return self._kinds[kind].play(seed)

    def _make(self, kind: str) -> Plays:
        """Build what measures a kind."""
        makers: dict[str, Callable[[], Plays]] = {
            HIDDEN: self.permanence, SPOIL: self._spoiling, RETRACTED: self._arm_retracted,
        }
        return makers[kind]() if kind in makers else self._arm_in_view(kind)

    def permanence(self) -> Permanence:
        """Build what hides objects and looks for them."""
        watcher = self._watcher({MEMORY: self._memory, FROZEN: self._memory})
        feasible = self._action.feasible(self._arm, JointLevelConfig())
        single = SinglePush(self._bench.bounds, feasible, self._arm.tool)
        return Permanence(self._bench, watcher, self._action, single)

    def _spoiling(self) -> Spoiling:
        """Build what measures how far the arm spoils the latent."""
        return Spoiling(self._bench, self._watcher({
            f'reach {reach}': replace(self._memory, reach=reach) for reach in REACHES
        }))

    def _arm_in_view(self, kind: str) -> ArmInView:
        """Build what plays with the arm in view, planning from MEMORY or the bare latent."""
        watcher = self._watcher({kind: self._memory} if kind == MEMORY else {})
        return ArmInView(self._bench, watcher, self._task_level(), self._max_actions)

    def _arm_retracted(self) -> Player:
        """Build what plays the same task with the arm out of the picture for every plan."""
        policy = PlannerPolicy(self._perception(), lambda empty: self._task_level())
        action, limits = self._checkpoint.action, Limits(self._max_actions)
        return player_of(self._bench.scene, policy, action, self._arm, limits)

    def _task_level(self) -> TaskLevel:
        """Build what plans; outcomes must not depend on the load of the machine."""
        task = load_task(BY_COST_HEAD)
        return assemble(task, self._checkpoint, self._arm, clock=stopped_clock)

    def _perception(self) -> Perception:
        """Build the way from image to latent."""
        model = self._checkpoint.model
        return Perception(model, self._bench.rectifier, model.device)

    def _watcher(self, memories: dict[str, MemoryConfig]) -> Watcher:
        """Build what looks and remembers."""
        bench = self._bench
        occlusion = ArmOcclusion(ArmShape(self._arm), bench.rectifier)
        model = self._checkpoint.model
        return Watcher(bench.scene, self._perception(), model, occlusion, memories)

    def close(self) -> None:
        """Close the simulator."""
        self._bench.scene.close()


@dataclass(frozen=True)
class MakeMemoryPlayers:
    """Builds the players, in the process that plays."""

    sim: SimConfig
    folder: Path
    memory: MemoryConfig
    robot: str

    def __call__(self) -> MemoryPlayers:
        """Build them."""
        return MemoryPlayers(self.sim, self.folder, self.memory, self.robot)
