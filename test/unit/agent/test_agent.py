"""Claims about the runtime of the robot, with a chooser and an arm of three lines each."""

from concurrent.futures import Future
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
import torch

from foresight.agent.agent import Agent
from foresight.agent.following import SurpriseConfig
from foresight.agent.phase import Phase
from foresight.agent.step import Limits
from foresight.agent.thinker import Thinker
from foresight.errors import PlanningError, RobotError
from foresight.planning.levels.task import TaskDecision, rest_of
from foresight.protocols import Belief, Plan
from foresight.robots.status import Status
from foresight.robots.trajectory import JointPath

HOME = np.zeros(2)
CALM, ALARM = 0.2, 3.0
FEW = Limits(3, 0.5)


def path(start: np.ndarray, finish: np.ndarray, seconds: float = 1.0) -> JointPath:
    share = np.linspace(0.0, 1.0, 11)[:, None]
    positions = start + share * (finish - start)
    return JointPath(share[:, 0] * seconds, positions, np.zeros((11, 2)), np.zeros((11, 4, 4)))


class Chooser:
    """Chooses the plans it is given, one after the other; then all is done."""

    def __init__(self, *plans: Plan | PlanningError) -> None:
        self.plans, self.said = list(plans), []

    def decide(self, seen: Belief) -> TaskDecision:
        self.said.append(('decide', seen.stamp))
        plan = self.plans.pop(0) if self.plans else None
        if isinstance(plan, Exception):
            raise plan
        return TaskDecision(plan, 0.5)

    def follow(self, seen: Belief, plan: Plan) -> TaskDecision:
        self.said.append(('follow', seen.stamp))
        return TaskDecision(rest_of(plan), 0.5)

    def reset(self, seed: int) -> None:
        self.said.append(('reset', seed))

    def drop_warm_start(self) -> None:
        self.said.append(('drop', 0))


@dataclass
class Motion:
    joint_path: JointPath


class Skill:
    """Reaches out and comes back; what is longer than a metre it cannot do."""

    def plan(self, action, start: np.ndarray) -> Motion:
        if action[3] > 1.0:
            raise RobotError('too long')
        return Motion(path(start, HOME))


class Homing:
    def plan(self, start: np.ndarray) -> JointPath:
        return path(start, HOME)


def plan(actions: int = 1, length: float = 0.2) -> Plan:
    chosen = torch.tensor([[0.5, 0.0, 0.1, length]]).repeat(actions, 1)
    chosen[:, 0] += torch.arange(actions) / 10.0
    return Plan(chosen, 1.0, {}, torch.zeros(actions + 1, 1, 1, 1), 1, 1, 0.1)


def belief(stamp: float) -> Belief:
    return Belief(torch.zeros(1, 1, 1), stamp)


def make(*plans, limits: Limits = FEW, **more) -> tuple[Agent, Chooser]:
    chooser = Chooser(*plans)
    return Agent(Thinker(chooser, Skill(), Homing()), HOME, limits, **more), chooser


def look(agent: Agent, now: float, joints: np.ndarray = HOME):
    """Feel, see and go on."""
    agent.feel(joints, now)
    agent.see(belief(now), now)
    return agent.tick(now)


def follow(agent: Agent, now: float, until: float):
    """Go on while the arm does what it is told; return the last step."""
    step = None
    while now <= until:
        stream = agent.stream
        agent.feel(HOME if stream is None else stream.path.sample(now - stream.start)[0], now)
        step = agent.tick(now)
        if step.phase is not Phase.EXECUTING:
            return step
        now += 0.05
    return step


def test_nothing_is_decided_before_start():
    agent, chooser = make(plan())
    step = look(agent, 1.0)
    assert step.phase is Phase.IDLE and step.ended
    assert not chooser.said


