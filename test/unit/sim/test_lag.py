import numpy as np
import pytest

from foresight.sim.lag import Lag

TICK = 0.01


def follow(lag, target, ticks):
    """Send one target again and again; return where the motors are told to be."""
    return [float(lag(np.array([target]), np.zeros(1))[0][0]) for _ in range(ticks)]


def test_a_command_reaches_the_motors_late():
    found = follow(Lag(np.zeros(1), delay=0.08, lag=0.0, period=TICK), 1.0, 10)
    assert found == [0.0] * 8 + [1.0] * 2


def test_it_is_followed_with_a_time_constant():
    found = follow(Lag(np.zeros(1), delay=0.0, lag=0.1, period=TICK), 1.0, 100)
    assert found[9] == pytest.approx(1.0 - np.exp(-1.0), abs=0.03)
    assert found[-1] == pytest.approx(1.0, abs=1e-3)
    assert np.all(np.diff(found) > 0.0)


def test_the_last_command_is_followed_to_its_end_when_commands_stop():
    lag = Lag(np.zeros(1), delay=0.03, lag=0.0, period=TICK)
    lag(np.ones(1), np.zeros(1))
    found = [float(lag(None, None)[0][0]) for _ in range(4)]
    assert found == [0.0, 0.0, 1.0, 1.0]
