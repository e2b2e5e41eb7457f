from dataclasses import dataclass

import torch

from foresight.planning.levels.task import DoneTest, TaskLevel


@dataclass(frozen=True)
class Distance:
    """Distance of the latent from the origin."""

    name: str = 'distance'

    def score(self, latents):
        return latents.flatten(1).norm(dim=1)


def test_a_task_with_something_left_gets_a_plan(linear):
    level = TaskLevel(linear.make_planner(linear.GoalCost((0.0, 0.0))), DoneTest(Distance(), 0.1))
    decision = level.decide(linear.belief_at(0.2, 0.0))
    assert not decision.done
    assert torch.allclose(decision.plan.actions[0], torch.tensor([-0.2, 0.0]), atol=0.01)
    assert decision.score > 0.1


def test_a_task_with_nothing_left_is_done(linear):
    level = TaskLevel(linear.make_planner(linear.GoalCost((0.0, 0.0))), DoneTest(Distance(), 0.1))
    decision = level.decide(linear.belief_at(0.05, 0.0))
    assert decision.done and decision.plan is None


def test_the_aim_sees_the_latent_and_proposes(linear):
    model = linear.Recorder()
    planner = linear.make_planner(
        linear.GoalCost((0.0, 0.0)), model=model, iterations=1, chunk=8192,
    )

    def aim(latent):
        return lambda count, generator: -latent.reshape(1, -1).repeat(count, 1)

    level = TaskLevel(planner, DoneTest(Distance(), 0.1), aim)
    plan = level.decide(linear.belief_at(0.2, 0.1)).plan
    assert torch.allclose(plan.actions, torch.tensor([[-0.2, -0.1]]))
    assert (model.seen[0] == plan.actions[0]).all(dim=1).sum() > 100


def test_an_episode_depends_on_its_seed_only(linear):
    planner = linear.make_planner(linear.GoalCost((0.0, 0.0)), iterations=1)
    level = TaskLevel(planner, DoneTest(Distance(), 0.1))
    belief, actions = linear.belief_at(0.2, 0.1), []
    for seed in (7, 8, 7):
        level.reset(seed)
        actions.append(level.decide(belief).plan.actions)
    assert torch.equal(actions[0], actions[2])
    assert not torch.equal(actions[0], actions[1])


def test_dropping_the_warm_start_does_not_repeat_the_same_draws(linear):
    planner = linear.make_planner(linear.GoalCost((0.0, 0.0)), iterations=1)
    level = TaskLevel(planner, DoneTest(Distance(), 0.1))
    belief = linear.belief_at(0.2, 0.1)
    first = level.decide(belief).plan.actions
    level.drop_warm_start()
    assert not torch.equal(level.decide(belief).plan.actions, first)
