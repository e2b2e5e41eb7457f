import json

import pytest

from foresight.experiments.results import PolicyResult, to_document
from foresight.experiments.risk.measure import Risk, paired
from foresight.rollout.episode import EpisodeResult

ABOUT = {
    'task': 'clear_table', 'episodes': 4, 'objects': 3, 'max_actions': 10, 'seed': 0,
    'over_ros': False, 'machine': 'a machine', 'command': 'foresight experiment risk',
    'checkpoint': 'models/x', 'prediction': {}, 'risk_samples': 16, 'risk_alpha': 0.25,
}


def played(kind, split, drops):
    episodes = tuple(
        EpisodeResult(seed, not drop, 3 - drop, drop, 0, 4, ()) for seed, drop in enumerate(drops)
    )
    return PolicyResult(kind, split, episodes)


@pytest.fixture
def results():
    return [
        played('off', 'seen', [1, 0, 0, 1]), played('cvar', 'seen', [0, 0, 0, 1]),
        played('off', 'unseen', [1, 1, 0, 0]), played('cvar', 'unseen', [0, 0, 0, 0]),
    ]


def test_every_kind_is_compared_with_off_over_all_splits(results):
    found = paired(results)
    assert list(found) == ['cvar']
    assert found['cvar']['dropped']['mean'] == pytest.approx(-3 / 8)
    assert found['cvar']['success']['mean'] == pytest.approx(3 / 8)
    assert found['cvar']['success']['pairs'] == 8


def test_without_off_there_is_nothing_to_compare_with(results):
    assert paired(results[1::2]) == {}


def test_the_page_shows_both_tables_and_the_command(results):
    document = to_document(results, {**ABOUT, 'paired': paired(results)})
    json.dumps(document, allow_nan=False)
    written = Risk().page(document)
    assert '| cvar | +0.375' in written
    assert '| seen | off |' in written
    assert 'foresight experiment risk' in written
