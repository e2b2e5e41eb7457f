"""`foresight evaluate`: success over episodes, with floors and ceiling, as a results page."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from foresight.cli.experiment import USUAL, OutOption, measure
from foresight.cli.flags import Shown
from foresight.cli.output import JsonOption
from foresight.errors import ConfigError
from foresight.experiments.comparison.measure import Comparison, ComparisonSettings, check_seeds
from foresight.experiments.evaluation.measure import ALL, Evaluation, EvaluationSettings
from foresight.files import find_model
from foresight.rollout.episode import ActionRecord, EpisodeResult, allowed_actions
from foresight.rollout.players import ClearTablePlayers
from foresight.rollout.policies import PlannerPolicy
from foresight.viz.demo_result import DemoResult

LOGS = Path('out/evaluate/log')
"""What the nodes print; kept, for an error refers to it."""


CompareOption = Annotated[tuple[Path, Path] | None, typer.Option(
    metavar='OLD NEW', help='Two checkpoints that play the same tables, instead of policies.',
)]
BagsOption = Annotated[list[Path] | None, typer.Option(
    help='With --compare: a folder of bags to compare predictions on; say it again for several.',
)]
TestOption = Annotated[bool, typer.Option(
    '--test', help='With --compare: look at the test seeds, once all is chosen.',
)]


def evaluate(
    settings: Annotated[EvaluationSettings, Shown(USUAL, 'task')] = Evaluation.settings,
    compare: CompareOption = None, bags: BagsOption = None, test: TestOption = False,
    out: OutOption = None, json: JsonOption = None,
) -> None:
    """Measure success over episodes, or compare two checkpoints, and write a results page."""
    if compare is not None:
        measure(Comparison(), compared(settings, *compare, tuple(bags or ()), test), out, json)
        return
    if bags or test:
        raise ConfigError('--bags and --test go with --compare OLD NEW: give it too')
    experiment = Evaluation(play_over_ros) if settings.over_ros else Evaluation()
    measure(experiment, settings, out, json)


def compared(
    settings: EvaluationSettings, old: Path, new: Path, bags: tuple[Path, ...], test: bool,
) -> ComparisonSettings:
    """Return what two checkpoints play, from what is asked of an evaluation.

    Raises:
        ConfigError: If it is other policies, or the nodes, or test seeds that were not asked for.
    """
    if settings.over_ros or settings.policy not in (ALL, PlannerPolicy.name):
        raise ConfigError(
            '--compare plays the planner in lockstep: leave --policy and --over-ros out'
        )
    return ComparisonSettings(
        episodes=settings.episodes, seed=check_seeds(settings.seed, settings.episodes, test),
        objects=settings.objects, checkpoint=find_model(new), workers=settings.workers,
        robot=settings.robot, task=settings.task, old=find_model(old), bags=bags,
        split=settings.split, extra_objects=settings.extra_objects, site=settings.site,
    )


def play_over_ros(
    players: ClearTablePlayers, seeds: range, workers: int,
) -> Iterator[EpisodeResult]:
    """Yield the episode of each seed, played through the real nodes in one running system.

    Raises:
        ConfigError: If the task wants a goal image.
        ForesightError: If a node dies, does not answer or cannot start.
    """
    from foresight.nodes.session import SessionOptions, ros_session  # needs the extra `ros`

    sim, task = players.sim, players.task
    assert isinstance(task, str)  # The nodes read it from its file.
    limit = allowed_actions(sim.max_actions, sim.actions_an_object, sim.objects)
    options = SessionOptions(
        players.checkpoint, replace(sim, max_actions=limit), bags=None, logs=LOGS, task=task,
        robot=players.robot, latches=False,
    )
    with ros_session(options) as session:
        for seed in seeds:
            yield episode_of(session.play(seed))


def episode_of(result: DemoResult) -> EpisodeResult:
    """Return the outcome as evaluation counts it: an action that the arm could not do counts."""
    return EpisodeResult(
        seed=result.seed, success=result.success, cleared=result.cleared, dropped=result.dropped,
        remaining=result.objects - result.cleared - result.dropped, actions=result.tried,
        records=tuple(
            ActionRecord(
                tuple(action.action.tolist()), True, action.plan_ms, sum(action.terms.values()),
                dict(action.terms),
            ) for action in result.actions  # how the scene stood after it was not asked
        ),
    )
