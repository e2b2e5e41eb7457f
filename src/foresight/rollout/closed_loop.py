"""Episodes in lockstep: a policy, the push skill and an environment, without ROS.

An episode depends on its seed alone: not on the episodes before it, the number of worker
processes or the load of the machine.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from foresight.actions.push.action import Push
from foresight.errors import PlanningError, RobotError
from foresight.rollout.environment import Environment, Skill
from foresight.rollout.policies import Policy, SceneView
from foresight.rollout.workers import Builder, Crew

FEW = 3  # Objects that need no more pushes than `max_pushes`.


@dataclass(frozen=True)
class PushRecord:
    """One push of an episode.

    Attributes:
        action: [x, y, heading, length] in `base_link` [m, m, rad, m].
        feasible: False if the arm could not do it, so that nothing moved.
        plan_ms: Wall-clock time the policy took [ms].
        cost: Total cost of the chosen plan.
        terms: Weighted share of each cost term.
        remaining: Objects on the table afterwards; -1 if unknown.
        dropped: Objects dropped so far; -1 if unknown.
    """

    action: tuple[float, float, float, float]
    feasible: bool
    plan_ms: float
    cost: float
    terms: dict[str, float]
    remaining: int = -1
    dropped: int = -1


@dataclass(frozen=True)
class EpisodeResult:
    """How one episode went.

    Attributes:
        seed: Seed of the episode.
        success: All cleared, none dropped, within the allowed pushes.
        cleared: Objects in the bin.
        dropped: Objects dropped.
        remaining: Objects left on the table.
        pushes: Pushes that were tried; one that the arm could not do counts.
        records: What is known of each push.
    """

    seed: int
    success: bool
    cleared: int
    dropped: int
    remaining: int
    pushes: int
    records: tuple[PushRecord, ...]


@dataclass(frozen=True)
class Player:
    """Everything an episode needs."""

    environment: Environment
    policy: Policy
    skill: Skill
    max_pushes: int
    pushes_an_object: int = 0

    def play(self, seed: int) -> EpisodeResult:
        """Run the episode of a seed."""
        return run_episode(
            self.environment, self.policy, self.skill, self.max_pushes, seed,
            pushes_an_object=self.pushes_an_object,
        )

    def close(self) -> None:
        """Close the environment."""
        self.environment.close()


def allowed_pushes(max_pushes: int, pushes_an_object: int, objects: int) -> int:
    """Return after how many pushes an episode with so many objects is truncated."""
    return max_pushes + pushes_an_object * max(0, objects - FEW)


def run_episode(
    environment: Environment,
    policy: Policy,
    skill: Skill,
    max_pushes: int,
    seed: int,
    on_push: Callable[[SceneView, PushRecord, SceneView], None] | None = None,
    pushes_an_object: int = 0,
) -> EpisodeResult:
    """Push until nothing is left on the table, the policy is done or the pushes are used up.

    Args:
        environment: Scene and arm.
        policy: What chooses pushes.
        skill: What turns a push into joint commands.
        max_pushes: Pushes before the episode is truncated, with up to three objects.
        seed: Seed of the scene and of the policy.
        on_push: Called after each push with the scene before and after it.
        pushes_an_object: Pushes more for each object beyond three.
    """
    scene = SceneView(environment.reset(seed), environment.background, environment.objects())
    policy.reset(seed)
    max_pushes = allowed_pushes(max_pushes, pushes_an_object, len(scene.objects.names))
    records: list[PushRecord] = []
    while len(records) < max_pushes and environment.outcome().remaining:
        record = _push_once(environment, policy, skill, scene)
        if record is None:
            break
        records.append(record)
        before, scene = scene, SceneView(
            environment.observe(), environment.background, environment.objects()
        )
        if on_push is not None:
            on_push(before, record, scene)
    end = environment.outcome()
    return EpisodeResult(
        seed, bool(end.success), end.cleared, end.dropped, end.remaining, len(records),
        tuple(records),
    )


def _push_once(
    environment: Environment, policy: Policy, skill: Skill, scene: SceneView
) -> PushRecord | None:
    """Choose one push and carry it out; None if the policy is done or has no push."""
    begin = time.perf_counter()
    try:
        choice = policy.act(scene)
    except PlanningError:  # no push is allowed: the arm holds, which ends the episode
        return None
    plan_ms = 1e3 * (time.perf_counter() - begin)
    if choice is None:
        return None
    feasible = True
    try:
        motion = skill.plan(Push.from_array(choice.action), environment.joint_positions)
        environment.execute(motion.joint_path)
    except RobotError:
        feasible = False
    x, y, heading, length = (float(value) for value in choice.action)
    state = environment.outcome()
    return PushRecord(
        (x, y, heading, length), feasible, plan_ms, choice.cost, dict(choice.terms),
        state.remaining, state.dropped,
    )


def evaluate(
    factory: Builder[Player], seeds: Sequence[int], workers: int = 1
) -> Iterator[EpisodeResult]:
    """Yield the episode of each seed, in order, played by `workers` processes.

    Args:
        factory: Builds environment, policy and skill in each process.
        seeds: One seed an episode.
        workers: Processes; 1 plays in this one.

    Raises:
        WorkerError: If a worker process was killed.
    """
    with Crew(min(workers, len(seeds))) as crew:
        yield from crew.run(factory, Player.play, seeds)
