"""How far does a planner with a goal image get in an environment, beside random actions?"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from foresight.actions.loading import load
from foresight.data.environments import EnvironmentConfig
from foresight.errors import CheckpointError, ConfigError
from foresight.experiments.document import Document, closing, interval, table
from foresight.experiments.experiment import Experiment, choose
from foresight.experiments.results import scores
from foresight.experiments.statistics import Interval, bootstrap, percentile, wilson
from foresight.external.episode import (
    POLICIES,
    SEARCH,
    EnvironmentEpisode,
    EnvironmentLoop,
    Goal,
    MakeLoop,
)
from foresight.planning.settings import OptimiserConfig
from foresight.progress import bars
from foresight.rollout.workers import Crew
from foresight.settings import Checked, setting

Played = dict[str, tuple[EnvironmentEpisode, ...]]
"""The episodes of each policy."""
HEAD = (
    'policy', 'success', 'figure at the end', 'best', 'left of the difference', 'actions',
    'plan ms p50',
)


@dataclass(frozen=True)
class EnvironmentSettings(Checked):
    """Episodes in an environment: with which world model, toward which goals."""

    checkpoint: Path = setting(Path('runs/train'), 'folder of a world model of an environment')
    episodes: int = setting(50, 'episodes of each policy', '', 1)
    seed: int = setting(4000, 'first seed; nothing is tuned on 10000-19999', '', 0)
    actions: int = setting(40, 'actions of an episode at most', '', 1, 10_000)
    policy: str = setting(
        f'{POLICIES[0]},{POLICIES[2]}', f'comma-separated policies of {", ".join(POLICIES)}'
    )
    figure: str = setting('', 'number of the environment to report; empty = its reward')
    goal: str = setting('', 'file of the goal image; empty = play of the seed leads to it')
    goal_options: str = setting('', 'options of a reset that shows the goal, as JSON')
    goal_actions: int = setting(10, 'random actions that lead to a goal', '', 1, 1000)
    horizon: int = setting(SEARCH.horizon, 'actions looked ahead', '', 1, 64)
    samples: int = setting(SEARCH.samples, 'candidates an iteration', '', 8, 8192)
    iterations: int = setting(SEARCH.iterations, 'refinements', '', 1, 50)
    discount: float = setting(
        SEARCH.discount, 'weight of each step relative to the one before', '', 0.01, 1.0
    )
    noise: float = setting(
        0.25, 'spread of the first refinement, as a share of the range of a number', '', 0.01, 1.0
    )
    workers: int = setting(2, 'processes; outcomes do not depend on it', '', 1)

    @property
    def planner(self) -> OptimiserConfig:
        """Settings of the search."""
        return replace(
            SEARCH, horizon=self.horizon, samples=self.samples, iterations=self.iterations,
            discount=self.discount, chunk=self.samples,
        )

    @property
    def environment(self) -> EnvironmentConfig:
        """The environment that the world model knows.

        Raises:
            CheckpointError: If it knows none.
        """
        known = load(self.checkpoint, 'cpu').config.environment
        if not known:
            raise CheckpointError(
                f'{self.checkpoint} knows a table with an arm: measure it with `foresight '
                'evaluate`, or train on what `data collect --env` collected'
            )
        return EnvironmentConfig(**known)

    def loop(self, policy: str) -> MakeLoop:
        """Return what builds the loop of a policy."""
        return MakeLoop(
            policy, self.environment, self.checkpoint, self.actions, self.planner,
            self.noise, Goal(self.goal, self.goal_options, self.goal_actions), self.figure,
        )


class Environment(Experiment[EnvironmentSettings, Played]):
    """Plays every policy toward the same goals."""

    settings = EnvironmentSettings()
    sheet = 'environment'

    def measure(self, settings: EnvironmentSettings, console: Console) -> Played:
        """Play, one bar a policy."""
        played: Played = {}
        wanted = choose(settings.policy, POLICIES, '--policy')
        if 'aimed_random' in wanted and not settings.environment.places:
            raise ConfigError('actions are no places here: leave aimed_random out of --policy')
        seeds = range(settings.seed, settings.seed + settings.episodes)
        for name in wanted:
            with Crew(settings.workers) as crew, bars(console) as progress:
                bar = progress.add_task(name, total=len(seeds), rate='')
                done = []
                for episode in crew.run(settings.loop(name), EnvironmentLoop.play, seeds):
                    done.append(episode)
                    rate = float(np.mean([item.last for item in done]))
                    progress.update(bar, completed=len(done), rate=f'{rate:.3f} at the end')
            played[name] = tuple(done)
        return played

    def document(self, settings: EnvironmentSettings, measured: Played) -> Document:
        """Return the figures by policy."""
        return {
            **asdict(settings.environment), 'prediction': scores(settings.checkpoint),
            'policies': {name: figures(episodes) for name, episodes in measured.items()},
        }

    def page(self, document: Document) -> str:
        """Return one table, and how well it predicts."""
        return to_markdown(document)

    def name(self, settings: EnvironmentSettings) -> str:
        """Name the section by the world model."""
        return f'environment_{settings.checkpoint.name}_{settings.seed}_{settings.episodes}'


def figures(episodes: tuple[EnvironmentEpisode, ...]) -> dict[str, Any]:
    """Return the figures of some episodes, with intervals."""
    times = [ms for episode in episodes for ms in episode.plan_ms]
    return {
        **wilson(sum(item.success for item in episodes), len(episodes)).figures('success'),
        **{
            figure: value for name in ('last', 'best', 'left', 'actions')
            for figure, value in _mean(episodes, name).figures(name).items()
        },
        'plan_ms_p50': round(percentile(times, 50.0), 2), 'episodes': len(episodes),
        'outcomes': [
            [item.seed, int(item.success), *(round(value, 4) for value in (
                item.last, item.best, item.left)), item.actions] for item in episodes
        ],
    }


def _mean(episodes: tuple[EnvironmentEpisode, ...], name: str) -> Interval:
    """Return the mean of a number over episodes."""
    values = np.array([float(getattr(item, name)) for item in episodes])
    return bootstrap(lambda drawn: float(values[drawn].mean()), len(values))


def to_markdown(document: Document) -> str:
    """Return the page, with the command that makes it again."""
    figure = document['figure'] or 'reward'
    return '\n'.join([
        f'# {document["env"]}: {document["episodes"]} episodes of {document["actions"]} actions',
        '', *table(HEAD, (
            [name, interval(found, 'success'), interval(found, 'last', 3),
             interval(found, 'best', 3), interval(found, 'left'), f'{found["actions"]:.1f}',
             f'{found["plan_ms_p50"]:.1f}']
            for name, found in document['policies'].items()
        )), '',
        f'The figure is `{figure}`, as the environment tells it; an action is '
        f'{document["repeat"]} of its steps. What is left is the mean difference to the goal '
        'image at the end, as a share of that at the beginning. Intervals hold 95 %. Seeds '
        f'{document["seed"]} to {document["seed"] + document["episodes"] - 1}. Machine: '
        f'{document["machine"]}.', '',
        'Prediction on held-out actions; the error is relative to that of "nothing moves".', '',
        *table(('score', 'value'), (
            [name.replace('_', ' '), f'{value:.3g}']
            for name, value in document['prediction'].items()
        )), *closing(document),
    ])


EXPERIMENTS = {'environment': Environment()}
