"""Who plays an evaluation: simulator, arm and one policy, built in the process that plays."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from jaxtyping import Float
from torch import Tensor

from foresight.config import (
    CameraConfig,
    EncoderConfig,
    JointLevelConfig,
    PushConfig,
    SceneConfig,
    SimConfig,
)
from foresight.costs.guardrails import keep_out_zones
from foresight.planning.samplers import AimedSampler, PushSampler
from foresight.planning.task_level import TaskLevel
from foresight.protocols import Guardrail
from foresight.robot.arm_model import ArmModel
from foresight.robot.feasibility import PushFeasibility
from foresight.robot.push_skill import PushSkill
from foresight.sim.clear_table import ClearTable
from foresight.training.assembly import assemble
from foresight.training.closed_loop import Player
from foresight.training.hand_rule import HandRule
from foresight.training.policies import (
    AimedRandomPolicy,
    PlannerPolicy,
    Policy,
    RandomPolicy,
)
from foresight.training.task_file import load_task
from foresight.world_model.checkpoint import check_scene, load
from foresight.world_model.perception import Perception
from foresight.world_model.rectification import Rectifier

POLICIES = (PlannerPolicy.name, HandRule.name, RandomPolicy.name, AimedRandomPolicy.name)
UNHURRIED = 60.0
"""A deadline [s] that never ends a search: outcomes must not depend on the machine's load."""


@dataclass(frozen=True)
class ClearTablePlayers:
    """Builds the player of one policy in the scene of `clear_table`; crosses to worker processes.

    Attributes:
        policy: One of POLICIES.
        task: Name of the task, or path of its YAML file; only the planner reads it.
        sim: Objects and physics.
        checkpoint: Folder of the world model; only the planner reads it.
    """

    policy: str
    task: str
    sim: SimConfig
    checkpoint: Path
    scene: SceneConfig = field(default_factory=SceneConfig)
    push: PushConfig = field(default_factory=PushConfig)
    encoder: EncoderConfig = field(default_factory=EncoderConfig)

    def __call__(self) -> Player:
        """Build the player.

        Raises:
            CheckpointError: If the planner's checkpoint is missing or of another scene.
            ConfigError: If the policy or the task is unknown.
        """
        arm = ArmModel.load()
        policy = self._policy(PushFeasibility(self.scene, self.push), arm)
        sim = ClearTable(self.sim, self.scene, CameraConfig(), arm)
        skill = PushSkill(arm, self.scene, self.push, JointLevelConfig())
        return Player(sim, policy, skill, self.sim.max_pushes)

    def _policy(self, feasible: Guardrail, arm: ArmModel) -> Policy:
        """Build the policy."""
        if self.policy == PlannerPolicy.name:
            return self._planner(keep_out_zones(arm.keep_out))
        if self.policy == HandRule.name:
            return HandRule(self.scene, self.push, feasible)
        if self.policy == RandomPolicy.name:
            return RandomPolicy(PushSampler(self.scene, self.push, feasible))
        aim = partial(AimedSampler, self.scene, self.push, feasible)
        return AimedRandomPolicy(Rectifier(self.scene, self.encoder), aim)

    def _planner(self, keep_out: Sequence[Guardrail]) -> PlannerPolicy:
        """Load the checkpoint and build the task level as the nodes do."""
        task, checkpoint = load_task(self.task), load(self.checkpoint)
        check_scene(checkpoint, self.scene)
        rectifier = Rectifier(self.scene, checkpoint.config.encoder)
        perception = Perception(checkpoint.model, rectifier, checkpoint.model.device)
        planner = replace(task.planner, deadline=UNHURRIED)

        def make(empty_table: Float[Tensor, 'channel height width']) -> TaskLevel:
            goal = empty_table if task.goal == 'empty_table' else None
            return assemble(task, checkpoint, goal, keep_out, planner)

        return PlannerPolicy(perception, make)
