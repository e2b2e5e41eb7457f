"""Surprise in the loop: who notices what, how soon, how often in vain, and success."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from foresight.actions.loading import load
from foresight.agent.following import SurpriseConfig
from foresight.experiments.document import Document
from foresight.experiments.experiment import Experiment, PlaySettings
from foresight.experiments.surprise.episode import DisturbedEpisode
from foresight.experiments.surprise.page import (
    AIMED,
    EVERY,
    WITH,
    WITHOUT,
    to_document,
    to_markdown,
)
from foresight.experiments.surprise.play import THINK
from foresight.experiments.surprise.players import Playing, Row, SurprisePlayers
from foresight.files import find_model
from foresight.progress import bars, counted
from foresight.robots.robot_file import RobotConfig
from foresight.settings import setting
from foresight.sim.disturbance import KINDS
from foresight.sim.settings import SimConfig
from foresight.world_model.belief.surprise import load_scales

HOUR = 3600.0
AIMED_OFFSET = 2000
"""Aimed play has seeds of its own."""
BATCH = 8
"""Episodes of aimed play at a time."""
Played = dict[tuple[str, str], list[DisturbedEpisode]]
"""Episodes by mode and disturbance."""


@dataclass(frozen=True)
class SurpriseSettings(PlaySettings):
    """Disturbed and undisturbed play."""

    hours: float = setting(2.0, 'undisturbed robot time, simulated', 'h', 0.0)
    kept: Path | None = setting(
        None, 'file that keeps the episodes played so far; the same command goes on from there'
    )


class Surprise(Experiment[SurpriseSettings, Played]):
    """Plays with and without disturbances, with and without surprise in the loop."""

    settings = SurpriseSettings(episodes=50, seed=10_000)
    page = staticmethod(to_markdown)

    def measure(self, settings: SurpriseSettings, console: Console) -> Played:
        """Play every row, one bar each, and aimed actions until there is time enough."""
        folder = find_model(settings.checkpoint)
        rows = make_rows(folder, settings.sim, settings.robot)
        scales, played = load_scales(load(folder, 'cpu')), Played()
        with (
            bars(console) as progress,
            Playing(settings.workers, settings.kept, scales, settings.robot) as play,
        ):
            for row in rows:
                name, episodes = f'{row.kind or "none"} {row.mode}', play(row, settings.seeds)
                played[row.mode, row.kind] = list(
                    counted(progress, name, episodes, settings.episodes),
                )
            aimed = Row(AIMED, '', replace(rows[0].players, aimed=True))
            more = _play_on(play, aimed, settings, _seconds(played[WITH, '']), progress)
        return {**played, (AIMED, ''): more} if more else played

    def document(self, settings: SurpriseSettings, measured: Played) -> Document:
        """Return the figures."""
        scales = load_scales(load(settings.checkpoint, 'cpu'))
        return to_document(measured, {
            'task': 'surprise', 'episodes_a_row': settings.episodes, 'think': THINK,
            'aimed_seed': settings.seed + AIMED_OFFSET, 'scales': asdict(scales),
        })


def make_rows(folder: Path, sim: SimConfig, robot: str = RobotConfig.robot) -> list[Row]:
    """Return what is played: every disturbance and none, with and without surprise."""
    config = SurpriseConfig()
    watching = SurprisePlayers(folder, sim, replace(config, watch=True), robot=robot)
    blind = replace(watching, config=replace(config, watch=False), scaled=False)
    every = replace(blind, config=replace(config, watch=False, follow=1))
    rows = [Row(WITH, '', watching), Row(WITHOUT, '', blind), Row(EVERY, '', every)]
    for kind in KINDS:
        rows += [Row(WITH, kind, watching), Row(WITHOUT, kind, blind)]
    return rows


def _play_on(
    play: Playing, row: Row, settings: SurpriseSettings, lasted: float, progress: Progress,
) -> list[DisturbedEpisode]:
    """Play until undisturbed play, which `lasted` so long already [s], has lasted long enough."""
    found: list[DisturbedEpisode] = []
    wanted = settings.hours * HOUR
    bar = progress.add_task(f'{row.mode} [s]', total=wanted, rate='')
    first = settings.seed + AIMED_OFFSET
    while lasted + _seconds(found) < wanted:
        for episode in play(row, range(first, first + BATCH)):
            found.append(episode)
            progress.update(bar, completed=lasted + _seconds(found))
        first += BATCH
    return found


def _seconds(episodes: list[DisturbedEpisode]) -> float:
    """Return how long episodes lasted together [s]."""
    return sum(episode.seconds for episode in episodes)


EXPERIMENTS = {'surprise': Surprise()}
