"""The times of what is in a bag: by headers where they can be believed, else by receiving."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from foresight.data.bags.contract import ACTION, IMAGE, JOINTS, Contract

Times = Float[np.ndarray, ' message']
OTHER = 60.0
"""Clocks that are so far apart do not count from the same moment [s]."""
NEAREST = 1e-9


@dataclass(frozen=True)
class Heard:
    """When messages were made, by their headers, and when they were recorded [s]."""

    stamps: Times
    received: Times

    @property
    def delays(self) -> Times:
        """How long after its stamp each was recorded [s]."""
        return np.asarray(self.received - self.stamps)

    @property
    def is_stamped(self) -> bool:
        """Whether headers tell the time; simulated time may begin with one of zero."""
        return not len(self.stamps) or float(np.median(self.stamps)) > 0.0


@dataclass(frozen=True)
class Timeline:
    """The times of the messages of a bag.

    Attributes:
        times: By the name of their topic [s].
        lag: How much longer after its stamp an image was recorded than a joint state [s].
        remarks: What was done to the stamps.
    """

    times: Mapping[str, Times]
    lag: float
    remarks: tuple[str, ...]


def timeline(heard: Mapping[str, Heard], contract: Contract) -> Timeline:
    """Find the times of images, joint states and actions.

    Headers count. Where they are zero the time of recording does, moved into the clock of the
    others by the median of how long those take. A camera whose clock counts from elsewhere is
    moved into the clock of the joint states in the same way.
    """
    if contract.stamps == 'receive':
        times = {name: each.received for name, each in heard.items()}
        return Timeline(_moved(times, contract), 0.0, ())
    remarks = []
    clock = next((heard[name] for name in (JOINTS, IMAGE) if name in heard
                  and len(heard[name].stamps) and heard[name].is_stamped), None)
    delay = 0.0 if clock is None else float(np.median(clock.delays))
    times = {}
    for name, each in heard.items():
        times[name] = each.stamps
        if not each.is_stamped:
            times[name] = each.received - delay
            remarks.append(f'stamps of {name} are zero: the times of recording stand for them')
    offset = 0.0
    if heard[IMAGE].is_stamped and heard[JOINTS].is_stamped:
        offset = lag(heard[IMAGE], heard[JOINTS])
    if abs(offset) > OTHER:
        spread = _spread(heard[IMAGE].delays)
        remarks.append(f'the clock of the camera is {offset:.3f} s behind that of the robot: '
                       f'corrected by the times of recording, +- {spread:.3f} s and what the '
                       'driver takes to send an image')
        times[IMAGE] = times[IMAGE] + offset
        actions = heard[ACTION]
        if len(actions.stamps) and abs(lag(actions, heard[JOINTS])) > OTHER / 2:
            times[ACTION] = times[ACTION] + offset
        offset = 0.0
    return Timeline(_moved(times, contract), offset - contract.clock_offset, tuple(remarks))


def lag(images: Heard, joints: Heard) -> float:
    """Compare how long after their stamps images and joint states were recorded [s]."""
    if not len(images.stamps) or not len(joints.stamps):
        return 0.0
    usual = np.interp(images.received, joints.received, joints.delays)
    return float(np.median(images.delays - usual))


def _moved(times: dict[str, Times], contract: Contract) -> dict[str, Times]:
    """Add to the times of images what the contract says."""
    return {**times, IMAGE: times[IMAGE] + contract.clock_offset}


def _spread(delays: Times) -> float:
    """Return half of the range that holds most of them [s]."""
    return max(float(np.subtract(*np.percentile(delays, [90, 10]))) / 2.0, NEAREST)