def test_an_episode_in_lockstep_decides_carries_out_and_decides_again_until_all_is_done():
    agent, chooser = make(plan(), plan())
    agent.start(7, 0.0)
    paths, now = [], 0.0
    while not (step := look(agent, now)).ended:
        assert step.begins and step.decision is not None
        paths.append(step.decision.motion)
        now += 3.0
        agent.arrive(now)
    assert len(paths) == step.actions == 2
    assert (step.phase, step.status) == (Phase.DONE, Status.IDLE)
    assert step.reason == 'nothing is left to do'
    assert chooser.said == [('reset', 7), ('decide', 0.0), ('decide', 3.0), ('decide', 6.0)]


def test_in_lockstep_time_may_stand_still():
    agent, _ = make(plan(), plan())
    agent.start(0, 0.0)
    for count in (1, 2):
        assert look(agent, 0.0).actions == count
        agent.arrive(0.0)
    assert look(agent, 0.0).phase is Phase.DONE


def test_as_many_actions_are_made_as_are_allowed():
    agent, _ = make(plan(), plan(), limits=Limits(1))
    agent.start(0, 0.0)
    look(agent, 0.0)
    agent.arrive(2.0)
    assert agent.tick(2.0).phase is Phase.DONE
    assert agent.actions == 1


def test_an_action_that_the_arm_cannot_do_counts_and_another_is_tried():
    agent, _ = make(plan(length=2.0), plan())
    agent.start(0, 0.0)
    step = look(agent, 0.0)
    assert not step.begins and 'too long' in step.decision.error
    assert (step.phase, step.actions) == (Phase.SETTLING, 1)
    assert look(agent, 0.1).begins


def test_a_way_that_must_not_be_taken_counts_and_another_is_tried():
    refusals = [RobotError('into the table')]

    def check(way: JointPath) -> None:
        if refusals:
            raise refusals.pop()

    chooser = Chooser(plan(), plan())
    agent = Agent(Thinker(chooser, Skill(), Homing(), check), HOME, FEW)
    agent.start(0, 0.0)
    assert 'into the table' in look(agent, 0.0).decision.error
    assert look(agent, 0.1).begins


def test_without_an_allowed_plan_the_arm_holds():
    agent, _ = make(PlanningError('no candidate'))
    agent.start(0, 0.0)
    step = look(agent, 0.0)
    assert (step.phase, step.status) == (Phase.IDLE, Status.NO_PLAN)
    assert step.reason == 'no candidate' and step.actions == 0


def test_windows_are_streamed_until_the_motion_has_arrived_and_objects_rest():
    agent, chooser = make(plan(), plan())
    agent.start(0, 0.0)
    first = look(agent, 0.0)
    assert first.window is not None and first.window.times[0] >= 0.0
    assert follow(agent, 0.05, 5.0).phase is Phase.SETTLING
    agent.see(belief(1.5), 1.5)  # still settling
    assert [word for word, _ in chooser.said].count('decide') == 1
    assert look(agent, 1.7).begins


def test_views_from_before_the_arm_was_back_are_passed_over():
    agent, _ = make(plan(), plan())
    agent.start(0, 10.0)
    agent.feel(HOME, 10.0)
    agent.see(belief(9.9), 10.0)
    assert agent.phase is Phase.SETTLING


def test_an_arm_that_is_elsewhere_is_brought_home_before_anything_is_decided():
    agent, chooser = make(plan())
    agent.start(0, 0.0)
    away = HOME + 0.3
    assert look(agent, 0.1, away).phase is Phase.SETTLING
    agent.feel(away, 2.1)
    agent.tick(2.1)
    step = agent.tick(2.15)
    assert step.begins and step.decision.action is None
    np.testing.assert_allclose(step.decision.motion.positions[0], away)
    assert ('decide', 0.1) not in chooser.said and step.actions == 0


def test_without_patience_it_is_brought_home_in_lockstep():
    agent, _ = make(plan(), limits=Limits(3, patience=0.0))
    agent.start(0, 0.0)
    look(agent, 0.0, HOME + 0.3)
    assert agent.tick(0.0).begins
    agent.arrive(0.0)
    assert look(agent, 0.0).decision.action is not None


