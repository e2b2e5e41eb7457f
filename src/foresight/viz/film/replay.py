"""Where arm and objects were at any time of a run, between what was recorded."""

import numpy as np
from jaxtyping import Float

from foresight.viz.demo_result import Motion

Moment = tuple[
    Float[np.ndarray, ' joint'], Float[np.ndarray, 'object 3'], Float[np.ndarray, 'object 4'],
]
"""Joints [rad], positions [m] and quaternions (x, y, z, w)."""


def moment(motion: Motion, stamp: float) -> Moment:
    """Return where arm and objects were; before and after what was recorded they rest."""
    before, after, share = _around(motion.joint_stamps, stamp)
    joints = _between(motion.joints[before], motion.joints[after], share)
    before, after, share = _around(motion.object_stamps, stamp)
    positions = _between(motion.positions[before], motion.positions[after], share)
    first, last = motion.orientations[before], motion.orientations[after]
    # The shorter way round: a quaternion and its opposite are the same rotation.
    last = np.where((first * last).sum(axis=-1, keepdims=True) < 0.0, -last, last)
    turns = _between(first, last, share)
    return joints, positions, turns / np.linalg.norm(turns, axis=-1, keepdims=True)


def _around(stamps: Float[np.ndarray, ' time'], stamp: float) -> tuple[int, int, float]:
    """Return the entries before and after a time, and how far it lies between them."""
    after = int(np.clip(np.searchsorted(stamps, stamp), 1, len(stamps) - 1))
    length = max(float(stamps[after] - stamps[after - 1]), 1e-9)
    share = float(np.clip((stamp - stamps[after - 1]) / length, 0.0, 1.0))
    return after - 1, after, share


def _between(
    first: Float[np.ndarray, '*shape'], last: Float[np.ndarray, '*shape'], share: float,
) -> Float[np.ndarray, '*shape']:
    """Interpolate."""
    return np.asarray((1.0 - share) * first + share * last)
