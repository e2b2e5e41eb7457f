"""How far an arm in the picture spoils the latent around it, and what is lost by hiding more."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from foresight.experiments.memory.watcher import ObjectProbe, Theatre, Watcher
from foresight.robots.hover import Hover
from foresight.settings import SceneConfig
from foresight.world_model.observation.occlusion import cell_visibility
from foresight.world_model.observation.rectification import Rectifier

FARTHEST = 5  # cells from the arm; what is beyond counts as that far


@dataclass(frozen=True)
class Spoil:
    """What an arm above the table does to the latent of one scene at rest.

    Attributes:
        seed: Seed of the scene.
        change: Mean distance between the latents with and without arm, by cells from the arm; NaN
            where no cell is that far.
        object_change: The same distance between cells with an object and those of an empty table.
        hidden: Share of the cells that count as hidden, by memory.
        truth: Objects that truly are within one cell of each object, itself included.
        found: The same as expected, by memory.
        miscount: Error of the expected number of objects, by memory.
    """

    seed: int
    change: tuple[float, ...]
    object_change: float
    hidden: dict[str, float]
    truth: tuple[int, ...]
    found: dict[str, tuple[float, ...]]
    miscount: dict[str, float]


class Spoiling:
    """Holds the arm above a random point of a scene and compares latents."""

    def __init__(
        self, scene: Theatre, watcher: Watcher, probe: ObjectProbe, rectifier: Rectifier,
        stride: int, hover: Hover, bounds: SceneConfig,
    ) -> None:
        """Keep the parts; the trackers of `watcher` differ in how much they count as hidden."""
        self._scene, self._watcher, self._probe = scene, watcher, probe
        self._rectifier, self._stride = rectifier, stride
        self._hover, self._bounds = hover, bounds

    def play(self, seed: int) -> Spoil:
        """Compare the scene of a seed with and without the arm above it."""
        self._watcher.reset(seed)
        free = self._watcher.latent
        rest = self._hover.somewhere(self._bounds, np.random.default_rng([seed, 3]))
        self._watcher.follow(self._hover.travel(self._scene.joint_positions, rest))
        states = self._scene.objects()
        pixels = self._rectifier.project(states.positions, self._scene.view)
        cells = np.floor((pixels + 0.5) / self._stride).astype(int)
        trackers = self._watcher.trackers.items()
        latents = {name: item.memory.latent for name, item in trackers}
        return Spoil(
            seed, self._by_distance(_distance(free, self._watcher.latent)),
            self._object_change(free, cells),
            {name: float((item.memory.age > 0.0).float().mean()) for name, item in trackers},
            tuple(int(count) for count in (_apart(cells) <= 1).sum(axis=1)),
            {name: tuple(self._probe.near(latent, int(row), int(column)) for row, column in cells)
             for name, latent in latents.items()},
            {name: abs(self._probe.count(latent) - len(cells))
             for name, latent in latents.items()},
        )

    def _by_distance(self, change: Float[Tensor, 'height width']) -> tuple[float, ...]:
        """Average over the cells of each distance from the arm."""
        reached = torch.full_like(change, FARTHEST)
        for reach in reversed(range(FARTHEST)):
            visible = cell_visibility(self._watcher.hidden, self._stride, 0, reach)
            reached[visible == 0.0] = reach
        return tuple(float(change[reached == reach].mean()) for reach in range(FARTHEST + 1))

    def _object_change(
        self, free: Float[Tensor, 'channel height width'], cells: np.ndarray,
    ) -> float:
        """Tell how much an object changes the cell it stands in."""
        tracker = next(iter(self._watcher.trackers.values()))
        rows, columns = torch.from_numpy(cells.T.copy())
        return float(_distance(free, tracker.empty)[rows, columns].mean())


def _distance(
    first: Float[Tensor, 'channel height width'], second: Float[Tensor, 'channel height width'],
) -> Float[Tensor, 'height width']:
    """Return the root mean square difference of each cell."""
    return (first - second).square().mean(dim=0).sqrt()


def _apart(cells: Int[np.ndarray, 'object 2']) -> Int[np.ndarray, 'object object']:
    """Return how many cells objects are from one another, the longer of both axes."""
    return np.asarray(np.abs(cells[:, None] - cells).max(axis=2))
