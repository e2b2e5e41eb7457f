import json
from dataclasses import replace

import pytest
from rich.console import Console

from foresight.actions.loading import load
from foresight.cli.models import list_models, promote_model, show_model
from foresight.data.transitions import save_transitions
from foresight.errors import CheckpointError, DatasetError
from foresight.experiments.comparison.prediction import kept_apart, measure_prediction
from foresight.learning.batches.actions import split_episodes
from foresight.learning.learners.world_model import WorldModelLearner
from foresight.learning.loop import Loop
from foresight.learning.settings import TrainConfig
from foresight.world_model.lineage import (
    Learned,
    Lineage,
    fingerprint,
    read_lineage,
    write_lineage,
)


@pytest.fixture(scope='module')
def trained(blobs, small, tmp_path_factory):
    """Two checkpoints: hardly trained, and a little."""
    found = []
    for steps in (1, 30):
        folder = tmp_path_factory.mktemp(f'steps_{steps}')
        train = TrainConfig(**{**small.train, 'steps': steps})
        Loop(WorldModelLearner(blobs, small, train), folder, Console(quiet=True)).run()
        found.append(folder)
    return found


@pytest.fixture
def places(trained, tmp_path, monkeypatch):
    """Copies of both, where a user has them."""
    monkeypatch.chdir(tmp_path)
    for name, source in zip(('models/old', 'runs/new'), trained):
        (tmp_path / name).mkdir(parents=True)
        for path in source.glob('*.*'):
            if path.suffix in ('.json', '.safetensors'):
                (tmp_path / name / path.name).write_bytes(path.read_bytes())
    old, new = tmp_path / 'models/old', tmp_path / 'runs/new'
    write_lineage(new, Lineage(
        fingerprint(old), 'models/old',
        (Learned('bags', 'abc', 40), Learned('play', 'd', 9, replayed=True)),
    ))
    return old, new


def report(path, old, new, low):
    """Write what a comparison of the two says."""
    path.write_text(json.dumps({
        'kind': 'comparison', 'task': 'clear_table', 'date': '2026-01-01T00:00:00+00:00',
        'hashes': {'old': fingerprint(old), 'new': fingerprint(new)},
        'all': {'old': {'success': 0.5}, 'new': {'success': 0.75},
                'difference': {'mean': 0.25, 'low': low, 'high': 0.4, 'pairs': 20}},
    }))
    return path


def test_one_that_is_not_shown_to_be_worse_takes_the_place(places, tmp_path, capsys):
    old, new = places
    before, after = fingerprint(old), fingerprint(new)
    promote_model(new, over=old, report=report(tmp_path / 'c.json', old, new, -0.02))
    assert fingerprint(old) == after
    assert fingerprint(old.with_name(f'old.{before[:8]}')) == before
    lineage = read_lineage(old)
    assert lineage.parent == before and lineage.compared.startswith('2026')
    assert lineage.scores['difference']['low'] == -0.02 and not lineage.forced
    assert [item.digest for item in lineage.learned] == ['abc', 'd']
    capsys.readouterr()
    show_model(old)
    told = capsys.readouterr().out
    assert 'learned 40 actions of bags' in told and 'replayed 9 actions of play' in told
    assert told.count('goes on from') == 1 and f'old.{before[:8]}' in told.replace('\n', '')


def test_one_that_may_be_worse_is_refused_unless_a_reason_is_written_down(places, tmp_path):
    old, new = places
    before, path = fingerprint(old), report(tmp_path / 'c.json', old, new, -0.05)
    with pytest.raises(CheckpointError, match=r'lower by 0.050 .*0.03 is allowed: play more'):
        promote_model(new, over=old, report=path)
    assert fingerprint(old) == before and read_lineage(old) is None
    promote_model(new, over=old, report=path, force='the table is another one')
    assert read_lineage(old).forced == 'the table is another one'


def test_a_wider_margin_lets_it_through(places, tmp_path):
    old, new = places
    promote_model(
        new, over=old, report=report(tmp_path / 'c.json', old, new, -0.05), margin=0.06,
    )
    assert not read_lineage(old).forced


def test_a_comparison_of_others_is_refused(places, tmp_path):
    old, new = places
    path = report(tmp_path / 'c.json', new, old, 0.1)
    with pytest.raises(CheckpointError, match='compares another old checkpoint'):
        promote_model(new, over=old, report=path)


@pytest.mark.parametrize('text', ['{}', 'no JSON', '{"kind": "comparison", "all": {}}', '[]'])
def test_what_is_no_comparison_is_refused(places, tmp_path, text):
    old, new = places
    (tmp_path / 'c.json').write_text(text)
    with pytest.raises(CheckpointError, match='--compare OLD NEW'):
        promote_model(new, over=old, report=tmp_path / 'c.json')


def test_one_stands_nowhere_twice(places, tmp_path):
    with pytest.raises(CheckpointError, match='stands there already'):
        promote_model(places[1], over=places[1], report=tmp_path / 'c.json')


def test_the_list_names_each_with_its_parent(places, capsys):
    list_models(json='-')
    found = {item['folder']: item for item in json.loads(capsys.readouterr().out)['models']}
    assert found['models/old']['learned from'] == 'nothing'
    assert found['runs/new']['learned from'] == fingerprint(places[0])[:8]
    assert found['runs/new']['actions'] == 40
    assert any(name.endswith('models/clear_table') for name in found)


def test_only_what_none_has_learned_from_is_compared(trained, blobs, other_blobs):
    models = [load(folder, 'cpu') for folder in trained]
    held_out = split_episodes(blobs, 0.2)[1]
    assert set(kept_apart([blobs], models).episode) == set(held_out.episode)
    other = replace(other_blobs, digest='other')
    assert len(kept_apart([other], models)) == len(other)
    with pytest.raises(DatasetError, match='all that it learned from, in the same order'):
        kept_apart([other, blobs], models)


def test_a_trained_model_foresees_more_than_one_that_is_not(trained, blobs, tmp_path):
    save_transitions(blobs, tmp_path / 'seen_64x96x4_0')
    old, new = (load(folder, 'cpu') for folder in trained)
    found = measure_prediction(old, new, [tmp_path])
    assert [item.steps for item in found] == [1, 2, 3]
    assert found[0].old == pytest.approx(1.0, abs=0.1)
    assert found[0].new < found[0].old and found[0].difference.high < 0.0
    assert found[0].difference.pairs == 72 and found[2].difference.pairs == 48
