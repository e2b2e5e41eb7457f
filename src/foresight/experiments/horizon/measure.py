"""Success by horizon, with and without the critic, on the same scenes."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console

from foresight.actions.loading import load
from foresight.experiments.document import Document, kept, plain
from foresight.experiments.episodes import counts, play_all
from foresight.experiments.experiment import Experiment, TaskSettings, choose, numbers, of_robot
from foresight.experiments.horizon.page import Look, compare, looks, to_markdown
from foresight.experiments.results import figures, joined
from foresight.files import find_model, sha256
from foresight.rollout.players import HARD, ClearTablePlayers, scenes
from foresight.rollout.policies import PlannerPolicy
from foresight.settings import SHIPPED, setting
from foresight.tasks.heads import has_critic
from foresight.tasks.task_file import load_task
from foresight.world_model.checkpoint import digest

BLOCK = 200
"""Episodes of a row that are kept together: what is finished of a long row is not played again."""


@dataclass(frozen=True)
class HorizonSettings(TaskSettings):
    """How far to look."""

    split: str = setting(HARD, 'scenes', choices=('seen', 'unseen', HARD))
    horizons: str = setting('1,2,3', 'comma-separated numbers of macro-actions to look ahead')
    rows: str = setting('', 'comma-separated rows such as H1,H3+critic; empty = all')
    weight: float = setting(1.0, 'weight of the critic; 1 = as learned', '', 0.0)
    work: Path = setting(
        Path('runs/horizon'),
        f'folder of finished blocks of {BLOCK} episodes, which are not played again',
    )


class Horizon(Experiment[HorizonSettings, dict[Look, Document]]):
    """Plays the same scenes looking less and further ahead."""

    settings = HorizonSettings(episodes=200, seed=10_000)
    sheet = 'horizon'
    page = staticmethod(to_markdown)

    def measure(self, settings: HorizonSettings, console: Console) -> dict[Look, Document]:
        """Play, one bar a row and block."""
        folder, asked = find_model(settings.checkpoint), load_task(settings.task)
        known = {look.name: look for look in looks(
            numbers(settings.horizons, '--horizons'), has_critic(load(folder, 'cpu')),
        )}
        if not any(look.critic for look in known.values()):
            console.print(
                f'{folder} has no critic: rows without it (`foresight train critic` adds one)'
            )
        rows = choose(settings.rows, list(known), '--rows')
        base = ClearTablePlayers(
            PlannerPolicy.name, asked, scenes(settings.sim, settings.split), folder,
            robot=settings.robot,
        )
        return {
            look: _row(replace(base, task=look.apply(asked, settings.weight)), look, settings,
                       console)
            for name, look in known.items() if name in rows
        }

    def document(self, settings: HorizonSettings, measured: dict[Look, Document]) -> Document:
        """Return the rows and what they gain."""
        return {
            'task': load_task(settings.task).name, **counts(settings.sim, settings.split),
            **compare(measured),
        }

    def name(self, settings: HorizonSettings) -> str:
        """Name the page; another than the shipped checkpoint has its own."""
        checkpoint = find_model(settings.checkpoint)
        shipped = checkpoint.resolve() == find_model(SHIPPED).resolve()
        name = f'horizon_{load_task(settings.task).name}_{settings.split}_{settings.seed}'
        name += f'_{settings.episodes}' + ('' if shipped else f'_{checkpoint.name}')
        return name + of_robot(settings)


def _row(
    players: ClearTablePlayers, look: Look, settings: HorizonSettings, console: Console,
) -> Document:
    """Play a row block by block; a block that was played with the same settings is read."""
    def block(seeds: range) -> Document:
        def play() -> Document:
            (found,) = play_all([(look.name, players)], seeds, settings.workers, console)
            return figures(found.episodes)

        return kept(settings.work / f'{_identity(players, seeds)}.json', play)

    return joined([
        block(settings.seeds[at:at + BLOCK]) for at in range(0, settings.episodes, BLOCK)
    ])


def _identity(players: ClearTablePlayers, seeds: range) -> str:
    """Return a fingerprint of all that decides the outcomes of a row."""
    described = {
        **asdict(players), 'checkpoint': digest(load(players.checkpoint, 'cpu')),
        'seeds': [seeds.start, seeds.stop],
    }
    return sha256(json.dumps(described, default=plain, sort_keys=True).encode())[:16]


EXPERIMENTS = {'horizon': Horizon()}
