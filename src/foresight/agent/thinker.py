"""The thinking itself: from what is seen to a macro-action and the motion that makes it."""

import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar, runtime_checkable

import numpy as np
from jaxtyping import Float

from foresight.agent.decision import Decision
from foresight.errors import ForesightError, RobotError
from foresight.macro_action import Skill
from foresight.planning.levels.task import TaskDecision
from foresight.protocols import Plan
from foresight.robots.trajectory import JointPath

Joints = Float[np.ndarray, ' joint']


@runtime_checkable
class Stamped(Protocol):
    """Anything that was seen at a time."""

    @property
    def stamp(self) -> float:
        """When it was seen [s]."""


Seen = TypeVar('Seen', bound=Stamped)
SeenByChooser = TypeVar('SeenByChooser', bound=Stamped, contravariant=True)


@runtime_checkable
class Chooser(Protocol[SeenByChooser]):
    """Anything that chooses macro-actions; `TaskLevel` is one, and what it sees is a belief."""

    def decide(self, seen: SeenByChooser, /) -> TaskDecision:
        """Choose the next macro-action, unless the task is done.

        Raises:
            PlanningError: If no candidate satisfies the guardrails.
        """

    def follow(self, seen: SeenByChooser, plan: Plan, /) -> TaskDecision:
        """Go on with the rest of a plan whose first action is done, unless the task is done."""

    def reset(self, seed: int) -> None:
        """Begin an episode."""

    def drop_warm_start(self) -> None:
        """Forget the last plan."""


@runtime_checkable
class WayHome(Protocol):
    """Anything that plans the way back to the retract pose; `Homing` is one."""

    def plan(self, start: Joints, /) -> JointPath:
        """Plan from rest.

        Raises:
            RobotError: If the arm cannot do it.
        """


class Thinker(Generic[Seen]):
    """Chooses macro-actions and plans motions, one call after the other; it knows no thread."""

    def __init__(
        self, chooser: Chooser[Seen], skill: Skill, homing: WayHome,
        check: Callable[[JointPath], object] = lambda path: None,
    ) -> None:
        """Hold the parts; `check` raises RobotError for a path that must not be taken."""
        self._chooser, self._skill, self._homing = chooser, skill, homing
        self._check = check
        self._seed = 0

    def reset(self, seed: int) -> None:
        """Begin an episode."""
        self._seed = seed
        self._chooser.reset(seed)

    def set_task(self, make: Callable[[], Chooser[Seen]]) -> None:
        """Let another one choose.

        Raises:
            ForesightError: If it cannot be made; the last one stays.
        """
        self._chooser = make()
        self._chooser.reset(self._seed)

    def drop_warm_start(self) -> None:
        """Forget the last plan."""
        self._chooser.drop_warm_start()

    def warm_up(self, seen: Seen, start: Joints) -> None:
        """Run everything once, so that the first decision is as fast as the others.

        Raises:
            ForesightError: If the parts do not fit together.
        """
        self._chooser.decide(seen)
        self._homing.plan(start)

    def decide(self, seen: Seen, start: Joints, rest: Plan | None = None) -> Decision:
        """Choose a macro-action and plan its motion.

        Args:
            seen: What to plan from.
            start: Joints that the motion starts from [rad].
            rest: Plan whose second action is chosen without planning anew.
        """
        begin, chooser = time.perf_counter(), self._chooser
        try:
            decided = chooser.decide(seen) if rest is None else chooser.follow(seen, rest)
        except ForesightError as error:
            return Decision(seen.stamp, error=str(error))
        seconds = time.perf_counter() - begin
        if decided.plan is None:
            return Decision(seen.stamp, score=decided.score, seconds=seconds)
        action = decided.plan.actions[0].double().cpu().numpy()
        motion, refusal = self._plan_motion(action, start)
        return Decision(
            seen.stamp, motion, action, decided.plan, decided.score, seconds,
            time.perf_counter() - begin - seconds, refusal, rest is not None,
        )

    def go_home(self, start: Joints, stamp: float) -> Decision:
        """Plan the way home from these joints [rad]."""
        try:
            path = self._homing.plan(start)
            self._check(path)
            return Decision(stamp, path)
        except RobotError as error:
            return Decision(stamp, error=f'the arm cannot go home by itself: {error}')

    def _plan_motion(
        self, action: Float[np.ndarray, ' action'], start: Joints,
    ) -> tuple[JointPath | None, str]:
        """Plan the motion of a macro-action, or say why the arm cannot do it."""
        try:
            path = self._skill.plan(action, start).joint_path
            self._check(path)
            return path, ''
        except RobotError as error:
            return None, f'the arm cannot do this: {error}'
