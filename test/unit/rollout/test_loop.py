"""Claims about episodes in lockstep, with a table of one object that slides where it is moved."""

from dataclasses import dataclass

import numpy as np
import pytest

from foresight.agent.agent import Agent
from foresight.agent.decision import Decision
from foresight.agent.step import Limits
from foresight.errors import PlanningError, RobotError
from foresight.protocols import CameraView, Observation, Plan
from foresight.robots.trajectory import JointPath
from foresight.rollout.environment import OnFrame
from foresight.rollout.episode import EpisodeResult
from foresight.rollout.loop import Hooks, Player, evaluate
from foresight.tasks.scene_view import ObjectStates, Outcome, Policy, SceneView, chosen

BIN_Y = 0.3
FORWARD = np.array([0.45, 0.0, np.pi / 2, 0.1])


class LineTable:
    """One object on a line: each executed path moves it by the path's duration in metres."""

    background = np.zeros((2, 2, 3), np.uint8)
    joint_positions = np.zeros(7)

    def reset(self, seed: int) -> Observation:
        self.y = float(np.random.default_rng(seed).uniform(-0.25, 0.25))
        self.waited = 0.0
        return self.observe()

    def observe(self) -> Observation:
        view = CameraView(np.eye(3), np.eye(4), 2, 2)
        return Observation(np.zeros((2, 2, 3), np.uint8), view, self.waited)

    def execute(self, path: JointPath, on_frame: OnFrame | None = None) -> None:
        self.y += path.duration
        if on_frame is not None:
            on_frame(self.observe(), self.joint_positions, np.eye(4))

    def wait(self, seconds: float) -> None:
        self.waited += seconds

    def objects(self) -> ObjectStates:
        status = ('bin',) if self.y > BIN_Y else ('table',)
        position = np.array([[0.45, self.y, 0.0]])
        return ObjectStates(('0',), position, np.zeros((1, 4)), np.zeros((1, 3)), status, (False,))

    def close(self) -> None:
        self.closed = True

    def outcome(self) -> Outcome:
        done = self.y > BIN_Y
        return Outcome(int(done), 0, int(not done), done)


@dataclass(frozen=True)
class LineMotion:
    joint_path: JointPath


class LineSkill:
    """The path of an action lasts as long as the action is; more than 0.5 m is out of reach."""

    def plan(self, action: np.ndarray, start: np.ndarray) -> LineMotion:
        if action[3] > 0.5:
            raise RobotError('too far')
        zeros = np.zeros((2, 7))
        return LineMotion(JointPath(
            np.array([0.0, action[3]]), zeros, zeros, np.tile(np.eye(4), (2, 1, 1)),
        ))


class NoWayHome:
    """The arm is always at home."""

    def plan(self, start: np.ndarray) -> JointPath:
        raise RobotError('no way')


class Always(Policy):
    """Actions by one length for ever."""

    name = 'always'

    def __init__(self, action: np.ndarray) -> None:
        self.action = action
        self.seeds: list[int] = []

    def reset(self, seed: int) -> None:
        self.seeds.append(seed)

    def choose(self, scene: SceneView) -> Plan | None:
        return chosen(self.action, cost=1.0)


class Nothing(Always):
    """Has nothing to do."""

    def choose(self, scene: SceneView) -> Plan | None:
        return None


class Stuck(Always):
    """Finds no action."""

    def choose(self, scene: SceneView) -> Plan | None:
        raise PlanningError('no candidate')


def player(
    policy: Always, most: int = 10, table: LineTable | None = None, more: int = 0,
) -> Player:
    return Player(
        table or LineTable(), policy, LineSkill(), NoWayHome(), np.zeros(7), Limits(most), more,
    )


def play(policy: Always, most: int = 10, seed: int = 3) -> EpisodeResult:
    return player(policy, most).play(seed)


def test_episode_ends_when_the_table_is_clear() -> None:
    result = play(Always(FORWARD))
    assert result.success
    assert (result.cleared, result.dropped, result.remaining) == (1, 0, 0)
    assert 0 < result.actions <= 6
    assert result.records[-1].remaining == 0


