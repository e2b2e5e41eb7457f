"""Jepa: the world model that the planner rolls out, encoder and task predictor."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from foresight.macro_action import ActionRaster
from foresight.protocols import Actions, Latents
from foresight.world_model.encoder import Encoder, EncoderConfig, Inputs, Pictures
from foresight.world_model.precision import mixed
from foresight.world_model.predictors.task import PredictorConfig, TaskPredictor

SceneMaps = Float[Tensor, 'batch 2 height width']
"""Table and bins of each of a batch."""


class Jepa(nn.Module):
    """Joint-embedding predictive world model; a `protocols.StochasticWorldModel`."""

    def __init__(self, encoder: EncoderConfig, predictor: PredictorConfig,
                 raster: ActionRaster) -> None:
        """Build untrained networks; `raster`, an `nn.Module`, draws actions on the latent grid."""
        super().__init__()
        self.encoder_config, self.predictor_config = encoder, predictor
        self.encoder = Encoder(encoder)
        self.raster = raster
        self.predictor = TaskPredictor(encoder, predictor, raster.channels)
        self.unknowns = self.predictor_config.latent
        self.bf16 = True
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @property
    def device(self) -> torch.device:
        """Device of the parameters."""
        return self.raster.scene_map.device

    def encode(self, image: Pictures, background: Pictures) -> Latents:
        """Encode rectified images (grey levels 0 to 255) against their empty table."""
        return self.encode_prepared(self.encoder.prepare(image, background))

    def encode_prepared(self, inputs: Inputs) -> Latents:
        """Encode what `Encoder.prepare` returned."""
        with mixed(self.device, self.bf16):
            latent: Tensor = self.encoder(inputs)
        return latent

    def predict(
        self, latents: Latents, actions: Actions, scene_map: SceneMaps | None = None,
    ) -> Latents:
        """Predict the latents after each action, at the table of each or at the one it knows."""
        drawn = self.raster(actions, scene_map)
        with mixed(self.device, self.bf16):
            predicted: Tensor = self.predictor(latents, drawn)
        return predicted

    def imagine(self, latents: Latents, actions: Actions,
                unknown: Float[Tensor, 'batch unknown'],
                scene_map: SceneMaps | None = None) -> Latents:
        """Predict one thing that may happen; the prior of `unknown` is a standard normal."""
        drawn = self.raster(actions, scene_map)
        with mixed(self.device, self.bf16):
            imagined: Tensor = self.predictor(latents, drawn, unknown)
        return imagined
