"""Does weighing what may happen drop fewer objects? The same episodes with every way to weigh."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from foresight.experiments import results
from foresight.experiments.document import Document, difference, table
from foresight.experiments.episodes import SPLITS, counts, play_all
from foresight.experiments.evaluation import page as evaluation
from foresight.experiments.experiment import Experiment, TaskSettings
from foresight.experiments.results import PolicyResult, compared, scores
from foresight.planning.settings import OptimiserConfig
from foresight.rollout.players import ClearTablePlayers, scenes
from foresight.rollout.policies import PlannerPolicy
from foresight.settings import setting
from foresight.tasks.task_file import load_task

USUAL = OptimiserConfig()
OFF = 'off'
HEAD = 'risk minus off, an episode', 'success', 'dropped objects', 'actions'


@dataclass(frozen=True)
class RiskSettings(TaskSettings):
    """Ways to weigh imagined futures."""

    split: str = setting('both', 'scenes', choices=tuple(SPLITS))
    kinds: str = setting(
        'off,mean,cvar,worst', 'comma-separated settings of `risk`; off is compared with'
    )
    risk_samples: int = setting(
        USUAL.risk_samples, 'futures of each of the best candidates', '', 1
    )
    risk_alpha: float = setting(USUAL.risk_alpha, 'share of the costliest futures, for cvar')


class Risk(Experiment[RiskSettings, list[PolicyResult]]):
    """Plays the same episodes with every way to weigh."""

    settings = RiskSettings(episodes=50)
    sheet = 'uncertainty'

    def measure(self, settings: RiskSettings, console: Console) -> list[PolicyResult]:
        """Play, one bar a way and split."""
        sim, asked = settings.sim, load_task(settings.task)
        base = ClearTablePlayers(
            PlannerPolicy.name, asked, sim, settings.checkpoint, robot=settings.robot,
        )
        tasks = {
            kind: replace(asked, planner=replace(
                asked.planner, risk=kind, risk_samples=settings.risk_samples,
                risk_alpha=settings.risk_alpha,
            )) for kind in settings.kinds.split(',')
        }
        rows = (
            (kind, replace(base, sim=scenes(sim, part), task=task))
            for part in SPLITS[settings.split] for kind, task in tasks.items()
        )
        return play_all(rows, settings.seeds, settings.workers, console)

    def document(self, settings: RiskSettings, measured: list[PolicyResult]) -> Document:
        """Return the figures by split and way."""
        return results.to_document(measured, {
            'task': Path(settings.task).stem, 'paired': paired(measured),
            **counts(settings.sim, settings.split),
            'prediction': scores(settings.checkpoint),
        })

    def page(self, document: Document) -> str:
        """Return the page of the episodes, and how every kind compares with `off`."""
        return '\n'.join([
            evaluation.to_markdown(document),
            'Each of the best candidates is imagined in '
            f'{document["risk_samples"]} futures, each with its own jitter of the action and its '
            'own value of the latent variable. `off`: jitter alone, as without a latent variable; '
            '`mean`: the mean over futures; `cvar`: the mean over the costliest '
            f'{document["risk_alpha"]:.0%}; `worst`: the costliest.', '',
            *table(HEAD, (
                [kind, *(difference(found, 3) for found in scores.values())]
                for kind, scores in document['paired'].items()
            )), '',
            'Paired over the same seeds of all splits, bootstrap 95 %.', '',
        ])


def paired(measured: Sequence[PolicyResult]) -> dict[str, dict[str, Any]]:
    """Compare every kind with `off` on the same seeds: all splits together, more is more."""
    episodes: dict[str, list[Any]] = {}
    for result in measured:
        episodes.setdefault(result.policy, []).extend(result.episodes)
    return {
        kind: compared(played, episodes[OFF], 'success', 'dropped', 'actions')
        for kind, played in episodes.items() if kind != OFF and OFF in episodes
    }


EXPERIMENTS = {'risk': Risk()}
