"""How far the clock of the camera is from that of the arm: by the arm that moves in the image."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Float

from foresight.data.bags.recording import Joints, Recording
from foresight.data.bags.stills import pictures_at
from foresight.data.bags.storage import OpenBag

MOST = 300  # images that are compared
STEP, BEYOND = 0.02, 1.0  # offsets that are tried: how dense, and how far beyond the lag [s]
AGREES, FALLS, NARROW = 0.5, 0.05, 0.25
"""Least correlation; how far it falls within the uncertainty; the largest of those [s]."""
SMALL = 48, 36  # size of the images that are compared [px]
MOVES = 0.05  # joints that are faster move [rad/s]
MARGIN = 1.0  # images before and after a motion are compared, too [s]
Values = Float[np.ndarray, ' value']


@dataclass(frozen=True)
class Offset:
    """What has to be added to the stamps of images [s], how sure, and how well motions agree."""

    seconds: float
    uncertainty: float
    agreement: float

    @property
    def is_sure(self) -> bool:
        """Whether it can be believed."""
        return self.agreement >= AGREES and self.uncertainty <= NARROW


def believe(bag: OpenBag, recording: Recording, apart: float) -> Recording:
    """Return a recording whose clocks agree, if they seem to be `apart` [s] and motion tells why.

    Images that come later than joint states either have stamps of another clock, which are moved,
    or are sent late by their driver with the right stamps, which are kept.
    """
    if abs(recording.lag) <= apart or recording.joints is None:
        return recording
    found = motion_offset(bag, recording, recording.joints)
    if not found.is_sure:
        return recording
    said = (f'images come {recording.lag:.2f} s later after their stamps than joint states; by '
            f'the arm that moves in them their stamps are {found.seconds:.2f} +- '
            f'{found.uncertainty:.2f} s off')
    moved = found.seconds if abs(found.seconds) > found.uncertainty else 0.0
    what = 'corrected' if moved else 'right: they are only sent late'
    return replace(recording, stamps=recording.stamps + moved, lag=0.0,
                   remarks=(*recording.remarks, f'{said}: {what}'))


def motion_offset(bag: OpenBag, recording: Recording, joints: Joints) -> Offset:
    """Shift the motion in the image over that of the joints until they agree best."""
    times, changes = _changes(bag, recording, joints, abs(recording.lag))
    if len(times) < 10 or not changes.std() > 0.0:
        return Offset(0.0, np.inf, 0.0)
    speed = np.linalg.norm(joints.velocities, axis=1)
    reach = abs(recording.lag) + BEYOND
    offsets = np.arange(-reach, reach + STEP, STEP)
    found = np.array([_agreement(changes, np.interp(times + each, joints.stamps, speed))
                      for each in offsets])
    best = int(found.argmax())
    near = offsets[found >= found[best] - FALLS]
    return Offset(float(offsets[best]), float(near.max() - near.min()) / 2.0, float(found[best]))


def _changes(
    bag: OpenBag, recording: Recording, joints: Joints, lag: float,
) -> tuple[Values, Values]:
    """Return when [s] and how much images differ from those before them [grey levels]."""
    moving = joints.stamps[np.linalg.norm(joints.velocities, axis=1) > MOVES]
    if not len(moving):
        return np.zeros(0), np.zeros(0)
    nearest = np.clip(np.searchsorted(moving, recording.stamps), 1, len(moving) - 1) \
        if len(moving) > 1 else np.zeros(len(recording.stamps), int)
    distance = np.minimum(np.abs(moving[nearest] - recording.stamps),
                          np.abs(moving[nearest - 1] - recording.stamps))
    places = np.flatnonzero(distance < MARGIN + lag)[:MOST].tolist()
    small = {place: cv2.resize(image.mean(axis=2), SMALL, interpolation=cv2.INTER_AREA)
             for place, image in pictures_at(bag, recording, places).items()}
    pairs = [(place - 1, place) for place in small if place - 1 in small]
    times = [(recording.stamps[a] + recording.stamps[b]) / 2.0 for a, b in pairs]
    return np.array(times), np.array([np.abs(small[b] - small[a]).mean() for a, b in pairs])


def _agreement(changes: Values, speed: Values) -> float:
    """Return the correlation of two motions."""
    if not speed.std() > 0.0:
        return 0.0
    return float(np.corrcoef(changes, speed)[0, 1])
