"""Memory: a belief over the latent grid that keeps what is hidden and takes in what is seen."""

import math
from dataclasses import dataclass, replace

import torch

from foresight.protocols import CellMap, Latent
from foresight.settings import Checked, setting


@dataclass(frozen=True)
class MemoryConfig(Checked):
    """Memory of the predictor node: what the arm hides."""

    behind_arm: bool = setting(True, 'form a belief behind the arm too; needs camera and URDF')
    file: str = setting('', 'file that keeps the memory over restarts; empty = none')
    save_period: float = setting(2.0, 'time between two writes of the file', 's', 0.1, 3600.0)
    margin: int = setting(1, 'pixels around the arm that count as hidden too', 'px', 0, 16)
    reach: int = setting(3, 'cells around a hidden one that the encoder spoils', '', 0, 8)
    half_life: float = setting(60.0, 'confidence in the hidden halves in this time', 's', 0.1, 1e6)
    trust: float = setting(0.5, 'confidence left in a hidden cell that was swept', '', 0.0, 1.0)


@dataclass(frozen=True)
class Memory:
    """What is believed of each cell.

    Attributes:
        latent: Seen where the cell is visible, else remembered or predicted.
        age: Time since the cell was seen [s]; infinite if it never was.
        confidence: Trust in the cell in [0, 1]: 1 where it is seen, 0 where it never was.
        stamp: Time of the belief [s]; minus infinity before the first image.
    """

    latent: Latent
    age: CellMap
    confidence: CellMap
    stamp: float

    @property
    def complete(self) -> bool:
        """True once every cell has been seen."""
        return bool(torch.isfinite(self.age).all())


def nothing_seen(guess: Latent) -> Memory:
    """Begin with a guess, such as the latent of the empty table."""
    unknown = torch.full_like(guess[0], torch.inf)
    return Memory(guess, unknown, torch.zeros_like(unknown), -math.inf)


def see(memory: Memory, latent: Latent, visibility: CellMap, stamp: float,
        half_life: float) -> Memory:
    """Take in the latent of an image of `stamp` [s]: refresh what is seen, keep what is hidden.

    Args:
        memory: What was believed before.
        latent: Latent that arrived.
        visibility: Share of each cell that shows the table: 1 takes the latent as it is, 0 none.
        stamp: Time of its image [s].
        half_life: Time in which the confidence in a hidden cell halves [s].
    """
    older = pass_time(memory, stamp, half_life)
    clear = visibility >= 1.0
    mixed = torch.lerp(older.latent, latent, visibility)
    # The choice, not the mixture, hands a wholly visible cell on bit by bit.
    return Memory(
        torch.where(clear, latent, mixed),
        torch.where(clear, torch.zeros_like(older.age), older.age),
        torch.lerp(older.confidence, torch.ones_like(older.confidence), visibility), older.stamp,
    )


def pass_time(memory: Memory, stamp: float, half_life: float) -> Memory:
    """Grow older until `stamp` [s]; things stay where they are while nobody looks.

    A clock that jumps back, as that of a simulator that restarts, lets no time pass.
    """
    elapsed = max(0.0, stamp - memory.stamp) if math.isfinite(memory.stamp) else 0.0
    return replace(
        memory, age=memory.age + elapsed,
        confidence=memory.confidence * 0.5 ** (elapsed / half_life), stamp=stamp,
    )


def carry_out(memory: Memory, predicted: Latent, swept: CellMap, trust: float) -> Memory:
    """Believe the outcome predicted from the beginning of an action where it cannot be seen.

    `trust` is the confidence left in a `swept` cell, whose content may have gone many ways.
    """
    hidden = memory.age > 0.0
    doubted = memory.confidence * (1.0 - swept * (1.0 - trust))
    return replace(
        memory, latent=torch.where(hidden, predicted, memory.latent),
        confidence=torch.where(hidden, doubted, memory.confidence),
    )
