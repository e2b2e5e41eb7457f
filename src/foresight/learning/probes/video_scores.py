"""Scores of what predicts video, held-out."""

import math
from dataclasses import asdict, dataclass

from foresight.learning.probes.collapse import LatentHealth


@dataclass(frozen=True)
class VideoScores:
    """Scores on held-out video; a cell that the arm is known to hide does not count.

    Attributes:
        prediction_ratio: Prediction error over that of "nothing moves"; < 1 is better.
        prediction_ratio_changed: The same over cells whose image changed.
        std: See `LatentHealth`.
        rank: See `LatentHealth`.
        episode_share: See `LatentHealth`; the share that is constant within a clip.
        temporal_change: See `LatentHealth`.
    """

    prediction_ratio: float
    prediction_ratio_changed: float
    std: float
    rank: float
    episode_share: float
    temporal_change: float

    @property
    def health(self) -> LatentHealth:
        """What the collapse alarm looks at."""
        return LatentHealth(self.std, self.rank, self.episode_share, self.temporal_change)

    def known(self) -> dict[str, float]:
        """Return the scores that are numbers."""
        return {name: value for name, value in asdict(self).items() if math.isfinite(value)}
