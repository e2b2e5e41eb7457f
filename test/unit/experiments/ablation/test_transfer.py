from foresight.experiments.ablation.transfer import TRANSFER, untouched

SCORES = {'prediction_ratio_changed': 0.5, 'rank': 8.0}
ABOUT = {
    'machine': 'this one', 'command': 'foresight experiment transfer', 'dataset': 'moved',
    'actions': 1500, 'site': 'moved',
}
CEILING = {
    'success': 1.0, 'success_low': 0.5, 'success_high': 1.0, 'cleared': 1.0, 'dropped': 0.0,
    'actions': 3.0,
}


def run(row, successes, seed=0):
    outcomes = [[number, success, 3, 0, 0, 4] for number, success in enumerate(successes)]
    share = sum(successes) / len(successes)
    figures = {'success': share, 'cleared': share, 'dropped': 0.0, 'actions': 4.0}
    return {
        'row': row, 'meaning': row, 'seed': seed, 'labels': 200, 'collapsed': None,
        'scores': SCORES, 'closed_loop': {**figures, 'outcomes': outcomes},
    }


def document(*runs):
    return TRANSFER.to_document(runs, {**ABOUT, 'references': {'hand_rule': CEILING}})


def test_rows_are_compared_episode_by_episode():
    found = document(run('adapted_200', [1, 1, 0, 1]), run('head_200', [1, 0, 0, 0]))
    difference = found['differences']['adapted_200 - head_200']
    assert (difference['mean'], difference['pairs']) == (0.5, 4)
    assert difference['low'] <= 0.5 <= difference['high']
    assert len(found['differences']) == 1


def test_training_seeds_are_compared_with_their_like():
    found = document(
        run('adapted_200', [1, 1], 1), run('adapted_200', [0, 0], 0),
        run('head_200', [0, 0], 0), run('head_200', [1, 1], 1),
    )
    difference = found['differences']['adapted_200 - head_200']
    assert (difference['mean'], difference['low'], difference['high']) == (0.0, 0.0, 0.0)


def test_rows_of_unequal_length_are_not_compared():
    found = document(run('adapted_200', [1, 1]), run('head_200', [1, 1, 1]))
    assert found['differences'] == {}


def test_the_page_names_site_ceiling_and_differences():
    text = TRANSFER.to_markdown(document(run('adapted_200', [1, 1]), run('head_200', [1, 0])))
    assert 'Site `moved`, 1500 actions of play.' in text
    assert '| `hand_rule` | 1.00 (0.50 to 1.00) |' in text
    assert '| adapted_200 - head_200 | +0.50 | +0.00 to +1.00 |' in text


def test_a_row_that_did_not_play_has_no_difference():
    silent = {**run('head_200', [1]), 'closed_loop': None, 'collapsed': 'all images look alike'}
    assert document(run('adapted_200', [1]), silent)['differences'] == {}


def test_references_stay_in_the_document():
    assert document(run('head_200', [1]))['references'] == {'hand_rule': CEILING}


def test_what_reads_no_label_is_played_once_its_training_is_whole(tmp_path):
    results, runs = tmp_path / 'results', tmp_path / 'runs'
    results.mkdir()
    assert untouched(results, runs, [3]) == []
    (results / 'adapted_200_3.json').write_text('{}')
    assert untouched(results, runs, [3]) == [runs / 'play_3']
