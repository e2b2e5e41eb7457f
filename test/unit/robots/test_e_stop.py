"""An e-stop lasts until somebody releases it, through restarts where it has a file."""

from pathlib import Path

import pytest

from foresight.errors import RobotError
from foresight.robots.e_stop import PRESSED, EStop
from foresight.robots.status import Finding, Status

FAULT = Finding(Status.TRACKING, 'a is 0.20 rad from where it was told to be')


def test_the_first_fault_is_kept_and_a_press_counts_more() -> None:
    e_stop = EStop()
    e_stop.trip(FAULT)
    e_stop.trip(Finding(Status.CLOCK_JUMPED, 'later'))
    assert e_stop.finding == FAULT
    e_stop.press()
    assert e_stop.finding == PRESSED
    e_stop.release(moving=False)
    assert not e_stop.is_set


@pytest.mark.parametrize('moving', [True, False])
def test_release_waits_for_the_topic_and_for_rest(moving: bool) -> None:
    e_stop = EStop()
    e_stop.follow(not moving)
    e_stop.press()
    with pytest.raises(RobotError, match='moves' if moving else 'topic is true'):
        e_stop.release(moving)
    assert e_stop.is_set


def test_its_file_outlives_it_until_the_release(tmp_path: Path) -> None:
    file = tmp_path / 'state' / 'e_stop'
    EStop(file).trip(FAULT)
    later = EStop(file)
    assert later.finding == FAULT
    later.release(moving=False)
    assert not file.exists() and not EStop(file).is_set


@pytest.mark.parametrize('content', [b'', b'\xff', b'[]', b'["NEW", "x"]', b'{"a": 1}', b'7'])
def test_a_file_that_says_nothing_counts_as_an_e_stop(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / 'e_stop'
    file.write_bytes(content)
    assert EStop(file).finding == PRESSED
