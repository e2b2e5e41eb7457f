"""Vigilance: every free view beside what should be seen, after an action and between actions."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from foresight.protocols import CellMap, Latent
from foresight.settings import Checked, setting
from foresight.world_model.belief.surprise import (
    SurpriseReading,
    SurpriseScales,
    cell_distance,
    worst_cells,
)


@dataclass(frozen=True)
class VigilanceConfig(Checked):
    """Predictor node: how it compares every free view with what should be seen."""

    widespread: float = setting(
        0.65, 'share of the cells that change when it is not an object that moved but the camera '
        'or the light', '', 0.1, 1.0,
    )


SETTLING = 10  # views after an action that may pass before objects rest


@dataclass(frozen=True)
class Comparison:
    """How far each cell of a view is from the one expected, and which were expected to rest.

    Only cells that show table or bin are `steady`.
    """

    distance: CellMap
    steady: Bool[Tensor, 'height width']

    def reading(self, scale: float, cell: float) -> SurpriseReading:
        """Put it on a scale; `cell` is the distance above which a cell differs."""
        scaled = self.distance * self.steady / scale
        spread = float((self.distance > cell).float().mean())
        return SurpriseReading(scaled, float(worst_cells(scaled[None])[0]), spread)


def compare_action(before: Latent, predicted: Latent, arrived: Latent, shown: CellMap,
                   cell: float) -> Comparison:
    """Compare what arrived after an action with what was predicted.

    Where the model foresees a change above `cell`, or next to it, an object may end in many
    places; it is not counted. Nor is the floor, which is not `shown`: what falls there is lost.
    """
    change = cell_distance(predicted[None], before[None])
    near = functional.max_pool2d(change[None], 3, stride=1, padding=1)[0, 0]
    distance = cell_distance(predicted[None], arrived[None])[0]
    return Comparison(distance, (near < cell) & (shown > 0.0))


class Vigilance:
    """Knows what every free view should show, and tells how far it is from that.

    After an action that is the latent that was predicted; between actions, the last view that was
    accepted. A view that surprises is accepted once it stays, unless the change is widespread:
    then it is not the objects that moved but the camera or the light, and nothing seen can be
    trusted until the view comes back.
    """

    def __init__(self, scene_map: Float[Tensor, '2 height width'], scales: SurpriseScales,
                 widespread: float) -> None:
        """Begin with nothing seen; above a share `widespread` of the cells, the camera moved."""
        self._shown = scene_map.sum(dim=0)
        self._scales, self._widespread = scales, widespread
        self.forget()

    def forget(self) -> None:
        """Forget what was seen and expected."""
        self._reference: Latent | None = None
        self._last: Latent | None = None
        self._expected: tuple[Latent, Latent] | None = None
        self._views = 0

    @property
    def expecting(self) -> bool:
        """Whether an action was announced that is not judged yet."""
        return self._expected is not None

    def expect(self, before: Latent, predicted: Latent) -> None:
        """Expect `predicted` after the action that begins now."""
        self._expected, self._views = (before, predicted), 0

    @torch.no_grad()
    def see(self, latent: Latent, back: bool = True) -> SurpriseReading | None:
        """Compare a free view with what should be seen.

        Args:
            latent: Latent of the view.
            back: Whether the arm has been away since the action was announced.

        Returns:
            The reading, above 1 for an alarm; None while objects settle after an action, and for
            the first view of all.
        """
        last, self._last = self._last, latent
        if self._expected is not None and back:
            return self._judge_action(self._expected, last, latent)
        if self._reference is None:
            self._reference = latent
            return None
        reading = self._rest(self._reference, latent)
        stays = last is not None and self._rest(last, latent).level <= 1.0
        if reading.level <= 1.0 or (stays and reading.spread < self._widespread):
            self._reference = latent
        return reading

    def _judge_action(self, expected: tuple[Latent, Latent], last: Latent | None,
                      latent: Latent) -> SurpriseReading | None:
        """Compare with what the action should have led to, once objects rest."""
        self._views += 1
        rests = self._views > 1 and last is not None and self._rest(last, latent).level <= 1.0
        if not rests and self._views < SETTLING:
            return None
        cell = self._scales.cell
        found = compare_action(*expected, latent, self._shown.to(latent.device), cell)
        reading = found.reading(self._scales.action, cell)
        if reading.level <= 1.0 or reading.spread < self._widespread:
            self._expected, self._reference = None, latent
        return reading

    def _rest(self, before: Latent, now: Latent) -> SurpriseReading:
        """Compare two views between which nothing should have moved."""
        distance = cell_distance(before[None], now[None])[0]
        shown = self._shown.to(distance.device) > 0.0
        return Comparison(distance, shown).reading(self._scales.rest, self._scales.cell)
