"""What the cost terms of a task are made of."""

from dataclasses import dataclass
from functools import cached_property

from foresight.costs.goal_energy import GoalEnergy
from foresight.macro_action import MacroAction
from foresight.settings import SceneConfig
from foresight.tasks.clear_table.cost_head import Occupancy
from foresight.tasks.heads import occupancy_of
from foresight.world_model.checkpoint import Checkpoint
from foresight.world_model.encoder import EncoderConfig


@dataclass
class Ingredients:
    """What the terms of one task are made of; those that read the cost head share one.

    Attributes:
        checkpoint: World model and heads.
        energy: Distance to the goal; None for a task without one.
    """

    checkpoint: Checkpoint
    energy: GoalEnergy | None = None

    @cached_property
    def occupancy(self) -> Occupancy:
        """Maps of the cost head: what is on the table, and what on the floor."""
        return occupancy_of(self.checkpoint)

    @property
    def encoder(self) -> EncoderConfig:
        """Shape of a latent."""
        return self.checkpoint.config.encoder

    @property
    def action(self) -> MacroAction:
        """Macro-action of the world model."""
        return self.checkpoint.action

    @property
    def scene(self) -> SceneConfig:
        """Table and bins."""
        return self.action.scene
