"""Claims about what a run leaves to look at."""

import base64
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from foresight.actions.push.macro_action import PushAction
from foresight.viz.demo_pages import demo_budgets, write_report
from foresight.viz.demo_result import DemoAction, DemoResult, Frame, Motion

TIMES = {
    'task plan (planner)': (300.0, 400.0), 'joint level, each command (planner)': (0.2,),
    'tick p99 (guard)': (0.4,), 'command jitter (guard)': (0.5,), 'image stamp to belief': (12.0,),
}
MOTION = Motion(
    np.array([0.0, 2.0]), np.zeros((2, 7)), np.array([0.0, 2.0]), np.zeros((2, 3, 3)),
    np.tile([0.0, 0.0, 0.0, 1.0], (2, 3, 1)),
)


@pytest.fixture
def result() -> DemoResult:
    """Two seconds of a run with one action."""
    frames = tuple(Frame(i / 10, np.full((96, 128, 3), 10 * i, np.uint8)) for i in range(20))
    flat = tuple(Frame(i / 10, np.full((64, 96, 3), 10 * i, np.uint8)) for i in range(20))
    numbers, action = np.array([0.45, 0.0, 1.5, 0.2]), PushAction()
    action = DemoAction(
        0.5, numbers, action.outline(numbers), action.describe(numbers), {'remaining': 1.0},
        300.0, 0.2, 2.9, 0.4,
    )
    return DemoResult(
        seed=3, objects=3, cleared=3, dropped=0, tried=1, actions=(action,), frames=frames,
        rectified=flat, motion=MOTION, latencies=TIMES, resident={'sim': 2**28}, simulated=2.0,
        seconds=2.1, ending='nothing is left on the table',
    )


def test_the_report_holds_film_and_figures(result: DemoResult, tmp_path: Path) -> None:
    film = tmp_path / 'film.mp4'
    film.write_bytes(b'a film')
    budgets = demo_budgets(result, 60.0)
    text = write_report(result, film, tmp_path, budgets, 'foresight demo').read_text()
    assert base64.b64encode(b'a film').decode() in text
    assert 'seed 3' in text and 'foresight demo' in text and 'remaining' in text


def test_report_is_written_without_an_action(result: DemoResult, tmp_path: Path) -> None:
    bare = replace(result, actions=(), cleared=0)
    report = write_report(bare, tmp_path / 'no.mp4', tmp_path, (), 'foresight demo')
    assert 'Not done' in report.read_text()


def test_report_says_what_the_task_asks(result: DemoResult, tmp_path: Path) -> None:
    other = replace(result, task='left_half', asked='every object on the left')
    text = write_report(other, tmp_path / 'no.mp4', tmp_path, (), 'foresight demo').read_text()
    assert 'left_half, seed 3' in text and 'objects as asked (every object on the left)' in text


def test_budgets_are_kept_or_over(result: DemoResult) -> None:
    assert all(budget.kept for budget in demo_budgets(result, 60.0))
    slow = replace(result, latencies={**TIMES, 'task plan (planner)': (900.0,)})
    assert [b.name for b in demo_budgets(slow, 60.0) if not b.kept] == ['task plan (planner), p99']


def test_what_was_not_measured_is_said(result: DemoResult) -> None:
    silent = replace(result, latencies={**TIMES, 'task plan (planner)': ()})
    assert demo_budgets(silent, 60.0)[0].measured == 'not measured'
