"""Onlooker: the task encoder and a predictor without actions; it has watched and never acted."""

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn
from torch.nn import functional

from foresight.settings import SceneConfig, WatchConfig
from foresight.world_model.encoder import Encoder, EncoderConfig, ResidualBlock, zero
from foresight.world_model.precision import mixed
from foresight.world_model.scene_map import draw_scene

SCENE_CHANNELS = 2  # Table and bin.


class OnlookerPredictor(nn.Module):
    """Residual network on the latent grid; it starts as "nothing moves".

    It sees where the arm hides the table, in the past frames and in the next: what the arm does is
    seen, never told.
    """

    def __init__(self, encoder: EncoderConfig, config: WatchConfig) -> None:
        """Build the network."""
        super().__init__()
        inputs = config.context * encoder.channels + config.context + 1 + SCENE_CHANNELS
        self.inlet = nn.Conv2d(inputs, config.width, 3, padding=1)
        self.blocks = nn.Sequential(*(ResidualBlock(config.width) for _ in range(config.blocks)))
        self.outlet = nn.Conv2d(config.width, encoder.channels, 3, padding=1)
        zero(self.outlet)

    def forward(
        self,
        history: Float[Tensor, 'batch context channel height width'],
        seen: Float[Tensor, 'batch moments height width'],
        scene: Float[Tensor, 'batch 2 height width'],
    ) -> Float[Tensor, 'batch channel height width']:
        """Predict the latents of the next frames.

        Args:
            history: Latents of the last frames, oldest first.
            seen: 1 where a cell of them, and of the next frame, is not hidden by the arm.
            scene: Share of each cell that is table, and that is bin.
        """
        joined = torch.cat([history.flatten(1, 2), seen, scene], dim=1)
        features = self.blocks(functional.relu_(self.inlet(joined)))
        change: Tensor = self.outlet(features).float()
        return history[:, -1] + change


class Onlooker(nn.Module):
    """Joint-embedding predictive model of video on the table, to pretrain the task encoder.

    References:
        Assran et al., V-JEPA 2, arXiv:2506.09985: watch without actions first, then learn to act
        from little interaction.
    """

    def __init__(
        self, encoder: EncoderConfig | None = None, config: WatchConfig | None = None,
        scene: SceneConfig | None = None,
    ) -> None:
        """Build untrained networks; what is not given takes its default."""
        super().__init__()
        self.encoder_config = encoder or EncoderConfig()
        self.config = config or WatchConfig()
        self.encoder = Encoder(self.encoder_config)
        self.predictor = OnlookerPredictor(self.encoder_config, self.config)
        table = draw_scene(scene or SceneConfig(), self.encoder_config)
        self.register_buffer('scene_map', table, persistent=False)
        self.scene_map: Tensor
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def prepare(
        self,
        frames: Shaped[Tensor, 'batch frame row column 3'],
        backgrounds: Shaped[Tensor, 'batch row column 3'],
    ) -> tuple[Float[Tensor, 'batch feature height width'], ...]:
        """Turn rectified frames (grey levels 0 to 255) into what the encoder reads, by moment."""
        return tuple(
            self.encoder.prepare(frames[:, moment], backgrounds)
            for moment in range(frames.shape[1])
        )

    def encode(
        self, inputs: Float[Tensor, 'batch feature height width'],
    ) -> Float[Tensor, 'batch channel height width']:
        """Encode what `prepare` returned for one moment, or several joined."""
        with mixed(self.scene_map.device, self.config.bf16):
            latent: Tensor = self.encoder(inputs)
        return latent

    def predict(
        self,
        latents: Float[Tensor, 'batch frame channel height width'],
        seen: Bool[Tensor, 'batch frame height width'],
        scene: Float[Tensor, 'batch 2 height width'] | None = None,
    ) -> Float[Tensor, 'batch window channel height width']:
        """Predict the frame after every window of `context` frames but the last.

        Args:
            latents: Latents of a stretch; window i ends before frame `context + i`.
            seen: Where the arm hides nothing.
            scene: Table and bin, if they are not where they usually are.
        """
        context, count = self.config.context, latents.shape[1]
        table = self.scene_map.expand(len(latents), -1, -1, -1) if scene is None else scene
        predicted = []
        with mixed(self.scene_map.device, self.config.bf16):
            for first in range(count - context):
                moments = slice(first, first + context + 1)
                predicted.append(self.predictor(
                    latents[:, first:first + context], seen[:, moments].float(), table,
                ))
        return torch.stack(predicted, dim=1)
