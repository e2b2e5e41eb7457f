"""Surprise at video: how far the latents that came are from those that were expected.

References:
    Garrido et al., arXiv:2502.11831, section 2: surprise in sliding windows. The error is relative
    to motion here, and averaged over mirror images.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from foresight.world_model.belief.surprise import worst_cells
from foresight.world_model.predictors.video import VideoJepa, futures

CHUNK = 16
VARIANCE = 1.0  # Of the features of a cell: the encoder normalises each cell to it.

Latents = Float[Tensor, 'clip window horizon channel height width']
Cells = Float[Tensor, 'clip window horizon height width']
CellError = Callable[[Latents, Latents, Latents], Cells]  # Of guess, arrival and last seen.
Frames = UInt8[np.ndarray, 'clip frame row col 3']
Backgrounds = UInt8[np.ndarray, 'clip row col 3']  # The empty scenes.

# Some clips to the surprise in each of their windows, by one or more names.
Contender = Callable[[Frames, Backgrounds], dict[str, Float[np.ndarray, 'clip window']]]


def latent_surprise(model: VideoJepa, errors: Mapping[str, CellError]) -> Contender:
    """Return the prediction error of latents in each window of a clip and its mirror images.

    Only the worst cells of each predicted frame count: an object covers few of them, and the many
    others add what they add to every clip. Physics is the same in a mirror, while what is seen
    faintly is not: the average over mirror images keeps what all of them find impossible.
    `errors` says how far a guess is off in each cell, by the name of the surprise.
    """
    @torch.inference_mode()
    def surprise(frames: Frames, backgrounds: Backgrounds) -> dict[str, np.ndarray]:
        parts: list[dict[str, np.ndarray]] = []
        for first in range(0, len(frames), CHUNK):
            views = list(_views(
                model, frames[first:first + CHUNK], backgrounds[first:first + CHUNK],
            ))
            parts.append({
                name: np.mean([_worst(error(*view)) for view in views], axis=0)
                for name, error in errors.items()
            })
        return {name: np.concatenate([part[name] for part in parts]) for name in errors}

    return surprise


def _views(model: VideoJepa, frames: Frames,
           backgrounds: Backgrounds) -> Iterator[tuple[Latents, Latents, Latents]]:
    """Return guess, arrival and last seen, of the clips and their mirror images."""
    context, horizon = model.config.context, model.config.horizon
    clips, empty = (
        torch.from_numpy(part).to(model.scene_map.device) for part in (frames, backgrounds)
    )
    for turns in product((False, True), repeat=2):
        axes = [axis for axis, turn in zip((-3, -2), turns, strict=True) if turn]
        scene = model.scene_map.flip([axis + 1 for axis in axes])  # It has no colours.
        latents = model.encode(model.prepare(clips.flip(axes), empty.flip(axes)))
        arrived = futures(latents, context, horizon)
        last = latents[:, context - 1:context - 1 + arrived.shape[1], None].expand_as(arrived)
        yield model.predict(latents, scene.expand(len(latents), -1, -1, -1)), arrived, last


def _worst(cells: Cells) -> Float[np.ndarray, 'clip window']:
    """Average the worst cells of the frames of each window."""
    worst = worst_cells(cells.flatten(0, 2)).reshape(cells.shape[:3])
    return worst.mean(dim=2).cpu().numpy()


def relative_error(guess: Latents, arrived: Latents, last: Latents) -> Cells:
    """Return the squared error of each cell over the variance to be expected there.

    What moves is predicted less exactly than what rests. A plain error therefore prefers the clip
    in which less moves: what comes out from under a board, as it should, costs more than what
    never does. The variance of an error is taken as that of the features of a cell plus the
    squared changes that were foreseen and that came.

    References:
        Gustav Fechner 1860: Weber's law, a difference is felt in proportion to what it is
        added to.
    """
    moved = _square_distance(guess, last) + _square_distance(arrived, last)
    return plain_error(guess, arrived, last) / (VARIANCE + moved)


def plain_error(guess: Latents, arrived: Latents, last: Latents) -> Cells:
    """Return the squared error of each cell, however much moves."""
    return _square_distance(guess, arrived)


def persistence_error(guess: Latents, arrived: Latents, last: Latents) -> Cells:
    """Return the relative error of guessing that nothing moves."""
    return relative_error(last, arrived, last)


def _square_distance(first: Latents, second: Latents) -> Cells:
    """Return the mean squared difference of the features of each cell."""
    return (first - second).square().mean(dim=3)


def pixel_surprise(name: str, context: int) -> Contender:
    """Return the mean difference of each frame to the one before, after `context` frames."""
    def surprise(frames: Frames, backgrounds: Backgrounds) -> dict[str, np.ndarray]:
        return {name: np.stack([
            np.abs(np.diff(clip.astype(np.float32), axis=0)).mean(axis=(1, 2, 3))
            for clip in frames[:, context - 1:]
        ])}

    return surprise
