"""Mirror: reflections near to far and left to right, table and bins with them."""

from dataclasses import replace

import torch
from jaxtyping import Bool
from torch import Tensor

from foresight.learning.batches.actions import Batch
from foresight.macro_action import MacroAction
from foresight.world_model.encoder import EncoderConfig

ROW, COLUMN = 0, 1  # of a label


class Mirror:
    """Reflects actions about the middle of the view, and all that is seen, drawn and known."""

    def __init__(self, action: MacroAction, encoder: EncoderConfig) -> None:
        """Keep how an action is reflected, and how large the view is."""
        self._action, self._size = action, (encoder.rows, encoder.columns)

    def __call__(
        self, batch: Batch, chosen: Bool[Tensor, ' batch'], sideways: bool = False,
    ) -> Batch:
        """Reflect the chosen actions of a batch, near to far or left to right."""
        axis = COLUMN if sideways else ROW

        def turned(images: Tensor, dimension: int) -> Tensor:
            images = images.clone()
            images[chosen] = images[chosen].flip(dimension)
            return images

        def known(objects: Tensor) -> Tensor:
            reflected = objects.clone()
            reflected[..., axis] = self._size[axis] - 1 - objects[..., axis]
            return torch.where(chosen[:, None, None], reflected, objects)

        mirrored = self._action.mirror(batch.actions, sideways)
        return replace(
            batch, before=turned(batch.before, 1 + axis), after=turned(batch.after, 1 + axis),
            background=turned(batch.background, 1 + axis),
            scene_map=turned(batch.scene_map, 2 + axis),
            actions=torch.where(chosen[:, None], mirrored, batch.actions),
            objects_before=known(batch.objects_before), objects_after=known(batch.objects_after),
        )
