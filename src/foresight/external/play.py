"""Play in an environment: random and aimed actions, kept as episodes to learn from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from foresight.closing import Closing
from foresight.data.environments import EnvironmentConfig
from foresight.data.episodes import Episode, Images
from foresight.errors import ConfigError
from foresight.external.gym import GymEnvironment, Picture
from foresight.external.policies import AimedActions, Numbers, RandomActions
from foresight.files import version
from foresight.protocols import CameraView
from foresight.rollout.gathering import Order, Progress, check_manifest, gather


@dataclass(frozen=True)
class EnvironmentPlay:
    """What play looks like; stored in `dataset.json`.

    Attributes:
        environment: Which environment.
        actions_an_episode: Actions before it begins anew.
        aimed_share: Share of actions at something in the image, where actions are places.
    """

    environment: EnvironmentConfig
    actions_an_episode: int
    aimed_share: float


@dataclass(frozen=True)
class MakePlayer:
    """Builds what plays, in the process that plays."""

    play: EnvironmentPlay

    def __call__(self) -> 'EnvironmentPlayer':
        """Build it."""
        return EnvironmentPlayer(self.play)


class EnvironmentPlayer(Closing):
    """Plays the episodes of a dataset in one environment.

    Attributes:
        environment: Where it plays.
        action: What its actions are.
    """

    def __init__(self, play: EnvironmentPlay) -> None:
        """Make the environment.

        Raises:
            ConfigError: If it cannot be made, or its actions are no places.
        """
        self._play, self.environment = play, GymEnvironment(play.environment)
        self.action = self.environment.action
        self._policies = RandomActions(self.action.bounds), AimedActions(self.action.bounds)
        if play.environment.places and len(self.action.bounds.low) != 2:
            raise ConfigError(
                f'an action of {play.environment.env} has {len(self.action.bounds.low)} numbers, '
                'a place has two: leave --places out'
            )

    def play(self, seed: int) -> Episode:
        """Play one episode; the seed decides all of it."""
        draws, stills = np.random.default_rng([seed, 1]), [self.environment.reset(seed)]
        for policy in self._policies:
            policy.begin(seed, stills[0])
        share = self._play.aimed_share if self._play.environment.places else 0.0
        actions: list[Numbers] = []
        aimed: list[bool] = []
        while len(actions) < self._play.actions_an_episode:
            aimed.append(bool(draws.random() < share))
            actions.append(self._policies[aimed[-1]].choose(stills[-1]))
            arrival = self.environment.act(actions[-1])
            stills.append(arrival.image)
            if arrival.terminated:
                break
        seconds = self.environment.seconds * len(actions)
        return _episode(stills, np.array(actions), np.array(aimed), seconds, {
            'seed': seed, 'version': version(), 'objects': [], 'aimed_share': share,
            'kind': self.action.kind, 'rejected': 0,
        })

    def close(self) -> None:
        """Close the environment."""
        self.environment.close()


def collect(play: EnvironmentPlay, order: Order, folder: Path, progress: Progress) -> int:
    """Play until the folder holds enough actions; see `gather`.

    Raises:
        ConfigError: If the environment cannot be made or shows no images.
        DatasetError: If the folder was made with other settings, or as `gather` says.
    """
    with EnvironmentPlayer(play) as first:
        first.environment.reset(order.seed)  # Says what is wrong, which a worker cannot.
        described = {
            'version': version(), **asdict(play), 'action': asdict(first.action.config),
            'scene': {}, 'robot': '',
        }
    check_manifest(folder, described)
    return gather(MakePlayer(play), order, folder, progress)


def _episode(
    stills: list[Picture], actions: np.ndarray, aimed: np.ndarray, seconds: float,
    meta: Mapping[str, Any],
) -> Episode:
    """Keep what was seen; there is neither camera nor arm, and nobody knows the objects."""
    rows, columns = stills[0].shape[:2]
    return Episode(
        meta=dict(meta), view=CameraView(np.eye(3), np.eye(4), columns, rows),
        background=np.zeros_like(stills[0]), stills=Images.encode(stills, '.png'),
        actions=actions.astype(np.float32), aimed=aimed,
        objects=np.zeros((len(stills), 0, 3), np.float32),
        statuses=np.zeros((len(stills), 0), np.int8), frames=Images.encode([], '.jpg'),
        frame_actions=np.zeros(0, np.int16), frame_stamps=np.zeros(0),
        joint_positions=np.zeros((0, 0), np.float32), tool_poses=np.zeros((0, 4, 4), np.float32),
        seconds=seconds,
    )
