from dataclasses import dataclass

import pytest
import torch

from foresight.costs.composite import Composite, WeightedTerm
from foresight.errors import ConfigError
from foresight.planning.action_space import ActionSpace
from foresight.planning.optimizers.cem import CemPlanner
from foresight.planning.settings import OptimiserConfig
from foresight.protocols import Belief, Rollout


@dataclass(frozen=True)
class Pull:
    """Squared distance of one feature from a value."""

    name: str
    feature: int
    to: float

    def score(self, latents):
        return (latents.flatten(1)[:, self.feature] - self.to).square()


PULLS = (Pull('left', 0, -0.2), Pull('right', 0, 0.2), Pull('up', 1, 0.2))


def composite(weights, discount=1.0):
    terms = [WeightedTerm(pull, weight) for pull, weight in zip(PULLS, weights)]
    return Composite(terms, discount)


def rollout(steps=4):
    generator = torch.Generator().manual_seed(0)
    latents = torch.randn(5, steps, 2, 1, 1, generator=generator)
    return Rollout(latents, torch.zeros(5, steps - 1, 2))


def test_shares_sum_to_the_total():
    breakdown = composite((1.0, 0.5, 2.0), 0.9)(rollout())
    assert list(breakdown.shares) == ['left', 'right', 'up']
    assert torch.allclose(sum(breakdown.shares.values()), breakdown.total)


def test_each_step_after_the_present_counts_discounted():
    imagined = rollout(3)
    expected = sum(0.5**step * PULLS[0].score(imagined.latents[:, step + 1]) for step in (0, 1))
    assert torch.allclose(composite((1.0,), 0.5)(imagined).total, expected)


def test_a_terminal_term_scores_only_the_last_latent_one_step_later():
    imagined = rollout(3)
    terms = [WeightedTerm(PULLS[0], 1.0), WeightedTerm(PULLS[1], 2.0, terminal=True)]
    shares = Composite(terms, 0.5)(imagined).shares
    assert torch.allclose(shares['right'], 0.25 * 2.0 * PULLS[1].score(imagined.latents[:, -1]))
    assert torch.allclose(shares['left'], composite((1.0,), 0.5)(imagined).total)


def test_weights_scale_shares():
    one, three = composite((1.0,))(rollout()), composite((3.0,))(rollout())
    assert torch.allclose(3 * one.shares['left'], three.shares['left'])


@pytest.mark.parametrize('index', range(len(PULLS)))
def test_every_term_changes_the_plan_when_it_counts(index):
    def plan(weight):
        weights = [0.5, 0.3, 0.5]
        weights[index] = weight
        planner = CemPlanner(
            Move(), composite(weights), [Box()],
            lambda count, generator: 0.6 * torch.rand(count, 2, generator=generator) - 0.3,
            OptimiserConfig(robust_top=0, deadline=60.0), ActionSpace((0.1, 0.1), (0.0, 0.0)),
        )
        return planner.plan(Belief(torch.full((2, 1, 1), 0.05), 0.0)).actions

    class Box:
        name = 'box'

        def __call__(self, actions):
            return (actions.abs() <= 0.3).all(dim=-1)

    class Move:
        def predict(self, latents, actions):
            return latents + actions.reshape(latents.shape)

    assert (plan(0.0) - plan(1.0)).abs().max() > 0.03


@pytest.mark.parametrize('names', [(), ('same', 'same')])
def test_no_term_or_a_name_twice_is_an_error(names):
    with pytest.raises(ConfigError, match='each name once'):
        Composite([WeightedTerm(Pull(name, 0, 0.0), 1.0) for name in names], 1.0)
