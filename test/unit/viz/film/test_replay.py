"""Where arm and objects were between what was recorded."""

import numpy as np
import pytest

from foresight.viz.demo_result import DemoResult
from foresight.viz.film.replay import moment


def test_what_was_between_two_messages_lies_between_them(result: DemoResult) -> None:
    joints, positions, turns = moment(result.motion, 2.34)
    assert joints == pytest.approx(np.full(7, 2.34))
    assert positions[0, 0] == pytest.approx(2.34)
    assert np.abs(turns[1, 3]) == pytest.approx(1.0)  # not through zero
    assert np.linalg.norm(turns, axis=-1) == pytest.approx(np.ones(2))


def test_before_and_after_everything_rests(result: DemoResult) -> None:
    assert moment(result.motion, -5.0)[0][0] == 0.0
    assert moment(result.motion, 99.0)[1][0, 0] == pytest.approx(13.0)
