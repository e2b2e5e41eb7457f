"""When a film shows what."""

from dataclasses import replace

import numpy as np
import pytest

from foresight.viz.demo_result import DemoResult
from foresight.viz.film.timeline import (
    CHOOSE,
    END,
    FASTER,
    RATE,
    RESULT,
    THINK,
    Beat,
    first_move,
    parts_of,
    still,
    timeline,
)


def test_each_decision_is_thought_chosen_done_and_shown() -> None:
    parts = parts_of([1.0, 7.0], [1.4, 7.5], 0.0, 13.0)
    beats = [Beat.THINK, Beat.CHOOSE, Beat.ACT, Beat.RESULT]
    assert [part.beat for part in parts] == [*beats, *beats, Beat.END]
    assert [(part.start, part.end) for part in parts if part.beat is Beat.ACT] == [
        (1.4, 7.0), (7.5, 13.0)]
    assert all(part.start == part.end for part in parts if part.beat is not Beat.ACT)


def test_a_run_without_an_action_is_shown_too() -> None:
    moving, end = parts_of([], [], 2.0, 8.0)
    assert (moving.beat, moving.start, moving.end, moving.action) == (Beat.ACT, 2.0, 8.0, -1)
    assert end.beat is Beat.END


def test_the_film_hurries_only_where_the_arm_moves(result: DemoResult) -> None:
    pictures = timeline(result)
    seconds = 2 * (THINK + CHOOSE + RESULT) + END + (13.0 - 1.0) / FASTER
    assert len(pictures) / RATE == pytest.approx(seconds, abs=0.5)
    stamps = np.array([picture.stamp for picture in pictures])
    assert (np.diff(stamps) >= 0).all() and stamps.max() == pytest.approx(13.0)
    assert np.diff(stamps).max() < FASTER / RATE + 0.11  # it cuts to the first motion
    steps = np.diff(stamps)[np.diff(stamps) > 0.0]
    assert np.median(steps) == pytest.approx(FASTER / RATE, rel=0.1)
    assert pictures[0].part.beat is Beat.THINK and pictures[-1].share == 1.0


def test_a_motion_begins_when_a_joint_leaves_its_place(result: DemoResult) -> None:
    motion = result.motion
    late = replace(motion, joints=np.maximum(motion.joints - 3.0, 0.0))
    assert first_move(late, 1.0) == pytest.approx(3.1)
    assert first_move(replace(motion, joints=0.0 * motion.joints), 1.0) == 1.0


def test_the_still_shows_the_arm_at_work(result: DemoResult) -> None:
    chosen = timeline(result)[still(result)]
    assert chosen.part.beat is Beat.ACT and 0.3 < chosen.share < 0.6


def test_nothing_received_is_no_film(result: DemoResult) -> None:
    assert timeline(replace(result, frames=())) == ()
    assert timeline(replace(result, rectified=())) == ()
