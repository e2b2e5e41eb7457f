"""Claims about noticing the end of a push."""

import numpy as np
import pytest

from foresight.actions.push.monitor import PushMonitor

PUSH = np.array([0.4, 0.0, 0.0, 0.2])


def tool(x: float, y: float, z: float) -> np.ndarray:
    pose = np.eye(4)
    pose[:3, 3] = x, y, z
    return pose


@pytest.fixture
def watch() -> PushMonitor:
    made = PushMonitor(0.06)
    made.announce(PUSH)
    return made


def test_a_push_ends_once_where_the_tool_is_low_at_its_end(watch):
    assert not watch.ends(tool(0.4, 0.0, 0.006))
    assert watch.ends(tool(0.595, 0.0, 0.006))
    assert not watch.ends(tool(0.6, 0.0, 0.006))


def test_a_tool_that_flies_over_the_end_does_not_end_the_push(watch):
    assert not watch.ends(tool(0.6, 0.0, 0.12))


def test_nothing_ends_unless_it_was_announced(watch):
    watch.forget()
    assert not watch.ends(tool(0.6, 0.0, 0.006))
