import io
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

from foresight.actions.loading import action_of, load, make_model
from foresight.data.transitions import save_transitions
from foresight.errors import CheckpointError, CollapseError, DatasetError
from foresight.learning.learners.world_model import WorldModelLearner
from foresight.learning.loop import Loop
from foresight.learning.resume import FILE
from foresight.learning.settings import TrainConfig
from foresight.tasks.clear_table.cost_head import CostHead

QUIET = Console(quiet=True)
SCRIPT = """
import sys
from pathlib import Path
from foresight.learning.settings import TrainConfig
from foresight.macro_action import ActionConfig
from foresight.settings import *
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.task import PredictorConfig
from foresight.data.transitions import load_transitions
from foresight.learning.learners.world_model import WorldModelLearner
from foresight.learning.loop import Loop
from foresight.world_model.checkpoint import CheckpointConfig
Loop(WorldModelLearner(load_transitions(Path(sys.argv[1])), *{config}), Path(sys.argv[2])).run()
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
    Loop(WorldModelLearner(blobs, *with_train(small, epochs=2)), folder, QUIET).run()
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

    loop = Loop(WorldModelLearner(blobs, *config), out, QUIET)
    assert 0 < loop.step < loop.learner.steps
    loop.run()
    assert losses(out) == pytest.approx(losses(straight), rel=1e-3)


def test_the_same_run_ends_the_same_to_the_last_bit(blobs, small, tmp_path):
    for name in ('one', 'other'):
        Loop(WorldModelLearner(blobs, *with_train(small, steps=4)), tmp_path / name, QUIET).run()
    one, other = (load(tmp_path / name, 'cpu').tensors for name in ('one', 'other'))
    assert one.keys() == other.keys()
    assert all(torch.equal(value, other[name]) for name, value in one.items())


def test_checkpoint_predicts_like_the_learner(blobs, small, straight):
    loop = Loop(WorldModelLearner(blobs, *with_train(small, epochs=2)), straight, QUIET)
    checkpoint = load(straight, 'cpu')
    checkpoint.fill('cost_head', CostHead(16, checkpoint.model.raster.scene_map))
    latents = torch.randn(2, 16, 16, 24, generator=torch.Generator().manual_seed(0))
    actions = torch.tensor([[0.4, 0.0, 1.0, 0.2], [0.5, 0.1, -2.0, 0.1]])
    expected = loop.learner.networks.world_model.predict(latents, actions)
    torch.testing.assert_close(checkpoint.model.predict(latents, actions), expected)
    assert checkpoint.config.dataset == blobs.digest
    assert checkpoint.config.normalisation['surprise'] > 0.0
    assert checkpoint.config.scores['actions'] > 0


def test_finished_run_only_scores_again(blobs, small, straight):
    loop = Loop(WorldModelLearner(blobs, *with_train(small, epochs=2)), straight, QUIET)
    before = losses(straight)
    assert loop.step == loop.learner.steps
    loop.run()
    assert losses(straight) == before


def test_resuming_with_other_settings_is_refused(blobs, small, straight):
    with pytest.raises(CheckpointError, match=r'other settings or data \(train.mirror = .*0.1\)'):
        Loop(WorldModelLearner(blobs, *with_train(small, epochs=2, mirror=0.1)), straight, QUIET)


def test_finished_run_can_be_lengthened(blobs, small, tmp_path):
    Loop(WorldModelLearner(blobs, *with_train(small, steps=2)), tmp_path, QUIET).run()
    longer = Loop(WorldModelLearner(blobs, *with_train(small, steps=3)), tmp_path, QUIET)
    assert longer.step == 2
    longer.run()
    assert load(tmp_path, 'cpu').config.train['steps'] == 3


def test_a_signal_keeps_the_step_at_hand_and_says_so(blobs, small, tmp_path):
    said = io.StringIO()
    learner = WorldModelLearner(blobs, *with_train(small, steps=50))
    loop = Loop(learner, tmp_path, Console(file=said))
    take = learner.losses

    def interrupted(step, generator):
        if step == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return take(step, generator)

    learner.losses = interrupted
    with pytest.raises(SystemExit) as ended:
        loop.run()
    assert ended.value.code == 143
    assert 'step 4 of 50 kept; run again to go on' in said.getvalue()
    assert Loop(WorldModelLearner(blobs, *with_train(small, steps=50)), tmp_path, QUIET).step == 4


def test_a_run_that_is_too_short_warns(blobs, small):
    assert 'little is learned' in WorldModelLearner(blobs, *with_train(small, steps=5)).warning
    long = WorldModelLearner(blobs, *with_train(small, steps=1000)).warning
    assert 'little is learned' not in long


def test_damaged_resume_state_is_refused(blobs, small, tmp_path):
    (tmp_path / FILE).write_bytes(b'not a state')
    with pytest.raises(CheckpointError, match='delete it'):
        Loop(WorldModelLearner(blobs, *with_train(small)), tmp_path, QUIET)


def test_too_few_actions_are_refused(blobs, small):
    with pytest.raises(DatasetError, match='collect more'):
        WorldModelLearner(blobs, *with_train(small, batch=4096))


def test_loss_that_is_not_finite_stops_the_run(blobs, small, tmp_path):
    loop = Loop(WorldModelLearner(blobs, *with_train(small, epochs=1)), tmp_path, QUIET)
    with torch.no_grad():
        next(loop.learner.networks.world_model.encoder.parameters()).fill_(float('nan'))
    with pytest.raises(CollapseError, match='not finite at step 0'):
        loop.run()


def test_gradient_that_is_not_finite_stops_the_run_before_it_is_kept(blobs, small, tmp_path):
    config = with_train(small, epochs=1, save_every=1)
    loop = Loop(WorldModelLearner(blobs, *config), tmp_path, QUIET)
    steps = iter(range(100))
    next(loop.learner.networks.world_model.encoder.parameters()).register_hook(
        lambda gradient: gradient * (float('nan') if next(steps) == 2 else 1.0),
    )
    with pytest.raises(CollapseError, match='gradient is not finite at step 2'):
        loop.run()
    kept = Loop(WorldModelLearner(blobs, *config), tmp_path, QUIET)
    assert kept.step == 2
    assert all(bool(value.isfinite().all()) for value in kept.learner.networks.parameters())


def test_labels_reach_the_encoder_only_when_asked(blobs, small):
    from foresight.learning.batches.actions import rows_of_step, take
    from foresight.learning.networks.world_model import WorldModelNetworks

    weights = {'prediction_weight': 0.0, 'inverse_weight': 0.0, 'variance_weight': 0.0,
               'covariance_weight': 0.0}
    batch = take(blobs, rows_of_step(len(blobs), 8, 0, 0), torch.device('cpu'))
    reached = {}
    for asked in (False, True):
        _, config = with_train(small, label_gradient=asked, **weights)
        networks = WorldModelNetworks(make_model(small), action_of(small), config)
        torch.nn.init.normal_(networks.cost_head.layers[-1].weight)
        networks.losses(batch, torch.Generator().manual_seed(0)).total.backward()
        grads = [value.grad for value in networks.world_model.encoder.parameters()]
        reached[asked] = any(grad is not None and grad.abs().sum() > 0 for grad in grads)
    assert reached == {False: False, True: True}


def test_a_frozen_encoder_stays_while_the_predictor_goes_on(blobs, small, straight, tmp_path):
    start = load(straight, 'cpu')
    config = with_train(small, epochs=1, rollout=2, pretrained=str(straight), frozen=True)
    loop = Loop(WorldModelLearner(blobs, *config), tmp_path, QUIET)
    head = start.fill('cost_head', CostHead(16, start.model.raster.scene_map))
    assert torch.equal(loop.learner.networks.cost_head.layers[0].weight, head.layers[0].weight)
    loop.run()
    after = load(tmp_path, 'cpu')
    assert all(
        torch.equal(after.tensors[name], value) for name, value in start.tensors.items()
        if name.startswith('world_model.encoder')
    )
    assert not torch.equal(
        after.model.predictor.inlet.weight, start.model.predictor.inlet.weight,
    )


def test_few_actions_are_not_probed_at_every_step(blobs, small, tmp_path):
    config = with_train(small, steps=12, actions=20)
    Loop(WorldModelLearner(blobs, *config), tmp_path, QUIET).run()
    groups = [json.loads(line)['group'] for line in
              (tmp_path / 'journal.jsonl').read_text().splitlines()]
    assert 'probe' not in groups
    assert load(tmp_path, 'cpu').config.scores['actions'] > 0


def test_actions_without_labels_teach_all_but_the_cost_head(blobs, small, tmp_path):
    bare = replace(blobs, objects=blobs.objects[:, :0])
    Loop(WorldModelLearner(bare, *with_train(small, epochs=1)), tmp_path, QUIET).run()
    made = load(tmp_path, 'cpu')
    assert {name.partition('.')[0] for name in made.tensors} == {'world_model', 'inverse'}
    assert {'prediction_ratio', 'rank'} < made.config.scores.keys()
    assert 'occupancy_r2' not in made.config.scores


@pytest.mark.parametrize('wish', [{'objective': 'supervised'}, {'label_gradient': True},
                                  {'labels': 5}])
def test_labels_are_not_expected_where_there_are_none(blobs, small, wish):
    bare = replace(blobs, objects=blobs.objects[:, :0])
    with pytest.raises(DatasetError, match='no labels'):
        WorldModelLearner(bare, *with_train(small, **wish))
