"""The runtime of the robot: from what is seen and felt to motions, moment by moment.

The planner node and the lockstep loop both use it: what is evaluated is what runs. Time is an
argument, and so is the thread in which it thinks.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic

import numpy as np

from foresight.agent.decision import Decision
from foresight.agent.following import Following, SurpriseConfig
from foresight.agent.jobs import Run, at_once
from foresight.agent.phase import Phase
from foresight.agent.step import Limits, Step
from foresight.agent.thinker import Chooser, Joints, Seen, Thinker
from foresight.errors import RobotError
from foresight.robots.plan_stream import PlanStream
from foresight.robots.plan_window import PlanWindow
from foresight.robots.status import Status

AHEAD = 0.6  # reach of a plan window [s]
LEAD = 0.1  # a motion starts this long after it was planned [s]
STRAYS = 1  # times in a row that a lost arm is brought home to go on
LOST = 'the arm does not follow the plan: see the guard, then call start'
NO_JOINTS = 'no joint states: check the joint driver'
NO_VIEW = 'no belief: check perception and predictor'
FAULT = 'thinking failed: see the log of the planner, then call start'


class Agent(Generic[Seen]):
    """Decides a macro-action when the arm is at its retract pose, and streams its motion.

    In lockstep an episode is `start`, and then again and again: `feel`, `see`, `tick`; if the
    step begins a motion, carry it out as a whole and call `arrive`; until a step has ended.

    Attributes:
        phase: What it is at.
        actions: Macro-actions of this episode.
        stream: The motion under way; None if nothing moves.
        following: What it makes of surprise.
    """

    def __init__(
        self, thinker: Thinker[Seen], home: Joints, limits: Limits,
        surprise: SurpriseConfig | None = None, run: Run = at_once,
    ) -> None:
        """Wait to be started.

        Args:
            thinker: What chooses and plans.
            home: Retract pose [rad].
            limits: How often and how long.
            surprise: What surprise decides; nothing if left out.
            run: Where the thinker thinks.
        """
        self.phase, self.actions = Phase.IDLE, 0
        self.stream: PlanStream | None = None
        self.following = Following(surprise or SurpriseConfig())
        self._thinker, self._home, self._limits, self._run = thinker, home, limits, run
        self._job: Future[Decision] | None = None
        self._joints = np.full(len(home), np.nan)
        self._joints_at = self._seen_at = self._ready_at = self._ticked_at = -np.inf
        self._strays, self._stopping = 0, False
        self._status, self._reason = Status.IDLE, ''

    def start(self, seed: int, now: float) -> None:
        """Begin an episode at time `now` [s].

        Raises:
            RobotError: If one is under way.
        """
        if self.phase in (Phase.PLANNING, Phase.EXECUTING):
            raise RobotError('the planner works already: call stop first')
        self._run(self._thinker.reset, seed).result()
        self.actions, self._strays, self._stopping = 0, 0, False
        self.following.begin()
        self._wait(now, now)

    def stop(self) -> str:
        """Finish the motion under way, then stop; what is only planned is not done.

        Returns:
            What will happen.
        """
        self._stopping = True
        if self.phase is Phase.SETTLING:
            self._end(Phase.IDLE, Status.IDLE, 'stopped')
        return 'stopped' if self.stream is None else 'stops after this motion'

    def halt(self) -> None:
        """Drop everything at once."""
        self._job = None
        self._end(Phase.IDLE, Status.IDLE, '')

    def set_task(self, make: Callable[[], Chooser[Seen]]) -> None:
        """Change what chooses before the next decision.

        Raises:
            ForesightError: If it cannot be made; the last one stays.
        """
        self._run(self._thinker.set_task, make).result()
        self.following.begin()

    def feel(self, joints: Joints, stamp: float) -> None:
        """Take joints [rad] measured at time `stamp` [s]."""
        self._joints, self._joints_at = joints, stamp

    def hear(self, level: float, stamp: float) -> None:
        """Take a reading of surprise, above 1 for an alarm, of a view of time `stamp` [s]."""
        self.following.hear(level, stamp)
        if level > 1.0:  # the world did not follow the plan
            self._run(self._thinker.drop_warm_start)

    def see(self, seen: Seen, now: float) -> None:
        """Take a view, and begin to think if it is what was waited for."""
        self._seen_at = now
        if self.phase is not Phase.SETTLING or seen.stamp < self._ready_at:
            return
        if self.following.alarmed or self.following.stop or not self.is_home(now):
            return
        self._think(self._run(self._thinker.decide, seen, self._joints, self.following.next()))

    def arrive(self, now: float) -> None:
        """Take note that the motion was carried out as a whole and that everything rests."""
        if self.stream is not None:
            self._arrive(now, now)

    def tick(self, now: float, missing: str = '') -> Step:
        """Go on with whatever it is at.

        Args:
            now: Time [s].
            missing: What the task waits for; empty if it can be worked on.
        """
        decision, window = None, None
        if now < self._ticked_at and self.phase not in (Phase.IDLE, Phase.DONE):
            self._begin_anew(now)
        self._ticked_at = now
        if self.phase is Phase.PLANNING:
            decision = self._take(now)
        elif self.phase is Phase.SETTLING:
            self._look(now, missing)
        if self.stream is not None:
            window = self._go_on(self.stream, now)
        return Step(self.phase, self._status, self._reason, self.actions, decision, window)

    def _begin_anew(self, now: float) -> None:
        """Forget motion and decision: the clock jumped back, so nothing says where the arm is."""
        self._joints_at = min(self._joints_at, now)
        self._wait(now, now)

    def _think(self, job: Future[Decision]) -> None:
        """Wait for what comes of a job."""
        self._job, self.phase = job, Phase.PLANNING

    def _take(self, now: float) -> Decision | None:
        """Return the decision, if there is one now and it still counts."""
        if self._job is None or not self._job.done():
            return None
        job, self._job = self._job, None
        self._end(Phase.IDLE, Status.NO_PLAN, FAULT)  # stays if the next line raises
        decision = job.result()
        if self._stopping:
            self._end(Phase.IDLE, Status.IDLE, 'stopped')
            return None
        if self.following.alarmed:  # it is about a world that is gone
            self._wait(now, now)
            return None
        self.actions += decision.action is not None
        if decision.done:
            self._end(Phase.DONE, Status.IDLE, 'nothing is left to do')
        elif decision.motion is None:
            self._fail(decision, now)
        else:
            self.stream = PlanStream(decision.motion.slowed(self._limits.pace), now + LEAD, AHEAD)
            self.phase = Phase.EXECUTING
            self._follow(decision)
        return decision

    def _follow(self, decision: Decision) -> None:
        """Take note of the macro-action that is about to be carried out."""
        if decision.followed:
            self.following.go_on()
        elif decision.plan is not None:
            self.following.adopt(decision.plan)

    def _fail(self, decision: Decision, now: float) -> None:
        """Try another macro-action if only this one cannot be done; else hold."""
        self.following.drop()
        if decision.action is not None and self._may_act():
            self._wait(now, now)
        else:
            self._end(Phase.IDLE, Status.NO_PLAN, decision.error)

    def _go_on(self, stream: PlanStream, now: float) -> PlanWindow | None:
        """Return the next window, unless the arm does not follow or has arrived."""
        if now - self._joints_at > self._limits.patience:
            self._end(Phase.IDLE, Status.STALE_JOINTS, NO_JOINTS)
        elif stream.gap(self._joints, self._joints_at) > self._limits.stray:
            self._lose_arm(now)
        elif now < stream.end + LEAD:
            self._status, self._reason = Status.OK, ''
            return stream.window(now)
        else:
            self._arrive(now, stream.end + self._limits.settle_time)
        return None

    def _arrive(self, now: float, rests_at: float) -> None:
        """Wait for what is to be seen once everything rests, or end."""
        if self._may_act():
            self._strays = 0
            self._wait(now, rests_at)
        else:
            self._end(Phase.DONE, Status.IDLE, f'{self.actions} actions are done')

    def _lose_arm(self, now: float) -> None:
        """Give up an arm that does not follow, unless this is the first time in a row.

        A processor that stalls makes the guard stop once; an e-stop or a broken arm lasts.
        """
        self._strays += 1
        if self._strays > STRAYS or self._stopping:
            self._end(Phase.IDLE, Status.LATE, LOST)
        else:
            self._wait(now, now)
            self._status, self._reason = Status.LATE, LOST

    def _may_act(self) -> bool:
        """Return whether another macro-action is allowed."""
        return self.actions < self._limits.max_actions and not self._stopping

    def is_home(self, now: float) -> bool:
        """Return whether the arm is known to be at its retract pose."""
        known = now - self._joints_at <= self._limits.patience
        return known and bool(np.abs(self._joints - self._home).max() < self._limits.home)

    def _wait(self, now: float, until: float) -> None:
        """Wait for a view of `until` [s] or later."""
        self.stream, self._job, self.phase, self._ready_at = None, None, Phase.SETTLING, until
        self._seen_at = max(now, until)  # what was before says nothing about now
        self._status, self._reason = Status.OK, ''

    def _look(self, now: float, missing: str) -> None:
        """Say what is missing while waiting; bring the arm home if it is elsewhere."""
        patience = self._limits.patience
        self._status, self._reason = Status.OK, ''
        if self.following.stop:
            self._end(Phase.IDLE, Status.SURPRISED, self.following.stop)
        elif now - self._joints_at > patience:
            self._status, self._reason = Status.STALE_JOINTS, NO_JOINTS
        elif not self.is_home(now) and now >= self._ready_at + patience:
            self._think(self._run(self._thinker.go_home, self._joints, now))
        elif missing:
            self._status, self._reason = Status.NO_PLAN, missing
        elif now - self._seen_at > patience:
            self._status, self._reason = Status.STALE_IMAGE, NO_VIEW

    def _end(self, phase: Phase, status: Status, reason: str) -> None:
        """Stop until the next start."""
        self.stream, self.phase = None, phase
        self._status, self._reason = status, reason
