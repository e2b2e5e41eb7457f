"""Probe: what the latents know and how well they are predicted, on actions kept from training."""

import math
from dataclasses import asdict, dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from foresight.data.transitions import Transitions
from foresight.learning.batches.actions import Batch, take
from foresight.learning.networks.world_model import WorldModelNetworks
from foresight.learning.probes.collapse import LatentHealth, measure_health
from foresight.learning.probes.coverage import measure_coverage
from foresight.learning.settings import TrainConfig
from foresight.macro_action import MacroAction
from foresight.tasks.clear_table.cost_head import label_maps
from foresight.world_model.belief.surprise import cell_distance, surprise_level
from foresight.world_model.losses import changed_cells

MOST_ACTIONS, CHUNK = 512, 128
SAMPLES = 8
RIDGE = 1e-3


@dataclass(frozen=True)
class Latents:
    """Latents and labels of the held-out actions."""

    before: Float[Tensor, 'batch channel height width']
    after: Float[Tensor, 'batch channel height width']
    predicted: Float[Tensor, 'batch channel height width']
    changed: Float[Tensor, 'batch height width']
    labels_before: Float[Tensor, 'batch 2 height width']
    labels_after: Float[Tensor, 'batch 2 height width']
    inverse_error: float
    batch: Batch


@dataclass(frozen=True)
class ProbeScores(LatentHealth):
    """Scores on held-out actions.

    Attributes:
        prediction_ratio: Prediction error over that of "nothing moves", all cells; < 1 is better.
        prediction_ratio_changed: The same over cells whose image changed.
        occupancy_r2: Variance of object occupancy that a linear probe of 3x3 cells explains.
        ranking_accuracy: Share of pairs of actions that the cost head orders as they turned out.
        inverse_skill: Variance of the actions that inverse dynamics explains.
        surprise_scale: Raw surprise level that one action in a hundred exceeds.
        coverage: Error of the best of eight samples of the latent variable over that of one; 1
            where it is ignored, not a number where there is none.
        coverage_gain: Error of the best of eight over that of the prediction without it.
    """

    prediction_ratio: float
    prediction_ratio_changed: float
    occupancy_r2: float
    ranking_accuracy: float
    inverse_skill: float
    surprise_scale: float
    actions: int
    coverage: float = math.nan
    coverage_gain: float = math.nan


@torch.no_grad()
def probe(networks: WorldModelNetworks, held_out: Transitions, config: TrainConfig) -> ProbeScores:
    """Score networks on actions it was not trained on."""
    networks.eval()
    latents = _encode(networks, held_out, config)
    batch, model = latents.batch, networks.world_model
    error = (latents.predicted - latents.after).square().mean(dim=1)
    still = (latents.before - latents.after).square().mean(dim=1)
    near = latents.changed
    health = measure_health(latents.before, latents.after, batch.episode)
    swept = model.raster.coverage(batch.actions)
    level = surprise_level(cell_distance(latents.predicted, latents.after), swept)
    return ProbeScores(
        **asdict(health), prediction_ratio=_ratio(error.sum(), still.sum()),
        prediction_ratio_changed=_ratio((error * near).sum(), (still * near).sum()),
        occupancy_r2=occupancy_r2(latents.before, latents.labels_before, batch.episode),
        ranking_accuracy=_ranking(networks, latents),
        inverse_skill=_inverse_skill(networks, latents),
        surprise_scale=float(level.quantile(0.99)), actions=len(batch.actions),
        **_coverage(networks, latents),
    )


def occupancy_r2(latents: Float[Tensor, 'image channel height width'],
                 labels: Float[Tensor, 'image 2 height width'], episode: Tensor) -> float:
    """Fit a ridge regression from 3x3 cells to occupancy on half the episodes, test on the rest.

    Returns:
        Explained share of the variance; 0 is a constant guess, it may be negative.
    """
    features = functional.unfold(latents.cpu().float(), 3, padding=1).transpose(1, 2)
    features = functional.pad(features, (0, 1), value=1.0)  # image cell feature
    target = labels.cpu().sum(dim=1).flatten(1)
    _, member = torch.unique(episode.cpu(), return_inverse=True)
    fit = member % 2 == 0
    x, y = features[fit].flatten(0, 1), target[fit].flatten()
    gram = x.T @ x + RIDGE * len(x) * torch.eye(x.shape[1])
    weights = torch.linalg.solve(gram, x.T @ y)
    test = target[~fit].flatten()
    residual = test - features[~fit].flatten(0, 1) @ weights
    return 1.0 - _ratio(residual.square().sum(), (test - test.mean()).square().sum())


