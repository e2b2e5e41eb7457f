"""Learner of watching: the onlooker and all that exists only while it learns."""

import copy

import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor, nn
from torch.nn import functional

from foresight.learning.batches.augmentation import Augmentation
from foresight.learning.learners.world_model import FOREGROUND, Losses
from foresight.settings import WatchConfig
from foresight.world_model.encoder import CONTRAST, Encoder
from foresight.world_model.losses import changed_cells, foreground_cells
from foresight.world_model.onlooker import Onlooker
from foresight.world_model.precision import mixed
from foresight.world_model.regularizers import CellViews, VarianceCovariance
from foresight.world_model.slow_copy import follow


class OnlookerLearner(nn.Module):
    """One module that holds every parameter, so that saving it saves everything."""

    def __init__(self, model: Onlooker, config: WatchConfig) -> None:
        """Build what the onlooker needs around it to learn."""
        super().__init__()
        encoder = model.encoder_config
        self.model, self.config = model, config
        self.target = copy.deepcopy(model.encoder).requires_grad_(False)
        self.regularizer = VarianceCovariance(
            encoder.channels, config.expander, config.variance_weight, config.covariance_weight,
        )
        self._augment = Augmentation(
            config.jitter, config.invert, config.noise * 255.0 / CONTRAST,
            (Encoder.features(encoder), *encoder.grid), config.seed,
        )
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def losses(
        self,
        moments: tuple[Float[Tensor, 'batch feature height width'], ...],
        seen: Bool[Tensor, 'batch frame height width'],
        scene: Float[Tensor, 'batch 2 height width'],
        generator: Generator,
    ) -> Losses:
        """Compute the loss of some stretches of video.

        Args:
            moments: What `Onlooker.prepare` returned.
            seen: Where the arm hides nothing.
            scene: Scene map of each.
            generator: Source of the augmentation.
        """
        batch, context = len(moments[0]), self.config.context
        inputs = self._augment(moments, generator)  # frame*batch feature height width
        online = self.model.encode(inputs)
        latents = online.reshape(-1, batch, *online.shape[1:]).transpose(0, 1)
        predicted = self.model.predict(latents, seen, scene).transpose(0, 1).flatten(0, 1)
        arrived = self._targets(inputs[context * batch:])
        loss = seen_loss(predicted, arrived, *self._changes(moments, seen))
        cells = torch.cat([
            foreground_cells(online[part], inputs[part], FOREGROUND)
            for part in (slice(0, batch), slice(len(online) - batch, None))
        ])
        none = cells[:0]  # Prediction itself compares the views.
        with mixed(inputs.device, self.config.bf16):
            penalty = self.regularizer(
                CellViews(cells, arrived=none, predicted=none, target=none), generator,
            )
        return Losses(loss + penalty.total, {'prediction': loss, **penalty.parts})

    def _changes(
        self, moments: tuple[Tensor, ...], seen: Tensor,
    ) -> tuple[Float[Tensor, 'image height width'], Float[Tensor, 'image height width']]:
        """Return which cells of the frames to predict are seen, and which of them changed."""
        visible, changed = [], []
        for later in range(self.config.context, len(moments)):
            both = moments[later - 1], moments[later]
            moved = changed_cells(*both, self.config.change_threshold)
            # What the arm covers or uncovers did not change for that.
            moved &= seen[:, later - 1] & seen[:, later]
            visible.append(seen[:, later].float())
            changed.append(moved.float())
        return torch.cat(visible), torch.cat(changed)

    @torch.no_grad()
    def _targets(self, inputs: Tensor) -> Tensor:
        """Encode the frames to predict with the slow copy of the encoder."""
        with mixed(inputs.device, self.config.bf16):
            target: Tensor = self.target(inputs)
        return target

    def update_target(self) -> None:
        """Move the target encoder a little toward the encoder."""
        follow(self.target, self.model.encoder, self.config.ema_decay)


def seen_loss(
    predicted: Float[Tensor, 'image channel height width'],
    target: Float[Tensor, 'image channel height width'],
    seen: Float[Tensor, 'image height width'],
    changed: Float[Tensor, 'image height width'],
) -> Float[Tensor, '']:
    """Return the mean squared error over the cells seen, plus that over those near a change.

    Args:
        predicted: Predicted latents.
        target: Latents of the frames that came.
        seen: 1 where the arm hides nothing of a cell; an encoder sees its neighbours too.
        changed: 1 where the image changed.
    """
    squared = (predicted - target).square().mean(dim=1)
    whole = -functional.max_pool2d(-seen, 3, 1, 1)
    near = functional.max_pool2d(changed, 3, 1, 1) * whole
    return (squared * whole).sum() / whole.sum().clamp(min=1.0) \
        + (squared * near).sum() / near.sum().clamp(min=1.0)
