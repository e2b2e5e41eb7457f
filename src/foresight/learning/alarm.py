"""The alarm's scales: from what undisturbed actions led to, and how many false alarms may be."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from foresight.errors import DatasetError
from foresight.protocols import CellMap, Latent
from foresight.world_model.belief.vigilance import Comparison, compare_action

CELL_SHARE = 0.95


@dataclass(frozen=True)
class UndisturbedAction:
    """The latent before an action, that predicted for after it, and the one that arrived."""

    before: Latent
    predicted: Latent
    arrived: Latent

    def compare(self, shown: CellMap, cell: float) -> Comparison:
        """Compare them as `Vigilance` does."""
        return compare_action(
            self.before.float(), self.predicted.float(), self.arrived.float(), shown, cell,
        )


@dataclass(frozen=True)
class Alarm:
    """`cell` and `action` of `SurpriseScales`, and the level of each action in order of play."""

    cell: float
    action: float
    levels: tuple[float, ...]


def find_scales(actions: Sequence[UndisturbedAction], hours: float, rate: float,
                shown: CellMap) -> Alarm:
    """Find the level that undisturbed actions exceed `rate` times an hour of robot time [1/h].

    `shown` is the share of each cell that shows table or bin.

    Raises:
        DatasetError: If so little play says nothing about so rare an alarm.
    """
    allowed = int(rate * hours)
    if allowed < 1 or allowed >= len(actions):
        raise DatasetError(
            f'{hours:.2f} h of play ({len(actions)} actions) cannot tell {rate} false alarms an '
            f'hour: play at least {1.0 / rate:.2f} h'
        )
    plain = [action.compare(shown, float('inf')).distance for action in actions]
    cell = float(torch.stack(plain).flatten().kthvalue(
        max(1, round(CELL_SHARE * sum(part.numel() for part in plain)))).values)
    levels = [action.compare(shown, cell).reading(1.0, cell).level for action in actions]
    threshold = sorted(levels, reverse=True)[allowed]
    return Alarm(cell, max(threshold, cell), tuple(levels))
