"""The former model: what a world model said before it learned on, to stay near it."""

import copy

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from foresight.learning.batches.actions import Batch
from foresight.tasks.clear_table.cost_head import CostHead
from foresight.world_model.encoder import Inputs
from foresight.world_model.jepa import Jepa
from foresight.world_model.precision import mixed


class Former(nn.Module):
    """A copy of world model and cost head that stays as it is.

    Where the old data is not at hand, the new images with actions that were *not* taken there
    stand for it: of these the new data says nothing, and the old model knows best.

    References:
        Li and Hoiem, Learning without Forgetting, arXiv:1606.09282: old outputs on new inputs.
    """

    def __init__(self, world_model: Jepa, cost_head: CostHead | None) -> None:
        """Copy what is known now; no cost head where the new one learns anew."""
        super().__init__()
        self.world_model = copy.deepcopy(world_model).requires_grad_(False)
        self.cost_head = copy.deepcopy(cost_head).requires_grad_(False) if cost_head else None

    def distance(
        self, model: Jepa, head: CostHead, inputs: Inputs, both: Tensor, batch: Batch,
    ) -> Float[Tensor, '']:
        """Return how far a model is from this one.

        Args:
            model: The world model that learns.
            head: Its cost head.
            inputs: Prepared images before and after the actions.
            both: What it makes of them.
            batch: The actions.
        """
        before, others = both.chunk(2)[0], batch.actions.roll(1, 0)
        with torch.no_grad():
            known = self.world_model.encode_prepared(inputs)
            foreseen = self.world_model.predict(known.chunk(2)[0], others, batch.scene_map)
        apart = functional.mse_loss(model.predict(before, others, batch.scene_map), foreseen)
        if not both.requires_grad:
            return apart
        return apart + functional.mse_loss(both, known) + self._reads(head, both, known, batch)

    def _reads(self, head: CostHead, both: Tensor, known: Tensor, batch: Batch) -> Tensor:
        """Return how differently the cost heads read the same images."""
        if self.cost_head is None:
            return both.new_zeros(())
        tables = torch.cat([batch.scene_map, batch.scene_map])
        with mixed(both.device, self.world_model.bf16):
            with torch.no_grad():
                wanted = self.cost_head(known, tables).sigmoid()
            found = head(both, tables)
        loss = functional.binary_cross_entropy_with_logits(found, wanted, reduction='sum')
        return loss / len(both)
