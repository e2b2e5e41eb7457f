"""Does one world model clear any table: at sites, under lamps and through cameras kept apart?"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path

from rich.console import Console

from foresight.closing import Closing
from foresight.experiments.document import Document, closing, difference, interval, table
from foresight.experiments.experiment import Experiment, TaskSettings, choose
from foresight.experiments.results import compared, figures
from foresight.progress import bars
from foresight.rollout.episode import EpisodeResult
from foresight.rollout.loop import Player
from foresight.rollout.players import ClearTablePlayers
from foresight.rollout.policies import AimedRandomPolicy, PlannerPolicy
from foresight.rollout.workers import Crew
from foresight.settings import setting
from foresight.sim.camera_effects import EFFECTS, NONE
from foresight.sim.sites import sample_site
from foresight.tasks.clear_table.hand_rule import HandRule

POLICIES = (PlannerPolicy.name, HandRule.name, AimedRandomPolicy.name)
HEAD = 'row', 'success', 'against no effect', 'dropped', 'actions'
SITE_HEAD = 'site', 'bins', 'surfaces', 'success', 'hand rule'


@dataclass(frozen=True)
class SitesSettings(TaskSettings):
    """Sites drawn at random, none of which anything was trained on."""

    sites: int = setting(20, 'sites', '', 1)
    first_site: int = setting(0, 'number of the first site', '', 0)
    episodes: int = setting(10, 'tables of each site', '', 1)
    policies: str = setting('', 'comma-separated policies without an effect; empty = all')
    effects: str = setting(NONE, 'comma-separated effects of the camera; empty = all')


@dataclass(frozen=True)
class Row:
    """Episodes of one policy through one camera, of all sites one after another."""

    policy: str
    effect: str
    episodes: tuple[EpisodeResult, ...]

    @property
    def name(self) -> str:
        """Name of the row."""
        return self.policy if self.effect == NONE else self.effect


class Sites(Experiment[SitesSettings, list[Row]]):
    """Plays the same tables of held-out sites by each policy and through each camera."""

    settings = SitesSettings()
    sheet = 'sites'

    def measure(self, settings: SitesSettings, console: Console) -> list[Row]:
        """Play, one bar a row."""
        rows = [(policy, NONE) for policy in choose(settings.policies, POLICIES, '--policies')]
        effects = choose(settings.effects, (NONE, *EFFECTS), '--effects')
        rows += [(PlannerPolicy.name, effect) for effect in effects if effect != NONE]
        found = []
        with bars(console) as progress:
            for policy, effect in rows:
                bar = progress.add_task(
                    f'{policy} {effect}', total=settings.sites * settings.episodes, rate='',
                )
                done: list[EpisodeResult] = []
                for episode in _played(settings, policy, effect):
                    done.append(episode)
                    rate = sum(item.success for item in done) / len(done)
                    progress.update(bar, completed=len(done), rate=f'{rate:.2f} success')
                found.append(Row(policy, effect, tuple(done)))
        return found

    def document(self, settings: SitesSettings, measured: list[Row]) -> Document:
        """Return the figures of each row and of each site."""
        size, first = settings.episodes, settings.first_site
        clean = {row.policy: row for row in measured if row.effect == NONE}
        planner = clean.get(PlannerPolicy.name)
        return {
            'task': Path(settings.task).stem,
            'rows': {row.name: figures(row.episodes) for row in measured},
            'differences': {
                row.name: compared(row.episodes, planner.episodes, 'success')['success']
                for row in measured if planner and row.effect != NONE
            },
            'by_site': [{
                'site': number, 'scene': asdict(place.scene),
                'surfaces': list(place.sim.surfaces), 'success': {
                    name: _success(row.episodes[size * index:size * (index + 1)])
                    for name, row in clean.items()
                },
            } for index, number in enumerate(range(first, first + settings.sites))
                for place in [sample_site(number, held_out=True)]],
        }

    def page(self, document: Document) -> str:
        """Return one table of rows and one of sites."""
        differences, first = document['differences'], document['first_site']
        lines = [
            '# Tables that it never saw', '',
            f'`{document["task"]}`, {document["objects"]} objects that were kept from training, '
            f'{document["sites"]} sites kept from training (numbers {first} on) of '
            f'{document["episodes"]} tables each, seeds {document["seed"]} on. A site has its own '
            'table, bins, stand of the arm, camera, lamp and surfaces. An effect of the camera '
            'begins once the empty table was captured. Success with its interval of 95 %; beside '
            'it the paired difference to the same tables without an effect.', '',
            *table(HEAD, (
                [name, interval(row, 'success'),
                 difference(differences[name]) if name in differences else '',
                 f'{row["dropped"]:.2f}', f'{row["actions"]:.1f}']
                for name, row in document['rows'].items()
            )), '', '## By site', '',
            *table(SITE_HEAD, (
                [str(place['site']), ', '.join(place['scene']['bins']),
                 ', '.join(place['surfaces']), *(
                    f'{place["success"][name]:.2f}' if name in place['success'] else ''
                    for name in (PlannerPolicy.name, HandRule.name))]
                for place in document['by_site']
            )),
        ]
        return '\n'.join([*lines, *closing(document)])


def _played(settings: SitesSettings, policy: str, effect: str) -> Iterator[EpisodeResult]:
    """Play every table of every site, in order."""
    first = settings.first_site
    jobs = list(product(range(first, first + settings.sites), settings.seeds))
    with Crew(min(settings.workers, len(jobs))) as crew:
        yield from crew.run(Visits(settings, policy, effect), Visitor.play, jobs)


@dataclass(frozen=True)
class Visits:
    """Builds what plays at one site after the other, in the process that plays."""

    settings: SitesSettings
    policy: str
    effect: str

    def __call__(self) -> 'Visitor':
        """Build it."""
        return Visitor(self)

    def player(self, number: int) -> Player:
        """Build the player of a site."""
        settings, place = self.settings, sample_site(number, held_out=True)
        return ClearTablePlayers(
            self.policy, settings.task, replace(place.sim, objects=settings.objects),
            settings.checkpoint, scene=place.scene,
            camera=replace(place.camera, effect=self.effect), robot=settings.robot,
        )()


class Visitor(Closing):
    """Plays tables; stays at a site until another is asked for."""

    def __init__(self, visits: Visits) -> None:
        """Be nowhere yet."""
        self._visits, self._at = visits, -1
        self._player: Player | None = None

    def play(self, job: tuple[int, int]) -> EpisodeResult:
        """Play the table of a seed at a site."""
        number, seed = job
        if self._player is None or number != self._at:
            self.close()
            self._player, self._at = self._visits.player(number), number
        return self._player.play(seed)

    def close(self) -> None:
        """Leave the site."""
        if self._player is not None:
            self._player.close()


def _success(episodes: tuple[EpisodeResult, ...]) -> float:
    """Return the share of successes."""
    return sum(episode.success for episode in episodes) / len(episodes)


EXPERIMENTS = {'sites': Sites()}