def test_an_arm_that_does_not_follow_is_given_up_the_second_time_in_a_row():
    agent, _ = make(*[plan() for _ in range(3)])
    agent.start(0, 0.0)
    look(agent, 0.0)
    agent.feel(HOME + 1.0, 0.5)
    step = agent.tick(0.5)
    assert (step.phase, step.status) == (Phase.SETTLING, Status.LATE)
    assert look(agent, 1.0).begins
    agent.feel(HOME + 1.0, 1.5)
    step = agent.tick(1.5)
    assert (step.phase, step.status) == (Phase.IDLE, Status.LATE)
    assert 'does not follow' in step.reason


def test_joints_that_stop_end_a_motion():
    agent, _ = make(plan())
    agent.start(0, 0.0)
    look(agent, 0.0)
    step = agent.tick(2.5)
    assert (step.phase, step.status) == (Phase.IDLE, Status.STALE_JOINTS)


def test_what_is_missing_is_said_while_waiting():
    agent, _ = make(plan())
    agent.start(0, 0.0)
    assert agent.tick(0.1).status is Status.STALE_JOINTS
    agent.feel(HOME, 0.2)
    assert agent.tick(0.2).status is Status.OK
    step = agent.tick(0.2, missing='no goal yet')
    assert (step.status, step.reason) == (Status.NO_PLAN, 'no goal yet')
    agent.feel(HOME, 3.0)
    assert agent.tick(3.0).status is Status.STALE_IMAGE


def test_stop_finishes_the_motion_and_makes_no_other():
    agent, _ = make(plan(), plan())
    agent.start(0, 0.0)
    look(agent, 0.0)
    with pytest.raises(RobotError, match='call stop first'):
        agent.start(0, 0.1)
    assert agent.stop() == 'stops after this motion'
    assert agent.phase is Phase.EXECUTING
    assert follow(agent, 0.05, 5.0).phase is Phase.DONE


def test_halt_drops_the_motion_at_once_and_start_begins_anew():
    agent, chooser = make(plan(), plan())
    agent.start(0, 0.0)
    look(agent, 0.0)
    agent.halt()
    assert agent.tick(0.1).window is None and agent.phase is Phase.IDLE
    agent.start(1, 0.2)
    assert look(agent, 0.3).begins
    assert ('reset', 1) in chooser.said


class Later:
    """Does a job only when asked to: a thread that is still thinking."""

    def __init__(self) -> None:
        self.jobs = []

    def __call__(self, job, /, *given):
        future: Future = Future()
        self.jobs.append((future, job, given))
        if job.__name__ != 'decide':
            self.work()
        return future

    def work(self) -> None:
        for future, job, given in self.jobs:
            future.set_result(job(*given))
        self.jobs.clear()


WATCHING = SurpriseConfig(watch=True, follow=2, alarms=3, patience=2.0)


def test_it_goes_on_while_the_thread_thinks_and_stop_discards_what_is_only_planned():
    thread = Later()
    agent, _ = make(plan(), run=thread)
    agent.start(0, 0.0)
    assert look(agent, 0.0).phase is Phase.PLANNING
    assert agent.tick(0.1).decision is None
    agent.stop()
    thread.work()
    step = agent.tick(0.2)
    assert (step.phase, step.actions, step.decision) == (Phase.IDLE, 0, None)


def test_a_surprise_while_thinking_discards_the_plan():
    thread = Later()
    agent, chooser = make(plan(), plan(), run=thread, surprise=WATCHING)
    agent.start(0, 0.0)
    look(agent, 0.0)
    agent.hear(ALARM, 0.1)
    assert agent.tick(0.2).phase is Phase.SETTLING and agent.actions == 0
    assert ('drop', 0) in chooser.said
    assert look(agent, 0.3).phase is Phase.SETTLING  # still surprised
    agent.hear(CALM, 0.4)
    look(agent, 0.4)
    thread.work()
    assert agent.tick(0.5).begins


