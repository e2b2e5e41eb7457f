"""Claims about what keeps nodes up, in simulated time: nodes that die, hang and fail."""

from dataclasses import replace

import pytest

from foresight.nodes.charge import AGAIN, MATCH, OFFERS, Beat, Deed, Stage
from foresight.nodes.supervision import APPEAR, LOADING, Order, Supervision, SupervisorConfig
from foresight.robots.status import Status

GOALS = {
    Deed.CONFIGURE: Stage.INACTIVE, Deed.ACTIVATE: Stage.ACTIVE, Deed.DEACTIVATE: Stage.INACTIVE,
}
CONFIG = SupervisorConfig()


class Robot:
    """Nodes that do what they are told, and a clock."""

    def __init__(self, config: SupervisorConfig = CONFIG) -> None:
        self.now, self.config = 0.0, config
        self.supervision = Supervision(config, self.now)
        self.done: list[Order] = []
        self.beats = {name: self.fresh(name, 1) for name in config.nodes}
        self.mute: set[str] = set()
        self.deaf: set[str] = set()

    def fresh(self, name: str, pid: int) -> Beat:
        """What a process says when it has started."""
        plain = name == 'recorder'
        return Beat(name, pid, 'here', Stage.ACTIVE if plain else Stage.UNCONFIGURED)

    def change(self, name: str, **values) -> None:
        """Let a node be in another state."""
        self.beats[name] = replace(self.beats[name], **values)

    def start_again(self, name: str) -> None:
        """Let a node die and its process be started anew."""
        self.supervision.lose(name, 'ended', self.now)
        self.beats[name] = self.fresh(name, self.beats[name].pid + 1)
        self.mute.discard(name)

    def pass_time(self, seconds: float) -> list[Order]:
        """Let time pass in steps of a tenth; return what was ordered in it."""
        since = len(self.done)
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            for name in self.beats.keys() - self.mute:
                self.supervision.hear(self.beats[name], self.now)
            for order in self.supervision.orders(self.now):
                self.done.append(order)
                if order.node not in self.deaf:
                    self.obey(order)
        return self.done[since:]

    def obey(self, order: Order) -> None:
        """Do what is ordered."""
        if order.deed in GOALS:
            self.change(order.node, stage=GOALS[order.deed], phase='')
        elif order.deed is Deed.RESUME:
            self.change(order.node, phase='SETTLING')
        elif order.deed is Deed.STOP:
            self.change(order.node, status=Status.E_STOP)

    def up(self) -> 'Robot':
        """Bring all up."""
        self.pass_time(5.0)
        assert self.status is Status.OK
        return self

    def deeds(self, node: str) -> list[Deed]:
        """What was ordered of a node."""
        return [order.deed for order in self.done if order.node == node]

    @property
    def status(self) -> Status:
        return self.supervision.finding.status


def test_nodes_are_activated_downstream_first_after_all_were_configured():
    robot = Robot()
    assert robot.status is Status.IDLE
    robot.up()
    activated = [order.node for order in robot.done if order.deed is Deed.ACTIVATE]
    assert activated == ['guard', 'planner', 'predictor', 'perception']
    assert robot.deeds('recorder') == []


def test_a_node_that_comes_late_is_waited_for_and_named():
    robot = Robot()
    robot.mute = {'planner'}
    robot.pass_time(APPEAR - 1.0)
    assert robot.supervision.finding.reason == 'waits for planner, predictor, perception'
    assert robot.deeds('predictor') == [Deed.CONFIGURE]
    robot.mute = set()
    robot.up()


def test_nobody_waits_for_a_recorder():
    robot = Robot()
    robot.mute = {'recorder'}
    robot.up()


def test_a_recorder_that_records_at_once_is_not_asked_to():
    robot = Robot().up()
    robot.change('recorder', phase='RECORDING')
    robot.pass_time(1.0)
    robot.start_again('recorder')
    robot.change('recorder', phase='RECORDING')
    robot.pass_time(8.0)
    assert robot.deeds('recorder') == [] and robot.status is Status.OK


def test_a_node_that_never_appears_ends_the_bring_up():
    robot = Robot()
    robot.mute = {'predictor'}
    robot.pass_time(APPEAR + 1.0)
    assert 'predictor does not appear' in robot.supervision.failure
    assert not robot.supervision.complete


