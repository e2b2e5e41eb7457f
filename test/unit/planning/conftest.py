"""A world whose best plan is known, and planners in it."""

from types import SimpleNamespace

import pytest
import torch

from foresight.planning.action_space import ActionSpace
from foresight.planning.optimizers.cem import CemPlanner
from foresight.planning.settings import OptimiserConfig
from foresight.protocols import Belief, CostBreakdown

BOX = 0.3


class LinearWorldModel:
    """The latent moves by the action."""

    def predict(self, latents, actions):
        return latents + actions.reshape(latents.shape)


class GoalCost:
    """Squared distance to the nearest of some goals, the first costing `gap` less than others."""

    def __init__(self, *goals, gap=0.0):
        self.goals, self.gap = torch.tensor(goals), gap

    def __call__(self, rollout):
        tips = rollout.latents[:, 1:].flatten(2)[:, :, None]  # sample horizon 1 action
        distances = (tips - self.goals).square().sum(dim=-1)  # sample horizon goal
        distances = distances + self.gap * torch.arange(len(self.goals))
        total = distances.amin(dim=-1).sum(dim=-1)
        return CostBreakdown(total, {'goal': total})


class Box:
    """A guardrail: every number of an action within bounds."""

    def __init__(self, low, high, name='box'):
        self.low, self.high, self.name = torch.tensor(low), torch.tensor(high), name

    def __call__(self, actions):
        return ((actions >= self.low) & (actions <= self.high)).all(dim=-1)


class BoxSampler:
    """Uniform actions in a box of any dimension."""

    def __init__(self, size, half=BOX):
        self.size, self.half = size, half

    def __call__(self, count, generator):
        return (2 * torch.rand(count, self.size, generator=generator) - 1) * self.half


class Recorder:
    """A model that remembers every action it was asked about."""

    def __init__(self, model=None):
        self.model, self.seen = model or LinearWorldModel(), []

    def predict(self, latents, actions):
        self.seen.append(actions.clone())
        return self.model.predict(latents, actions)


class FakeClock:
    """A clock that moves only when something takes time."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class SlowModel(LinearWorldModel):
    """Takes the same time for each candidate."""

    def __init__(self, clock, seconds):
        self.clock, self.seconds = clock, seconds

    def predict(self, latents, actions):
        self.clock.now += self.seconds * len(latents)
        return super().predict(latents, actions)


def belief_at(*state):
    return Belief(torch.tensor(state).reshape(-1, 1, 1), stamp=0.0)


def make_planner(cost, size=2, guardrails=None, model=None, sampler=None, clock=None, **settings):
    config = OptimiserConfig(**{'iterations': 8, 'robust_top': 0, 'deadline': 60.0, **settings})
    box = Box((-BOX,) * size, (BOX,) * size)
    return CemPlanner(
        model or LinearWorldModel(), cost, [box] if guardrails is None else guardrails,
        sampler or BoxSampler(size), config, ActionSpace((0.1,) * size, (0.02,) * size),
        **({'clock': clock} if clock else {}),
    )


@pytest.fixture
def linear():
    """Return the parts by name; test folders are not importable."""
    return SimpleNamespace(
        BOX=BOX, LinearWorldModel=LinearWorldModel, GoalCost=GoalCost, Box=Box,
        BoxSampler=BoxSampler, Recorder=Recorder, FakeClock=FakeClock, SlowModel=SlowModel,
        belief_at=belief_at, make_planner=make_planner,
    )
