"""Position probe: where the object lies, read from the latent by a linear map.

In scenes with one object, since with several a linear map cannot say which is meant. The map sees
the whole latent, as in the linear probes of world models on one block or one agent; it is fitted
on images of the training episodes and tested on episodes that no training saw.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from foresight.data.transitions import Transitions
from foresight.world_model.jepa import Jepa

MOST_FITTED, MOST_TESTED, CHUNK = 1500, 500, 128
RIDGE = 1e-2
"""Share of the mean squared norm of the latents that is added to the diagonal."""


@dataclass(frozen=True)
class LoneObjects:
    """Images (rows of `Transitions.stills`) of exactly one object, and where it is [px]."""

    images: Int[np.ndarray, ' image']
    episodes: Int[np.ndarray, ' image']
    places: Float[np.ndarray, 'image 2']


def lone_objects(transitions: Transitions, most: int) -> LoneObjects:
    """Find at most `most` images of one object in view, spread over the episodes."""
    before = np.asarray(transitions.before_index)
    images, first = np.unique(np.concatenate([before, before + 1]), return_index=True)
    episodes = np.tile(transitions.episode, 2)[first]
    objects = transitions.objects[images]
    there = objects[..., 2] > 0
    places = objects[np.arange(len(images)), there.argmax(axis=1), :2]
    corner = np.array(transitions.stills.shape[1:3]) - 1
    seen = ((places >= 0) & (places <= corner)).all(axis=1)
    rows = np.flatnonzero((there.sum(axis=1) == 1) & seen)
    if len(rows) > most:
        rows = rows[np.linspace(0, len(rows) - 1, most).astype(int)]
    return LoneObjects(images[rows], episodes[rows], places[rows])


@torch.no_grad()
def position_r2(model: Jepa, known: Transitions, held_out: Transitions) -> float:
    """Return the share of the variance of held-out positions that a linear map explains.

    Returns:
        Mean over the two coordinates; NaN without scenes of one object on both sides.
    """
    fitted, tested = lone_objects(known, MOST_FITTED), lone_objects(held_out, MOST_TESTED)
    if len(fitted.images) < 2 or len(tested.images) < 2:
        return float('nan')
    return linear_r2(
        _latents(model, known, fitted), torch.from_numpy(fitted.places),
        _latents(model, held_out, tested), torch.from_numpy(tested.places),
    )


def linear_r2(
    x: Float[Tensor, 'image feature'], y: Float[Tensor, 'image coordinate'],
    x_test: Float[Tensor, 'other feature'], y_test: Float[Tensor, 'other coordinate'],
) -> float:
    """Fit a ridge regression in its dual form, which has one unknown an image, and test it."""
    x, y, x_test, y_test = (value.double() for value in (x, y, x_test, y_test))
    middle, mean = x.mean(dim=0), y.mean(dim=0)
    x, x_test = x - middle, x_test - middle
    gram = x @ x.T
    ridge = RIDGE * gram.diagonal().mean() + 1e-9
    dual = torch.linalg.solve(gram + ridge * torch.eye(len(x), dtype=x.dtype), y - mean)
    residual = y_test - mean - x_test @ (x.T @ dual)
    spread = (y_test - y_test.mean(dim=0)).square().sum(dim=0)
    return float((1.0 - residual.square().sum(dim=0) / spread.clamp(min=1e-9)).mean())


def _latents(model: Jepa, transitions: Transitions,
             lone: LoneObjects) -> Float[Tensor, 'image feature']:
    """Encode the images and flatten their latents."""
    parts = []
    for start in range(0, len(lone.images), CHUNK):
        rows = slice(start, start + CHUNK)
        images = torch.from_numpy(np.asarray(transitions.stills[lone.images[rows]]))
        empty = torch.from_numpy(np.asarray(transitions.backgrounds[lone.episodes[rows]]))
        latents = model.encode(images.to(model.device), empty.to(model.device))
        parts.append(latents.flatten(1).cpu())
    return torch.cat(parts)
