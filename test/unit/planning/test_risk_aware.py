"""Risk-aware choice among the best candidates."""

import pytest
import torch

from foresight.errors import ConfigError
from foresight.planning.settings import OptimiserConfig
from foresight.protocols import CostBreakdown, StochasticWorldModel

SAFE, BOLD = -0.2, 0.2


class SlipperyWorldModel:
    """The latent moves by the action; bold actions scatter it by the latent variable."""

    unknowns = 1

    def __init__(self, model):
        self.model, self.asked = model, []

    def predict(self, latents, actions):
        return self.model.predict(latents, actions)

    def imagine(self, latents, actions, unknown):
        self.asked.append(unknown.clone())
        slip = 2.0 * unknown * (actions > 0.0)
        return self.predict(latents, actions + slip)


class LedgeCost:
    """Two goals, the bold one a little better; beyond the ledge it costs a lot."""

    def __call__(self, rollout):
        tips = rollout.latents[:, 1:].flatten(1)[:, -1]
        near = torch.minimum((tips - SAFE).abs() + 0.05, (tips - BOLD).abs())
        fallen = 5.0 * (tips > 0.5)
        return CostBreakdown(near + fallen, {'near': near, 'fallen': fallen})


@pytest.fixture
def decide(linear):
    def decide(model=None, **settings):
        model = model or SlipperyWorldModel(linear.LinearWorldModel())
        planner = linear.make_planner(
            LedgeCost(), size=1, model=model,
            **{'robust_top': 24, 'robust_samples': 4, 'iterations': 4, **settings},
        )
        return planner.plan(linear.belief_at(0.0))

    return decide


@pytest.fixture(autouse=True)
def risky(monkeypatch, linear):
    """Let planners weigh futures as the assembly makes them do."""
    from foresight.costs.risk import make_risk
    from foresight.planning.optimizers.cem import CemPlanner

    class Weighing(CemPlanner):
        def __init__(self, *arguments, **named):
            config = arguments[4]
            super().__init__(*arguments, risk=make_risk(config.risk, config.risk_alpha), **named)

    monkeypatch.setitem(linear.make_planner.__globals__, 'CemPlanner', Weighing)


def test_the_linear_model_is_not_stochastic(linear):
    assert not isinstance(linear.LinearWorldModel(), StochasticWorldModel)
    assert isinstance(SlipperyWorldModel(linear.LinearWorldModel()), StochasticWorldModel)


def test_without_risk_the_bold_action_wins_and_no_outcome_is_drawn(decide, linear):
    model = SlipperyWorldModel(linear.LinearWorldModel())
    assert decide(model).actions[0, 0] == pytest.approx(BOLD, abs=0.03)
    assert model.asked == []


@pytest.mark.parametrize('risk', ['mean', 'cvar', 'worst'])
def test_with_risk_the_safe_action_wins(decide, risk):
    plan = decide(risk=risk)
    assert plan.actions[0, 0] == pytest.approx(SAFE, abs=0.06)
    assert plan.terms['fallen'] == 0.0


@pytest.mark.parametrize('risk', ['mean', 'cvar', 'worst'])
def test_terms_sum_to_the_cost(decide, risk):
    plan = decide(risk=risk, risk_samples=7)
    assert sum(plan.terms.values()) == pytest.approx(plan.cost, abs=1e-5)


def test_all_candidates_meet_the_same_futures(decide, linear):
    model = SlipperyWorldModel(linear.LinearWorldModel())
    plan = decide(model, risk='mean', risk_samples=5, chunk=8192)
    (asked,) = model.asked
    futures = asked.reshape(-1, 5)  # candidate future
    assert torch.equal(futures, futures[:1].expand(len(futures), -1))
    assert len(futures[0].unique()) == 5
    assert plan.evaluations == 4 * 256 + asked.numel()


def test_a_horizon_gives_each_step_its_own_unknown(decide, linear):
    model = SlipperyWorldModel(linear.LinearWorldModel())
    decide(model, risk='mean', risk_samples=5, horizon=2, chunk=8192)
    first, second = model.asked
    assert not torch.equal(first, second)


def test_risk_without_a_latent_variable_weighs_the_jitter_alone(decide, linear):
    plan = decide(linear.LinearWorldModel(), risk='worst', risk_samples=6)
    assert plan.actions[0, 0] == pytest.approx(BOLD, abs=0.05)


def test_risk_is_repeatable(decide):
    assert decide(risk='cvar').cost == decide(risk='cvar').cost


def test_risk_needs_candidates_to_judge():
    with pytest.raises(ConfigError, match='robust_top'):
        OptimiserConfig(risk='worst', robust_top=0)
