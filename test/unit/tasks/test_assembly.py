from dataclasses import replace

import pytest
import torch

from foresight.actions.loading import load, make_model
from foresight.actions.push.keep_out import KeepOut
from foresight.actions.push.macro_action import PushAction
from foresight.costs.critic import Critic
from foresight.costs.goal_energy import RegionConfig
from foresight.errors import CheckpointError, ConfigError, PlanningError
from foresight.planning.settings import OptimiserConfig
from foresight.protocols import Belief
from foresight.robots.arm import ArmModel, RobotFile
from foresight.robots.description import load_urdf
from foresight.robots.joint_level import JointLevelConfig
from foresight.settings import BY_COST_HEAD
from foresight.tasks.assembly import assemble
from foresight.tasks.clear_table.cost_head import CostHead
from foresight.tasks.task_file import TaskConfig, load_task
from foresight.tasks.terms import TERMS
from foresight.world_model.checkpoint import CheckpointConfig, save
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.predictors.task import PredictorConfig

SMALL = OptimiserConfig(samples=32, elites=8, iterations=2, robust_top=2, deadline=60.0)
PANDA = RobotFile.read('panda')
ARM = ArmModel(load_urdf(PANDA), PANDA)
SHORT = ArmModel(load_urdf(PANDA).replace('-0.0825 0.384 0', '-0.0825 0.300 0'), PANDA)

OWN = """
terms:
  {0}:
    weight: 2.0
    {1}
done:
  term: {0}
  below: 0.0
"""


def feasible(arm):
    return PushAction().feasible(arm, JointLevelConfig())


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp('checkpoint')
    torch.manual_seed(0)
    config = CheckpointConfig(
        encoder=EncoderConfig(channels=4, width=8), predictor=PredictorConfig(width=16, blocks=1),
    )
    model = make_model(config)
    head = CostHead(config.encoder.channels, model.raster.scene_map)
    for module in (model.predictor, head):
        for parameter in module.parameters():
            torch.nn.init.normal_(parameter, std=0.2)
    critic = Critic(config.encoder.channels, model.raster.scene_map, 32)
    torch.nn.init.constant_(critic.layers[-1].bias, 1.0)
    save(folder, {'world_model': model, 'cost_head': head, 'critic': critic}, config)
    return folder


@pytest.fixture
def checkpoint(folder):
    return load(folder, 'cpu')


def belief(seed=0):
    return Belief(torch.randn(4, 16, 24, generator=torch.Generator().manual_seed(seed)), 0.0)


def task(**terms):
    return TaskConfig('test', tuple(terms.items()), next(iter(terms)), 0.0, SMALL)


@pytest.mark.parametrize('name', TERMS)
def test_every_known_term_can_be_planned_with(checkpoint, name):
    goal = belief(1).latent if name == 'goal_energy' else None
    asked = replace(task(**{name: 1.0}), done_below=-1e6)  # one of them is a gain
    plan = assemble(asked, checkpoint, ARM, goal).decide(belief()).plan
    assert list(plan.terms) == [name]
    assert feasible(ARM)(plan.actions).all()


def test_every_candidate_is_within_the_reach_of_the_arm_that_is_loaded(checkpoint):
    everything = replace(SMALL, samples=256, elites=256, iterations=1)

    def candidates(arm):
        level = assemble(task(remaining=1.0), checkpoint, arm, planner=everything)
        return level.decide(belief()).plan.elites.flatten(0, 1)

    assert feasible(SHORT)(candidates(SHORT)).all()
    assert feasible(ARM)(candidates(ARM)).all()
    assert not feasible(SHORT)(candidates(ARM)).all()


def test_the_shares_of_a_task_sum_to_its_cost(checkpoint):
    level = assemble(
        load_task(BY_COST_HEAD), checkpoint, ARM, planner=replace(SMALL, horizon=2),
    )
    plan = level.decide(belief()).plan
    assert list(plan.terms) == ['remaining', 'progress', 'dropped']
    assert sum(plan.terms.values()) == pytest.approx(plan.cost, rel=1e-4)


@pytest.mark.parametrize('name', ['remaining', 'progress', 'dropped'])
def test_every_term_changes_the_plan_when_it_counts(checkpoint, name):
    weights = {'remaining': 1.0, 'progress': 1.0, 'dropped': 1.0}

    def plan(weight):
        return assemble(task(**{**weights, name: weight}), checkpoint, ARM).decide(belief()).plan

    assert not torch.equal(plan(0.0).actions, plan(10.0).actions)


def test_the_same_seed_and_belief_give_the_same_bits(checkpoint):
    plans = [assemble(load_task(BY_COST_HEAD), checkpoint, ARM, planner=SMALL) for _ in range(2)]
    first, second = (level.decide(belief()).plan for level in plans)
    assert torch.equal(first.actions, second.actions)
    assert first.cost == second.cost
    assert torch.equal(first.latents, second.latents)


def test_a_task_with_a_low_score_is_done(checkpoint):
    low = replace(task(remaining=1.0), done_below=1000.0)
    assert assemble(low, checkpoint, ARM).decide(belief()).done


def test_a_goal_task_is_done_at_its_goal(checkpoint):
    level = assemble(load_task('push_to_goal'), checkpoint, ARM, belief().latent, planner=SMALL)
    assert level.decide(belief()).done
    assert not level.decide(belief(1)).done


def with_change(rows, columns):
    latent = belief().latent.clone()
    latent[:, rows, columns] += 3.0
    return Belief(latent, 0.0)


