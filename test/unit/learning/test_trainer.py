import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from rich.console import Console

from foresight.data.transitions import save_transitions
from foresight.errors import CheckpointError, CollapseError, DatasetError
from foresight.learning.resume import FILE
from foresight.learning.settings import TrainConfig
from foresight.learning.trainer import Trainer
from foresight.tasks.clear_table.cost_head import CostHead
from foresight.world_model.checkpoint import load

QUIET = Console(quiet=True)
SCRIPT = """
import sys
from pathlib import Path
from foresight.learning.settings import TrainConfig
from foresight.settings import *
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.task import PredictorConfig
from foresight.data.transitions import load_transitions
from foresight.learning.trainer import Trainer
from foresight.world_model.checkpoint import CheckpointConfig
Trainer(load_transitions(Path(sys.argv[1])), Path(sys.argv[2]), *{config}).run()
"""


def losses(folder: Path) -> dict[int, float]:
    """Read the loss curve."""
    lines = map(json.loads, (folder / 'journal.jsonl').read_text().splitlines())
    return {line['step']: line['total'] for line in lines if line['group'] == 'loss'}


def with_train(config, **changes):
    """Return settings of networks and of training, some of these changed."""
    return config, TrainConfig(**{**config.train, **changes})


@pytest.fixture(scope='module')
def straight(blobs, small, tmp_path_factory):
    """An uninterrupted run of 36 steps."""
    folder = tmp_path_factory.mktemp('straight')
    Trainer(blobs, folder, *with_train(small, epochs=2), QUIET).run()
    return folder


