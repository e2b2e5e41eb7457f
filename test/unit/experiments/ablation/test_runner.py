import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from rich.console import Console

from foresight.actions.loading import load
from foresight.data.robot_time import RobotTime
from foresight.errors import ConfigError
from foresight.experiments.ablation.labels import LABELS
from foresight.experiments.ablation.methods import METHODS
from foresight.experiments.ablation.robot_hours import ROBOT_HOURS
from foresight.experiments.ablation.rows import Budget
from foresight.experiments.ablation.runner import Ablation, Lesson
from foresight.experiments.ablation.transfer import TRANSFER
from foresight.learning.settings import TrainConfig

QUIET = Console(quiet=True)
TINY = Budget(steps=4, head_steps=3, episodes=2, first_episode=7, batch=32)
FIGURES = {
    'success': 0.5, 'cleared': 0.75, 'dropped': 0.25, 'actions': 4.0,
    'outcomes': [[7, 1, 3, 0, 0, 3], [8, 0, 2, 1, 0, 5]],
}
ABOUT = {'machine': 'this one', 'command': 'foresight ablate'}
DATA = {**ABOUT, 'dataset': 'blobs'}


class Games:
    """Stands for the closed loop: loads the checkpoint, plays nothing, counts its calls."""

    def __init__(self):
        self.played, self.tasks = [], []

    def __call__(self, folder, task):
        load(folder, 'cpu')
        self.played.append(folder.name)
        self.tasks.append(task)
        return FIGURES


@pytest.fixture
def play():
    return Games()


@pytest.fixture
def ablation(blobs, small, play, tmp_path):
    return Ablation(
        blobs, small, TrainConfig(**small.train), tiny(METHODS), tmp_path / 'runs',
        tmp_path / 'results', play, ABOUT,
    )


def tiny(table, **changes):
    """The same table with next to nothing to spend."""
    return replace(table, budget=replace(TINY, **changes))


def row(name, table=METHODS):
    return table.row(name)


def test_a_run_is_measured_once(ablation, play):
    first = ablation.run(row('supervised'), 3, QUIET)
    again = ablation.run(row('supervised'), 3, QUIET)
    assert again == first
    assert play.played == ['supervised_3']
    assert first['closed_loop'] == FIGURES
    assert {'prediction_ratio', 'rank', 'episode_share', 'occupancy_r2', 'ranking_accuracy'} \
        < first['scores'].keys()


def test_a_collapsed_run_is_a_result_with_its_reason(ablation, play):
    bare = row('none')
    hasty = {**bare.changes, 'ema_decay': 0.9, 'learning_rate': 5e-3}
    ablation = replace(ablation, table=tiny(METHODS, steps=90))
    result = ablation.run(replace(bare, changes=hasty), 0, QUIET)
    assert 'look alike' in result['collapsed']
    assert result['closed_loop'] is None and play.played == []
    results = [json.loads(path.read_text()) for path in sorted(ablation.results.glob('*.json'))]
    text = METHODS.to_markdown(METHODS.to_document(results, DATA))
    assert '| collapsed |' in text and result['collapsed'] in text


def test_a_killed_run_goes_on(ablation, monkeypatch):
    monkeypatch.setattr('foresight.experiments.ablation.runner.position_r2', interrupt)
    with pytest.raises(KeyboardInterrupt):
        ablation.run(row('supervised'), 0, QUIET)
    monkeypatch.undo()
    assert ablation.run(row('supervised'), 0, QUIET)['cpu_ms_a_step'] is None  # trained before


def interrupt(*_):
    raise KeyboardInterrupt


def test_results_of_another_budget_are_refused(ablation):
    ablation.run(row('supervised'), 0, QUIET)
    for budget in ({'steps': 5}, {'episodes': 9}):
        with pytest.raises(ConfigError, match='delete it'):
            replace(ablation, table=tiny(METHODS, **budget)).run(row('supervised'), 0, QUIET)


def test_a_cost_head_alone_learns_on_the_reference_of_its_seed(ablation, play):
    head = replace(row('head_50', LABELS), labels=10)
    result = replace(ablation, table=tiny(LABELS)).run(head, 1, QUIET)
    assert (ablation.runs / 'vicreg_inverse_1').is_dir()
    assert result['identity']['train']['pretrained'].endswith('vicreg_inverse_1')
    assert result['identity']['train']['steps'] == 3
    assert play.played == ['head_50_1']


def at_site(ablation, given):
    """The same ablation at another site."""
    return replace(
        ablation, table=tiny(TRANSFER), runs=ablation.runs / 'there', starts={'given': given},
    )


def test_rows_at_a_site_go_on_from_the_given_checkpoint(ablation, play):
    ablation.run(row('supervised'), 3, QUIET)
    given = str(ablation.runs / 'supervised_3')
    there = at_site(ablation, given)
    kept = there.run(row('kept', TRANSFER), 0, QUIET)
    shipped, scored = load(given, 'cpu'), load(there.runs / 'kept_0', 'cpu')
    assert kept['cpu_ms_a_step'] is None
    assert all(torch.equal(scored.tensors[name], value) for name, value in shipped.tensors.items()
               if name.startswith(('world_model.', 'cost_head.')))
    adapted = there.run(replace(row('adapted_200', TRANSFER), labels=10), 0, QUIET)
    assert adapted['identity']['train']['pretrained'] == str(there.runs / 'play_0')
    assert load(there.runs / 'play_0', 'cpu').config.train['pretrained'] == given
    assert play.played == ['supervised_3', 'kept_0', 'adapted_200_0']


