"""The one thread in which the planner thinks; it hands over frozen results."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from foresight.actions.push.action import Push
from foresight.actions.push.skill import PushSkill
from foresight.errors import ForesightError, RobotError
from foresight.planning.levels.task import TaskLevel
from foresight.protocols import Belief, Plan
from foresight.robots.homing import Homing
from foresight.robots.trajectory import JointPath

Joints = Float[np.ndarray, ' joint']


@dataclass(frozen=True)
class Decision:
    """What came of thinking.

    Attributes:
        stamp: Stamp of the belief it is based on [s].
        motion: Joint motion to carry out; None if there is none.
        push: The push; None for a motion home.
        plan: Why this push.
        score: What the done test measured; None for a motion home.
        seconds: Wall-clock time of the task level [s].
        motion_seconds: Wall-clock time of the joint level [s].
        error: Why there is no motion; empty if nothing is left to do.
        followed: Whether the push is of an earlier plan.
    """

    stamp: float
    motion: JointPath | None = None
    push: Push | None = None
    plan: Plan | None = None
    score: float | None = None
    seconds: float = 0.0
    motion_seconds: float = 0.0
    error: str = ''
    followed: bool = False

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.motion is None and not self.error


class PushWorker:
    """Runs task level and push skill one job at a time."""

    def __init__(self, task_level: TaskLevel, skill: PushSkill, homing: Homing) -> None:
        """Start the thread."""
        self._task_level, self._skill, self._homing = task_level, skill, homing
        self._thread = ThreadPoolExecutor(1, 'optimiser')
        self._job: Future[Decision] | None = None
        self._seed = 0

    def decide(self, belief: Belief, start: Joints, rest: Plan | None = None) -> None:
        """Begin to choose and plan a push from these joints [rad].

        Args:
            belief: What to plan from.
            start: Joints that the motion starts from [rad].
            rest: Plan whose second push is chosen without planning anew.
        """
        self._job = self._thread.submit(self._decide, belief, start, rest)

    def go_home(self, start: Joints, stamp: float) -> None:
        """Begin to plan the way home from these joints [rad]."""
        self._job = self._thread.submit(self._go_home, start, stamp)

    def take(self) -> Decision | None:
        """Return the decision once it is there."""
        if self._job is None or not self._job.done():
            return None
        job, self._job = self._job, None
        return job.result()

    def restart(self, seed: int) -> None:
        """Begin an episode."""
        self._seed = seed
        self._thread.submit(lambda: self._task_level.reset(seed)).result()

    def drop_warm_start(self) -> None:
        """Forget the last plan before the next decision."""
        self._thread.submit(lambda: self._task_level.drop_warm_start())

    def set_task(self, make: Callable[[], TaskLevel]) -> None:
        """Change the task before the next decision.

        Raises:
            ForesightError: If it cannot be made.
        """
        self._task_level = self._thread.submit(make).result()
        self.restart(self._seed)

    def warm_up(self, belief: Belief, start: Joints) -> None:
        """Run everything once, so that the first decision is as fast as the others.

        Raises:
            ForesightError: If the parts do not fit together.
        """
        def once() -> None:
            self._task_level.decide(belief)
            self._homing.plan(start)

        self._thread.submit(once).result()

    def close(self) -> None:
        """Wait for the job under way and end the thread."""
        self._thread.shutdown()

    def _decide(self, belief: Belief, start: Joints, rest: Plan | None) -> Decision:
        """Choose a push and plan its motion."""
        begin, level = time.perf_counter(), self._task_level
        try:
            decided = level.decide(belief) if rest is None else level.follow(belief, rest)
        except ForesightError as error:
            return Decision(belief.stamp, error=str(error))
        seconds = time.perf_counter() - begin
        if decided.plan is None:
            return Decision(belief.stamp, score=decided.score, seconds=seconds)
        push = Push.from_array(decided.plan.actions[0])
        motion, refusal = self._plan_motion(push, start)
        return Decision(
            belief.stamp, motion, push, decided.plan, decided.score, seconds,
            time.perf_counter() - begin - seconds, refusal, rest is not None,
        )

    def _plan_motion(self, push: Push, start: Joints) -> tuple[JointPath | None, str]:
        """Plan the motion of a push, or say why the arm cannot do it."""
        try:
            return self._skill.plan(push, start).joint_path, ''
        except RobotError as error:
            return None, f'the arm cannot do this push: {error}'

    def _go_home(self, start: Joints, stamp: float) -> Decision:
        """Plan the way home."""
        try:
            return Decision(stamp, self._homing.plan(start))
        except RobotError as error:
            return Decision(stamp, error=f'the arm cannot go home by itself: {error}')
