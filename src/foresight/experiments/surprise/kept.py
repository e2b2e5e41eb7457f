"""Disturbed episodes, played once and kept in a file."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from foresight.closing import Closing
from foresight.errors import DatasetError
from foresight.experiments.surprise.episode import DisturbedEpisode
from foresight.experiments.surprise.play import DisturbedPlay
from foresight.experiments.surprise.players import SurprisePlayers
from foresight.files import in_new_names
from foresight.rollout.workers import Crew
from foresight.world_model.belief.surprise_scales import SurpriseScales


@dataclass(frozen=True)
class Row:
    """Episodes of one mode under one disturbance."""

    mode: str
    kind: str
    players: SurprisePlayers


class Playing(Closing):
    """Plays episodes in this process or in others, and keeps them in a file."""

    def __init__(self, workers: int, kept: Path | None, scales: SurpriseScales) -> None:
        """Read what was kept.

        Args:
            workers: Processes.
            kept: File of the episodes.
            scales: What they were played with; episodes of other scales are not mixed in.

        Raises:
            DatasetError: If the file is damaged or of another world model or other scales.
        """
        self._crew, self._kept = Crew(workers), kept
        self._scales = f'{scales.model[:16]} {scales.action:.6g}'
        self._known: dict[tuple[str, str, int], DisturbedEpisode] = {}
        if kept is not None and kept.exists():
            self._read(kept)

    def __call__(self, row: Row, seeds: range) -> Iterator[DisturbedEpisode]:
        """Yield the episode of each seed, in order.

        Raises:
            WorkerError: If a worker process was killed.
        """
        missing = [s for s in seeds if (row.mode, row.kind, s) not in self._known]
        jobs = [(seed, row.kind) for seed in missing]
        fresh = self._crew.run(row.players, DisturbedPlay.play_job, jobs)
        for seed in seeds:
            key = row.mode, row.kind, seed
            if key not in self._known:
                self._known[key] = next(fresh)
                self.keep(row.mode, self._known[key])
            yield self._known[key]

    def keep(self, mode: str, episode: DisturbedEpisode) -> None:
        """Add an episode to the file."""
        if self._kept is None:
            return
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        with self._kept.open('a') as file:
            record = {'mode': mode, 'scales': self._scales, **asdict(episode)}
            file.write(json.dumps(record) + '\n')

    def close(self) -> None:
        """End the processes."""
        self._crew.close()

    def _read(self, kept: Path) -> None:
        """Read the episodes of a file."""
        try:
            for line in kept.read_text().splitlines():
                found = in_new_names(json.loads(line))
                mode, owner = found.pop('mode'), found.pop('scales')
                episode = DisturbedEpisode(alarms=tuple(found.pop('alarms')), **found)
                self._known[mode, episode.kind, episode.seed] = episode
                if owner != self._scales:
                    raise DatasetError(
                        f'{kept} was played with another world model or other scales: give '
                        'another --kept, or delete it'
                    )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DatasetError(f'{kept} is damaged: delete it and play again') from error