def test_the_world_model_that_ships_is_played_as_it_is(ablation, play):
    ablation.run(row('supervised'), 3, QUIET)
    shipped = str(ablation.runs / 'supervised_3')
    labels = replace(ablation, table=tiny(LABELS), starts={'shipped': shipped})
    result = labels.run(row('shipped', LABELS), 0, QUIET)
    assert result['start'] and result['cpu_ms_a_step'] is None
    assert play.tasks == ['clear_table_by_cost_head', 'clear_table']
    kept = load(ablation.runs / 'shipped_0', 'cpu')
    assert all(torch.equal(kept.tensors[name], value)
               for name, value in load(shipped, 'cpu').tensors.items()
               if name.startswith(('world_model.', 'cost_head.')))


def test_results_from_another_checkpoint_in_the_same_place_are_refused(ablation):
    ablation.run(row('supervised'), 3, QUIET)
    given = ablation.runs / 'supervised_3'
    there = at_site(ablation, str(given))
    there.run(row('kept', TRANSFER), 0, QUIET)
    config = given / 'config.json'
    config.write_text(config.read_text().replace('"tensors": "', '"tensors": "0'))
    with pytest.raises(ConfigError, match='or start: delete it'):
        there.run(row('kept', TRANSFER), 0, QUIET)


def test_the_table_holds_earlier_results_too(ablation):
    for seed in (0, 1):
        ablation.run(row('supervised'), seed, QUIET)
    results = ablation.collect()
    assert [(item['row'], item['seed']) for item in results] == [
        ('supervised', 0), ('supervised', 1)]
    document = METHODS.to_document(results, DATA)
    pooled = document['rows']['supervised']
    assert (pooled['success'], pooled['episodes'], pooled['seeds']) == (0.5, 4, [0, 1])
    assert pooled['success_low'] < 0.5 < pooled['success_high']
    assert '| `supervised` | 2 |' in METHODS.to_markdown(document)


def test_the_table_of_labels_has_a_line_for_every_number(ablation):
    ablation = replace(ablation, table=tiny(LABELS))
    ablation.run(row('supervised', LABELS), 0, QUIET)
    document = LABELS.to_document(ablation.collect(), DATA)
    text = LABELS.to_markdown(document)
    assert [line.split('|')[1].strip() for line in text.splitlines() if line.startswith('| ')] == [
        'labelled images', '---', 'none', '50', '200', '1000', '5000', 'all',
        'all, barlow_inverse', 'all, autoencoder', 'all, shipped']
    assert text.count('0.50 (0.09 to 0.91)') == 1
    assert document['differences'] == {}


def test_what_predicts_plays_by_the_goal_image_and_is_compared_with_labels_alone(ablation, play):
    ablation = replace(ablation, table=tiny(LABELS))
    for name in ('supervised', 'goal_image'):
        ablation.run(row(name, LABELS), 0, QUIET)
    assert play.tasks == ['clear_table_by_cost_head', 'clear_table_by_goal']
    assert play.played == ['supervised_0', 'goal_image_0']
    document = LABELS.to_document(ablation.collect(), DATA)
    assert document['differences']['goal_image - supervised'] == {
        'mean': 0.0, 'low': 0.0, 'high': 0.0, 'pairs': 2}
    assert '| none | 0.50 (0.09 to 0.91) |' in LABELS.to_markdown(document)
    result = ablation.results / 'supervised_0.json'
    other = result.read_text().replace('"clear_table_by_cost_head"', '"clear_table_by_goal"')
    result.write_text(other)
    with pytest.raises(ConfigError, match='task'):
        ablation.run(row('supervised', LABELS), 0, QUIET)


def test_a_row_of_few_actions_says_what_they_cost_the_robot(ablation):
    cost = RobotTime(np.full(60, 360.0), np.full(60, 6), np.zeros(60, int))
    few = replace(row('doing_250', ROBOT_HOURS), changes={'actions': 40})
    result = replace(ablation, time=cost).run(few, 0, QUIET)
    assert result['robot'] == {'robot_hours': 0.7, 'actions': 42, 'rejected': 0, 'resets': 7}
    assert result['identity']['train']['actions'] == 40


def test_a_row_learns_from_what_its_teachers_practised(ablation, blobs):
    asked = []

    def practise(checkpoint, folder, seed, number):
        asked.append((load(checkpoint, 'cpu').folder.name, folder.name, seed, number))
        lesson = replace(blobs, digest=folder.name)
        return Lesson(lesson, RobotTime(np.full(60, 180.0), np.full(60, 6), np.zeros(60, int)))

    rows = tuple(
        replace(row, changes={'actions': 40}) if row.changes else row for row in ROBOT_HOURS.rows)
    table = replace(tiny(ROBOT_HOURS), rows=rows)
    cost = RobotTime(np.full(60, 360.0), np.full(60, 6), np.zeros(60, int))
    ablation = replace(ablation, table=table, time=cost)
    last = table.row('practised_2500')
    with pytest.raises(ConfigError, match='give `practise`'):
        ablation.run(last, 3, QUIET)
    result = replace(ablation, practise=practise).run(last, 3, QUIET)
    assert sorted(set(asked)) == [
        ('doing_1000_3', 'doing_1000_practice_3', 3, 0),
        ('practised_1750_3', 'practised_1750_practice_3', 3, 1)]
    assert result['robot'] == {
        'robot_hours': pytest.approx(0.7 + 2 * 3.0), 'actions': 42 + 2 * 360, 'rejected': 0,
        'resets': 7 + 2 * 60}
    taught = load(ablation.runs / 'practised_2500_3', 'cpu').config.dataset
    assert taught not in (blobs.digest, load(ablation.runs / 'practised_1750_3').config.dataset)
