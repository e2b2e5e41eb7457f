"""Who plays an evaluation: simulator, arm and one policy, built in the process that plays."""

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from foresight.actions.loading import load
from foresight.actions.push.macro_action import PushAction
from foresight.agent.step import Limits
from foresight.agent.thinker import Chooser
from foresight.errors import ConfigError
from foresight.protocols import Guardrail
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.robot_file import RobotConfig
from foresight.rollout.loop import Player, player_of
from foresight.rollout.policies import AimedRandomPolicy, PlannerPolicy, RandomPolicy, make_planner
from foresight.settings import SceneConfig
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.tasks.clear_table.hand_rule import HandRule
from foresight.tasks.clear_table.score import InBin
from foresight.tasks.scene_view import SceneView
from foresight.tasks.task_file import TaskConfig, load_task
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier

POLICIES = (PlannerPolicy.name, HandRule.name, RandomPolicy.name, AimedRandomPolicy.name)
HARD = 'hard'
HARD_EXTRA = 2
"""Hard scenes have up to this many objects more than the others."""


def scenes(sim: SimConfig, part: str) -> SimConfig:
    """Return the scenes of one part of a split: `seen`, `unseen` or `hard`."""
    if part == HARD:
        return replace(sim, object_set='seen', layout=HARD, extra_objects=HARD_EXTRA)
    return replace(sim, object_set=part)


def check_hand_rule(task: TaskConfig) -> None:
    """Check that the hand rule plays a task.

    Raises:
        ConfigError: If success is anything but things in a bin.
    """
    if task.success.rule != InBin.name:
        raise ConfigError(
            f'the hand rule pushes toward a bin, and success of {task.name} is '
            f'{task.success.rule}: leave {HandRule.name} out of --policy'
        )


@dataclass(frozen=True)
class ClearTablePlayers:
    """Builds the player of one policy in the scene of `clear_table`; crosses to worker processes.

    Attributes:
        policy: One of POLICIES.
        task: Name of the task, path of its YAML file, or what it says.
        sim: Objects and physics.
        checkpoint: Folder of the world model; only the planner reads it.
        robot: Name of the robot, its folder, or its file.
    """

    policy: str
    task: str | TaskConfig
    sim: SimConfig
    checkpoint: Path
    scene: SceneConfig = field(default_factory=SceneConfig)
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    camera: CameraConfig = field(default_factory=CameraConfig)
    robot: str = RobotConfig.robot

    @property
    def split(self) -> str:
        """Name of the split that the scenes belong to."""
        return HARD if self.sim.layout == HARD else self.sim.object_set

    def __call__(self) -> Player:
        """Build the player.

        Raises:
            CheckpointError: If the planner's checkpoint is missing or of another scene.
            ConfigError: If the policy, the task or the robot is unknown.
        """
        task = self.task if isinstance(self.task, TaskConfig) else load_task(self.task)
        arm, action = ArmModel.load(self.robot, self.scene.stand), PushAction(self.scene)
        success = task.success.make(self.scene)
        policy = self._policy(task, action, action.feasible(arm, JointLevelConfig()), arm)
        sim = ClearTable(self.sim, self.scene, self.camera, arm, success)
        limits = Limits(self.sim.max_actions)
        return player_of(sim, policy, action, arm, limits, self.sim.actions_an_object)

    def _policy(
        self, task: TaskConfig, action: PushAction, feasible: Guardrail, arm: ArmModel,
    ) -> Chooser[SceneView]:
        """Build the policy."""
        if self.policy == PlannerPolicy.name:
            return make_planner(load(self.checkpoint, scene=self.scene), task, arm)
        if self.policy == HandRule.name:
            return HandRule(action, feasible, arm.tool)
        if self.policy == RandomPolicy.name:
            return RandomPolicy(action.sampler(feasible))
        rectifier = Rectifier(self.scene, self.encoder)
        return AimedRandomPolicy(rectifier, partial(action.aimed, feasible))

