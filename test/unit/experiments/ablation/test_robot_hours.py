"""Claims about the table of robot-hours."""

import pytest

from foresight.experiments.ablation.robot_hours import ROBOT_HOURS

ABOUT = {
    'machine': 'this one', 'command': 'foresight experiment practice', 'dataset': 'blobs',
}


def run(kind: str, actions: int, successes: int, hours: float) -> dict:
    """A run of ten episodes."""
    outcomes = [[7 + i, int(i < successes), 3, 0, 0, 4] for i in range(10)]
    return {
        'row': f'{kind}_{actions}', 'meaning': '', 'labels': 0, 'seed': 0, 'collapsed': None,
        'scores': {'prediction_ratio': 0.4, 'occupancy_r2': 0.6},
        'closed_loop': {'success': successes / 10, 'cleared': 0.9, 'dropped': 0.0, 'actions': 4.0,
                        'outcomes': outcomes},
        'robot': {'robot_hours': hours, 'actions': actions + 3, 'rejected': 1, 'resets': 9},
    }


RUNS = [
    run('doing', 250, 3, 0.24), run('doing', 1000, 2, 0.91), run('practised', 1750, 8, 1.7),
    run('practised', 2500, 10, 2.4), run('practised', 3250, 10, 3.2),
]


def document(runs: list[dict]) -> dict:
    return ROBOT_HOURS.to_document(runs, ABOUT)


def test_the_headline_is_the_fewest_robot_hours_that_reach_the_goal() -> None:
    found = document(RUNS)['headline']
    assert found['practised']['reached'] and found['practised']['robot_hours'] == 2.4
    assert not found['doing']['reached']
    assert (found['doing']['robot_hours'], found['doing']['success']) == (0.24, 0.3)


def test_runs_are_compared_on_the_same_episodes() -> None:
    found = document(RUNS[:4])['differences']
    assert list(found) == ['practised_1750 - doing_1000', 'practised_2500 - doing_1000']
    assert found['practised_1750 - doing_1000']['mean'] == pytest.approx(0.6)
    assert found['practised_1750 - doing_1000']['low'] > 0.0


def test_rows_are_compared_over_the_training_seeds_that_both_have() -> None:
    again = {**run('doing', 1000, 10, 0.93), 'seed': 1}
    found = document([*RUNS, again])
    assert found['differences']['practised_1750 - doing_1000']['mean'] == pytest.approx(0.6)
    assert found['rows']['doing_1000']['success'] == pytest.approx(0.6)
    assert found['rows']['doing_1000']['robot']['robot_hours'] == pytest.approx(0.92)


def test_the_page_names_hours_of_every_kind_and_the_command() -> None:
    text = ROBOT_HOURS.to_markdown(document(RUNS))
    assert '| `doing_250` | 0.24 | 253 | 9 | 1 | 1 | 0.30 | 0.11 to 0.60 | 0.40 | 0.60 |' in text
    assert 'doing, then practice: 2.40 robot-hours' in text
    assert 'doing alone: 90% is not reached; the best is 0.30' in text
    assert 'foresight experiment practice' in text


def test_half_a_table_is_a_table() -> None:
    lone = document(RUNS[:1])
    assert lone['differences'] == {}
    assert list(lone['rows']) == ['doing_250']
    assert lone['headline']['practised'] == {'reached': False}


def test_rounds_of_practice_follow_one_another() -> None:
    practised = [row for row in ROBOT_HOURS.rows if row.teacher]
    assert [(row.name, row.teacher, row.actions) for row in practised] == [
        ('practised_1750', 'doing_1000', 1000), ('practised_2500', 'practised_1750', 1000),
        ('practised_3250', 'practised_2500', 1000)]


def test_a_collapsed_run_has_no_success() -> None:
    lost = {**run('doing', 250, 0, 0.24), 'closed_loop': None, 'collapsed': 'all look alike'}
    text = ROBOT_HOURS.to_markdown(document([lost]))
    assert '| collapsed |' in text and 'all look alike' in text
