import json

import pytest

from foresight.experiments.horizon.page import Look, compare, looks, to_markdown
from foresight.experiments.results import figures
from foresight.rollout.episode import EpisodeResult
from foresight.tasks.task_file import TaskConfig

TASK = TaskConfig('clear_table', (('remaining', 1.0), ('critic', 0.3)), 'remaining', 0.3)
ABOUT = {
    'task': 'clear_table', 'split': 'hard', 'episodes': 4, 'seed': 0, 'objects': '3-5',
    'max_actions': '10-18', 'machine': 'a machine', 'command': 'foresight experiment horizon',
    'checkpoint': 'models/clear_table',
}
ONE, TWO = Look(1, False), Look(2, False)


def row(*successes):
    return figures([
        EpisodeResult(seed, bool(success), 3 if success else 2, 0 if success else 1, 0, 3, ())
        for seed, success in enumerate(successes)
    ])


def test_every_horizon_is_looked_at_without_and_with_the_critic():
    names = [look.name for look in looks([1, 2], critic=True)]
    assert names == ['H1', 'H1+critic', 'H2', 'H2+critic']
    assert [look.name for look in looks([1, 2], critic=False)] == ['H1', 'H2']


def test_a_look_changes_horizon_and_critic_and_nothing_else():
    near, far = Look(1, False).apply(TASK, 1.0), Look(3, True).apply(TASK, 0.5)
    assert dict(near.terms) == {'remaining': 1.0}
    assert dict(far.terms) == {'remaining': 1.0, 'critic': 0.5}
    assert far.planner.horizon == 3
    assert far.planner.samples == TASK.planner.samples


def test_rows_are_compared_seed_by_seed_with_the_first():
    document = compare({ONE: row(1, 0, 0, 1), TWO: row(1, 1, 0, 1)})
    against = document['rows']['H2']['against_first']
    assert against['success']['mean'] == pytest.approx(0.25)
    assert against['dropped']['mean'] == pytest.approx(-0.25)
    assert against['success']['low'] <= 0.25 <= against['success']['high']
    assert document['rows']['H1']['against_first']['success']['mean'] == 0.0


def test_the_table_shows_differences_seeds_and_command():
    document = {**ABOUT, 'episodes': 2, **compare({ONE: row(1, 0), TWO: row(1, 1)})}
    text = to_markdown(json.loads(json.dumps(document, allow_nan=False)))
    assert '| H2 | 1.00 |' in text
    assert '+0.50 (' in text
    assert 'Seeds 0 to 1' in text
    assert 'foresight experiment horizon' in text


def test_rows_with_the_critic_are_also_compared_among_themselves():
    document = {**ABOUT, **compare({
        ONE: row(1, 1), Look(1, True): row(0, 0), Look(2, True): row(1, 0),
    })}
    assert list(document['differences']) == ['H2+critic - H1+critic']
    assert document['differences']['H2+critic - H1+critic']['mean'] == 0.5
    assert '| H2+critic - H1+critic | +0.50 |' in to_markdown(document)
