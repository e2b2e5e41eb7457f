"""Learner of video: the video predictor and all that exists only while it learns."""

import copy

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor, nn

from foresight.config import VideoTrainConfig
from foresight.training.learner import Losses
from foresight.world_model.losses import changed_cells, foreground_cells, prediction_loss
from foresight.world_model.precision import mixed
from foresight.world_model.regularizers import CellViews, VarianceCovariance
from foresight.world_model.video_predictor import VideoJepa, futures

FOREGROUND = 16  # Cells of each frame that the regularizer sees: an object and an occluder.


class VideoLearner(nn.Module):
    """One module that holds every parameter, so that saving it saves everything."""

    def __init__(self, model: VideoJepa, config: VideoTrainConfig) -> None:
        """Build what the video predictor needs around it to learn."""
        super().__init__()
        self.model, self.config = model, config
        model.bf16 = config.bf16
        self.target = copy.deepcopy(model.encoder).requires_grad_(False)
        self.regularizer = VarianceCovariance(
            model.encoder_config.channels, config.expander, config.variance_weight,
            config.covariance_weight,
        )
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @property
    def length(self) -> int:
        """Frames of a clip that one step looks at."""
        return self.model.config.context + self.model.config.horizon + self.config.windows - 1

    def losses(
        self,
        frames: Float[Tensor, 'clip frame feature height width'],
        scene: Float[Tensor, 'clip 2 height width'],
        generator: Generator,
    ) -> Losses:
        """Compute the loss of some prepared clips.

        Args:
            frames: What `VideoJepa.prepare` returned, `length` frames.
            scene: Table and bin of each.
            generator: Source of the augmentation.
        """
        config, context = self.config, self.model.config.context
        inputs = recoloured(frames, config.jitter, config.invert, generator)
        latents = self.model.encode(inputs)
        predicted = self.model.predict(latents, scene)
        arrived = futures(self._targets(inputs[:, context:]), 0, self.model.config.horizon)
        last = frames[:, context - 1:context - 1 + predicted.shape[1], None]
        later = futures(frames, context, self.model.config.horizon)
        changed = changed_cells(
            last.expand_as(later).flatten(0, 2), later.flatten(0, 2), config.change_threshold,
        )
        loss = prediction_loss(predicted.flatten(0, 2), arrived.flatten(0, 2), changed)
        some = slice(0, None, context)  # Neighbouring frames tell the regularizer nothing new.
        cells = foreground_cells(
            latents[:, some].flatten(0, 1), inputs[:, some].flatten(0, 1), FOREGROUND,
        )
        none = cells[:0]  # Prediction itself compares the views.
        with mixed(inputs.device, config.bf16):
            penalty = self.regularizer(
                CellViews(cells, arrived=none, predicted=none, target=none), generator,
            )
        return Losses(loss + penalty.total, {'prediction': loss, **penalty.parts})

    @torch.no_grad()
    def _targets(self, inputs: Tensor) -> Tensor:
        """Encode the frames to predict with the slow copy of the encoder."""
        with mixed(inputs.device, self.config.bf16):
            target: Tensor = self.target(inputs.flatten(0, 1))
        return target.reshape(*inputs.shape[:2], *target.shape[1:])

    @torch.no_grad()
    def update_target(self) -> None:
        """Move the target encoder a little toward the encoder."""
        online = self.model.encoder.parameters()
        for slow, fast in zip(self.target.parameters(), online, strict=True):
            slow.lerp_(fast, 1.0 - self.config.ema_decay)


def recoloured(
    frames: Float[Tensor, 'clip frame feature height width'], jitter: float, invert: float,
    generator: Generator,
) -> Float[Tensor, 'clip frame feature height width']:
    """Give each prepared clip other colours, the same in all its frames.

    Args:
        frames: Prepared clips; their colours take turns along the features.
        jitter: Largest relative change of a colour.
        invert: Share of the colours that become their negative; all then change places.
        generator: Source of randomness.
    """
    clips, features = len(frames), frames.shape[2]
    gain = 1.0 + jitter * (2.0 * torch.rand(clips, 3, generator=generator) - 1.0)
    negative = torch.rand(clips, 3, generator=generator) < invert
    gain = torch.where(negative, -gain, gain).repeat(1, features // 3).to(frames.device)
    if invert:
        places = _order(features, generator).to(frames.device)
        frames = frames[:, :, places]
    return frames * gain[:, None, :, None, None]


def _order(features: int, generator: Generator) -> Int[Tensor, ' feature']:
    """Let the three colours change places in every pixel."""
    places = torch.randperm(3, generator=generator)
    return (torch.arange(0, features, 3)[:, None] + places).flatten()
