"""Probe of the video predictor: how well it predicts clips kept from training."""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from foresight.data.clips import Clips
from foresight.learning.probes.collapse import LatentHealth, measure_health
from foresight.world_model.losses import changed_cells
from foresight.world_model.predictors.video import VideoJepa, futures

CHUNK = 16
CHANGE = 0.02  # Mean image difference of a cell that changed.


@dataclass(frozen=True)
class VideoScores(LatentHealth):
    """Scores on held-out video; an episode is a clip.

    Attributes:
        prediction_ratio: Prediction error over that of "nothing moves", all cells; < 1 is better.
        prediction_ratio_changed: The same over cells whose image changed.
    """

    prediction_ratio: float
    prediction_ratio_changed: float


@torch.no_grad()
def probe_video(model: VideoJepa, clips: Clips) -> VideoScores:
    """Measure prediction and the health of the latents on some clips."""
    errors, latents = torch.zeros(4), []
    for first in range(0, len(clips), CHUNK):
        rows = slice(first, first + CHUNK)
        inputs = model.prepare(*(
            torch.from_numpy(part[rows]).to(model.scene_map.device)
            for part in (clips.frames, clips.backgrounds)
        ))
        encoded = model.encode(inputs)
        latents.append(encoded[:, 1::6].cpu())
        errors += _errors(model, encoded, inputs).cpu()
    health = measure_health(*_sides(torch.cat(latents)))
    ratio, changed = (errors[:2] / errors[2:].clamp(min=1e-12)).tolist()
    return VideoScores(**asdict(health), prediction_ratio=ratio, prediction_ratio_changed=changed)


def _errors(model: VideoJepa, encoded: Tensor, inputs: Tensor) -> Tensor:
    """Sum squared errors of prediction and persistence, over all and over changed cells."""
    context, horizon = model.config.context, model.config.horizon
    arrived = futures(encoded, context, horizon)
    last = encoded[:, context - 1:context - 1 + arrived.shape[1], None]
    seen = inputs[:, context - 1:context - 1 + arrived.shape[1], None]
    later = futures(inputs, context, horizon)
    changed = changed_cells(
        seen.expand_as(later).flatten(0, 2), later.flatten(0, 2), CHANGE,
    ).reshape(*later.shape[:3], *later.shape[4:]).float()
    sums = []
    for guess in (model.predict(encoded), last.expand_as(arrived)):
        squared = (guess - arrived).square().mean(dim=3)
        sums.append(torch.stack([squared.sum(), (squared * changed).sum()]))
    return torch.cat(sums)


def _sides(latents: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Lay neighbouring moments of each clip side by side: (before, after, clip)."""
    clips, moments = latents.shape[:2]
    clip = torch.arange(clips).repeat_interleave(moments - 1)
    return latents[:, :-1].flatten(0, 1), latents[:, 1:].flatten(0, 1), clip
