"""Time laws of one-dimensional motions from rest to rest."""

import math

import numpy as np
from jaxtyping import Float

# Peaks of the quintic from 0 to 1 in unit time.
_PEAK_SPEED, _PEAK_ACCELERATION = 15 / 8, 10 / math.sqrt(3)


def quintic_duration(distance: float, speed: float, acceleration: float) -> float:
    """Shortest time of a quintic over `distance` that respects both limits [s]."""
    return max(
        _PEAK_SPEED * abs(distance) / speed,
        math.sqrt(_PEAK_ACCELERATION * abs(distance) / acceleration),
    )


def quintic(
    times: Float[np.ndarray, ' time'], start: float, duration: float,
) -> Float[np.ndarray, ' time']:
    """Share of the way covered, from 0 to 1, with rest and no acceleration at both ends.

    References:
        Flash and Hogan, 1985: minimum-jerk motion.
    """
    share = np.clip((times - start) / max(duration, 1e-9), 0.0, 1.0)
    return np.asarray(share**3 * (10.0 + share * (6.0 * share - 15.0)))


def ramp_duration(distance: float, speed: float, acceleration: float) -> float:
    """Time of a motion at constant speed with smooth ramps at both ends [s]."""
    speed, width = _plateau(distance, speed, acceleration)
    return distance / speed + width


def ramp(
    times: Float[np.ndarray, ' time'],
    start: float, distance: float, speed: float, acceleration: float,
) -> Float[np.ndarray, ' time']:
    """Distance covered at constant `speed` with smooth ramps of speed at both ends [m]."""
    speed, width = _plateau(distance, speed, acceleration)
    elapsed = times - start
    covered = _soft(elapsed, width) - _soft(elapsed - distance / speed, width)
    return np.asarray(speed * covered)


def _plateau(distance: float, speed: float, acceleration: float) -> tuple[float, float]:
    """Speed that is reached and time of one ramp, a cubic no steeper than `acceleration`."""
    speed = min(speed, math.sqrt(distance * acceleration / 1.5))
    return speed, 1.5 * speed / acceleration


def _soft(times: Float[np.ndarray, ' time'], width: float) -> Float[np.ndarray, ' time']:
    """Integral of a cubic step from 0 to 1 over `width`."""
    share = np.clip(times / width, 0.0, 1.0)
    return np.asarray(width * share**3 * (1.0 - share / 2.0) + np.maximum(times - width, 0.0))
