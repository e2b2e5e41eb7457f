"""Coverage: does one of several imagined outcomes come nearer to what happened."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from foresight.protocols import Actions, Latents
from foresight.world_model.jepa import Jepa, SceneMaps

CHUNK = 64


@dataclass(frozen=True)
class Coverage:
    """Mean squared latent errors: of the expected outcome, of one sample, of the best of them."""

    expected: Float[Tensor, '*outcome']
    single: Float[Tensor, '*outcome']
    best: Float[Tensor, '*outcome']

    @property
    def ratio(self) -> float:
        """Best of the samples over one of them; 1 where the latent variable is ignored."""
        return float(self.best.sum() / self.single.sum())

    @property
    def gain(self) -> float:
        """Best of the samples over the expected outcome; below 1 the samples tell more."""
        return float(self.best.sum() / self.expected.sum())


@torch.no_grad()
def draw_outcomes(
    model: Jepa, before: Latents, actions: Actions, samples: int, generator: Generator,
    scene_map: SceneMaps | None = None,
) -> Float[Tensor, 'batch sample channel height width']:
    """Imagine several outcomes of each action; the same values of the variable for all actions."""
    if scene_map is None:
        scene_map = model.raster.scene_map.expand(len(before), -1, -1, -1)
    unknown = torch.randn(samples, model.unknowns, generator=generator).to(before.device)
    drawn = [
        torch.stack([
            model.imagine(latents, actions, value.expand(len(latents), -1), tables)
            for value in unknown
        ], dim=1)
        for latents, actions, tables in zip(
            *(torch.split(part, CHUNK) for part in (before, actions, scene_map)), strict=True,
        )
    ]
    return torch.cat(drawn)


def squared_error(
    predicted: Float[Tensor, '*#batch channel height width'],
    outcomes: Float[Tensor, '*#batch channel height width'],
) -> Float[Tensor, '*batch']:
    """Return the mean squared difference of whole latents; the two sides are broadcast."""
    return (predicted - outcomes).square().flatten(-3).mean(dim=-1)


@torch.no_grad()
def measure_coverage(
    model: Jepa, before: Latents, actions: Actions, after: Latents, samples: int,
    generator: Generator, scene_map: SceneMaps | None = None,
) -> Coverage:
    """Compare samples of the latent variable with the one outcome that each action had."""
    imagined = draw_outcomes(model, before, actions, samples, generator, scene_map)
    errors = squared_error(imagined, after[:, None])  # action sample
    expected = squared_error(model.predict(before, actions, scene_map), after)
    return Coverage(expected, errors.mean(dim=1), errors.amin(dim=1))
