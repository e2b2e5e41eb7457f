"""Claims about results tables."""

import json

import pytest

from foresight.experiments.evaluation.page import to_markdown
from foresight.experiments.results import (
    PolicyResult,
    episodes_of,
    figures,
    joined,
    outcomes,
    to_document,
)
from foresight.rollout.episode import ActionRecord, EpisodeResult

ABOUT = {
    'task': 'clear_table', 'episodes': 4, 'seed': 10_000, 'objects': 3, 'max_actions': 10,
    'machine': 'a machine', 'command': 'foresight evaluate clear_table', 'checkpoint': None,
    'over_ros': False, 'prediction': {},
}
KEYS = {
    'success', 'success_low', 'success_high', 'cleared', 'dropped', 'actions', 'plan_ms_p50',
    'plan_ms_p99',
}


def episode(seed: int, success: bool, plan_ms: float = 5.0) -> EpisodeResult:
    record = ActionRecord((0.4, 0.0, 1.5, 0.3), True, plan_ms, 1.0, {'cost': 1.0}, 0, 0)
    cleared, lost = (3, 0) if success else (1, 1)
    return EpisodeResult(seed, success, cleared, lost, lost, 2, (record, record))


def result(*episodes: EpisodeResult) -> PolicyResult:
    return PolicyResult('planner', 'seen', tuple(episodes))


def test_figures_have_every_promised_key() -> None:
    document = to_document([result(episode(1, True), episode(2, False))], ABOUT)
    figures = document['splits']['seen']['planner']
    assert figures.keys() >= KEYS
    assert figures['success'] == 0.5
    assert figures['cleared'] == pytest.approx(4 / 6, abs=1e-4)
    assert figures['dropped'] == pytest.approx(1 / 6, abs=1e-4)
    assert figures['actions'] == 2.0
    assert figures['outcomes'][1] == [2, 0, 1, 1, 1, 2]


def test_shares_are_of_all_objects_even_where_episodes_differ_in_number() -> None:
    five = EpisodeResult(7, False, 3, 1, 1, 2, ())
    mixed = figures([episode(1, True), five])
    assert (mixed['cleared'], mixed['dropped']) == (6 / 8, 1 / 8)


def test_document_is_valid_json_even_without_actions() -> None:
    empty = EpisodeResult(1, False, 0, 0, 3, 0, ())
    document = to_document([result(empty)], ABOUT)
    text = json.dumps(document, allow_nan=False)
    assert json.loads(text)['splits']['seen']['planner']['plan_ms_p50'] is None


def test_blocks_count_like_the_whole_but_for_the_times() -> None:
    fast, slow = episode(1, True, plan_ms=5.0), episode(2, False, plan_ms=50.0)
    blocks, whole = [figures([fast]), figures([slow])], figures([fast, slow])
    times = {'plan_ms_p50', 'plan_ms_p99'}
    both = joined(blocks)
    assert {key: both[key] for key in whole.keys() - times} == {
        key: whole[key] for key in whole.keys() - times
    }
    assert (both['plan_ms_p50'], both['plan_ms_p99']) == (5.0, 50.0)


def test_one_block_is_the_whole_and_may_have_no_times() -> None:
    one, empty = figures([episode(1, True)]), figures([EpisodeResult(1, False, 0, 0, 3, 0, ())])
    assert joined([one]) == one
    assert joined([empty, empty])['plan_ms_p99'] is None


def test_digest_ignores_time_but_not_outcomes() -> None:
    first = figures([episode(1, True, plan_ms=5.0)])['digest']
    assert first == figures([episode(1, True, plan_ms=50.0)])['digest']
    assert first != figures([episode(1, False)])['digest']


def test_episodes_are_read_back_from_their_outcomes() -> None:
    found = outcomes([episode(1, True), episode(2, False)])
    assert outcomes(episodes_of(found)) == found


def test_markdown_names_seeds_and_command() -> None:
    text = to_markdown(to_document([result(episode(10_000, True))], ABOUT))
    assert 'Seeds 10000 to 10003' in text
    assert 'foresight evaluate clear_table' in text
    assert '| seen | planner | 1.00 | 0.21 to 1.00 |' in text


def test_markdown_names_site_and_robot_where_they_are_others() -> None:
    document = to_document([result(episode(10_000, True))], ABOUT)
    assert 'with panda' not in to_markdown({**document, 'robot': 'panda'})
    other = to_markdown({**document, 'site': 'moved', 'robot': 'ur5e'})
    assert '# clear_table at the site moved with ur5e: 4 episodes' in other


def test_markdown_compares_prediction_with_persistence() -> None:
    about = {**ABOUT, 'prediction': {'prediction_ratio': 0.25}}
    text = to_markdown(to_document([result(episode(10_000, True))], about))
    assert 'persistence = 1' in text
    assert '| prediction ratio | 0.25 |' in text
