"""Episodes of an evaluation through the real nodes, one after another in one running system."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from foresight.nodes.session import RosSession, SessionOptions
from foresight.rollout.closed_loop import EpisodeResult, PushRecord
from foresight.sim.settings import SimConfig
from foresight.viz.demo_result import DemoPush, DemoResult

LOGS = Path('out/evaluate/log')
"""What the nodes print; kept, for an error refers to it."""


def play_over_ros(
    sim: SimConfig, checkpoint: Path, seeds: Iterable[int], task: str
) -> Iterator[EpisodeResult]:
    """Yield the episode of each seed.

    Args:
        sim: Objects, physics and real-time factor.
        checkpoint: Folder of the world model.
        seeds: One seed an episode.
        task: Name of the task, or path of its YAML file.

    Raises:
        ConfigError: If the task wants a goal image.
        ForesightError: If a node dies, does not answer or cannot start.
    """
    options = SessionOptions(checkpoint, sim, bags=None, logs=LOGS, task=task)
    with RosSession(options) as session:
        for seed in seeds:
            yield episode_of(session.play(seed))


def episode_of(result: DemoResult) -> EpisodeResult:
    """Return the outcome as evaluation counts it: a push that the arm could not do counts."""
    return EpisodeResult(
        seed=result.seed, success=result.success, cleared=result.cleared, dropped=result.dropped,
        remaining=result.objects - result.cleared - result.dropped, pushes=result.tried,
        records=tuple(_record(push) for push in result.pushes),
    )


def _record(push: DemoPush) -> PushRecord:
    """Return a push that was carried out; how the scene stood after it was not asked."""
    x, y, heading, length = (float(value) for value in push.action)
    return PushRecord(
        (x, y, heading, length), True, push.plan_ms, sum(push.terms.values()), dict(push.terms),
    )
