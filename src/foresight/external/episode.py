"""The closed loop in an environment: act toward a goal image, and see how far it got."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from foresight.actions.loading import load
from foresight.closing import Closing
from foresight.data.environments import EnvironmentConfig, json_object, resize
from foresight.errors import ConfigError
from foresight.external.gym import GymEnvironment, Picture
from foresight.external.policies import AimedActions, EnvironmentPolicy, GoalPlanner, RandomActions
from foresight.pictures import LARGEST_FILE, unpack
from foresight.planning.settings import OptimiserConfig
from foresight.reading import damaged, read_bytes

SEARCH = OptimiserConfig(
    horizon=5, samples=128, iterations=4, discount=1.0, robust_top=0, chunk=128,
)
"""Usual search; nothing is jittered, for an action is carried out exactly."""
POLICIES = GoalPlanner.name, AimedActions.name, RandomActions.name
GOAL_SEED = 1_000_003  # Added to the seed of an episode for the play that leads to its goal.


@dataclass(frozen=True)
class Goal:
    """Where the image of a goal comes from; by default play of the seed leads to it.

    Attributes:
        image: File of an image.
        options: Options of a reset that shows the goal, as JSON.
        actions: Random actions of the play that leads to the goal.
    """

    image: str = ''
    options: str = ''
    actions: int = 10


@dataclass(frozen=True)
class EnvironmentEpisode:
    """How an episode went.

    Attributes:
        seed: Seed of the episode.
        success: Whether the environment counts it as success.
        left: Difference to the goal image at the end, as a share of that at the beginning.
        last: The figure at the end.
        best: Its largest value on the way.
        actions: Actions that were taken.
        plan_ms: Time that choosing each took [ms].
    """

    seed: int
    success: bool
    left: float
    last: float
    best: float
    actions: int
    plan_ms: tuple[float, ...]


@dataclass(frozen=True)
class MakeLoop:
    """Builds the loop of a policy, in the process that plays.

    Attributes:
        policy: Name of the policy.
        environment: Which environment.
        checkpoint: Folder of the world model.
        most: Actions of an episode at most.
        planner: Settings of the search.
        noise: Spread of its first refinement, as a share of the range of each number.
        goal: Where the goal comes from.
        figure: Number of the environment that says how well it goes; empty = its reward.
    """

    policy: str
    environment: EnvironmentConfig
    checkpoint: Path
    most: int
    planner: OptimiserConfig = SEARCH
    noise: float = 0.25
    goal: Goal = Goal()
    figure: str = ''

    def __call__(self) -> 'EnvironmentLoop':
        """Build it."""
        return EnvironmentLoop(self)


class EnvironmentLoop(Closing):
    """Plays episodes of an environment toward goals."""

    def __init__(self, made: MakeLoop) -> None:
        """Make environment and policy.

        Raises:
            ConfigError: If the environment cannot be made, or the goal image cannot be read.
            CheckpointError: If the checkpoint does not fit.
        """
        self._made, self._environment = made, GymEnvironment(made.environment)
        self._policy = _policy(made, self._environment)
        self._options = json_object(made.goal.options, '--goal-options')
        self._image = _read(made.goal.image, made.environment) if made.goal.image else None

    def play(self, seed: int) -> EnvironmentEpisode:
        """Act until the environment ends the episode or the actions are used up."""
        goal = self._goal(seed)
        image = first = self._environment.reset(seed)
        self._policy.begin(seed, goal)
        success, figures, times = False, list[float](), list[float]()
        while len(times) < self._made.most:
            begin = time.perf_counter()
            action = self._policy.choose(image)
            times.append(1e3 * (time.perf_counter() - begin))
            arrival = self._environment.act(action)
            image, success = arrival.image, arrival.success
            figures.append(self._figure(arrival.reward, arrival.figures))
            if arrival.terminated:
                break
        left = apart(image, goal) / max(apart(first, goal), 1e-6)
        return EnvironmentEpisode(
            seed, success, left, figures[-1], max(figures), len(times), tuple(times),
        )

    def close(self) -> None:
        """Close the environment."""
        self._environment.close()

    def _goal(self, seed: int) -> Picture:
        """Return the goal image of an episode."""
        if self._image is not None:
            return self._image
        image = self._environment.reset(seed, self._options)
        if self._options:
            return image
        play = RandomActions(self._environment.action.bounds)
        play.begin(seed + GOAL_SEED, image)
        for _ in range(self._made.goal.actions):
            arrival = self._environment.act(play.choose(image))
            image = arrival.image
            if arrival.terminated:
                break
        return image

    def _figure(self, reward: float, known: Mapping[str, float]) -> float:
        """Return the number that says how well it goes.

        Raises:
            ConfigError: If the environment does not tell it.
        """
        name = self._made.figure
        if name and name not in known:
            raise ConfigError(
                f'{self._made.environment.env} tells no figure {name!r}: choose one of '
                f'{", ".join(known) or "none"}, or leave --figure out'
            )
        return known[name] if name else reward


def apart(first: Picture, second: Picture) -> float:
    """Return the mean difference of two images [grey levels]."""
    return float(np.abs(first.astype(np.int16) - second).mean())


def _policy(made: MakeLoop, environment: GymEnvironment) -> EnvironmentPolicy:
    """Make a policy."""
    if made.policy == GoalPlanner.name:
        return GoalPlanner(load(made.checkpoint), made.planner, made.noise)
    kind = AimedActions if made.policy == AimedActions.name else RandomActions
    return kind(environment.action.bounds)


def _read(path: str, environment: EnvironmentConfig) -> Picture:
    """Read the image of a goal, in the shape of the environment's.

    Raises:
        ConfigError: If it cannot be read, or its sides have another ratio.
    """
    with damaged(Path(path), 'give --goal a PNG or JPEG file', ConfigError):
        image = unpack(read_bytes(Path(path), LARGEST_FILE))
    rows, columns = environment.image_rows, environment.image_columns
    if image.shape[0] * columns != image.shape[1] * rows:
        raise ConfigError(
            f'{path} has {image.shape[0]}x{image.shape[1]} pixels, the environment is seen at '
            f'{rows}x{columns}: give --goal an image whose sides have that ratio'
        )
    return resize(image, rows, columns)
