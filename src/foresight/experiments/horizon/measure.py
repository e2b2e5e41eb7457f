"""Success by horizon, with and without the critic, on the same scenes."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from foresight.actions.loading import load
from foresight.experiments.document import Document, plain, write_json
from foresight.experiments.episodes import counts, measure
from foresight.experiments.experiment import PlaySettings, choose, numbers
from foresight.experiments.horizon.looks import Look, compared, looks
from foresight.experiments.horizon.page import to_markdown
from foresight.experiments.results import figures, joined
from foresight.files import find_model, sha256
from foresight.progress import bars
from foresight.rollout.players import HARD, ClearTablePlayers, scenes
from foresight.rollout.policies import PlannerPolicy
from foresight.settings import CLEAR_TABLE, SHIPPED, setting
from foresight.sim.settings import SimConfig
from foresight.tasks.heads import has_critic
from foresight.tasks.task_file import load_task
from foresight.world_model.checkpoint import digest

BLOCK = 200
"""Episodes of a row that are kept together: what is finished of a long row is not played again."""


@dataclass(frozen=True)
class HorizonSettings(PlaySettings):
    """How far to look."""

    task: str = setting(CLEAR_TABLE, 'name of the task, or path of its YAML file')
    split: str = setting(HARD, 'scenes', choices=('seen', 'unseen', HARD))
    horizons: str = setting('1,2,3', 'comma-separated numbers of macro-actions to look ahead')
    rows: str = setting('', 'comma-separated rows such as H1,H3+critic; empty = all')
    weight: float = setting(1.0, 'weight of the critic; 1 = as learned', '', 0.0)
    work: Path = setting(
        Path('runs/horizon'),
        f'folder of finished blocks of {BLOCK} episodes, which are not played again',
    )


class Horizon:
    """Plays the same scenes looking less and further ahead."""

    settings = HorizonSettings(episodes=200, seed=10_000)
    page = staticmethod(to_markdown)

    def measure(
        self, settings: HorizonSettings, console: Console,
    ) -> dict[Look, dict[str, Any]]:
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
            PlannerPolicy.name, asked,
            scenes(SimConfig(objects=settings.objects), settings.split), folder,
        )
        with bars(console) as progress:
            return {
                look: _row(
                    replace(base, task=look.apply(asked, settings.weight)), look, settings,
                    progress,
                ) for name, look in known.items() if name in rows
            }

    def document(
        self, settings: HorizonSettings, measured: dict[Look, dict[str, Any]],
    ) -> Document:
        """Return the rows and what they gain."""
        return {
            'task': load_task(settings.task).name,
            **counts(SimConfig(objects=settings.objects), settings.split), **compared(measured),
        }

    def name(self, settings: HorizonSettings) -> str:
        """Name the page; another than the shipped checkpoint has its own."""
        checkpoint = find_model(settings.checkpoint)
        shipped = checkpoint.resolve() == find_model(SHIPPED).resolve()
        name = f'horizon_{load_task(settings.task).name}_{settings.split}_{settings.seed}'
        return f'{name}_{settings.episodes}' + ('' if shipped else f'_{checkpoint.name}')


def _row(
    players: ClearTablePlayers, look: Look, settings: HorizonSettings, progress: Progress,
) -> dict[str, Any]:
    """Play a row block by block."""
    seeds = range(settings.seed, settings.seed + settings.episodes)
    blocks = [seeds[first:first + BLOCK] for first in range(0, len(seeds), BLOCK)]
    return joined([_block(players, look, block, settings, progress) for block in blocks])


def _block(
    players: ClearTablePlayers, look: Look, seeds: range, settings: HorizonSettings,
    progress: Progress,
) -> dict[str, Any]:
    """Play a block of a row, unless it was played before with the same settings."""
    path = settings.work / f'{_identity(players, seeds)}.json'
    if path.exists():
        kept: dict[str, Any] = json.loads(path.read_text())
        return kept
    row = figures(measure(players, seeds, settings.workers, progress, look.name))
    write_json(row, path)
    return row


def _identity(players: ClearTablePlayers, seeds: range) -> str:
    """Return a fingerprint of all that decides the outcomes of a row."""
    described = {
        **asdict(players), 'checkpoint': digest(load(players.checkpoint, 'cpu')),
        'seeds': [seeds.start, seeds.stop],
    }
    text = json.dumps(described, default=plain, sort_keys=True)
    return sha256(text.encode())[:16]


EXPERIMENTS = {'horizon': Horizon()}
