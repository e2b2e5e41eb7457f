"""Outcomes: what teaches the predictor to use its latent variable."""

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from foresight.learning.settings import TrainConfig
from foresight.world_model.jepa import Jepa
from foresight.world_model.outcome_posterior import OutcomePosterior
from foresight.world_model.precision import mixed

Latents = Float[Tensor, 'batch channel height width']


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
        self, model: Jepa, before: Latents, after: Latents, actions: Float[Tensor, 'batch action'],
        generator: Generator,
    ) -> tuple[Latents, Float[Tensor, ''] | None]:
        """Predict the latents after each action.

        Args:
            model: World model.
            before: Latents before.
            after: True latents after; only the posterior sees them.
            actions: Actions.
            generator: Source of the values drawn from the posterior.

        Returns:
            Predicted latents, and what the posterior told of an action [nat]; None without one.
        """
        first = len(actions) - round(self._share * len(actions))  # Rows are in random order.
        if self.posterior is None or first == len(actions):
            return model.predict(before, actions), None
        rest = before[first:], after[first:].detach(), actions[first:]
        with mixed(model.device, model.bf16):
            guess = self.posterior(rest[0], rest[1], model.raster(rest[2]))
        imagined = model.imagine(rest[0], rest[2], guess.draw(generator))
        expected = model.predict(before[:first], actions[:first])
        return torch.cat([expected, imagined]), guess.divergence().mean()

    def price(self, told: Float[Tensor, '']) -> Float[Tensor, '']:
        """Return what is added to the loss for having told so much of an action [nat]."""
        return self._weight * torch.relu(told - self._free)
