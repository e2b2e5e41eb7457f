"""The planner as a policy: a checkpoint and a task, assembled as the nodes do."""

from jaxtyping import Float
from torch import Tensor

from foresight.planning.deadline import stopped_clock
from foresight.planning.levels.task import TaskLevel
from foresight.robots.arm import ArmModel
from foresight.rollout.policies import PlannerPolicy
from foresight.settings import SceneConfig
from foresight.tasks.assembly import assemble
from foresight.tasks.task_file import EMPTY_TABLE, TaskConfig
from foresight.world_model.checkpoint import Checkpoint, check_scene
from foresight.world_model.observation.perception import Perception
from foresight.world_model.observation.rectification import Rectifier


def make_planner(
    checkpoint: Checkpoint, task: TaskConfig, scene: SceneConfig, arm: ArmModel,
) -> PlannerPolicy:
    """Build perception and task level; outcomes do not depend on the load of the machine.

    Args:
        checkpoint: World model and cost head.
        task: Terms, weights and the done test.
        scene: Table that is worked on.
        arm: Arm that works.

    Raises:
        CheckpointError: If the checkpoint is of another scene.
    """
    check_scene(checkpoint, scene)
    rectifier = Rectifier(scene, checkpoint.config.encoder)
    perception = Perception(checkpoint.model, rectifier, checkpoint.model.device)

    def make(empty_table: Float[Tensor, 'channel height width']) -> TaskLevel:
        goal = empty_table if task.goal == EMPTY_TABLE else None
        return assemble(task, checkpoint, arm, goal, clock=stopped_clock)

    return PlannerPolicy(perception, make)