def test_a_calm_plan_is_followed_and_an_impossible_rest_is_not_tried_twice():
    two = plan(2)
    two.actions[1, 3] = 2.0  # too long for the arm
    agent, chooser = make(two, plan(), surprise=WATCHING)
    agent.start(0, 0.0)
    look(agent, 0.0)
    agent.arrive(2.0)
    agent.hear(CALM, 2.0)
    step = look(agent, 2.0)
    assert step.decision.followed and not step.begins
    agent.hear(CALM, 2.1)
    assert look(agent, 2.1).begins
    assert [word for word, _ in chooser.said] == ['reset', 'decide', 'follow', 'decide']


def test_surprise_that_persists_ends_the_episode():
    agent, _ = make(plan(), surprise=WATCHING)
    agent.start(0, 0.0)
    for now in (0.1, 1.0, 2.2):
        agent.hear(ALARM, now)
    step = look(agent, 2.3)
    assert (step.phase, step.status) == (Phase.IDLE, Status.SURPRISED)


def test_a_fault_of_the_thinker_ends_the_episode_and_it_can_be_started_again():
    class Broken(Later):
        def work(self) -> None:
            for future, job, given in self.jobs:
                if job.__name__ == 'decide':
                    future.set_exception(KeyError('broken'))
                else:
                    future.set_result(job(*given))
            self.jobs.clear()

    thread = Broken()
    agent, _ = make(plan(), run=thread)
    agent.start(0, 0.0)
    look(agent, 0.0)
    thread.work()
    with pytest.raises(KeyError):
        agent.tick(0.1)
    step = agent.tick(0.2)
    assert (step.phase, step.status) == (Phase.IDLE, Status.NO_PLAN)
    assert 'thinking failed' in step.reason
    agent.start(0, 0.3)
    assert agent.phase is Phase.SETTLING


def test_another_task_chooses_from_the_next_decision_on():
    agent, first = make(plan())
    agent.start(5, 0.0)
    second = Chooser(plan())
    agent.set_task(lambda: second)
    assert look(agent, 0.0).begins
    assert second.said == [('reset', 5), ('decide', 0.0)]
    assert first.said == [('reset', 5)]


def test_windows_follow_one_another_without_a_gap():
    agent, _ = make(plan())
    agent.start(0, 0.0)
    look(agent, 0.0)
    ends = []
    for now in np.arange(0.05, 1.0, 0.05):
        stream = agent.stream
        agent.feel(stream.path.sample(now - stream.start)[0], now)
        ends.append(agent.tick(now).window.end)
    assert all(b >= a for a, b in pairwise(ends)) and ends[0] >= 0.5


def test_a_clock_that_jumps_back_drops_the_motion_and_decides_anew():
    agent, _ = make(plan(), plan())
    agent.start(0, 100.0)
    assert look(agent, 100.0).begins
    agent.feel(HOME, 0.0)
    step = agent.tick(0.0)
    assert step.window is None and step.phase is Phase.SETTLING
    assert look(agent, 0.1).begins


def test_joints_that_stop_as_the_clock_jumps_back_are_missed():
    agent, _ = make(plan())
    agent.start(0, 100.0)
    agent.feel(HOME, 100.0)
    agent.tick(100.0)
    agent.tick(0.0)
    assert agent.tick(2.5).status is Status.STALE_JOINTS


def test_in_a_dry_run_an_arm_that_stands_still_is_decided_for_again_and_again():
    agent, _ = make(plan(), plan(), limits=Limits(3, stray=np.inf))
    agent.start(0, 0.0)
    now, decided = 0.0, 0
    while not (step := look(agent, now)).ended:
        decided += step.begins
        now += 0.05
    assert decided == 2 and step.status is Status.IDLE  # each for as long as it would take


def test_at_a_tenth_of_the_pace_a_motion_takes_ten_times_as_long():
    agent, _ = make(plan(), limits=Limits(1, pace=0.1))
    agent.start(0, 0.0)
    step = look(agent, 0.0)
    while not step.begins:
        step = look(agent, 0.1)
    assert agent.stream.path.duration == pytest.approx(10.0)
    assert follow(agent, 0.2, 5.0).phase is Phase.EXECUTING
