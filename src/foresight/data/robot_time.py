"""Robot time: how long the robot worked for the actions of a dataset."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from foresight.arrays import reading
from foresight.data.episodes import WHOLE, meta_of
from foresight.errors import DatasetError


@dataclass(frozen=True)
class RobotTime:
    """What each episode cost, in the order of `Transitions`.

    Attributes:
        seconds: Whole episode: reset, approach, action, retract, wait, rejected actions [s].
        rejected: Actions chosen that the arm could not do.
    """

    seconds: Float[np.ndarray, ' episode']
    actions: Int[np.ndarray, ' episode']
    rejected: Int[np.ndarray, ' episode']

    def of(self, episodes: Sequence[int]) -> dict[str, float | int]:
        """Add up some episodes."""
        chosen = np.asarray(episodes, int)
        return {
            'robot_hours': round(float(self.seconds[chosen].sum()) / 3600.0, 4),
            'actions': int(self.actions[chosen].sum()),
            'rejected': int(self.rejected[chosen].sum()),
            'resets': len(chosen),
        }

    def whole(self) -> dict[str, float | int]:
        """Add up all episodes."""
        return self.of(range(len(self.seconds)))


def robot_time(folder: Path) -> RobotTime:
    """Read what the episodes of a folder cost, without their images.

    Raises:
        DatasetError: If the folder holds no episode, or one is damaged.
    """
    rows = [row for path in sorted(folder.glob('episode_*.npz')) if (row := _row(path))]
    if not rows:
        raise DatasetError(
            f'{folder} holds no episodes: run `foresight data collect --out {folder}`'
        )
    seconds, actions, rejected = (np.array(column) for column in zip(*rows, strict=True))
    return RobotTime(seconds, actions, rejected)


def _row(path: Path) -> tuple[float, int, int] | None:
    """Read one episode; None if its physics broke down, as `build_transitions` leaves it out."""
    with reading(path, *WHOLE) as read:
        if not np.isfinite(read('objects')).all():
            return None
        meta = meta_of(read)
        return float(read('seconds')), len(read('actions')), int(meta.get('rejected', 0))