def test_a_first_configure_that_fails_ends_the_bring_up_with_its_reason():
    robot = Robot()
    robot.deaf = {'planner'}
    robot.pass_time(2.0)
    robot.change('planner', failures=1, error='no checkpoint: give one')
    robot.pass_time(0.1)
    assert 'planner cannot be brought up: no checkpoint: give one' in robot.supervision.failure
    assert not robot.supervision.complete
    robot.pass_time(1.0)
    assert not set(robot.deeds('guard')) - {Deed.CONFIGURE, Deed.ACTIVATE}  # no e-stop to release


def test_a_request_that_is_lost_is_made_again_while_the_node_speaks():
    robot = Robot()
    robot.deaf = {'guard'}
    robot.pass_time(MATCH + 3.0 * AGAIN)
    assert 3 <= robot.deeds('guard').count(Deed.CONFIGURE) <= 4


def test_a_node_that_loads_may_be_silent_and_one_that_works_may_not():
    robot = Robot()
    robot.deaf = {'perception'}
    robot.pass_time(1.0)
    robot.mute = {'perception'}
    robot.pass_time(LOADING - 2.0)
    assert Deed.KILL not in robot.deeds('perception')
    robot.mute, robot.deaf = set(), set()
    robot.up().mute = {'perception'}
    robot.pass_time(CONFIG.silence - 0.5)
    assert Deed.KILL not in robot.deeds('perception')
    robot.pass_time(1.0)
    assert robot.deeds('perception').count(Deed.KILL) == 1
    assert robot.status is Status.RESTORING
    assert 'perception said nothing for 5 s' in robot.supervision.finding.reason


@pytest.mark.parametrize('name', ['planner', 'predictor', 'perception'])
def test_a_node_that_died_is_brought_up_again_and_no_other_is_touched(name):
    robot = Robot().up()
    robot.start_again(name)
    again = robot.pass_time(5.0)
    assert [(order.node, order.deed) for order in again] == [
        (name, Deed.CONFIGURE), (name, Deed.ACTIVATE),
    ]
    assert robot.status is Status.OK


def test_a_new_process_is_noticed_even_if_nobody_saw_the_old_one_end():
    robot = Robot().up()
    robot.change('predictor', pid=7, stage=Stage.UNCONFIGURED)
    robot.pass_time(5.0)
    assert robot.deeds('predictor')[-2:] == [Deed.CONFIGURE, Deed.ACTIVATE]


def test_the_planner_rests_while_the_guard_is_away_and_then_goes_on():
    robot = Robot().up()
    robot.change('planner', phase='EXECUTING')
    robot.pass_time(1.0)
    robot.mute = {'guard'}
    robot.supervision.lose('guard', 'ended', robot.now)
    robot.pass_time(3.0)
    assert robot.deeds('planner')[-1] is Deed.DEACTIVATE
    assert 'planner waits for guard' in robot.supervision.finding.reason
    robot.start_again('guard')
    robot.pass_time(5.0)
    assert robot.deeds('planner')[-2:] == [Deed.ACTIVATE, Deed.RESUME]
    assert robot.status is Status.OK


def test_a_planner_that_lost_a_guard_that_hangs_goes_on_too():
    robot = Robot().up()
    robot.change('planner', phase='IDLE', status=Status.LATE)
    robot.mute = {'guard'}
    robot.pass_time(CONFIG.silence + 1.0)
    assert robot.deeds('guard')[-1] is Deed.KILL
    robot.start_again('guard')
    robot.pass_time(5.0)
    assert robot.deeds('planner')[-1] is Deed.RESUME


def test_a_planner_with_nothing_to_do_is_not_started():
    robot = Robot().up()
    for phase in ('', 'IDLE', 'DONE'):
        robot.change('planner', phase=phase)
        robot.pass_time(1.0)
        robot.start_again('planner')
        robot.pass_time(8.0)
    assert Deed.RESUME not in robot.deeds('planner') and robot.status is Status.OK


@pytest.mark.parametrize('latched', ['E_STOP', 'TRACKING', 'JOINTS_JUMPED', 'CLOCK_JUMPED'])
def test_nothing_goes_on_by_itself_where_a_person_must_look(latched):
    robot = Robot().up()
    robot.change('planner', phase='EXECUTING')
    robot.change('guard', status=latched)
    robot.pass_time(1.0)
    robot.start_again('planner')
    robot.pass_time(8.0)
    robot.change('guard', status='OK')
    robot.pass_time(8.0)
    assert Deed.RESUME not in robot.deeds('planner') and robot.status is Status.OK


def test_a_recorder_goes_on_recording_and_is_not_asked_for_ever():
    robot = Robot().up()
    robot.change('recorder', phase='RECORDING')
    robot.pass_time(1.0)
    robot.deaf = {'recorder'}
    robot.start_again('recorder')
    robot.pass_time(60.0)
    assert robot.deeds('recorder') == [Deed.RESUME] * OFFERS
    assert robot.status is Status.OK