@pytest.mark.timeout(300)
def test_killed_run_goes_on_as_if_nothing_had_happened(blobs, small, straight, tmp_path):
    save_transitions(blobs, tmp_path / 'data')
    out, config = tmp_path / 'out', with_train(small, epochs=2)
    child = subprocess.Popen(
        [sys.executable, '-c', SCRIPT.format(config=config), tmp_path / 'data', out],
        env={**os.environ, 'PYTHONPATH': os.pathsep.join(sys.path)}, stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 200
    while not (out / FILE).exists() and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()

    trainer = Trainer(blobs, out, *config, QUIET)
    assert 0 < trainer.step < trainer.steps
    trainer.run()
    assert losses(out) == pytest.approx(losses(straight), rel=1e-3)


def test_checkpoint_predicts_like_the_learner(blobs, small, straight):
    trainer = Trainer(blobs, straight, *with_train(small, epochs=2), QUIET)
    checkpoint = load(straight, 'cpu')
    checkpoint.fill('cost_head', CostHead(16, checkpoint.model.raster.scene_map))
    latents = torch.randn(2, 16, 16, 24, generator=torch.Generator().manual_seed(0))
    pushes = torch.tensor([[0.4, 0.0, 1.0, 0.2], [0.5, 0.1, -2.0, 0.1]])
    expected = trainer.learner.world_model.predict(latents, pushes)
    torch.testing.assert_close(checkpoint.model.predict(latents, pushes), expected)
    assert checkpoint.config.dataset == blobs.digest
    assert checkpoint.config.normalisation['surprise'] > 0.0
    assert checkpoint.config.scores['pushes'] > 0


def test_finished_run_only_scores_again(blobs, small, straight):
    trainer = Trainer(blobs, straight, *with_train(small, epochs=2), QUIET)
    before = losses(straight)
    assert trainer.step == trainer.steps
    trainer.run()
    assert losses(straight) == before


def test_resuming_with_other_settings_is_refused(blobs, small, straight):
    with pytest.raises(CheckpointError, match='other settings or data'):
        Trainer(blobs, straight, *with_train(small, epochs=5), QUIET)


def test_damaged_resume_state_is_refused(blobs, small, tmp_path):
    (tmp_path / FILE).write_bytes(b'not a state')
    with pytest.raises(CheckpointError, match='delete it'):
        Trainer(blobs, tmp_path, *with_train(small), QUIET)


def test_too_few_pushes_are_refused(blobs, small, tmp_path):
    with pytest.raises(DatasetError, match='collect more'):
        Trainer(blobs, tmp_path, *with_train(small, batch=4096), QUIET)


def test_loss_that_is_not_finite_stops_the_run(blobs, small, tmp_path):
    trainer = Trainer(blobs, tmp_path, *with_train(small, epochs=1), QUIET)
    with torch.no_grad():
        next(trainer.learner.world_model.encoder.parameters()).fill_(float('nan'))
    with pytest.raises(CollapseError, match='not finite at step 0'):
        trainer.run()


def test_gradient_that_is_not_finite_stops_the_run_before_it_is_kept(blobs, small, tmp_path):
    config = with_train(small, epochs=1, save_every=1)
    trainer = Trainer(blobs, tmp_path, *config, QUIET)
    steps = iter(range(100))
    next(trainer.learner.world_model.encoder.parameters()).register_hook(
        lambda gradient: gradient * (float('nan') if next(steps) == 2 else 1.0),
    )
    with pytest.raises(CollapseError, match='gradient is not finite at step 2'):
        trainer.run()
    kept = Trainer(blobs, tmp_path, *config, QUIET)
    assert kept.step == 2
    assert all(bool(value.isfinite().all()) for value in kept.learner.parameters())


def test_labels_reach_the_encoder_only_when_asked(blobs, small):
    from foresight.learning.batches.pushes import rows_of_step, take
    from foresight.learning.learners.world_model import Learner
    from foresight.world_model.jepa import Jepa

    weights = {'prediction_weight': 0.0, 'inverse_weight': 0.0, 'variance_weight': 0.0,
               'covariance_weight': 0.0}
    batch = take(blobs, rows_of_step(len(blobs), 8, 0, 0), torch.device('cpu'))
    reached = {}
    for asked in (False, True):
        _, config = with_train(small, label_gradient=asked, **weights)
        learner = Learner(Jepa(small.encoder, small.predictor), config)
        torch.nn.init.normal_(learner.cost_head.layers[-1].weight)
        learner.losses(batch, torch.Generator().manual_seed(0)).total.backward()
        grads = [value.grad for value in learner.world_model.encoder.parameters()]
        reached[asked] = any(grad is not None and grad.abs().sum() > 0 for grad in grads)
    assert reached == {False: False, True: True}


def test_a_frozen_encoder_stays_while_the_predictor_goes_on(blobs, small, straight, tmp_path):
    start = load(straight, 'cpu')
    config = with_train(small, epochs=1, rollout=2, pretrained=str(straight), frozen=True)
    trainer = Trainer(blobs, tmp_path, *config, QUIET)
    head = start.fill('cost_head', CostHead(16, start.model.raster.scene_map))
    assert torch.equal(trainer.learner.cost_head.layers[0].weight, head.layers[0].weight)
    trainer.run()
    after = load(tmp_path, 'cpu')
    assert all(
        torch.equal(after.tensors[name], value) for name, value in start.tensors.items()
        if name.startswith('world_model.encoder')
    )
    assert not torch.equal(
        after.model.predictor.inlet.weight, start.model.predictor.inlet.weight,
    )


def test_few_pushes_are_not_probed_at_every_step(blobs, small, tmp_path):
    config = with_train(small, steps=12, pushes=20)
    Trainer(blobs, tmp_path, *config, QUIET).run()
    groups = [json.loads(line)['group'] for line in
              (tmp_path / 'journal.jsonl').read_text().splitlines()]
    assert 'probe' not in groups
    assert load(tmp_path, 'cpu').config.scores['pushes'] > 0


def test_pushes_without_labels_teach_all_but_the_cost_head(blobs, small, tmp_path):
    bare = replace(blobs, objects=blobs.objects[:, :0])
    Trainer(bare, tmp_path, *with_train(small, epochs=1), QUIET).run()
    made = load(tmp_path, 'cpu')
    assert {name.partition('.')[0] for name in made.tensors} == {'world_model', 'inverse'}
    assert {'prediction_ratio', 'rank'} < made.config.scores.keys()
    assert 'occupancy_r2' not in made.config.scores


@pytest.mark.parametrize('wish', [{'objective': 'supervised'}, {'label_gradient': True},
                                  {'labels': 5}])
def test_labels_are_not_expected_where_there_are_none(blobs, small, tmp_path, wish):
    bare = replace(blobs, objects=blobs.objects[:, :0])
    with pytest.raises(DatasetError, match='no labels'):
        Trainer(bare, tmp_path, *with_train(small, **wish), QUIET)
