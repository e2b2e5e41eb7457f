"""Video predictor: latents of the past frames to those of the next few, without actions."""

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch.nn import functional

from foresight.config import EncoderConfig, SceneConfig, VideoConfig
from foresight.world_model.encoder import Encoder, ResidualBlock, zero
from foresight.world_model.precision import mixed
from foresight.world_model.scene_map import draw_scene

SCENE_CHANNELS = 2  # Table and bin.
# A cell must keep the shape of what is in it, not only that something is.
VIDEO_ENCODER = EncoderConfig(channels=24)


class VideoPredictor(nn.Module):
    """Residual network on the latent grid; it starts as "nothing moves".

    It predicts every frame of its horizon at once: what is hidden now must be remembered and moved
    on until it shows again, which one frame ahead hardly asks for.

    References:
        Bardes et al., V-JEPA, arXiv:2404.08471: prediction of latents of unseen frames.
    """

    def __init__(self, encoder: EncoderConfig, config: VideoConfig) -> None:
        """Build the network."""
        super().__init__()
        inputs = config.context * encoder.channels + SCENE_CHANNELS
        self.horizon = config.horizon
        self.inlet = nn.Conv2d(inputs, config.width, 3, padding=1)
        self.blocks = nn.Sequential(*(ResidualBlock(config.width) for _ in range(config.blocks)))
        self.outlet = nn.Conv2d(config.width, config.horizon * encoder.channels, 3, padding=1)
        zero(self.outlet)

    def forward(
        self,
        history: Float[Tensor, 'batch context channel height width'],
        scene: Float[Tensor, 'batch 2 height width'],
    ) -> Float[Tensor, 'batch horizon channel height width']:
        """Predict the latents of the next frames.

        Args:
            history: Latents of the last frames, oldest first.
            scene: Share of each cell that is table, and that is bin.
        """
        joined = torch.cat([history.flatten(1, 2), scene], dim=1)
        features = self.blocks(functional.relu_(self.inlet(joined)))
        change: Tensor = self.outlet(features).float()
        return history[:, -1:] + change.reshape(len(change), self.horizon, *history.shape[2:])


class VideoJepa(nn.Module):
    """Joint-embedding predictive model of video: it has watched and never acted.

    References:
        Garrido et al., Intuitive physics understanding emerges from self-supervised pretraining
        on natural videos, arXiv:2502.11831: surprise as latent prediction error.
    """

    def __init__(
        self, encoder: EncoderConfig | None = None, config: VideoConfig | None = None,
    ) -> None:
        """Build untrained networks; what is not given takes its default."""
        super().__init__()
        self.encoder_config = encoder or VIDEO_ENCODER
        self.config = config or VideoConfig()
        self.encoder = Encoder(self.encoder_config)
        self.predictor = VideoPredictor(self.encoder_config, self.config)
        table = draw_scene(self.config.scene(SceneConfig()), self.encoder_config)
        self.register_buffer('scene_map', table, persistent=False)
        self.scene_map: Tensor
        self.bf16 = True
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def prepare(
        self,
        frames: Shaped[Tensor, 'batch frame row column 3'],
        backgrounds: Shaped[Tensor, 'batch row column 3'],
    ) -> Float[Tensor, 'batch frame feature height width']:
        """Turn rectified frames (grey levels 0 to 255) into what the encoder reads."""
        batch, count = frames.shape[:2]
        empty = backgrounds.repeat_interleave(count, dim=0)
        prepared = self.encoder.prepare(frames.flatten(0, 1), empty)
        return prepared.reshape(batch, count, *prepared.shape[1:])

    def encode(
        self, inputs: Float[Tensor, 'batch frame feature height width'],
    ) -> Float[Tensor, 'batch frame channel height width']:
        """Encode what `prepare` returned."""
        with mixed(self.scene_map.device, self.bf16):
            latents: Tensor = self.encoder(inputs.flatten(0, 1))
        return latents.reshape(*inputs.shape[:2], *latents.shape[1:])

    def predict(
        self,
        latents: Float[Tensor, 'batch frame channel height width'],
        scene: Float[Tensor, 'batch 2 height width'] | None = None,
    ) -> Float[Tensor, 'batch window horizon channel height width']:
        """Predict the frames after every window of `context` frames whose future is inside.

        Args:
            latents: Latents of a clip; window i ends before frame `context + i`.
            scene: Table and bin, if the clip does not show the whole view.
        """
        context, horizon = self.config.context, self.config.horizon
        batch, frames = latents.shape[:2]
        windows = frames - context - horizon + 1
        history = torch.stack([latents[:, i:i + context] for i in range(windows)], dim=1)
        table = self.scene_map.expand(batch, -1, -1, -1) if scene is None else scene
        with mixed(self.scene_map.device, self.bf16):
            future: Tensor = self.predictor(
                history.flatten(0, 1), table.repeat_interleave(windows, dim=0),
            )
        return future.reshape(batch, windows, *future.shape[1:])


def futures(
    latents: Float[Tensor, 'batch frame *latent'], context: int, horizon: int,
) -> Float[Tensor, 'batch window horizon *latent']:
    """Return what really came after every window, laid out as `VideoJepa.predict` does."""
    windows = latents.shape[1] - context - horizon + 1
    return torch.stack(
        [latents[:, context + i:context + i + horizon] for i in range(windows)], dim=1,
    )
