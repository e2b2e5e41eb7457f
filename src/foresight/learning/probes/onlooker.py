"""Probe of watching: how well the next half second is predicted, on clips kept from training."""

from dataclasses import asdict

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from foresight.learning.batches.footage import FootageSampler, Stretches
from foresight.learning.probes.collapse import measure_health
from foresight.learning.probes.video_scores import VideoScores
from foresight.world_model.losses import changed_cells
from foresight.world_model.onlooker import Onlooker

MOST, CHUNK = 384, 48


@torch.no_grad()
def probe_onlooker(model: Onlooker, sampler: FootageSampler) -> VideoScores:
    """Measure prediction and the health of the latents on held-out video."""
    errors = torch.zeros(4)
    befores, afters, clips = [], [], []
    rows = np.unique(np.linspace(0, len(sampler.held) - 1, MOST).astype(int))
    for part in np.array_split(sampler.held[rows], max(1, len(rows) // CHUNK)):
        drawn = sampler.take(part)
        device = model.scene_map.device
        moments = model.prepare(drawn.frames.to(device), drawn.backgrounds.to(device))
        encoded = model.encode(torch.cat(moments))
        latents = encoded.reshape(-1, len(part), *encoded.shape[1:]).transpose(0, 1)
        errors += _errors(model, latents, moments, drawn).cpu()
        befores.append(latents[:, 0].cpu())
        afters.append(latents[:, -1].cpu())
        clips.append(drawn.clip)
    health = measure_health(torch.cat(befores), torch.cat(afters), torch.cat(clips))
    ratio, changed = (errors[:2] / errors[2:].clamp(min=1e-12)).tolist()
    return VideoScores(ratio, changed, **asdict(health))


def _errors(
    model: Onlooker, latents: Tensor, moments: tuple[Tensor, ...], drawn: Stretches,
) -> Tensor:
    """Sum squared errors of prediction and persistence, over seen and over changed cells."""
    context = model.config.context
    seen = drawn.seen.to(latents.device)
    both = (seen[:, context - 1:-1] & seen[:, context:]).float()  # batch window height width
    whole = -functional.max_pool2d(-both, 3, 1, 1)
    moved = torch.stack([
        changed_cells(moments[later - 1], moments[later], model.config.change_threshold)
        for later in range(context, len(moments))
    ], dim=1).float()
    sums = []
    for guess in (model.predict(latents, seen), latents[:, context - 1:-1]):
        squared = (guess - latents[:, context:]).square().mean(dim=2) * whole
        sums.append(torch.stack([squared.sum(), (squared * moved).sum()]))
    return torch.cat(sums)