def test_clearing_by_a_goal_image_is_done_whatever_lies_in_the_bin(checkpoint):
    cleared = load_task('clear_table_by_goal')
    level = assemble(cleared, checkpoint, ARM, belief().latent, planner=SMALL)
    assert level.decide(with_change(slice(6, 10), slice(4, 8))).done
    assert not level.decide(with_change(slice(6, 10), slice(12, 16))).done  # on the table
    assert not level.decide(with_change(slice(14, 16), slice(12, 16))).done  # on the floor


def test_the_regions_of_a_task_weigh_its_goal_energy(checkpoint):
    def score(**weights):
        regions = RegionConfig(**weights)
        there = replace(task(goal_energy=1.0), regions=regions, done_below=100.0)
        level = assemble(there, checkpoint, ARM, belief().latent)
        return level.decide(with_change(slice(14, 16), slice(12, 16))).score

    assert score(floor=0.0) == 0.0
    assert score(floor=4.0) > score(floor=1.0) > 0.0


def test_a_goal_task_without_a_goal_is_an_error(checkpoint):
    with pytest.raises(ConfigError, match='goal image'):
        assemble(load_task('push_to_goal'), checkpoint, ARM)


def test_a_checkpoint_without_a_critic_names_the_command(tmp_path, checkpoint):
    head = CostHead(4, checkpoint.model.raster.scene_map)
    save(tmp_path, {'world_model': checkpoint.model, 'cost_head': head}, checkpoint.config)
    with pytest.raises(CheckpointError, match='foresight train critic'):
        assemble(task(remaining=1.0, critic=1.0), load(tmp_path, 'cpu'), ARM)


def fenced(*zone):
    """The arm with a zone that no action may sweep."""
    return ArmModel(load_urdf(PANDA), replace(PANDA, keep_out=(('glass', zone),)))


def test_a_keep_out_zone_holds_whatever_the_task(checkpoint):
    level = assemble(task(remaining=1.0), checkpoint, fenced(0.2, 0.8, -0.5, 0.0))
    assert KeepOut((0.2, 0.8), (-0.5, 0.0), ARM.tool)(level.decide(belief()).plan.actions).all()


def test_no_free_action_names_the_keep_out_zone(checkpoint):
    level = assemble(task(remaining=1.0), checkpoint, fenced(0.0, 1.0, -1.0, 1.0))
    with pytest.raises(PlanningError, match="'glass'"):
        level.decide(belief())


def test_a_checkpoint_of_actions_without_labels_serves_goal_images_alone(folder, tmp_path):
    known = load(folder, 'cpu')
    save(tmp_path, {'world_model': known.model}, known.config)
    bare = load(tmp_path, 'cpu')
    goal = torch.zeros(4, 16, 24)
    assert assemble(task(goal_energy=1.0), bare, ARM, goal).decide(belief()).plan is not None
    with pytest.raises(CheckpointError, match='no cost head.*clear_table_by_goal'):
        assemble(task(remaining=1.0), bare, ARM)


class Leftward:
    """A term of somebody's own: how much of the latent is to the right."""

    name = 'leftward'

    def __init__(self, known, sharpness=1.0):
        columns = known.encoder.grid[1]
        self.weights = sharpness * torch.arange(columns) / columns

    def score(self, latents):
        return (latents.square().mean(dim=(1, 2)) * self.weights).sum(dim=1)


def test_a_term_of_ones_own_is_planned_with_and_takes_parameters(tmp_path, checkpoint):
    file = tmp_path / 'leftward.yaml'
    file.write_text(OWN.format(f'{__name__}:Leftward', 'sharpness: 3.0'))
    level = assemble(replace(load_task(file), planner=SMALL), checkpoint, ARM)
    decision = level.decide(belief())
    assert decision.plan.terms['leftward'] > 0.0
    file.write_text(OWN.format(f'{__name__}:Leftward', 'sharpness: 6.0'))
    sharper = assemble(replace(load_task(file), planner=SMALL), checkpoint, ARM)
    assert sharper.decide(belief()).score == pytest.approx(2.0 * decision.score)


@pytest.mark.parametrize(('name', 'parameters', 'match'), [
    ('nowhere:Leftward', 'sharpness: 3.0', "cost term 'nowhere:Leftward' cannot be imported"),
    (f'{__name__}:Leftward', 'bluntness: 3.0', 'unexpected keyword argument .bluntness.'),
    (f'{__name__}:Leftward', 'sharpness: [one]', 'check its parameters'),
    ('outside', 'y: [0.3, 0.0]', 'cost term outside: y = .*write lowest and highest y'),
    ('outside', 'y: [0.35, 0.50]', 'is off the table, which is .*move it there'),
    ('apart', 'within: far', 'cost term apart: within = .far.: write a length'),
])
def test_a_term_that_cannot_be_made_is_named(tmp_path, checkpoint, name, parameters, match):
    file = tmp_path / 'leftward.yaml'
    file.write_text(OWN.format(name, parameters))
    with pytest.raises(ConfigError, match=match):
        assemble(load_task(file), checkpoint, ARM)


def test_a_checkpoint_of_another_action_is_refused_before_anything_moves(checkpoint):
    asked = replace(task(remaining=1.0), action='poke')
    with pytest.raises(CheckpointError, match="foresees the macro-action 'push', .* 'poke'"):
        assemble(asked, checkpoint, ARM)
