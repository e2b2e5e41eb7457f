"""Time laws start and end at rest and keep their limits."""

import numpy as np
import pytest

from foresight.robots.timing import quintic, quintic_duration, ramp, ramp_duration

STEP = 1e-4


@pytest.mark.parametrize('distance', [0.02, 0.3])
def test_quintic_keeps_speed_and_acceleration(distance: float) -> None:
    duration = quintic_duration(distance, 0.5, 4.0)
    covered = distance * quintic(np.arange(0.0, duration, STEP), 0.0, duration)
    speed = np.diff(covered) / STEP
    assert speed.max() <= 0.5 * 1.001
    assert np.abs(np.diff(speed) / STEP).max() <= 4.0 * 1.001


@pytest.mark.parametrize('distance', [0.02, 0.3])
def test_ramp_covers_the_distance_within_limits(distance: float) -> None:
    duration = ramp_duration(distance, 0.3, 4.0)
    covered = ramp(np.arange(-0.1, duration + 0.1, STEP), 0.0, distance, 0.3, 4.0)
    speed = np.diff(covered) / STEP
    assert covered[0] == 0.0
    assert covered[-1] == pytest.approx(distance)
    assert speed.max() <= 0.3 * 1.001


def test_long_ramp_keeps_the_acceleration() -> None:
    covered = ramp(np.arange(0.0, 2.0, STEP), 0.0, 0.3, 0.3, 4.0)
    assert np.abs(np.diff(covered, 2) / STEP**2).max() <= 4.0 * 1.001


def test_short_ramp_keeps_the_acceleration() -> None:
    duration = ramp_duration(0.02, 0.3, 4.0)
    covered = ramp(np.arange(0.0, duration, STEP), 0.0, 0.02, 0.3, 4.0)
    assert np.abs(np.diff(covered, 2) / STEP**2).max() <= 4.0 * 1.001