def test_episode_is_truncated_after_the_allowed_actions() -> None:
    result = play(Always(FORWARD), most=1, seed=3)
    assert (result.success, result.actions, result.remaining) == (False, 1, 1)


def test_each_object_beyond_three_allows_more_actions() -> None:
    class Crowd(LineTable):
        def objects(self) -> ObjectStates:
            one = super().objects()
            return ObjectStates(
                ('0', '1', '2', '3', '4'), np.tile(one.positions, (5, 1)), np.zeros((5, 4)),
                np.zeros((5, 3)), 5 * one.status, 5 * one.moving,
            )

    stuck = np.array([0.45, 0.0, 1.5, 0.6])
    result = player(Always(stuck), 10, Crowd(), more=4).play(3)
    assert result.actions == 18


def test_an_action_out_of_reach_counts_and_moves_nothing() -> None:
    result = play(Always(np.array([0.45, 0.0, 1.5, 0.6])), most=4)
    assert result.actions == 4
    assert not any(record.feasible for record in result.records)
    assert result.remaining == 1


@pytest.mark.parametrize('policy, reason', [
    (Nothing(FORWARD), ''), (Stuck(FORWARD), 'no candidate'),
])
def test_a_policy_without_an_action_ends_the_episode(policy: Always, reason: str) -> None:
    result = play(policy)
    assert (result.actions, result.success, result.reason) == (0, False, reason)


def test_policy_is_seeded_by_the_episode() -> None:
    policy = Always(FORWARD)
    list(evaluate(lambda: player(policy), [5, 6]))
    assert policy.seeds == [5, 6]


def test_an_episode_does_not_depend_on_the_one_before() -> None:
    def factory() -> Player:
        return player(Always(FORWARD))

    after_another = list(evaluate(factory, [1, 2]))[1]
    alone = next(iter(evaluate(factory, [2])))
    assert (after_another.actions, after_another.success) == (alone.actions, alone.success)


def test_environment_is_closed_after_the_last_episode() -> None:
    table = LineTable()
    list(evaluate(lambda: player(Always(FORWARD), table=table), [1]))
    assert table.closed


class Diary(Hooks):
    """Writes down what happens."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.on_frame = lambda seen, joints, tool: self.lines.append('frame')

    def begin(self, agent: Agent[SceneView], scene: SceneView) -> None:
        self.lines.append('begin')

    def before_decision(self, scene: SceneView) -> SceneView:
        self.lines.append('decide')
        return scene

    def before_motion(self, scene: SceneView, decision: Decision) -> None:
        self.lines.append(f'move {decision.plan.actions[0, 3]:.1f}')

    def after_motion(self) -> None:
        self.lines.append('rest')


def test_hooks_are_called_around_each_motion() -> None:
    diary = Diary()
    player(Always(FORWARD), 2).play(3, diary)
    assert diary.lines == ['begin', *2 * ['decide', 'move 0.1', 'frame', 'rest']]


def test_an_action_out_of_reach_calls_no_motion() -> None:
    diary = Diary()
    player(Always(np.array([0.45, 0.0, 1.5, 0.6])), 2).play(3, diary)
    assert diary.lines == ['begin', 'decide', 'decide']


def test_a_hook_decides_what_the_agent_is_judged_by() -> None:
    class Content(Hooks):
        def outcome(self, environment: LineTable) -> Outcome:
            return Outcome(1, 0, 0, True)

    result = player(Always(FORWARD)).play(3, Content())
    assert (result.success, result.actions) == (True, 0)


def test_an_arm_that_cannot_come_home_ends_the_episode() -> None:
    class Away(LineTable):
        joint_positions = np.ones(7)

    table = Away()
    result = player(Always(FORWARD), table=table).play(3)
    assert (result.actions, result.success) == (0, False)
    assert 'cannot go home' in result.reason
    assert table.waited > 1.0
