"""Self-supervised play: one episode of random and aimed pushes in a random scene."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8

from foresight.actions.push.action import Push
from foresight.actions.push.feasible import PushFeasibility
from foresight.actions.push.sampler import AimedSampler, PushSampler
from foresight.actions.push.skill import PushSkill
from foresight.data.episodes import Episode, Images
from foresight.errors import RobotError
from foresight.files import find_model, version
from foresight.protocols import ActionSampler, Observation
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.reach import Reach
from foresight.rollout.planner_policy import make_planner
from foresight.rollout.policies import PlannerPolicy, SceneView
from foresight.settings import CLEAR_TABLE_BOTH, SHIPPED, Checked, PushConfig, SceneConfig, setting
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.tasks.task_file import load_task
from foresight.world_model.checkpoint import load
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier


@dataclass(frozen=True)
class CollectConfig(Checked):
    """Self-supervised play."""

    pushes: int = setting(20_000, 'pushes to collect', '', 1)
    pushes_an_episode: int = setting(10, 'pushes before a new scene', '', 1, 100)
    aimed_share: float = setting(
        0.5, 'share of pushes aimed where the image differs from the empty table', '', 0.0, 1.0
    )
    objects_low: int = setting(1, 'fewest objects of a scene', '', 0, 10)
    objects_high: int = setting(6, 'most objects of a scene', '', 0, 10)
    seed: int = setting(
        100_000, 'seed of the first episode; tests use 10000-19999, tuning 0-9999', '', 0
    )
    workers: int = setting(2, 'worker processes', '', 1, 256)
    frames: bool = setting(True, 'keep the camera frames during pushes')
    planned_share: float = setting(
        0.0, 'share of pushes that the planner chooses with a checkpoint', '', 0.0, 1.0
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
    push: PushConfig = field(default_factory=PushConfig)
    joint_level: JointLevelConfig = field(default_factory=JointLevelConfig)
    encoder: EncoderConfig = field(default_factory=EncoderConfig)


class Player:
    """Plays episodes; holds what every episode needs."""

    def __init__(self, config: PlayConfig) -> None:
        """Load the arm and its skill."""
        self._config = config
        self._arm = ArmModel.load()
        self._skill = PushSkill(self._arm, config.scene, config.push, config.joint_level)
        self._feasible = PushFeasibility(
            config.scene, config.push, Reach.of(self._arm, config.push, config.joint_level),
        )
        self._uniform = PushSampler(config.scene, config.push, self._feasible)
        self._rectifier = Rectifier(config.scene, config.encoder)
        self._planner = load_planner(config, self._arm)

    def play(self, seed: int) -> Episode:
        """Play one episode; the seed decides the scene and every push."""
        play = self._config.collect
        choices = np.random.default_rng([seed, 1])
        count = int(choices.integers(play.objects_low, play.objects_high + 1))
        sim = replace(self._config.sim, objects=count, seed=seed)
        task = ClearTable(sim, self._config.scene, self._config.camera, self._arm)
        try:
            record = Record(task.observe(), task.background)
            generator = torch.Generator().manual_seed(seed)
            if self._planner is not None:
                self._planner.reset(seed)
            self._push_around(task, record, choices, generator)
            return record.episode(self._meta(seed, task), task.time)
        finally:
            task.close()

    def _push_around(
        self, task: ClearTable, record: 'Record', choices: np.random.Generator,
        generator: torch.Generator,
    ) -> None:
        """Push until the table is empty or the pushes are used up."""
        record.add_still(record.observation, task)
        for _ in range(self._config.collect.pushes_an_episode):
            aimed = bool(choices.random() < self._config.collect.aimed_share)
            push = self._planned(task, record, choices)
            if push is None:
                push = self.choose(record.observation, record.background, aimed, generator)
            try:
                motion = self._skill.plan(Push.from_array(push), self._arm.retract)
            except RobotError:
                record.rejected += 1
                continue
            on_frame = record.add_frame if self._config.collect.frames else None
            record.begin(push, aimed)
            task.execute(motion.joint_path, on_frame)
            record.observation = task.observe()
            record.add_still(record.observation, task)
            if 'table' not in task.objects().status:
                return

    def _planned(
        self, task: ClearTable, record: 'Record', choices: np.random.Generator,
    ) -> Float[np.ndarray, '4'] | None:
        """Return what the planner would do; None where it is not asked, or sees nothing to do."""
        if self._planner is None or choices.random() >= self._config.collect.planned_share:
            return None
        seen = SceneView(record.observation, record.background, task.objects())
        choice = self._planner.act(seen)
        return None if choice is None else choice.action

    def choose(
        self, observation: Observation, background: UInt8[np.ndarray, 'h w 3'], aimed: bool,
        generator: torch.Generator,
    ) -> Float[np.ndarray, '4']:
        """Choose one push from what the camera sees, never from true poses."""
        sampler: ActionSampler = self._uniform
        if aimed:
            weights = self._difference(observation, background)
            config = self._config
            sampler = AimedSampler(config.scene, config.push, self._feasible, weights)
        return sampler(1, generator)[0].double().numpy()

    def _difference(
        self, observation: Observation, background: UInt8[np.ndarray, 'h w 3'],
    ) -> Float[torch.Tensor, 'row column']:
        """Mark the rectified pixels that differ from the empty table."""
        differs = self._rectifier.differs(observation.image, background, observation.view)
        return torch.from_numpy(differs).float()

    def _meta(self, seed: int, task: ClearTable) -> dict[str, Any]:
        """Say what made an episode."""
        return {
            'seed': seed, 'version': version(), 'objects': list(task.objects().names),
            'aimed_share': self._config.collect.aimed_share,
        }


def load_planner(config: PlayConfig, arm: ArmModel) -> PlannerPolicy | None:
    """Load what plans a share of the pushes, if there is such a share.

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


