import json

import pytest

from foresight.experiments.surprise.episode import DisturbedEpisode
from foresight.experiments.surprise.page import AIMED, WITH, WITHOUT, to_document, to_markdown

ABOUT = {
    'task': 'surprise', 'episodes_a_row': 2, 'seed': 0, 'objects': 3, 'aimed_seed': 2000,
    'think': 0.4, 'checkpoint': 'models/x', 'machine': 'a machine',
    'command': 'foresight experiment surprise',
    'scales': {'false_alarms': 5.0, 'hours': 1.0, 'actions': 900, 'seed': 6000},
}


def episode(seed, kind='', alarms=(), at=None, success=True, during=False, stop=''):
    return DisturbedEpisode(
        seed=seed, kind=kind, during=during, success=success, cleared=3, dropped=0, remaining=0,
        actions=4, plans=2, followed=2, alarms=alarms, disturbed_at=at, late=0, stop=stop,
        seconds=1800.0,
    )


@pytest.fixture
def document():
    return to_document({
        (WITH, ''): [episode(0, alarms=(3.0,)), episode(1)],
        (WITHOUT, ''): [episode(0), episode(1, success=False)],
        (AIMED, ''): [episode(2000)],
        (WITH, 'moved'): [
            episode(0, 'moved', (1.0, 2.5), 2.0), episode(1, 'moved', (), 2.0, stop='it lasts'),
        ],
        (WITHOUT, 'moved'): [episode(0, 'moved', at=2.0), episode(1, 'moved', at=2.0)],
    }, ABOUT)


def test_an_alarm_counts_as_false_until_something_happens():
    assert episode(0, 'moved', (1.0, 2.5), 2.0).false_alarms == 1
    assert episode(0, 'moved', (1.0, 2.5), 2.0).delay == pytest.approx(0.5)
    assert episode(0, 'moved', (1.0,), 2.0).delay is None
    assert episode(0, alarms=(1.0,)).delay is None


def test_false_alarms_are_counted_an_hour_of_undisturbed_play(document):
    found = document['false_alarms']
    assert found[WITH]['alarms'] == 1 and found[WITH]['an_hour'] == 1.0
    aimed = found[AIMED]
    assert aimed['alarms'] == 0 and aimed['an_hour_high'] == pytest.approx(7.38, abs=0.01)


def test_what_was_not_noticed_has_no_time(document):
    found = document['noticing']['moved']
    assert found['at rest']['noticed'] == 0.5 and found['at rest']['seconds']['median'] == 0.5
    assert found['during an action']['happened'] == 0 and not found['during an action']['seconds']


def test_modes_are_paired_over_seeds(document):
    assert document['with_minus_without']['none']['success']['mean'] == 0.5
    assert document['with_minus_without']['moved']['success']['mean'] == 0.0


def test_the_page_shows_every_table_and_the_command(document):
    json.dumps(document, allow_nan=False)
    page = to_markdown(document)
    for line in ('| aimed play | 1 |', '| moved | at rest | 2 | 0.50', '| none | +0.50', '| moved '
                 '| with surprise | 2 | 1.00', 'foresight experiment surprise'):
        assert line in page
