"""Self-supervised play: random and aimed actions in random scenes, and what is kept of them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import partial

import numpy as np
import torch
from jaxtyping import Float

from foresight.actions.kinds import make
from foresight.actions.loading import load
from foresight.agent.step import Limits
from foresight.closing import Closing
from foresight.data.episodes import Episode
from foresight.files import version
from foresight.macro_action import ActionConfig, MacroAction, Motion, Skill
from foresight.protocols import Plan
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.robot_file import RobotConfig
from foresight.rollout.environment import Joints
from foresight.rollout.loop import player_of
from foresight.rollout.policies import AimedRandomPolicy, PlannerPolicy, RandomPolicy, make_planner
from foresight.rollout.recording import Recording
from foresight.settings import CLEAR_TABLE, SHIPPED, Checked, SceneConfig, setting
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.tasks.scene_view import Policy, SceneView
from foresight.tasks.task_file import load_task
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier


@dataclass(frozen=True)
class CollectConfig(Checked):
    """Self-supervised play."""

    actions: int = setting(20_000, 'actions to collect', '', 1)
    actions_an_episode: int = setting(10, 'actions before a new scene', '', 1, 100)
    aimed_share: float = setting(
        0.5, 'share of actions aimed where the image differs from the empty table', '', 0.0, 1.0
    )
    objects_low: int = setting(1, 'fewest objects of a scene', '', 0, 10)
    objects_high: int = setting(6, 'most objects of a scene', '', 0, 10)
    seed: int = setting(
        100_000, 'seed of the first episode; tests use 10000-19999, tuning 0-9999', '', 0
    )
    workers: int = setting(2, 'worker processes', '', 1, 256)
    frames: bool = setting(True, 'keep the camera frames during actions')
    sites: int = setting(0, 'sites drawn at random to play at; 0 = one, as given', '', 0)
    seen_through: float = setting(
        0.5, 'share of the sites drawn at random whose camera is as it is', '', 0.0, 1.0
    )
    planned_share: float = setting(
        0.0, 'share of actions that the planner chooses with a checkpoint', '', 0.0, 1.0
    )
    checkpoint: str = setting(str(SHIPPED), 'checkpoint that it plans with')
    task: str = setting(CLEAR_TABLE, 'task that it plans for, or path of its YAML file')


@dataclass(frozen=True)
class PlayConfig:
    """Everything that decides what play looks like; stored in `dataset.json`."""

    collect: CollectConfig = field(default_factory=CollectConfig)
    sim: SimConfig = field(default_factory=SimConfig)
    scene: SceneConfig = field(default_factory=SceneConfig)
    camera: CameraConfig = field(default_factory=CameraConfig)
    action: ActionConfig = field(default_factory=ActionConfig)
    joint_level: JointLevelConfig = field(default_factory=JointLevelConfig)
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    robot: str = RobotConfig.robot


class PlayPolicy(Policy):
    """Chooses at random, aimed by the image, or as the planner does; never from true poses.

    Attributes:
        draws: What decides which of them chooses.
        aimed: Whether the last action was to be aimed.
    """

    draws: np.random.Generator
    aimed = False

    def __init__(
        self, config: PlayConfig, action: MacroAction, arm: ArmModel,
        begin: Callable[[int], np.random.Generator],
    ) -> None:
        """Make what chooses; `begin` makes the draws of a seed.

        Raises:
            CheckpointError: If what shall plan is missing, damaged or of another table.
            ConfigError: If there is no task as it shall plan for.
        """
        rectifier, generator = Rectifier(config.scene, config.encoder), torch.Generator()
        feasible = action.feasible(arm, config.joint_level)
        self._random = RandomPolicy(action.sampler(feasible), generator)
        self._aimed = AimedRandomPolicy(rectifier, partial(action.aimed, feasible), generator)
        self._planner = load_planner(config, arm)
        self._play, self._begin = config.collect, begin

    def reset(self, seed: int) -> None:
        """Seed every choice."""
        self.draws = self._begin(seed)
        self._random.reset(seed)  # and with it the aimed one
        if self._planner is not None:
            self._planner.reset(seed)

    def choose(self, scene: SceneView) -> Plan:
        """Choose one action."""
        self.aimed = bool(self.draws.random() < self._play.aimed_share)
        if self._planner is not None and self.draws.random() < self._play.planned_share:
            plan = self._planner.decide(scene).plan
            if plan is not None:
                return plan
        return (self._aimed if self.aimed else self._random).choose(scene)


class FromRetract:
    """Plans every motion from the retract pose itself, not from where it is measured to be."""

    def __init__(self, skill: Skill, arm: ArmModel) -> None:
        self._skill, self._retract = skill, np.array(arm.retract)

    def plan(self, action: Float[np.ndarray, ' action'], start: Joints) -> Motion:
        """Plan the motion.

        Raises:
            RobotError: If the arm cannot do it.
        """
        return self._skill.plan(action, self._retract)


class Collector(Closing):
    """Plays the episodes of a dataset in one simulated scene after the other."""

    def __init__(self, config: PlayConfig) -> None:
        """Load the arm, its skill and what chooses."""
        self._config, arm = config, ArmModel.load(config.robot, config.scene.stand)
        self._action = action = make(config.action, config.scene)
        self._policy = PlayPolicy(config, action, arm, lambda seed: self._draws(seed)[1])
        self._table = ClearTable(config.sim, config.scene, config.camera, arm)
        limits = Limits(config.collect.actions_an_episode)
        self._player = player_of(
            self._table, self._policy, action, arm, limits, level=config.joint_level,
            skill=FromRetract(action.skill(arm, config.joint_level), arm),
        )

    def play(self, seed: int) -> Episode:
        """Play one episode; the seed decides the scene and every action."""
        count, _ = self._draws(seed)
        self._table.sim = replace(self._config.sim, objects=count, seed=seed)
        record = Recording(self._table, lambda: self._policy.aimed, self._config.collect.frames)
        played = self._player.play(seed, record)
        return record.episode({
            'seed': seed, 'version': version(), 'objects': list(self._table.objects().names),
            'aimed_share': self._config.collect.aimed_share, 'kind': self._action.kind,
            'rejected': sum(not action.feasible for action in played.records),
            'scene': asdict(self._config.scene),
        })

    def close(self) -> None:
        """Close the scene."""
        self._table.close()

    def _draws(self, seed: int) -> tuple[int, np.random.Generator]:
        """Return how many objects the scene of a seed has, and what decides who chooses."""
        play, draws = self._config.collect, np.random.default_rng([seed, 1])
        return int(draws.integers(play.objects_low, play.objects_high + 1)), draws


def load_planner(config: PlayConfig, arm: ArmModel) -> PlannerPolicy | None:
    """Load what plans a share of the actions, if there is such a share.

    Raises:
        CheckpointError: If the checkpoint is missing, damaged or of another table.
        ConfigError: If there is no such task.
    """
    play = config.collect
    if not play.planned_share:
        return None
    loaded = load(play.checkpoint, scene=config.scene)
    return make_planner(loaded, load_task(play.task), arm)