def test_what_a_person_deactivates_stays_so():
    robot = Robot().up()
    for name in ('perception', 'predictor'):
        robot.change(name, stage=Stage.INACTIVE)
    robot.change('planner', stage=Stage.UNCONFIGURED)
    assert robot.pass_time(10.0) == []


def test_a_guard_that_a_person_deactivates_takes_the_planner_along():
    robot = Robot().up()
    robot.change('planner', phase='EXECUTING')
    robot.change('guard', stage=Stage.INACTIVE)
    assert robot.pass_time(3.0) == [Order(Deed.DEACTIVATE, 'planner')]
    robot.change('guard', stage=Stage.ACTIVE)
    assert robot.pass_time(3.0) == [Order(Deed.ACTIVATE, 'planner')]  # and a person starts it


def test_each_restart_waits_longer():
    robot, waits = Robot().up(), []
    for _ in range(CONFIG.tries):
        begin = robot.now
        robot.start_again('predictor')
        while robot.deeds('predictor')[-1] is not Deed.CONFIGURE:
            robot.pass_time(0.1)
        waits.append(robot.now - begin)
        robot.pass_time(3.0)
    assert waits == pytest.approx([1.1, 2.1, 4.1], abs=0.11)


def test_after_the_last_try_the_arm_is_stopped_and_stays_so():
    robot = Robot().up()
    for _ in range(CONFIG.tries + 1):
        robot.start_again('perception')
        robot.pass_time(8.0)
    assert robot.status is Status.NODE_LOST
    assert 'perception went down 4 times in 120 s' in robot.supervision.failure
    assert robot.deeds('planner')[-1] is Deed.DEACTIVATE
    assert robot.deeds('guard')[-1] is Deed.STOP
    robot.change('guard', status=Status.OK)  # a person releases it
    assert robot.pass_time(3.0) == [Order(Deed.STOP, 'guard')]


def test_falls_long_ago_do_not_count():
    robot = Robot(replace(CONFIG, window=10.0)).up()
    for _ in range(2 * CONFIG.tries):
        robot.start_again('planner')
        robot.pass_time(10.0)
    assert robot.status is Status.OK


def test_a_restarted_node_that_cannot_be_configured_is_tried_a_few_times():
    robot = Robot().up()
    robot.start_again('predictor')
    robot.deaf = {'predictor'}
    for count in range(CONFIG.tries):
        while robot.deeds('predictor')[-1] is not Deed.CONFIGURE:
            robot.pass_time(0.1)
        robot.done.append(Order(Deed.STOP, 'predictor'))
        robot.change('predictor', failures=count + 1, error='the file is gone')
        robot.pass_time(0.1)
    assert robot.status is Status.NODE_LOST
    assert 'at last: the file is gone' in robot.supervision.failure


def test_a_node_that_does_not_come_back_ends_it():
    robot = Robot().up()
    robot.mute = {'predictor'}
    robot.supervision.lose('predictor', 'ended', robot.now)
    robot.pass_time(APPEAR + 1.0)
    assert robot.status is Status.NODE_LOST


def test_a_silent_node_that_cannot_be_killed_may_come_back_by_itself():
    robot = Robot().up()
    robot.mute = {'perception'}
    robot.pass_time(CONFIG.silence + 1.0)
    robot.mute = set()
    robot.pass_time(1.0)
    assert robot.status is Status.OK and robot.deeds('perception')[-1] is Deed.KILL


def test_a_planner_that_was_at_work_all_the_while_is_not_asked_to_go_on():
    robot = Robot().up()
    robot.change('planner', phase='EXECUTING')
    robot.pass_time(1.0)
    robot.mute = {'planner'}  # a network parted, and was mended
    robot.pass_time(CONFIG.silence + 1.0)
    robot.mute = set()
    robot.pass_time(3.0)
    assert robot.status is Status.OK and robot.deeds('planner')[-1] is Deed.KILL


def test_a_supervisor_that_starts_among_working_nodes_touches_none():
    robot = Robot()
    for name in robot.beats:
        robot.change(name, stage=Stage.ACTIVE)
    robot.change('planner', phase='EXECUTING')
    assert robot.pass_time(5.0) == [] and robot.status is Status.OK


def test_nodes_that_are_nobodys_charge_are_passed_over():
    robot = Robot().up()
    robot.supervision.hear(Beat('stranger', 1, 'here', Stage.UNCONFIGURED), robot.now)
    assert robot.pass_time(1.0) == []
