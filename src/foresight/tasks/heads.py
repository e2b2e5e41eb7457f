"""Networks of a checkpoint that read latents for a task: cost head and critic."""

from foresight.costs.critic import Critic
from foresight.errors import CheckpointError
from foresight.tasks.clear_table.cost_head import CostHead, Occupancy
from foresight.world_model.checkpoint import Checkpoint
from foresight.world_model.precision import has_fast_bf16


def occupancy_of(checkpoint: Checkpoint) -> Occupancy:
    """Return the occupancy maps of a checkpoint's cost head.

    Raises:
        CheckpointError: If the checkpoint has no cost head.
    """
    channels, scene_map = checkpoint.config.encoder.channels, checkpoint.model.raster.scene_map
    if not any(name.startswith('cost_head.') for name in checkpoint.tensors):
        raise CheckpointError(
            f'{checkpoint.folder} has no cost head (actions without labels teach none): choose a '
            'task with a goal image, such as clear_table_by_goal, or train on labelled play'
        )
    head = checkpoint.fill('cost_head', CostHead(channels, scene_map))
    return Occupancy(head.requires_grad_(False), runs_fast(checkpoint))


def has_critic(checkpoint: Checkpoint) -> bool:
    """Tell whether a checkpoint has a critic."""
    return any(name.startswith('critic.') for name in checkpoint.tensors)


def critic_of(checkpoint: Checkpoint) -> Critic:
    """Return the critic of a checkpoint.

    Raises:
        CheckpointError: If it has none.
    """
    channels, scene_map = checkpoint.config.encoder.channels, checkpoint.model.raster.scene_map
    if not has_critic(checkpoint):
        raise CheckpointError(
            f'{checkpoint.folder} has no critic: run `foresight train critic`, or leave the term '
            'out'
        )
    critic = Critic(channels, scene_map, len(checkpoint.tensors['critic.layers.0.weight']))
    return checkpoint.fill('critic', critic).requires_grad_(False)


def runs_fast(checkpoint: Checkpoint) -> bool:
    """Tell whether networks shall run in bfloat16."""
    return checkpoint.config.bf16 and has_fast_bf16(checkpoint.model.device)
