"""Picture of what may happen: true outcomes of repeated actions beside imagined ones."""

from pathlib import Path

import cv2
import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from foresight.actions.kinds import make
from foresight.data.repeated_actions import RepeatedActions
from foresight.macro_action import Outline
from foresight.tasks.clear_table.cost_head import Occupancy
from foresight.viz.drawing import HALO, INK, draw_on_rectified
from foresight.world_model.checkpoint import CheckpointConfig

ROWS, SHOWN, SCALE, GAP, TITLE = 4, 3, 2, 4, 20
FULL = 0.5
"""Probability of an object that is shown at full strength."""
PAPER = (250, 249, 247)
Latents = Float[Tensor, 'state _ channel height width']


def draw_outcomes(
    actions: RepeatedActions, outcomes: Latents, imagined: Latents, occupancy: Occupancy,
    config: CheckpointConfig, path: Path,
) -> None:
    """Write a PNG: the actions whose outcomes differ most, one a row.

    A row shows the action; true outcomes; where the cost head sees objects in the expected latent
    and in imagined ones. Of many outcomes those that differ most are shown.

    Args:
        actions: Repeated actions.
        outcomes: Latents after each repetition.
        imagined: Latents as predicted; the first without the latent variable.
        occupancy: Reads objects from a latent.
        config: Scene and grid of the checkpoint.
        path: File to write.
    """
    spreads = outcomes.var(dim=1).flatten(1).mean(dim=1)
    chosen = _one_an_episode(spreads, actions.seed)
    rows = [_row(actions, outcomes, imagined, occupancy, config, index) for index in chosen]
    titles = ['push', *['true'] * SHOWN, 'expected', *['imagined'] * SHOWN]
    sheet = np.concatenate([_titles(titles, rows[0].shape[1]), *rows])
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), sheet[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])


def farthest(latents: Float[Tensor, 'sample *latent'], count: int) -> Int[np.ndarray, ' chosen']:
    """Pick latents that differ: the most usual, then each time the farthest from all picked."""
    flat = latents.flatten(1)
    distances = torch.cdist(flat, flat)
    picked = [int(distances.sum(dim=1).argmin())]
    while len(picked) < min(count, len(flat)):
        picked.append(int(distances[picked].amin(dim=0).argmax()))
    return np.array(picked)


def _one_an_episode(
    spreads: Float[Tensor, ' state'], seeds: Int[np.ndarray, ' state'],
) -> list[int]:
    """Return the states of the widest spread, at most one of each episode."""
    chosen: dict[int, int] = {}
    for index in spreads.argsort(descending=True).tolist():
        chosen.setdefault(int(seeds[index]), index)
    return list(chosen.values())[:ROWS]


def _row(
    actions: RepeatedActions, outcomes: Latents, imagined: Latents, occupancy: Occupancy,
    config: CheckpointConfig, index: int,
) -> UInt8[np.ndarray, 'row column 3']:
    """Draw one action."""
    def plain(image: np.ndarray, outline: Outline | None = None) -> np.ndarray:
        return draw_on_rectified(image, outline, config.scene, config.encoder, SCALE)

    outline = make(config.action, config.scene).outline(actions.action[index].astype(np.float64))
    true = actions.after[index][farthest(outcomes[index], SHOWN)]
    expected, samples = imagined[index].split([1, imagined.shape[1] - 1])
    samples = samples[farthest(samples, SHOWN)]
    seen = occupancy(torch.cat([expected, samples])).sum(dim=1)
    table = plain(actions.background[index])
    cells = [
        plain(actions.before[index], outline), *(plain(image) for image in true),
        *(_lit(table, heat) for heat in seen.cpu().numpy()),
    ]
    margin = ((GAP, 0), (0, GAP), (0, 0))
    return np.concatenate([_padded(cell, margin) for cell in cells], axis=1)


def _lit(
    image: UInt8[np.ndarray, 'ROW COLUMN 3'], heat: Float[np.ndarray, 'row column'],
) -> UInt8[np.ndarray, 'ROW COLUMN 3']:
    """Colour an image where objects are likely."""
    cells = np.clip(heat / FULL, 0.0, 1.0).astype(np.float32)
    size = (image.shape[1], image.shape[0])
    share = np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_CUBIC)).clip(0.0, 1.0)
    lit = image + share[..., None] * (np.array(INK) - image)
    return np.asarray(np.round(lit).astype(np.uint8))


def _padded(
    cell: UInt8[np.ndarray, 'row column 3'], margin: tuple[tuple[int, int], ...],
) -> UInt8[np.ndarray, 'ROW COLUMN 3']:
    """Put paper around a picture."""
    (top, bottom), (left, right), _ = margin
    return np.asarray(cv2.copyMakeBorder(
        cell, top, bottom, left, right, cv2.BORDER_CONSTANT, value=PAPER,
    ))


def _titles(titles: list[str], width: int) -> UInt8[np.ndarray, 'row column 3']:
    """Write what each column shows."""
    strip = np.full((TITLE, width, 3), PAPER, np.uint8)
    step = width // len(titles)
    for place, title in enumerate(titles):
        where = (place * step + 4, TITLE - 6)
        cv2.putText(strip, title, where, cv2.FONT_HERSHEY_SIMPLEX, 0.45, HALO, 1, cv2.LINE_AA)
    return strip
