import math

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foresight.errors import PlanningError
from foresight.protocols import CostBreakdown


def test_reaches_the_optimum_of_one_step(linear):
    plan = linear.make_planner(linear.GoalCost((0.2, -0.1))).plan(linear.belief_at(0.0, 0.0))
    assert torch.allclose(plan.actions[0], torch.tensor([0.2, -0.1]), atol=0.01)
    assert plan.cost < 1e-4


def test_reaches_the_optimum_of_three_bounded_steps(linear):
    planner = linear.make_planner(
        linear.GoalCost((0.5,)), size=1, horizon=3, samples=512, iterations=15,
    )
    plan = planner.plan(linear.belief_at(0.0))
    best = torch.tensor([[linear.BOX], [0.5 - linear.BOX], [0.0]])
    assert torch.allclose(plan.actions, best, atol=0.02)
    assert plan.cost == pytest.approx((0.5 - linear.BOX) ** 2, abs=2e-3)


def test_the_imagined_latents_are_those_of_the_chosen_actions(linear):
    plan = linear.make_planner(linear.GoalCost((0.2,)), size=1, horizon=2).plan(
        linear.belief_at(0.1),
    )
    steps = torch.cat([torch.tensor([0.1]), plan.actions[:, 0]]).cumsum(0)
    assert torch.allclose(plan.latents.flatten(), steps)


def test_both_modes_survive_and_the_better_one_is_chosen(linear):
    planner = linear.make_planner(linear.GoalCost((-0.2,), (0.2,), gap=1e-4), size=1)
    plan = planner.plan(linear.belief_at(0.0))
    assert plan.actions[0, 0] == pytest.approx(-0.2, abs=0.01)
    assert plan.elites[:2, 0, 0].tolist() == pytest.approx([-0.2, 0.2], abs=0.01)


def test_same_seed_and_belief_give_the_same_bits(linear):
    def decide():
        planner = linear.make_planner(
            linear.GoalCost((0.2, -0.1)), horizon=2, robust_top=8, seed=3,
        )
        return [planner.plan(linear.belief_at(0.0, 0.0)) for _ in range(2)]

    for one, other in zip(decide(), decide()):
        assert torch.equal(one.actions, other.actions)
        assert one.cost == other.cost
        assert torch.equal(one.latents, other.latents)


def test_reseeding_repeats_and_reset_does_not(linear):
    planner = linear.make_planner(linear.GoalCost((0.2, -0.1)), iterations=1)
    belief = linear.belief_at(0.0, 0.0)
    planner.reseed(5)
    first = planner.plan(belief).actions
    planner.reset()
    second = planner.plan(belief).actions
    planner.reseed(5)
    assert torch.equal(planner.plan(belief).actions, first)
    assert not torch.equal(first, second)


def test_the_warm_start_shifts_by_one_step(linear):
    model = linear.Recorder()
    planner = linear.make_planner(
        linear.GoalCost((0.5,)), size=1, model=model, horizon=2, iterations=1, chunk=8192,
    )
    plan = planner.plan(linear.belief_at(0.0))
    model.seen.clear()
    planner.plan(linear.belief_at(0.0))
    assert (model.seen[0] == plan.actions[1]).all(dim=-1).any()
    planner.plan(linear.belief_at(0.0))
    planner.reset()
    model.seen.clear()
    planner.plan(linear.belief_at(0.0))
    assert not (model.seen[0] == plan.actions[1]).all(dim=-1).any()


def slow_plan(linear, seconds, **settings):
    """Plan with a model that takes so many seconds for each candidate."""
    clock = linear.FakeClock()
    planner = linear.make_planner(
        linear.GoalCost((0.2, -0.1)), clock=clock, model=linear.SlowModel(clock, seconds),
        **settings,
    )
    return planner.plan(linear.belief_at(0.0, 0.0))


def test_a_deadline_returns_the_best_so_far_within_it(linear):
    plan = slow_plan(linear, 0.001, samples=100, iterations=50, deadline=0.35)
    assert plan.truncated
    assert plan.iterations == 3
    assert plan.seconds <= 0.36


def test_one_chunk_is_scored_whatever_the_deadline(linear):
    plan = slow_plan(linear, 1.0, samples=100, deadline=0.35, robust_top=8)
    assert plan.truncated
    assert plan.iterations == 1
    assert plan.evaluations == 64 + 1


def test_time_is_kept_for_the_robust_scoring(linear):
    robust = {'robust_top': 8, 'robust_samples': 6}
    plan = slow_plan(linear, 0.001, samples=100, iterations=2, deadline=0.22, **robust)
    assert plan.truncated
    assert plan.evaluations == 100 + 64 + 48
    assert plan.seconds <= 0.22


def test_a_deadline_cuts_inside_an_iteration(linear):
    plan = slow_plan(linear, 0.001, samples=640, deadline=0.35)
    assert plan.truncated and plan.iterations == 1
    assert plan.evaluations == 5 * 64 + 1
    assert plan.seconds <= 0.35


def test_fewer_are_scored_again_where_time_is_short(linear):
    robust = {'robust_top': 8, 'robust_samples': 6}
    plan = slow_plan(linear, 0.001, samples=64, iterations=1, deadline=0.09, **robust)
    assert plan.truncated and plan.evaluations == 64 + 4 * 6
    assert plan.seconds <= 0.09


