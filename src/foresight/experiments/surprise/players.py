"""Who plays with surprise in the loop, and the episodes they have played so far."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from foresight.actions.loading import load
from foresight.agent.following import SurpriseConfig
from foresight.agent.thinker import Chooser
from foresight.closing import Closing
from foresight.errors import DatasetError
from foresight.experiments.surprise.episode import DisturbedEpisode
from foresight.experiments.surprise.play import DisturbedPlay, OnAction
from foresight.files import in_new_names
from foresight.reading import damaged, parse_json, read_text
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.robot_file import RobotConfig
from foresight.rollout.policies import AimedRandomPolicy, make_planner
from foresight.rollout.workers import Crew
from foresight.settings import BY_COST_HEAD, SceneConfig
from foresight.sim.disturbance import DisturbedTable
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.tasks.scene_view import SceneView
from foresight.tasks.task_file import load_task
from foresight.world_model.belief.surprise import SurpriseScales, load_scales
from foresight.world_model.belief.vigilance import Vigilance, VigilanceConfig
from foresight.world_model.observation.perception import Perception
from foresight.world_model.observation.rectification import Rectifier

BRANCHES = 4  # makes looking two actions ahead half as dear again as one, not twice
NO_SCALES = SurpriseScales(math.inf, math.inf, math.inf, 0.0, 0.0, 0, 0, '', '')


@dataclass(frozen=True)
class SurprisePlayers:
    """Builds what plays `clear_table`; crosses to worker processes.

    Attributes:
        checkpoint: Folder of the world model.
        sim: Objects and physics.
        config: Whether surprise decides, and how.
        aimed: Whether actions are aimed at random instead of planned.
        scaled: Whether to read the scales of surprise; without them nothing is an alarm.
        robot: Name of the robot, its folder, or its file.
    """

    checkpoint: Path
    sim: SimConfig
    config: SurpriseConfig
    aimed: bool = False
    scaled: bool = True
    robot: str = RobotConfig.robot

    def __call__(self, on_action: OnAction | None = None) -> DisturbedPlay:
        """Build the player.

        Raises:
            CheckpointError: If the checkpoint or its scales are missing or do not fit.
        """
        scene, arm = SceneConfig(), ArmModel.load(self.robot)
        checkpoint = load(self.checkpoint, scene=scene)
        model, action = checkpoint.model, checkpoint.action
        scales = load_scales(checkpoint) if self.scaled else NO_SCALES
        vigilance = Vigilance(model.raster.scene_map, scales, VigilanceConfig().widespread)
        rectifier = Rectifier(scene, checkpoint.config.encoder)
        policy: Chooser[SceneView]
        if self.aimed:
            feasible = action.feasible(arm, JointLevelConfig())
            policy = AimedRandomPolicy(rectifier, partial(action.aimed, feasible))
        else:
            task = load_task(BY_COST_HEAD)
            planner = replace(task.planner, horizon=2, branches=BRANCHES)
            policy = make_planner(checkpoint, replace(task, planner=planner), arm)
        return DisturbedPlay(
            DisturbedTable(self.sim, scene, CameraConfig(), arm),
            Perception(model, rectifier, model.device), model,
            (action, arm), policy, vigilance, self.config, self.sim.max_actions, on_action,
        )


@dataclass(frozen=True)
class Row:
    """Episodes of one mode under one disturbance."""

    mode: str
    kind: str
    players: SurprisePlayers


class Playing(Closing):
    """Plays episodes in this process or in others, and keeps them in a file."""

    def __init__(
        self, workers: int, kept: Path | None, scales: SurpriseScales,
        robot: str = RobotConfig.robot,
    ) -> None:
        """Read what was kept; episodes of other scales or another robot are not mixed in.

        Raises:
            DatasetError: If the file is damaged or of another world model, scales or robot.
        """
        self._crew, self._kept = Crew(workers), kept
        self._scales = f'{scales.model[:16]} {scales.action:.6g}'
        self._scales += '' if robot == RobotConfig.robot else f' {robot}'
        self._known: dict[tuple[str, str, int], DisturbedEpisode] = {}
        if kept is not None and kept.exists():
            self._read(kept)

    def __call__(self, row: Row, seeds: range) -> Iterator[DisturbedEpisode]:
        """Yield the episode of each seed, in order.

        Raises:
            WorkerError: If a worker process was killed.
        """
        missing = [seed for seed in seeds if (row.mode, row.kind, seed) not in self._known]
        jobs = [(seed, row.kind) for seed in missing]
        fresh = self._crew.run(row.players, DisturbedPlay.play_job, jobs)
        for seed in seeds:
            key = row.mode, row.kind, seed
            if key not in self._known:
                self._known[key] = next(fresh)
                self.keep(row.mode, self._known[key])
            yield self._known[key]

    def keep(self, mode: str, episode: DisturbedEpisode) -> None:
        """Add an episode to the file."""
        if self._kept is None:
            return
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        with self._kept.open('a') as file:
            record = {'mode': mode, 'scales': self._scales, **asdict(episode)}
            file.write(json.dumps(record) + '\n')

    def close(self) -> None:
        """End the processes."""
        self._crew.close()

    def _read(self, kept: Path) -> None:
        """Read the episodes of a file."""
        with damaged(kept, 'delete it and play again', DatasetError):
            for line in read_text(kept).splitlines():
                found = in_new_names(parse_json(line))
                mode, owner = found.pop('mode'), found.pop('scales')
                episode = DisturbedEpisode(alarms=tuple(found.pop('alarms')), **found)
                self._known[mode, episode.kind, episode.seed] = episode
                if owner != self._scales:
                    raise DatasetError(
                        f'{kept} was played with another world model or other scales or another '
                        'robot: give another --kept, or delete it'
                    )
