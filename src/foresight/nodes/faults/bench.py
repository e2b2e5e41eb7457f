"""The bench: one running system, in which fault after fault is caused, watched and mended."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

import numpy as np

from foresight.errors import ForesightError
from foresight.faults.fault import After, Fault, Outcome, Promise, Way
from foresight.faults.judge import judge
from foresight.faults.trace import Said, Trace
from foresight.nodes.calls import ANSWER
from foresight.nodes.charge import OVER
from foresight.nodes.episode_node import capture_empty_table, start_episode
from foresight.nodes.faults.causes import System
from foresight.nodes.faults.options import BenchOptions
from foresight.nodes.faults.watcher import Watcher
from foresight.nodes.scheduling import keep_up
from foresight.nodes.session import RosSession, ros_session
from foresight.robots.arm import ArmModel

HOLDS = {Way.STOPS: 0.5, Way.ENDS: 2.0}
"""How long the arm must have stood until it counts [s]."""
LASTS = {Way.GOES_ON: 1.5, Way.EITHER: 2.0}
"""How long a fault lasts that need not stop the arm [s]."""
ACTION = 25.0  # longest time that an action takes, with what is around it [s]
GOES_ON = 120.0  # longest time until the episode has gone on, on a busy machine [s]
TRIES = 3  # of a repeat on a host that holds the planner up
LATER = 0.8  # a fault comes up to so long after the arm began to move [s]
LOOKS = 0.5  # time that somebody takes to look before the release [s]
WALL = 4.0  # time on the wall over simulated time, at most, on a busy machine


@contextmanager
def fault_bench(options: BenchOptions) -> Iterator['Bench']:
    """Bring a system up and show it its empty table."""
    arm = ArmModel.load(options.robot, options.place.scene.stand)
    with ros_session(options) as session:
        watcher = Watcher(session.calls.node, arm.joint_names, options.source)
        system = System(
            session.calls, session.processes, watcher, arm.joint_names, options,
        )
        bench = Bench(session, system, options, np.array(arm.velocity_limit))
        keep_up()  # what comes late here looks like a late reaction
        capture_empty_table(session.calls, options.sim.seed)
        start_episode(session.calls, options.sim.seed, options.sim.object_set)
        yield bench


def play(options: BenchOptions, todo: Sequence[tuple[Fault, int]]) -> Iterator[Outcome]:
    """Cause faults, one after the other; a system that can be used no more is started anew.

    Raises:
        ForesightError: If one that was just started cannot be used.
    """
    left = list(todo)
    while left:
        with fault_bench(options) as bench:
            used = False
            while left:
                fault, repeat = left[0]
                try:
                    outcome = bench.play(fault, repeat)
                except ForesightError as error:
                    if not used:
                        raise
                    if bench.caused is fault:
                        yield Outcome(fault.name, repeat, (f'the system broke: {error}',))
                        left.pop(0)
                    break
                left.pop(0)
                used = True
                yield outcome


class Bench:
    """Causes faults in mid-push and judges what comes of them.

    Attributes:
        caused: The last fault that came.
    """

    def __init__(
        self, session: RosSession, system: System, options: BenchOptions, fastest: np.ndarray,
    ) -> None:
        """Take a running system."""
        self._session, self._system, self._options = session, system, options
        self._watcher, self._fastest = system.watcher, fastest
        self._answered: Said | None = None
        self.caused: Fault | None = None

    def renew(self) -> None:
        """Begin a new episode, whatever the last fault has left."""
        calls, sim = self._system.calls, self._options.sim
        calls.trigger('guard/release', ANSWER)
        calls.trigger('planner/stop')
        self._spin(lambda: self._watcher.phase in OVER, ACTION)
        start_episode(calls, sim.seed, sim.object_set)
        self._pass(LOOKS)
        # An arm that was not home is so at once, which the guard reports; then the planner waits.
        calls.trigger('guard/release', ANSWER)

    def play(self, fault: Fault, repeat: int) -> Outcome:
        """Cause a fault in mid-push, mend it, and judge.

        What fails while the host holds the planner up says nothing, and is tried again.

        Raises:
            ForesightError: If the system can be used no more.
        """
        for _ in range(TRIES):
            trace, outcome = self._try(fault, repeat)
            if outcome.kept:
                break
            self.renew()
            if fault.wired or not trace.held_up:  # a wire does not tell when plans were sent
                break
        return outcome

    def _try(self, fault: Fault, repeat: int) -> tuple[Trace, Outcome]:
        """Cause a fault once."""
        self._reach_motion(np.random.default_rng(repeat).uniform(0.0, LATER))
        watcher, promise = self._watcher, fault.promise
        trace, began = watcher.begin(), watcher.here
        self._session.monitor.clear()
        self.caused = fault
        with self._system.caused(fault.cause) as found:
            self._endure(promise, began.time)
        mended = watcher.here
        self._help(promise.after)
        self._spin(lambda: self._is_under_way(promise.after, mended.time), GOES_ON)
        outcome = judge(fault, repeat, trace, began, mended, self._fastest)
        return trace, replace(outcome, broken=(*outcome.broken, *found))

    def _reach_motion(self, later: float) -> None:
        """Wait until the arm is under way in an action, and a while."""
        watcher = self._watcher
        begun = watcher.acted.time if watcher.now - watcher.acted.time < 1.0 else watcher.now
        self._spin(lambda: self._goes_on(begun), GOES_ON)
        if not watcher.moves:
            raise ForesightError('no action begins: see the logs of the nodes')
        self._pass(later)

    def _goes_on(self, since: float) -> bool:
        """Return whether an action has begun and the arm moves; begin anew if all is done."""
        if self._watcher.phase in OVER and self._watcher.acted.time < self._watcher.now - 1.0:
            self.renew()
        return self._watcher.acted.time >= since and self._watcher.moves

    def _endure(self, promise: Promise, began: float) -> None:
        """Let a fault last until what is promised has come, or must have."""
        watcher, hold = self._watcher, HOLDS.get(promise.way)
        if hold is None:
            self._pass(promise.within if promise.node else LASTS[promise.way])
            return

        def enough() -> bool:
            stood = watcher.trace.stood(began, watcher.now)
            said = watcher.trace.first_said(promise.node, promise.says, began)
            told = said is not None or not promise.node
            return told and stood is not None and watcher.now - stood.time > hold

        self._spin(enough, ACTION)

    def _help(self, after: After) -> None:
        """Do what a person has to do."""
        if after is After.RELEASE:
            self._pass(LOOKS)
            self._system.calls.trigger('guard/release', ANSWER)

    def _is_under_way(self, after: After, since: float) -> bool:
        """Return whether the episode went on; start a planner that gave up where that is due."""
        said = self._watcher.last['planner']
        if after is not After.NOTHING and said.phase == 'IDLE' and said is not self._answered:
            self._answered = said
            with suppress(ForesightError):  # it works already, and has not said so yet
                self._system.calls.trigger('planner/start')
        return self._watcher.trace.first_action(since) is not None

    def _pass(self, seconds: float) -> None:
        """Let simulated time [s] pass."""
        end = self._watcher.now + seconds
        self._spin(lambda: self._watcher.now >= end, seconds + 1.0)

    def _spin(self, done: Callable[[], bool], limit: float) -> None:
        """Spin until something holds, or simulated time [s] is up.

        Raises:
            ForesightError: If simulated time stands still.
        """
        end = self._watcher.now + limit
        self._system.calls.spin_until(
            lambda: done() or self._watcher.now >= end, 10.0 + WALL * limit,
            'the simulator stands still',
        )
