from dataclasses import replace

import pytest
import torch

from foresight.actions.loading import load, make_model
from foresight.errors import CollapseError, ConfigError, DatasetError
from foresight.learning.learners.critic import CriticLearner
from foresight.learning.settings import CriticConfig
from foresight.planning.settings import OptimiserConfig
from foresight.protocols import Belief
from foresight.robots.arm import ArmModel
from foresight.tasks.assembly import assemble
from foresight.tasks.clear_table.cost_head import CostHead, Dropped
from foresight.tasks.heads import occupancy_of
from foresight.tasks.task_file import TaskConfig, load_task
from foresight.world_model.checkpoint import save, write

CONFIG = CriticConfig(
    width=8, sweeps=2, states=24, samples=8, iterations=1, robust_top=0, epochs=40, batch=16,
    holdout=0.2, learning_rate=0.01,
)
ARM = ArmModel.load()
TASK = TaskConfig(
    'test', (('remaining', 1.0), ('dropped', 10.0)), 'remaining', 0.0,
    OptimiserConfig(samples=16, elites=4, iterations=1, robust_top=0, deadline=60.0),
)


@pytest.fixture(scope='module')
def checkpoint(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp('checkpoint')
    torch.manual_seed(0)
    model = make_model(small)
    head = CostHead(small.encoder.channels, model.raster.scene_map)
    for layer in (model.predictor.outlet, head.layers[-1]):
        torch.nn.init.normal_(layer.weight, std=0.1)
    save(folder, {'world_model': model, 'cost_head': head}, small)
    return load(folder, 'cpu')


@pytest.fixture(scope='module')
def swept(blobs, checkpoint):
    learner = CriticLearner(blobs, checkpoint, ARM, TASK, CONFIG)
    states: list[int] = []
    sweeps = [learner.sweep(index, lambda: states.append(1)) for index in range(2)]
    return learner, sweeps, len(states)


def test_what_lies_on_the_floor_already_is_not_counted_again(blobs, checkpoint):
    learner = CriticLearner(blobs, checkpoint, ARM, TASK, CONFIG)
    states = learner._states(torch.Generator().manual_seed(0))
    level = learner._level(with_critic=False)
    targets = learner._targets(states, level, lambda: None)
    level.reset(CONFIG.seed + 3)
    plan = level.decide(Belief(states[3], 0.0)).plan
    lost = Dropped(occupancy_of(checkpoint), checkpoint.config.encoder).score(states)[3]
    assert targets[3] == pytest.approx(plan.cost - 10.0 * float(lost), rel=1e-4)


def test_every_sweep_plans_from_every_state(swept):
    _, sweeps, states = swept
    assert states == 2 * CONFIG.states
    assert [sweep.index for sweep in sweeps] == [1, 2]


def test_looking_further_costs_more(swept):
    _, sweeps, _ = swept
    assert sweeps[1].mean > sweeps[0].mean


def test_the_same_seed_learns_the_same_critic(blobs, checkpoint, swept):
    again = CriticLearner(blobs, checkpoint, ARM, TASK, CONFIG)
    for index in range(2):
        again.sweep(index, lambda: None)
    for one, other in zip(again.critic.parameters(), swept[0].critic.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_a_learned_critic_can_be_planned_with(swept, checkpoint, tmp_path):
    learner = swept[0]
    write(learner.checkpoint, tmp_path)
    task = replace(TASK, terms=(*TASK.terms, ('critic', 1.0)))
    latent = torch.randn(16, 16, 24, generator=torch.Generator().manual_seed(0))
    plan = assemble(task, load(tmp_path, 'cpu'), ARM).decide(Belief(latent, 0.0)).plan
    assert plan.terms['critic'] != 0.0


def test_a_goal_image_and_too_little_play_are_refused(blobs, checkpoint):
    with pytest.raises(ConfigError, match='goal image'):
        CriticLearner(blobs, checkpoint, ARM, load_task('clear_table_by_goal'), CONFIG)
    with pytest.raises(DatasetError, match='--states'):
        CriticLearner(blobs, checkpoint, ARM, TASK, replace(CONFIG, states=1_000_000))


def test_loss_that_is_not_finite_stops_the_sweep(blobs, checkpoint):
    learner = CriticLearner(blobs, checkpoint, ARM, TASK, CONFIG)
    with torch.no_grad():
        next(learner.critic.parameters()).fill_(float('nan'))
    with pytest.raises(CollapseError, match='loss is not finite at step 0 of the critic'):
        learner.sweep(0, lambda: None)
