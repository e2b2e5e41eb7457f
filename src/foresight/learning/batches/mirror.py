"""Mirror: the near-far reflection that leaves table and bin in place, for twice the data."""

from dataclasses import replace

import torch
from jaxtyping import Bool
from torch import Tensor

from foresight.learning.batches.actions import Batch
from foresight.macro_action import MacroAction
from foresight.world_model.encoder import EncoderConfig


class Mirror:
    """Reflects actions about the line through the middle of the table along y.

    Table, bin and paddle are symmetric about it. The rectified view is not centred on it: the few
    rows that leave the image on one side come back on the other, where there is only floor.
    """

    def __init__(self, action: MacroAction, encoder: EncoderConfig) -> None:
        """Find the line in the image."""
        scene, self._action = action.scene, action
        near, far = scene.view_x
        resolution = (far - near) / encoder.rows
        self._rows = encoder.rows
        self._shift = round((near + far - sum(scene.table_x)) / resolution)

    def __call__(self, batch: Batch, chosen: Bool[Tensor, ' batch']) -> Batch:
        """Reflect the chosen actions of a batch."""
        mirrored = self._action.mirror(batch.actions)
        return replace(
            batch,
            before=self._images(batch.before, chosen), after=self._images(batch.after, chosen),
            background=self._images(batch.background, chosen),
            actions=torch.where(chosen[:, None], mirrored, batch.actions),
            objects_before=self._objects(batch.objects_before, chosen),
            objects_after=self._objects(batch.objects_after, chosen),
        )

    def _images(self, images: Tensor, chosen: Tensor) -> Tensor:
        """Turn rows around and move them so that the table stays."""
        images = images.clone()
        images[chosen] = images[chosen].flip(1).roll(self._shift, dims=1)
        return images

    def _objects(self, objects: Tensor, chosen: Tensor) -> Tensor:
        """Reflect the rows of the labels; those that the camera does not see stay out of view."""
        row = objects[..., 0]
        turned = self._rows - 1 - row + self._shift
        seen = (row > -0.5) & (row < self._rows - 0.5)
        turned = torch.where(seen, (turned + 0.5) % self._rows - 0.5, row)
        reflected = torch.cat([turned[..., None], objects[..., 1:]], dim=-1)
        return torch.where(chosen[:, None, None], reflected, objects)
