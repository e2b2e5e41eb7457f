"""Claims about the results table of the memory."""

import json

from foresight.experiments.memory.page import to_document, to_markdown
from foresight.experiments.memory.permanence import FROZEN, MEMORY, NONE, Trial
from foresight.experiments.memory.spoil import Spoil
from foresight.experiments.results import PolicyResult
from foresight.rollout.episode import EpisodeResult

ABOUT = {
    'scenes': 2, 'episodes': 1, 'seed': 5, 'objects': 3, 'machine': 'a machine',
    'checkpoint': 'models/clear_table', 'command': 'foresight experiment memory',
}


def trial(seed: int, event: str, found: float, truth: int = 1) -> Trial:
    ghost = {MEMORY: 0.1, FROZEN: 0.9, NONE: 2.0} if event == 'pushed' else {}
    return Trial(
        seed, 'plate', event, 3.0, truth, 1.0, {MEMORY: found, FROZEN: 0.0, NONE: 2.6}, ghost,
        {MEMORY: 0.0, FROZEN: 0.0, NONE: 1.2}, {MEMORY: 0.25, FROZEN: 1.0, NONE: 4.0},
    )


def spoil(seed: int) -> Spoil:
    return Spoil(
        seed, (1.3, 0.8, 0.3, 0.02, 0.0, float('nan')), 1.2, {'reach 3': 0.4}, (1, 2),
        {'reach 3': (0.9, 1.2)}, {'reach 3': 0.1},
    )


def test_too_many_objects_are_as_wrong_as_too_few():
    trials = [trial(0, 'still', 0.9), trial(1, 'still', 2.6), trial(2, 'still', 1.8, truth=2)]
    (row,) = to_document(trials, [], {}, ABOUT)['permanence']
    assert row['found'][MEMORY]['rate'] == 0.6667
    assert row['found'][NONE]['rate'] == 0.0
    assert row['phantom'][NONE]['rate'] == 1.0
    assert row['miscount'][NONE] == 4.0


def test_ghosts_are_counted_for_actions_alone():
    rows = to_document([trial(0, 'pushed', 1.0), trial(1, 'still', 1.0)], [], {}, ABOUT)[
        'permanence']
    assert [row['event'] for row in rows] == ['still', 'pushed']
    assert rows[0]['ghost'][FROZEN]['trials'] == 0
    assert rows[1]['ghost'][FROZEN]['rate'] == 1.0


def test_spoil_is_averaged_where_there_are_cells_so_far_away():
    known = Spoil(**{**vars(spoil(1)), 'change': (1.1, 0.6, 0.1, 0.0, 0.0, 0.0)})
    found = to_document([], [spoil(0), known], {}, ABOUT)['spoil']
    assert found['change_by_cells'] == [1.2, 0.7, 0.2, 0.01, 0.0, 0.0]
    assert found['by_reach']['reach 3']['found']['rate'] == 0.5


def test_the_tables_hold_every_part_and_the_command():
    episode = EpisodeResult(5, True, 3, 0, 0, 4, ())
    loops = {MEMORY: PolicyResult(MEMORY, 'seen', (episode,))}
    document = to_document([trial(0, 'pushed', 1.0)], [spoil(0)], loops, ABOUT)
    json.dumps(document, allow_nan=False)
    text = to_markdown(document)
    for words in ('| plate | pushed | - | 1 |', '| reach 3 | 0.40 |', '| memory | 1 | 1.00',
                  ABOUT['command'], 'Seeds 5 to 6'):
        assert words in text