def test_a_machine_that_slows_down_at_the_end_is_late_by_one_chunk(linear):
    clock = linear.FakeClock()
    model = linear.SlowModel(clock, 0.001)

    def others_work():
        model.seconds = 0.003 if clock.now > 0.25 else 0.001
        return clock.now

    planner = linear.make_planner(
        linear.GoalCost((0.2, -0.1)), clock=others_work, model=model, samples=64, iterations=4,
        deadline=0.5, robust_top=24, robust_samples=8,
    )
    plan = planner.plan(linear.belief_at(0.0, 0.0))
    assert plan.truncated and plan.evaluations < 4 * 64 + 24 * 8
    assert plan.seconds <= 0.5 + 64 * 0.003


def test_a_plan_in_time_is_not_truncated(linear):
    plan = linear.make_planner(linear.GoalCost((0.2, -0.1))).plan(linear.belief_at(0.0, 0.0))
    assert not plan.truncated
    assert plan.evaluations == 8 * 256 + 1


class _Cliff:
    """Free up to an edge; beyond it everything is lost."""

    def __call__(self, rollout):
        tip = rollout.latents[:, -1].flatten(1)[:, 0]
        total = torch.where(tip > 0.2, 10.0, -tip)
        return CostBreakdown(total, {'cliff': total})


def test_robust_scoring_keeps_away_from_a_cliff(linear):
    bold = linear.make_planner(_Cliff(), size=1)
    careful = linear.make_planner(_Cliff(), size=1, robust_top=24, robust_samples=16)
    bold, careful = (planner.plan(linear.belief_at(0.0)) for planner in (bold, careful))
    assert bold.actions[0, 0] > 0.195
    assert careful.actions[0, 0] < 0.18


def test_terms_sum_to_the_cost(linear):
    plan = linear.make_planner(linear.GoalCost((0.5, 0.5)), robust_top=8).plan(
        linear.belief_at(0.0, 0.0),
    )
    assert sum(plan.terms.values()) == pytest.approx(plan.cost)


class _Ring:
    """Allows actions whose distance from the origin is within bounds."""

    name = 'ring'

    def __init__(self, low, high):
        self.low, self.high = low, high

    def __call__(self, actions):
        radius = actions.norm(dim=-1)
        return (radius >= self.low) & (radius <= self.high)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    low=st.floats(0.0, 0.2), width=st.floats(0.02, 0.2), goal=st.floats(-0.3, 0.3),
    horizon=st.integers(1, 3), size=st.integers(1, 4), seed=st.integers(0, 2**31),
)
def test_every_scored_candidate_satisfies_the_guardrails(
    linear, low, width, goal, horizon, size, seed,
):
    model, ring = linear.Recorder(), _Ring(low, low + width)
    planner = linear.make_planner(
        linear.GoalCost((goal,) * size), size=size, guardrails=[ring], model=model, samples=32,
        elites=8, iterations=3, horizon=horizon, robust_top=4, robust_samples=3, seed=seed,
    )
    try:
        plans = [planner.plan(linear.belief_at(*[0.0] * size)) for _ in range(2)]
    except PlanningError as error:
        assert "'ring'" in str(error)
        return
    assert all(ring(actions).all() for actions in model.seen)
    assert all(ring(plan.actions).all() for plan in plans)


def test_an_impossible_guardrail_is_named(linear):
    box = linear.Box((-1.0, -1.0), (1.0, 1.0))
    planner = linear.make_planner(
        linear.GoalCost((0.0, 0.0)), guardrails=[box, _Ring(2.0, 3.0)],
    )
    with pytest.raises(PlanningError, match="no candidate satisfies guardrail 'ring'"):
        planner.plan(linear.belief_at(0.0, 0.0))


def test_a_latent_that_is_not_finite_is_refused(linear):
    planner = linear.make_planner(linear.GoalCost((0.0, 0.0)))
    with pytest.raises(PlanningError, match='finite'):
        planner.plan(linear.belief_at(math.nan, 0.0))


def test_proposals_are_among_the_candidates(linear):
    model = linear.Recorder()
    planner = linear.make_planner(
        linear.GoalCost((0.2, -0.1)), model=model, iterations=1, chunk=8192, samples=100,
        proposal_share=0.7,
    )
    proposed = torch.tensor([0.123, 0.0])
    planner.plan(linear.belief_at(0.0, 0.0), lambda count, generator: proposed.repeat(count, 1))
    assert (model.seen[0] == proposed).all(dim=-1).sum() == 70


def test_chunks_do_not_change_the_plan(linear):
    plans = [
        linear.make_planner(linear.GoalCost((0.2, -0.1)), chunk=chunk).plan(
            linear.belief_at(0.0, 0.0),
        )
        for chunk in (7, 8192)
    ]
    assert torch.equal(plans[0].actions, plans[1].actions)


def test_the_plan_can_be_used_outside_inference_mode(linear):
    plan = linear.make_planner(linear.GoalCost((0.2, -0.1))).plan(linear.belief_at(0.0, 0.0))
    plan.latents.requires_grad_()
    plan.actions.add_(1.0)


def test_branches_find_the_same_goal_with_fewer_predictions(linear):
    asked = {}
    for branches in (1, 4):
        model = linear.Recorder()
        planner = linear.make_planner(
            linear.GoalCost((0.5, -0.4)), model=model, horizon=2, branches=branches,
        )
        plan = planner.plan(linear.belief_at(0.0, 0.0))
        assert (plan.actions.sum(dim=0) - torch.tensor([0.5, -0.4])).abs().max() < 0.05
        asked[branches] = sum(len(actions) for actions in model.seen)
    assert asked[4] < 0.7 * asked[1]
