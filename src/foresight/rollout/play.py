"""Self-supervised play: random and aimed actions in random scenes, and what is kept of them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from foresight.actions.kinds import make
from foresight.actions.loading import load
from foresight.agent.agent import Agent
from foresight.agent.decision import Decision
from foresight.agent.step import Limits
from foresight.closing import Closing
from foresight.data.episodes import Episode, Images
from foresight.files import find_model, version
from foresight.macro_action import ActionConfig, MacroAction, Motion, Skill
from foresight.protocols import Observation, Plan
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.robot_file import RobotConfig
from foresight.rollout.environment import Environment, Joints
from foresight.rollout.loop import Hooks, player_of
from foresight.rollout.policies import (
    AimedRandomPolicy,
    PlannerPolicy,
    RandomPolicy,
    make_planner,
)
from foresight.settings import CLEAR_TABLE_BOTH, SHIPPED, Checked, SceneConfig, setting
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.tasks.clear_table.score import glance
from foresight.tasks.scene_view import Outcome, Policy, SceneView
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
    planned_share: float = setting(
        0.0, 'share of actions that the planner chooses with a checkpoint', '', 0.0, 1.0
    )
    checkpoint: str = setting(str(SHIPPED), 'checkpoint that it plans with')
    task: str = setting(CLEAR_TABLE_BOTH, 'task that it plans for, or path of its YAML file')


STATUS_CODES = {'table': 1, 'floor': 2, 'bin': 3}


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
        """Keep the skill and the retract pose."""
        self._skill, self._retract = skill, np.array(arm.retract)

    def plan(self, action: Float[np.ndarray, ' action'], start: Joints) -> Motion:
        """Plan the motion.

        Raises:
            RobotError: If the arm cannot do it.
        """
        return self._skill.plan(action, self._retract)


class AtAGlance(Hooks):
    """Judges by where things are, without waiting for what still rolls."""

    def outcome(self, environment: Environment) -> Outcome:
        """Judge how the scene stands."""
        return glance(environment.objects())


class Collector(Closing):
    """Plays the episodes of a dataset in one simulated scene after the other."""

    def __init__(self, config: PlayConfig) -> None:
        """Load the arm, its skill and what chooses."""
        self._config, arm = config, ArmModel.load(config.robot)
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
        record = Recording(self._table, self._policy, self._config.collect.frames)
        played = self._player.play(seed, record)
        return record.episode({
            'seed': seed, 'version': version(), 'objects': list(self._table.objects().names),
            'aimed_share': self._config.collect.aimed_share, 'kind': self._action.kind,
            'rejected': sum(not action.feasible for action in played.records),
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
    return make_planner(
        load(find_model(play.checkpoint)), load_task(play.task), config.scene, arm,
    )


class Recording(AtAGlance):
    """Keeps what is seen of an episode; a scene is played until its table is seen to be empty."""

    def __init__(self, table: ClearTable, policy: PlayPolicy, frames: bool) -> None:
        """Watch a scene, with or without the frames while the arm moves."""
        self._table, self._policy = table, policy
        self.on_frame = self._add_frame if frames else None
        self._stills: list[np.ndarray] = []
        self._labels: list[tuple[np.ndarray, list[int]]] = []
        self._actions: list[tuple[np.ndarray, bool]] = []
        self._frames: list[np.ndarray] = []
        self._motion: list[tuple[int, float, np.ndarray, np.ndarray]] = []

    def begin(self, agent: Agent[SceneView], scene: SceneView) -> None:
        """Keep the first image."""
        self._add_still(scene.observation)

    def before_motion(self, scene: SceneView, decision: Decision) -> None:
        """Note what is about to be done."""
        assert decision.plan is not None
        self._actions.append((decision.plan.actions[0].double().numpy(), self._policy.aimed))

    def after_motion(self) -> None:
        """Keep the image after it."""
        self._add_still(self._table.observe())

    def outcome(self, environment: Environment) -> Outcome:
        """Judge by what is seen; a scene without objects is acted in once."""
        seen = super().outcome(environment)
        return seen if self._actions else replace(seen, remaining=max(1, seen.remaining))

    def _add_still(self, observation: Observation) -> None:
        """Keep an image with the arm at its retract pose, and its labels."""
        states = self._table.objects()
        self._stills.append(observation.image)
        self._labels.append((states.positions, [STATUS_CODES[name] for name in states.status]))

    def _add_frame(
        self, observation: Observation, joints: Joints, tool: Float[np.ndarray, '4 4'],
    ) -> None:
        """Keep an image taken while the arm moves."""
        self._frames.append(observation.image)
        self._motion.append((
            len(self._actions) - 1, observation.stamp, joints.copy(), tool.copy(),
        ))

    def episode(self, meta: dict[str, Any]) -> Episode:
        """Compress what has been seen."""
        actions, stamps, joints, tools = zip(*self._motion) if self._motion else ((),) * 4
        return Episode(
            meta=meta, view=self._table.view, background=self._table.background,
            stills=Images.encode(self._stills, '.png'),
            actions=np.array([action for action, _ in self._actions], np.float32).reshape(
                len(self._actions), -1 if self._actions else 0,
            ),
            aimed=np.array([aimed for _, aimed in self._actions], bool),
            objects=np.stack([positions for positions, _ in self._labels]).astype(np.float32),
            statuses=np.array([codes for _, codes in self._labels], np.int8),
            frames=Images.encode(self._frames, '.jpg'),
            frame_actions=np.array(actions, np.int16), frame_stamps=np.array(stamps, np.float64),
            joint_positions=np.array(joints, np.float32).reshape(len(joints), -1 if joints else 0),
            tool_poses=np.array(tools, np.float32).reshape(-1, 4, 4), seconds=self._table.time,
        )
