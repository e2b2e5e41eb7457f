"""A Gymnasium environment as the package sees it: images, and actions that are bounded vectors."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8

from foresight.actions.vector import Bounds, VectorAction
from foresight.closing import Closing
from foresight.data.environments import EnvironmentConfig, resize
from foresight.errors import ConfigError

MODE = 'rgb_array'
Picture = UInt8[np.ndarray, 'row column 3']


@dataclass(frozen=True)
class Arrival:
    """Where an action led.

    Attributes:
        image: What is seen.
        reward: Reward of the last step.
        success: Whether the environment counts it as success.
        terminated: Whether the episode is over.
        figures: Numbers that the environment tells besides, by name.
    """

    image: Picture
    reward: float
    success: bool
    terminated: bool
    figures: Mapping[str, float]


class GymEnvironment(Closing):
    """One environment, stepped an action at a time.

    Attributes:
        action: What its actions are.
        seconds: Time that an action takes [s]; a step counts as one where nobody knows.
    """

    def __init__(self, config: EnvironmentConfig) -> None:
        """Make the environment; needs the extra `gym`.

        Raises:
            ConfigError: If there is no such environment, or it has no bounded continuous action.
        """
        self._config, self._env = config, _made(config)
        self._space = self._env.action_space
        self.action = VectorAction(_bounds(self._space, config.env))
        self.seconds = config.repeat / float(self._env.metadata.get('render_fps') or 1.0)

    def reset(self, seed: int, options: Mapping[str, Any] | None = None) -> Picture:
        """Begin the episode of a seed, and return what is seen.

        Raises:
            ConfigError: If the environment shows no image.
        """
        observation, _ = self._env.reset(seed=seed, options=dict(options) if options else None)
        return self._seen(observation)

    def act(self, action: Float[np.ndarray, ' action']) -> Arrival:
        """Take some steps with one action, or fewer where the episode ends."""
        steps = action.astype(self._space.dtype).reshape(self._space.shape)
        for _ in range(self._config.repeat):
            observation, reward, terminated, truncated, told = self._env.step(steps)
            if terminated or truncated:
                break
        success = bool(told.get('is_success', told.get('success', terminated)))
        return Arrival(
            self._seen(observation), float(reward), success, bool(terminated or truncated),
            {key: float(value) for key, value in told.items()
             if isinstance(value, (int, float, np.number, np.bool_))},
        )

    def close(self) -> None:
        """Close the environment."""
        self._env.close()

    def _seen(self, observation: Any) -> Picture:
        """Return the image among what is observed, or else what is rendered, at its size."""
        parts = observation.values() if isinstance(observation, dict) else (observation,)
        image = next((part for part in parts if _is_picture(part)), None)
        if image is None:
            image = self._env.render() if self._env.render_mode == MODE else None
        if not _is_picture(image):
            raise ConfigError(
                f'{self._config.env} shows no image: it observes none and does not render as '
                f'{MODE}; choose an environment that does, or wrap it'
            )
        return resize(np.asarray(image), self._config.image_rows, self._config.image_columns)


def _made(config: EnvironmentConfig) -> Any:
    """Make the environment, without a limit of steps; whoever plays has one.

    Raises:
        ConfigError: If there is none of that name, or it cannot be made so.
    """
    import gymnasium  # needs the extra `gym`
    from gymnasium.envs.registration import load_env_creator

    package = config.env.partition(':' if ':' in config.env else '/')[0]
    try:
        if package != config.env:
            import_module(package)
        spec = gymnasium.spec(config.env.rpartition(':')[2])
        creator = spec.entry_point
        known = load_env_creator(creator) if isinstance(creator, str) else creator
        modes = getattr(known, 'metadata', {}).get('render_modes', ())
        shown = {'render_mode': MODE} if MODE in modes else {}
        return gymnasium.make(
            spec, disable_env_checker=True, max_episode_steps=-1, **{**shown, **config.arguments},
        )
    except (gymnasium.error.Error, ImportError, AttributeError, TypeError, ValueError) as error:
        reason = ' '.join(str(error).split())
        raise ConfigError(
            f'the environment {config.env!r} cannot be made ({reason}): install the package that '
            'registers it and write package/Name-v0 or module:Name-v0; look at --env-options'
        ) from error


def _bounds(space: Any, env: str) -> Bounds:
    """Return what an action may be.

    Raises:
        ConfigError: If it is not a box, or one without bounds.
    """
    from gymnasium.spaces import Box

    if not isinstance(space, Box) or not np.issubdtype(space.dtype, np.floating):
        raise ConfigError(
            f'{env} has the actions {space}: only a Box of real numbers can be planned; choose '
            'an environment with continuous actions'
        )
    if not (np.isfinite(space.low).all() and np.isfinite(space.high).all()):
        raise ConfigError(
            f'{env} has actions without bounds ({space}): wrap it so that they have, as '
            'gymnasium.wrappers.RescaleAction does'
        )
    return Bounds(*(tuple(map(float, edge.ravel())) for edge in (space.low, space.high)))


def _is_picture(part: Any) -> bool:
    """Tell whether something is an RGB image."""
    return isinstance(part, np.ndarray) and part.dtype == np.uint8 and part.ndim == 3 \
        and part.shape[2] == 3
