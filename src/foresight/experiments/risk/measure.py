"""Does weighing what may happen drop fewer objects? The same episodes with every way to weigh."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from foresight.experiments import results
from foresight.experiments.document import Document
from foresight.experiments.episodes import SPLITS, counts, measure, scores
from foresight.experiments.experiment import OnePage, PlaySettings
from foresight.experiments.results import PolicyResult
from foresight.experiments.risk.page import to_markdown
from foresight.experiments.statistics import paired_difference
from foresight.files import find_model
from foresight.planning.settings import OptimiserConfig
from foresight.progress import bars
from foresight.rollout.players import ClearTablePlayers, scenes
from foresight.rollout.policies import PlannerPolicy
from foresight.settings import CLEAR_TABLE, setting
from foresight.sim.settings import SimConfig
from foresight.tasks.task_file import load_task

USUAL = OptimiserConfig()
OFF = 'off'


@dataclass(frozen=True)
class RiskSettings(PlaySettings):
    """Ways to weigh imagined futures."""

    task: str = setting(CLEAR_TABLE, 'name of the task, or path of its YAML file')
    split: str = setting('both', 'scenes', choices=tuple(SPLITS))
    kinds: str = setting(
        'off,mean,cvar,worst', 'comma-separated settings of `risk`; off is compared with'
    )
    risk_samples: int = setting(
        USUAL.risk_samples, 'futures of each of the best candidates', '', 1
    )
    risk_alpha: float = setting(USUAL.risk_alpha, 'share of the costliest futures, for cvar')


class Risk(OnePage):
    """Plays the same episodes with every way to weigh."""

    settings = RiskSettings(episodes=50)
    page = staticmethod(to_markdown)

    def measure(self, settings: RiskSettings, console: Console) -> list[PolicyResult]:
        """Play, one bar a way and split."""
        sim, asked = SimConfig(objects=settings.objects), load_task(settings.task)
        base = ClearTablePlayers(
            PlannerPolicy.name, asked, sim, find_model(settings.checkpoint),
        )
        tasks = {
            kind: replace(asked, planner=replace(
                asked.planner, risk=kind, risk_samples=settings.risk_samples,
                risk_alpha=settings.risk_alpha,
            )) for kind in settings.kinds.split(',')
        }
        seeds = range(settings.seed, settings.seed + settings.episodes)
        with bars(console) as progress:
            return [
                replace(measure(
                    replace(base, sim=scenes(sim, part), task=task), seeds, settings.workers,
                    progress, f'{part} {kind}',
                ), policy=kind)
                for part in SPLITS[settings.split] for kind, task in tasks.items()
            ]

    def document(self, settings: RiskSettings, measured: list[PolicyResult]) -> Document:
        """Return the figures by split and way."""
        return results.to_document(measured, {
            'task': Path(settings.task).stem, 'paired': paired(measured),
            **counts(SimConfig(objects=settings.objects), settings.split),
            'prediction': scores(find_model(settings.checkpoint)),
        })


def paired(measured: Sequence[PolicyResult]) -> dict[str, dict[str, Any]]:
    """Compare every kind with `off` on the same seeds: all splits together, more is more."""
    episodes: dict[str, list[Any]] = {}
    for result in measured:
        episodes.setdefault(result.policy, []).extend(result.episodes)
    if OFF not in episodes:
        return {}
    return {
        kind: {
            name: asdict(paired_difference(
                [float(getattr(episode, score)) for episode in played],
                [float(getattr(episode, score)) for episode in episodes[OFF]],
            ))
            for name, score in (
                ('success', 'success'), ('dropped', 'dropped'), ('actions', 'actions'),
            )
        }
        for kind, played in episodes.items() if kind != OFF
    }


EXPERIMENTS = {'risk': Risk()}
