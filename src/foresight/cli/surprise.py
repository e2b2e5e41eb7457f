"""`foresight evaluate surprise`: who notices what, how soon, how often in vain, and success."""

import json as json_module
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from foresight.agent.following import SurpriseConfig
from foresight.cli.evaluate import (
    RESULTS,
    CheckpointFolder,
    Objects,
    Out,
    Seed,
    Workers,
    bars,
    command,
    machine,
)
from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.closing import Closing
from foresight.errors import DatasetError
from foresight.experiments.surprise.episode import DisturbedEpisode
from foresight.experiments.surprise.page import (
    AIMED,
    EVERY,
    WITH,
    WITHOUT,
    to_document,
    to_markdown,
)
from foresight.experiments.surprise.play import THINK, DisturbedPlay
from foresight.experiments.surprise.players import AIMED as AIMED_POLICY
from foresight.experiments.surprise.players import SurprisePlayers
from foresight.files import find_model, write_atomically
from foresight.rollout.workers import Crew
from foresight.settings import CLEAR_TABLE, SHIPPED
from foresight.sim.disturbance import KINDS
from foresight.sim.settings import SimConfig
from foresight.world_model.belief.surprise_scales import SurpriseScales, load_scales
from foresight.world_model.checkpoint import load

NAME, HOUR = 'surprise', 3600.0
AIMED_OFFSET = 2000  # aimed play has seeds of its own
BATCH = 8
Episodes = Annotated[int, typer.Option(min=1, help='Episodes of each disturbance and mode.')]
Hours = Annotated[float, typer.Option(min=0.0, help='Undisturbed robot time, simulated [h].')]
Kept = Annotated[Path | None, typer.Option(
    help='File that keeps the episodes played so far; the same command goes on from there.',
)]


@dataclass(frozen=True)
class Row:
    """Episodes of one mode under one disturbance."""

    mode: str
    kind: str
    players: SurprisePlayers


def surprise(
    episodes: Episodes = 50,
    hours: Hours = 2.0,
    seed: Seed = 10_000,
    objects: Objects = 3,
    checkpoint: CheckpointFolder = SHIPPED,
    workers: Workers = 2,
    kept: Kept = None,
    out: Out = RESULTS,
    json: JsonOption = None,
) -> None:
    """Play with and without disturbances, with and without surprise in the loop."""
    folder = find_model(checkpoint)
    scales = load_scales(load(folder, 'cpu'))
    rows = make_rows(folder, SimConfig(objects=objects))
    played: dict[tuple[str, str], list[DisturbedEpisode]] = {}
    with (
        quiet_stdout(json), bars(Console(stderr=True)) as progress,
        Playing(workers, kept, scales) as play,
    ):
        for row in rows:
            name = f'{row.kind or "none"} {row.mode}'
            bar = progress.add_task(name, total=episodes, rate='')
            known = played.setdefault((row.mode, row.kind), [])
            for episode in play(row, range(seed, seed + episodes)):
                known.append(episode)
                progress.advance(bar)
        play_aimed(play, rows[0].players, hours, seed + AIMED_OFFSET, played, progress)
        document = to_document(played, {
            'task': NAME, 'episodes_a_row': episodes, 'seed': seed, 'objects': objects,
            'aimed_seed': seed + AIMED_OFFSET, 'think': THINK, 'scales': asdict(scales),
            'checkpoint': str(checkpoint), 'machine': machine(), 'command': command(),
        })
        write_json(document, str(out / f'{NAME}.json'))
        text = to_markdown(document)
        write_atomically(out / f'{NAME}.md', text)
        if json is None:
            progress.console.print(text, markup=False)
    write_json(document, json)


def make_rows(folder: Path, sim: SimConfig) -> list[Row]:
    """Return what is played: every disturbance and none, with and without surprise."""
    config = SurpriseConfig()
    watching = SurprisePlayers(folder, CLEAR_TABLE, sim, replace(config, watch=True))
    blind = replace(watching, config=replace(config, watch=False), scaled=False)
    every = replace(blind, config=replace(config, watch=False, follow=1))
    rows = [Row(WITH, '', watching), Row(WITHOUT, '', blind), Row(EVERY, '', every)]
    for kind in KINDS:
        rows += [Row(WITH, kind, watching), Row(WITHOUT, kind, blind)]
    return rows


def play_aimed(
    play: 'Playing', players: SurprisePlayers, hours: float, seed: int,
    played: dict[tuple[str, str], list[DisturbedEpisode]], progress: Progress,
) -> None:
    """Play aimed pushes until undisturbed play has lasted long enough."""
    row = Row(AIMED, '', replace(players, policy=AIMED_POLICY))
    known: list[DisturbedEpisode] = []
    lasted = sum(episode.seconds for episode in played[WITH, ''])
    bar = progress.add_task(f'{AIMED} [s]', total=hours * HOUR, rate='')
    for first in count(seed, BATCH):
        if lasted >= hours * HOUR:
            break
        for episode in play(row, range(first, first + BATCH)):
            known.append(episode)
            lasted += episode.seconds
            progress.update(bar, completed=lasted)
    if known:
        played[AIMED, ''] = known


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
        self._crew = Crew(workers)
        self._kept, self._scales = kept, f'{scales.model[:16]} {scales.push:.6g}'
        self._known: dict[tuple[str, str, int], DisturbedEpisode] = {}
        if kept is None or not kept.exists():
            return
        try:
            for line in kept.read_text().splitlines():
                found = json_module.loads(line)
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

    def __call__(self, row: Row, seeds: range) -> Iterator[DisturbedEpisode]:
        """Yield the episode of each seed, in order.

        Raises:
            WorkerError: If a worker process was killed.
        """
        missing = [s for s in seeds if (row.mode, row.kind, s) not in self._known]
        fresh = self._play(row, missing)
        for seed in seeds:
            key = row.mode, row.kind, seed
            if key not in self._known:
                self._known[key] = next(fresh)
                self._keep(row.mode, self._known[key])
            yield self._known[key]

    def _play(self, row: Row, seeds: list[int]) -> Iterator[DisturbedEpisode]:
        """Play what is not known yet."""
        return self._crew.run(
            row.players, DisturbedPlay.play_job, [(seed, row.kind) for seed in seeds],
        )

    def close(self) -> None:
        """End the processes."""
        self._crew.close()

    def _keep(self, mode: str, episode: DisturbedEpisode) -> None:
        """Add an episode to the file."""
        if self._kept is None:
            return
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        with self._kept.open('a') as file:
            record = {'mode': mode, 'scales': self._scales, **asdict(episode)}
            file.write(json_module.dumps(record) + '\n')
