"""`foresight evaluate`: success over episodes, with floors and ceiling, as a results page."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from foresight.cli.experiment import USUAL, OutOption, measure
from foresight.cli.flags import Shown
from foresight.cli.output import JsonOption
from foresight.experiments.evaluation.measure import Evaluation, EvaluationSettings
from foresight.rollout.episode import ActionRecord, EpisodeResult, allowed_actions
from foresight.rollout.players import ClearTablePlayers
from foresight.viz.demo_result import DemoResult

LOGS = Path('out/evaluate/log')
"""What the nodes print; kept, for an error refers to it."""


def evaluate(
    settings: Annotated[EvaluationSettings, Shown(USUAL, 'task')] = Evaluation.settings,
    out: OutOption = None, json: JsonOption = None,
) -> None:
    """Measure success over episodes and write a results page."""
    experiment = Evaluation(play_over_ros) if settings.over_ros else Evaluation()
    measure(experiment, settings, out, json)


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
