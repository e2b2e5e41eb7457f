"""How far an arm in the picture spoils the latent around it, and what is lost by hiding more."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from foresight.experiments.memory.watcher import Bench, Latent, Watcher
from foresight.world_model.observation.occlusion import cell_visibility

FARTHEST = 5  # cells from the arm; what is beyond counts as that far


@dataclass(frozen=True)
class Spoil:
    """What an arm above the table does to the latent of one scene at rest.

    Attributes:
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

    def __init__(self, bench: Bench, watcher: Watcher) -> None:
        """Keep the parts; the trackers of `watcher` differ in how much they count as hidden."""
        self._bench, self._watcher = bench, watcher

    def play(self, seed: int) -> Spoil:
        """Compare the scene of a seed with and without the arm above it."""
        bench = self._bench
        self._watcher.reset(seed)
        free = self._watcher.latent
        rest = bench.hover.somewhere(bench.bounds, np.random.default_rng([seed, 3]))
        self._watcher.follow(bench.hover.travel(bench.scene.joint_positions, rest))
        cells = bench.cells(bench.scene.objects().positions)
        apart = np.abs(cells[:, None] - cells).max(axis=2)  # object object
        memories = {name: item.memory for name, item in self._watcher.trackers.items()}
        return Spoil(
            seed, self._by_distance(_distance(free, self._watcher.latent)),
            self._object_change(free, cells),
            {name: float((item.age > 0.0).float().mean()) for name, item in memories.items()},
            tuple(int(count) for count in (apart <= 1).sum(axis=1)),
            {name: tuple(bench.near(item.latent, int(row), int(column)) for row, column in cells)
             for name, item in memories.items()},
            {name: abs(bench.count(item.latent) - len(cells)) for name, item in memories.items()},
        )

    def _by_distance(self, change: Float[Tensor, 'height width']) -> tuple[float, ...]:
        """Average over the cells of each distance from the arm."""
        reached = torch.full_like(change, FARTHEST)
        for reach in reversed(range(FARTHEST)):
            visible = cell_visibility(self._watcher.hidden, self._bench.stride, 0, reach)
            reached[visible == 0.0] = reach
        return tuple(float(change[reached == reach].mean()) for reach in range(FARTHEST + 1))

    def _object_change(self, free: Latent, cells: np.ndarray) -> float:
        """Tell how much an object changes the cell it stands in."""
        tracker = next(iter(self._watcher.trackers.values()))
        rows, columns = torch.from_numpy(cells.T.copy())
        return float(_distance(free, tracker.empty)[rows, columns].mean())


def _distance(first: Latent, second: Latent) -> Float[Tensor, 'height width']:
    """Return the root mean square difference of each cell."""
    return (first - second).square().mean(dim=0).sqrt()
