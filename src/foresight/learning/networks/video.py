"""The video predictor and all that exists only while it learns."""

import copy

import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor

from foresight.errors import ConfigError
from foresight.learning.batches.augmentation import draw_gain, draw_order
from foresight.learning.batches.video import blinks
from foresight.learning.learner import Losses, Networks
from foresight.learning.settings import VideoTrainConfig
from foresight.world_model.belief.surprise import worst_cells
from foresight.world_model.losses import (
    blindness,
    changed_cells,
    follow,
    foreground_cells,
    prediction_loss,
)
from foresight.world_model.precision import mixed
from foresight.world_model.predictors.video import VideoJepa, futures
from foresight.world_model.regularizers import CellViews, Penalty, VarianceCovariance

FOREGROUND = 8  # Cells of a frame that the regularizer sees, each of things and of moving things.
APART = 6  # Frames between two that are compared: neighbours tell nothing new.
MOTION = 0.7  # Root mean square difference of a cell that something enters or leaves.
PIXELS = 4  # One feature in so many tells what changed in a cell.


class VideoNetworks(Networks):
    """The video predictor and all that exists only while it learns."""

    def __init__(self, model: VideoJepa, config: VideoTrainConfig) -> None:
        """Build what the video predictor needs around it to learn.

        Raises:
            ConfigError: If a stretch of a clip ends before the first prediction does.
        """
        super().__init__()
        least = config.watched + model.config.horizon
        if config.frames < least:
            raise ConfigError(f'VideoTrainConfig.frames: choose at least {least}')
        self.model, self.config = model, config
        model.bf16 = config.bf16
        self.target = copy.deepcopy(model.encoder).requires_grad_(False)
        self.regularizer = VarianceCovariance(
            model.encoder_config.channels, config.expander, config.variance_weight,
            config.covariance_weight,
        )
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def losses(self, frames: Float[Tensor, 'clip frame feature height width'],
               scene: Float[Tensor, 'clip 2 height width'], generator: Generator) -> Losses:
        """Compute the loss of some prepared clips, each with its part of the scene map."""
        config, horizon = self.config, self.model.config.horizon
        inputs = recoloured(frames, config.jitter, config.invert, generator)
        latents = self.model.encode(inputs)
        hidden = blinks(latents.shape[:2] + latents.shape[3:], config.blinks, generator)
        predicted = self.model.predict(
            latents, scene, config.watched, hidden.to(latents.device),
        ).flatten(0, 2)
        arrived = futures(self._targets(inputs), config.watched, horizon).flatten(0, 2)
        loss = prediction_loss(predicted, arrived, self._changed(frames))
        worst, penalty = worst_loss(predicted, arrived), self._penalty(latents, inputs, generator)
        blind = blindness(latents, self._moved(frames), APART, MOTION)
        return Losses(
            loss + config.worst_weight * worst + config.blindness_weight * blind + penalty.total,
            {'prediction': loss, 'worst': worst, 'blindness': blind, **penalty.parts},
        )

    def _moved(self, frames: Tensor) -> Bool[Tensor, 'clip pair height width']:
        """Find the cells that change from frame to frame, some frames apart."""
        few = frames[:, :, ::PIXELS]
        before, after = few[:, :-APART], few[:, APART:]
        changed = changed_cells(
            before.flatten(0, 1), after.flatten(0, 1), self.config.change_threshold,
        )
        return changed.reshape(*before.shape[:2], *changed.shape[1:])

    def _changed(self, frames: Tensor) -> Bool[Tensor, 'any height width']:
        """Find the cells that change between the last frame seen and each one predicted."""
        few, watched = frames[:, :, ::PIXELS], self.config.watched
        later = futures(few, watched, self.model.config.horizon)
        last = few[:, watched - 1:watched - 1 + later.shape[1], None].expand_as(later)
        return changed_cells(last.flatten(0, 2), later.flatten(0, 2), self.config.change_threshold)

    def _penalty(self, latents: Tensor, inputs: Tensor, generator: Generator) -> Penalty:
        """Keep things apart, and moving things on top of resting ones: boards, blocks, planks.

        By difference to the empty scene alone, a large board would hide a small object from the
        regularizer, and the encoder would not learn to see it there.
        """
        some, moving = slice(0, None, APART), inputs - inputs.mean(dim=1, keepdim=True)
        cells = torch.cat([
            foreground_cells(
                latents[:, some].flatten(0, 1), part[:, some].flatten(0, 1), FOREGROUND,
            ) for part in (inputs, moving)
        ])
        none = cells[:0]  # Prediction itself compares the views.
        with mixed(inputs.device, self.config.bf16):
            penalty: Penalty = self.regularizer(
                CellViews(cells, arrived=none, predicted=none, target=none), generator,
            )
        return penalty

    @torch.no_grad()
    def _targets(self, inputs: Tensor) -> Tensor:
        """Encode the frames to predict with the slow copy of the encoder."""
        with mixed(inputs.device, self.config.bf16):
            target: Tensor = self.target(inputs.flatten(0, 1))
        return target.reshape(*inputs.shape[:2], *target.shape[1:])

    def update_target(self) -> None:
        """Move the target encoder a little toward the encoder."""
        follow(self.target, self.model.encoder, self.config.ema_decay)


def worst_loss(predicted: Float[Tensor, 'frame channel height width'],
               target: Float[Tensor, 'frame channel height width']) -> Float[Tensor, '']:
    """Return the mean squared error of the worst cells of each frame.

    They hold what was not foreseen, such as a thing that comes out from under a board: it is seen
    in few cells of few frames, and its share of any other mean is small.
    """
    return worst_cells((predicted - target).square().mean(dim=1)).mean()


def recoloured(
    frames: Float[Tensor, 'clip frame feature height width'], jitter: float, invert: float,
    generator: Generator,
) -> Float[Tensor, 'clip frame feature height width']:
    """Give each prepared clip other colours, the same in all its frames.

    The gain is 1 +- `jitter`; a share `invert` become their negative, and all then change places.
    """
    clips, features = len(frames), frames.shape[2]
    gain = draw_gain(clips, jitter, invert, generator).repeat(1, features // 3).to(frames.device)
    if invert:
        frames = frames[:, :, draw_order(features, generator).to(frames.device)]
    return frames * gain[:, None, :, None, None]
