"""The seams of the package: what a model, a cost and a planner are, and what crosses them.

`world_model`, `costs` and `planning` import nothing from one another; they meet here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float, UInt8
from torch import Generator, Tensor

Latent = Float[Tensor, 'channel height width']
Latents = Float[Tensor, 'batch channel height width']
CellMap = Float[Tensor, 'height width']
CellMaps = Float[Tensor, 'batch height width']
Actions = Float[Tensor, 'batch action']
"""Macro-actions as their numbers."""


@dataclass(frozen=True)
class CameraView:
    """Pinhole intrinsics and pose of the camera that took an image.

    Attributes:
        matrix: Intrinsic matrix K [px], shape (3, 3).
        base_from_camera: Pose of `camera_optical_frame` in `base_link` (z forward, x right),
            homogeneous, shape (4, 4), translation [m].
        width: Image width [px].
        height: Image height [px].
    """

    matrix: Float[np.ndarray, '3 3']
    base_from_camera: Float[np.ndarray, '4 4']
    width: int
    height: int


@dataclass(frozen=True)
class Observation:
    """One camera image with the camera that took it.

    Attributes:
        image: RGB image, shape (height, width, 3).
        view: Camera that took the image.
        stamp: Time of the exposure [s].
    """

    image: UInt8[np.ndarray, 'height width 3']
    view: CameraView
    stamp: float


@dataclass(frozen=True)
class Belief:
    """The latent state to plan from.

    Attributes:
        latent: Spatial latent, shape (channel, height, width).
        stamp: Stamp of the image it came from [s].
    """

    latent: Latent
    stamp: float


@dataclass(frozen=True)
class Rollout:
    """Imagined futures of a batch of candidates.

    Attributes:
        latents: Latent before the first action and after each, shape
            (sample, horizon + 1, channel, height, width).
        actions: Candidate actions, shape (sample, horizon, action).
    """

    latents: Float[Tensor, 'sample steps *latent']
    actions: Float[Tensor, 'sample horizon action']


@runtime_checkable
class WorldModel(Protocol):
    """Anything that predicts the next latent from a latent and an action."""

    def predict(
        self, latents: Float[Tensor, 'batch *latent'], actions: Actions,
    ) -> Float[Tensor, 'batch *latent']:
        """Predict the latents one action later."""


@runtime_checkable
class StochasticWorldModel(WorldModel, Protocol):
    """A world model that can also imagine one of several things that may happen.

    Attributes:
        unknowns: Size of the latent variable that decides which; 0 if there is none.
    """

    unknowns: int

    def imagine(
        self, latents: Float[Tensor, 'batch *latent'], actions: Actions,
        unknown: Float[Tensor, 'batch unknown'],
    ) -> Float[Tensor, 'batch *latent']:
        """Predict the latents one action later, given what cannot be known.

        Args:
            latents: Latents before.
            actions: Actions.
            unknown: The latent variable; its prior is a standard normal.
        """


@runtime_checkable
class CostTerm(Protocol):
    """One named term of a plan's cost: a score of a single latent; lower is better."""

    @property
    def name(self) -> str:
        """Name under which the term reports its share."""

    def score(self, latents: Float[Tensor, 'batch *latent']) -> Float[Tensor, ' batch']:
        """Score each latent, unweighted."""


@dataclass(frozen=True)
class CostBreakdown:
    """Cost of each imagined future, and which term it comes from.

    Attributes:
        total: Cost of each future, shape (sample,).
        shares: Weighted share of each term by name, each of shape (sample,); they sum to `total`.
    """

    total: Float[Tensor, ' sample']
    shares: dict[str, Float[Tensor, ' sample']]


@runtime_checkable
class Cost(Protocol):
    """Anything that scores imagined futures; lower is better."""

    def __call__(self, rollout: Rollout) -> CostBreakdown:
        """Score each imagined future over the whole horizon."""


Risk = Callable[[Float[Tensor, '*batch future']], Float[Tensor, '*batch future']]
"""How much each imagined future of a candidate counts, from their costs; the sum is 1."""


@runtime_checkable
class Guardrail(Protocol):
    """A hard constraint: a candidate that breaks it is discarded, however cheap it is."""

    @property
    def name(self) -> str:
        """Name that an error shows when nothing satisfies the constraint."""

    def __call__(self, actions: Actions) -> Bool[Tensor, ' batch']:
        """Return True where an action is allowed."""


@runtime_checkable
class ActionSampler(Protocol):
    """A source of candidate actions that look like the data."""

    def __call__(self, count: int, generator: Generator) -> Float[Tensor, 'count action']:
        """Draw `count` actions."""


@dataclass(frozen=True)
class Plan:
    """What a planner decided, and why.

    Attributes:
        actions: Chosen action sequence, shape (horizon, action).
        cost: Its total cost.
        terms: Weighted share of each cost term, by name; the shares sum to `cost`.
        latents: Latents it is imagined to produce, shape (horizon + 1, channel, height, width);
            `latents[1]` is the subgoal of the first action.
        iterations: Optimiser iterations that ran.
        evaluations: Candidate sequences that were rolled out.
        seconds: Wall-clock planning time [s].
        truncated: True if the deadline ended the search.
    """

    actions: Float[Tensor, 'horizon action']
    cost: float
    terms: dict[str, float]
    latents: Float[Tensor, 'steps *latent']
    iterations: int
    evaluations: int
    seconds: float
    truncated: bool = False
    elites: Float[Tensor, 'elite horizon action'] | None = field(default=None, repr=False)


@runtime_checkable
class Planner(Protocol):
    """Anything that turns a belief into a plan."""

    def plan(self, belief: Belief, proposals: ActionSampler | None = None) -> Plan:
        """Choose actions from this belief.

        Args:
            belief: Latent state to plan from.
            proposals: Actions that suit this belief, mixed among the fresh candidates.

        Raises:
            PlanningError: If no candidate satisfies the guardrails.
        """

    def reset(self) -> None:
        """Forget the warm start; the random numbers go on."""

    def reseed(self, seed: int) -> None:
        """Forget the warm start and restart the random numbers, for a new episode."""