def pair_accuracy(guess: Float[Tensor, ' batch'], truth: Float[Tensor, ' batch']) -> float:
    """Share of the pairs with clearly different truth that a guess orders correctly."""
    true_gap = truth[:, None] - truth
    clear = true_gap > 0.1
    right = (guess[:, None] - guess > 0) & clear
    return _ratio(right.sum().float(), clear.sum().float())


def _encode(networks: WorldModelNetworks, held_out: Transitions, config: TrainConfig) -> Latents:
    """Run the model over the held-out actions, spread over their episodes."""
    model, stride = networks.world_model, networks.world_model.encoder_config.stride
    grid, device = model.encoder_config.grid, model.device
    rows = np.unique(np.linspace(0, len(held_out) - 1, MOST_ACTIONS).astype(int))
    parts, batches = [], []
    for chunk in np.array_split(rows, max(1, len(rows) // CHUNK)):
        batch = take(held_out, chunk, device)
        prepare = model.encoder.prepare
        images = (prepare(batch.before, batch.background), prepare(batch.after, batch.background))
        before, after = (model.encode_prepared(image) for image in images)
        changed = changed_cells(*images, config.change_threshold)
        moved = changed.flatten(1).any(dim=1)
        error = networks.inverse.error(before, after, batch.actions, moved)
        parts.append((
            before, after, model.predict(before, batch.actions, batch.scene_map),
            functional.max_pool2d(changed.float(), 3, 1, 1),
            label_maps(batch.objects_before, grid, stride),
            label_maps(batch.objects_after, grid, stride), error * moved.sum(),
        ))
        batches.append(batch)
    columns = list(zip(*parts, strict=True))
    moved_count = sum(part[3].flatten(1).any(dim=1).sum() for part in parts)
    whole = Batch(*(
        torch.cat([getattr(batch, name) for batch in batches]) for name in vars(batches[0])
    ))
    before, after, predicted, near, labels_before, labels_after = map(torch.cat, columns[:6])
    mean_error = float(sum(columns[6]) / max(1, int(moved_count)))
    return Latents(before, after, predicted, near, labels_before, labels_after, mean_error, whole)


def _coverage(networks: WorldModelNetworks, latents: Latents) -> dict[str, float]:
    """Measure whether the latent variable is used; nothing where there is none."""
    model, actions = networks.world_model, latents.batch.actions
    if model.unknowns == 0:
        return {}
    generator = torch.Generator().manual_seed(0)
    found = measure_coverage(
        model, latents.before, actions, latents.after, SAMPLES, generator,
        latents.batch.scene_map,
    )
    return {'coverage': found.ratio, 'coverage_gain': found.gain}


def _inverse_skill(networks: WorldModelNetworks, latents: Latents) -> float:
    """Compare inverse dynamics with always guessing the mean action."""
    moved = latents.changed.flatten(1).any(dim=1)
    actions = networks.inverse.normalize(latents.batch.actions[moved])
    return 1.0 - latents.inverse_error / max(1e-9, float(actions.var(dim=0).mean()))


def _ranking(networks: WorldModelNetworks, latents: Latents) -> float:
    """Order actions by the predicted change of cost and compare with the true change."""
    tables, action = latents.batch.scene_map, networks.action
    if not isinstance(action, MacroAction):
        return math.nan
    near, far = action.scene.view_x
    cell = (far - near) / tables.shape[2]
    way = to_bins(tables) * cell / action.longest
    weights = torch.stack([1.0 + 0.5 * way, torch.full_like(way, 2.0)], dim=1)
    guessed = [
        networks.cost_head(part, tables).sigmoid() for part in (latents.predicted, latents.before)
    ]
    guess, truth = (
        (weights * (after - before)).sum(dim=(1, 2, 3))
        for after, before in (guessed, (latents.labels_after, latents.labels_before))
    )
    return pair_accuracy(guess, truth)


def to_bins(
    scene_map: Float[Tensor, 'batch 2 height width'],
) -> Float[Tensor, 'batch height width']:
    """Return how far each cell is from the nearest that is mostly bin [cell]."""
    _, _, height, width = scene_map.shape
    cells = torch.cartesian_prod(torch.arange(height), torch.arange(width)).float()
    apart = torch.cdist(cells, cells).to(scene_map.device)  # cell cell
    far = torch.where(scene_map[:, 1].flatten(1)[:, None] > 0.5, apart, torch.inf)
    nearest = far.amin(dim=2).reshape(-1, height, width)  # batch height width
    return nearest.nan_to_num(posinf=0.0)


def _ratio(part: Tensor, whole: Tensor) -> float:
    """Divide without failing on an empty denominator."""
    return float(part / whole) if float(whole) > 0 else float('nan')
