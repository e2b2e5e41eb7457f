"""Outcomes: what teaches the predictor to use its latent variable."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from foresight.learning.settings import TrainConfig
from foresight.protocols import Actions, Latents
from foresight.world_model.encoder import EncoderConfig, Inputs
from foresight.world_model.inverse_dynamics import pooled
from foresight.world_model.jepa import Jepa, SceneMaps
from foresight.world_model.precision import mixed

LOG_STD = (-5.0, 2.0)  # Beyond these the exponential is of no use, or overflows.


@dataclass(frozen=True)
class OutcomeGuess:
    """Normal distribution of the latent variable, one for each action."""

    mean: Float[Tensor, 'batch unknown']
    log_std: Float[Tensor, 'batch unknown']

    def draw(self, generator: Generator) -> Float[Tensor, 'batch unknown']:
        """Draw a value that lets the gradient through."""
        noise = torch.randn(self.mean.shape, generator=generator).to(self.mean.device)
        return self.mean + self.log_std.exp() * noise

    def divergence(self) -> Float[Tensor, ' batch']:
        """Return what the guess tells beyond the standard normal prior [nat]."""
        spread = (2.0 * self.log_std).exp()
        return 0.5 * (self.mean.square() + spread - 1.0 - 2.0 * self.log_std).sum(dim=1)


class OutcomePosterior(nn.Module):
    """Small network from the latents before and after an action to a guess; it exists to learn.

    References:
        Sohn et al. 2015, Learning structured output representation using deep conditional
        generative models: a posterior that sees the outcome, with a prior that does not.
    """

    def __init__(self, encoder: EncoderConfig, drawn: int, unknowns: int) -> None:
        """Build the network for `drawn` channels of the action raster."""
        super().__init__()
        self.layers = pooled(2 * encoder.channels + drawn, encoder.grid, 2 * unknowns)

    def forward(self, before: Latents, after: Latents, drawn: Inputs) -> OutcomeGuess:
        """Guess the latent variable from what happened."""
        joined = torch.cat([before, after - before, drawn], dim=1)
        guess: Tensor = self.layers(joined.contiguous(memory_format=torch.channels_last))
        mean, log_std = guess.float().chunk(2, dim=1)
        return OutcomeGuess(mean, log_std.clamp(*LOG_STD))


class Outcomes(nn.Module):
    """Predicts some actions as expected, the others given a value that explains their outcome.

    The posterior has seen the outcome and could tell all of it. It pays for each nat beyond a
    free allowance, averaged over the actions: what little it may tell goes to those whose outcome
    is uncertain. An allowance of ln 8 nats is what eight blind samples can be expected to hit.

    References:
        Kingma et al. 2016, Improved variational inference with inverse autoregressive flow: free
        nats against a latent variable that is ignored.
    """

    def __init__(self, world_model: Jepa, config: TrainConfig) -> None:
        """Build the posterior if the predictor has a latent variable."""
        super().__init__()
        self._weight, self._free = config.latent_weight, config.latent_free
        self._share = config.latent_share if world_model.unknowns else 0.0
        self.posterior: OutcomePosterior | None = None
        if world_model.unknowns:
            self.posterior = OutcomePosterior(
                world_model.encoder_config, world_model.raster.channels, world_model.unknowns,
            )

    def forward(
        self, model: Jepa, before: Latents, after: Latents, actions: Actions,
        scene_map: SceneMaps, generator: Generator,
    ) -> tuple[Latents, Float[Tensor, ''] | None]:
        """Predict the latents after each action; only the posterior sees the true ones.

        Returns:
            Predicted latents, and what the posterior told of an action [nat]; None without one.
        """
        first = len(actions) - round(self._share * len(actions))  # Rows are in random order.
        if self.posterior is None or first == len(actions):
            return model.predict(before, actions, scene_map), None
        rest = before[first:], after[first:].detach(), actions[first:], scene_map[first:]
        with mixed(model.device, model.bf16):
            guess = self.posterior(rest[0], rest[1], model.raster(*rest[2:]))
        imagined = model.imagine(rest[0], rest[2], guess.draw(generator), rest[3])
        expected = model.predict(before[:first], actions[:first], scene_map[:first])
        return torch.cat([expected, imagined]), guess.divergence().mean()

    def price(self, told: Float[Tensor, '']) -> Float[Tensor, '']:
        """Return what is added to the loss for having told so much of an action [nat]."""
        return self._weight * torch.relu(told - self._free)