class Record:
    """What has been seen of an episode so far."""

    def __init__(self, observation: Observation, background: UInt8[np.ndarray, 'h w 3']) -> None:
        """Begin with the first image and the empty table."""
        self.observation, self.background = observation, background
        self.rejected = 0
        self._stills: list[np.ndarray] = []
        self._labels: list[tuple[np.ndarray, list[int]]] = []
        self._pushes: list[tuple[np.ndarray, bool]] = []
        self._frames: list[np.ndarray] = []
        self._motion: list[tuple[int, float, np.ndarray, np.ndarray]] = []

    def begin(self, push: Float[np.ndarray, '4'], aimed: bool) -> None:
        """Note the push that is about to be executed."""
        self._pushes.append((push, aimed))

    def add_still(self, observation: Observation, task: ClearTable) -> None:
        """Keep an image with the arm at its retract pose, and its labels."""
        states = task.objects()
        self._stills.append(observation.image)
        self._labels.append((states.positions, [STATUS_CODES[name] for name in states.status]))

    def add_frame(
        self, observation: Observation, joints: Float[np.ndarray, ' joint'],
        tool: Float[np.ndarray, '4 4'],
    ) -> None:
        """Keep an image taken while the arm moves."""
        self._frames.append(observation.image)
        self._motion.append((len(self._pushes) - 1, observation.stamp, joints.copy(), tool.copy()))

    def episode(self, meta: dict[str, Any], seconds: float) -> Episode:
        """Compress what has been seen."""
        pushes, stamps, joints, tools = zip(*self._motion) if self._motion else ((),) * 4
        return Episode(
            meta={**meta, 'rejected': self.rejected}, view=self.observation.view,
            background=self.background, stills=Images.encode(self._stills, '.png'),
            pushes=np.array([push for push, _ in self._pushes], np.float32).reshape(-1, 4),
            aimed=np.array([aimed for _, aimed in self._pushes], bool),
            objects=np.stack([positions for positions, _ in self._labels]).astype(np.float32),
            statuses=np.array([codes for _, codes in self._labels], np.int8),
            frames=Images.encode(self._frames, '.jpg'),
            frame_pushes=np.array(pushes, np.int16), frame_stamps=np.array(stamps, np.float64),
            joint_positions=np.array(joints, np.float32).reshape(len(joints), -1 if joints else 0),
            tool_poses=np.array(tools, np.float32).reshape(-1, 4, 4), seconds=seconds,
        )
