"""What chooses actions in an environment: floors, and the planner with an image as its goal."""

from abc import ABC, abstractmethod

import numpy as np
import torch
from jaxtyping import Float
from torch import Generator

from foresight.actions.vector import Bounds, VectorAction
from foresight.costs.composite import Composite, WeightedTerm
from foresight.costs.goal_reach import GoalReach
from foresight.errors import CheckpointError
from foresight.external.gym import Picture
from foresight.planning.deadline import stopped_clock
from foresight.planning.optimizers.cem import CemPlanner
from foresight.planning.settings import OptimiserConfig
from foresight.protocols import Belief, Latent
from foresight.world_model.checkpoint import Checkpoint
from foresight.world_model.usual_image import UsualImage

Numbers = Float[np.ndarray, ' action']
DIFFERS = 24  # Grey levels by which a thing differs from what most of an image shows.


class EnvironmentPolicy(ABC):
    """Chooses actions, one at a time."""

    name = ''

    @abstractmethod
    def begin(self, seed: int, goal: Picture) -> None:
        """Begin an episode: seed every random choice, and take note of the goal."""

    @abstractmethod
    def choose(self, image: Picture) -> Numbers:
        """Choose the next action."""


class RandomActions(EnvironmentPolicy):
    """Uniform actions: the floor."""

    name = 'random'

    def __init__(self, bounds: Bounds) -> None:
        """Keep what an action may be."""
        self.bounds, self.generator = bounds, Generator()

    def begin(self, seed: int, goal: Picture) -> None:
        """Seed the draws."""
        self.generator.manual_seed(seed)

    def choose(self, image: Picture) -> Numbers:
        """Draw an action."""
        return self.bounds.draw(1, self.generator)[0].double().numpy()


class AimedActions(RandomActions):
    """Random places at which the image shows something, for actions that are places in it."""

    name = 'aimed_random'

    def choose(self, image: Picture) -> Numbers:
        """Draw a pixel (column, row) that differs from what most of the image shows."""
        apart = np.abs(image.astype(np.int16) - np.median(image, axis=(0, 1))).max(axis=2)
        weights = torch.from_numpy((apart > DIFFERS).ravel()).double()
        if not bool(weights.any()):
            return super().choose(image)
        chosen = int(torch.multinomial(weights, 1, generator=self.generator))
        row, column = divmod(chosen, image.shape[1])
        share = (np.array([column, row]) + 0.5) / (image.shape[1], image.shape[0])
        low, high = np.array(self.bounds.low), np.array(self.bounds.high)
        return np.asarray(low + share * (high - low))


class GoalPlanner(EnvironmentPolicy):
    """Plans toward the latent of a goal image, anew after each action from the plan before."""

    name = 'planner'

    def __init__(self, checkpoint: Checkpoint, config: OptimiserConfig, noise: float) -> None:
        """Keep the world model and how it is searched.

        Args:
            checkpoint: World model of the environment.
            config: Settings of the search.
            noise: Spread of its first refinement, as a share of the range of each number.

        Raises:
            CheckpointError: If the checkpoint knows no environment.
        """
        action, encoder = checkpoint.foreseen, checkpoint.config.encoder
        if not isinstance(action, VectorAction):
            raise CheckpointError(
                f'{checkpoint.folder} foresees the macro-action {action.kind!r} of an arm: give '
                'the --checkpoint of an environment'
            )
        self._model, self._config, self._noise = checkpoint.model, config, noise
        self._action, self._size = action, (encoder.rows, encoder.columns)
        blank = UsualImage.blank(*self._size)
        self._usual = checkpoint.fill('usual_image', blank).image[None]

    def begin(self, seed: int, goal: Picture) -> None:
        """Make a search for the goal."""
        reach = GoalReach(self._encode(goal))
        self._planner = CemPlanner(
            self._model, Composite([WeightedTerm(reach, 1.0)], self._config.discount),
            (self._action.bounds,), self._action.bounds.draw, self._config,
            self._action.space(self._noise), stopped_clock,
        )
        self._planner.reseed(seed)

    def choose(self, image: Picture) -> Numbers:
        """Plan, and return the first action."""
        plan = self._planner.plan(Belief(self._encode(image), 0.0))
        return plan.actions[0].double().numpy()

    @torch.no_grad()
    def _encode(self, image: Picture) -> Latent:
        """Encode an image.

        Raises:
            CheckpointError: If it is of another size than those that were learned from.
        """
        if image.shape[:2] != self._size:
            raise CheckpointError(
                f'the image is {image.shape[0]}x{image.shape[1]} pixels, the checkpoint knows '
                f'{self._size[0]}x{self._size[1]}: give the environment it was trained in'
            )
        seen = torch.from_numpy(np.ascontiguousarray(image)).to(self._model.device)
        return self._model.encode(seen[None], self._usual)[0]
