"""Who plays with surprise in the loop: one simulator, arm and world model."""

import math
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from foresight.actions.loading import check_scene, load
from foresight.agent.following import SurpriseConfig
from foresight.agent.thinker import Chooser
from foresight.experiments.surprise.play import DisturbedPlay, OnAction
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.rollout.policies import AimedRandomPolicy, make_planner
from foresight.settings import SceneConfig
from foresight.sim.disturbance import DisturbedTable
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.tasks.scene_view import SceneView
from foresight.tasks.task_file import load_task
from foresight.world_model.belief.surprise_scales import SurpriseScales, load_scales
from foresight.world_model.belief.vigilance import Vigilance, VigilanceConfig
from foresight.world_model.observation.perception import Perception
from foresight.world_model.observation.rectification import Rectifier

PLANNER, AIMED = 'planner', 'aimed'
BRANCHES = 4  # makes looking two actions ahead half as dear again as one, not twice
NO_SCALES = SurpriseScales(math.inf, math.inf, math.inf, 0.0, 0.0, 0, 0, '', '')


@dataclass(frozen=True)
class SurprisePlayers:
    """Builds what plays; crosses to worker processes.

    Attributes:
        checkpoint: Folder of the world model.
        task: Name of the task.
        sim: Objects and physics.
        config: Whether surprise decides, and how.
        policy: PLANNER or AIMED.
        horizon: Actions that the planner looks ahead.
        scaled: Whether to read the scales of surprise; without them nothing is an alarm.
    """

    checkpoint: Path
    task: str
    sim: SimConfig
    config: SurpriseConfig
    policy: str = PLANNER
    horizon: int = 2
    scaled: bool = True

    def __call__(self, on_action: OnAction | None = None) -> DisturbedPlay:
        """Build the player.

        Raises:
            CheckpointError: If the checkpoint or its scales are missing or do not fit.
        """
        scene, arm = SceneConfig(), ArmModel.load()
        checkpoint = load(self.checkpoint)
        check_scene(checkpoint, scene)
        model, action = checkpoint.model, checkpoint.action
        scales = load_scales(checkpoint) if self.scaled else NO_SCALES
        vigilance = Vigilance(model.raster.scene_map, scales, VigilanceConfig().widespread)
        rectifier = Rectifier(scene, checkpoint.config.encoder)
        policy: Chooser[SceneView]
        if self.policy == AIMED:
            feasible = action.feasible(arm, JointLevelConfig())
            policy = AimedRandomPolicy(rectifier, partial(action.aimed, feasible))
        else:
            task = load_task(self.task)
            planner = replace(task.planner, horizon=self.horizon, branches=BRANCHES)
            policy = make_planner(checkpoint, replace(task, planner=planner), scene, arm)
        return DisturbedPlay(
            DisturbedTable(self.sim, scene, CameraConfig(), arm),
            Perception(model, rectifier, model.device), model,
            (action, arm), policy, vigilance, self.config, self.sim.max_actions, on_action,
        )
