"""Claims about episodes in lockstep, with a table of one object that slides where it is pushed."""

from dataclasses import dataclass

import numpy as np
import pytest

from foresight.actions.push.action import Push
from foresight.errors import PlanningError, RobotError
from foresight.protocols import CameraView, Observation
from foresight.robots.trajectory import JointPath
from foresight.rollout.closed_loop import EpisodeResult, Player, evaluate, run_episode
from foresight.rollout.policies import Choice, SceneView

BIN_Y = 0.3
FORWARD = np.array([0.45, 0.0, np.pi / 2, 0.1])


@dataclass(frozen=True)
class LineStates:
    names: tuple[str, ...]
    positions: np.ndarray
    orientations: np.ndarray
    extents: np.ndarray
    status: tuple[str, ...]


@dataclass(frozen=True)
class LineOutcome:
    cleared: int
    dropped: int
    remaining: int
    success: bool


class LineTable:
    """One object on a line: each executed path moves it by the path's duration in metres."""

    background = np.zeros((2, 2, 3), np.uint8)
    joint_positions = np.zeros(7)

    def reset(self, seed: int) -> Observation:
        self.y = float(np.random.default_rng(seed).uniform(-0.25, 0.25))
        return self.observe()

    def observe(self) -> Observation:
        view = CameraView(np.eye(3), np.eye(4), 2, 2)
        return Observation(np.zeros((2, 2, 3), np.uint8), view, 0.0)

    def execute(self, path: JointPath) -> None:
        self.y += path.duration

    def objects(self) -> LineStates:
        status = ('bin',) if self.y > BIN_Y else ('table',)
        position = np.array([[0.45, self.y, 0.0]])
        return LineStates(('0',), position, np.zeros((1, 4)), np.zeros((1, 3)), status)

    def close(self) -> None:
        self.closed = True

    def outcome(self) -> LineOutcome:
        done = self.y > BIN_Y
        return LineOutcome(int(done), 0, int(not done), done)


@dataclass(frozen=True)
class LineMotion:
    joint_path: JointPath


class LineSkill:
    """The path of a push lasts as long as the push is; more than 0.5 m is out of reach."""

    def plan(self, push: Push, start: np.ndarray) -> LineMotion:
        if push.length > 0.5:
            raise RobotError('too far')
        zeros = np.zeros((2, 7))
        return LineMotion(JointPath(
            np.array([0.0, push.length]), zeros, zeros, np.tile(np.eye(4), (2, 1, 1)),
        ))


class Always:
    """Pushes by one length for ever, after some random numbers."""

    name = 'always'

    def __init__(self, action: np.ndarray) -> None:
        self.action = action
        self.seeds: list[int] = []

    def reset(self, seed: int) -> None:
        self.seeds.append(seed)

    def act(self, scene: SceneView) -> Choice | None:
        return Choice(self.action, {'cost': 1.0}, 1.0)


class Nothing(Always):
    """Has nothing to do."""

    def act(self, scene: SceneView) -> Choice | None:
        return None


class Stuck(Always):
    """Finds no push."""

    def act(self, scene: SceneView) -> Choice | None:
        raise PlanningError('no candidate')


def play(policy: Always, max_pushes: int = 10, seed: int = 3) -> EpisodeResult:
    return run_episode(LineTable(), policy, LineSkill(), max_pushes, seed)


def test_episode_ends_when_the_table_is_clear() -> None:
    result = play(Always(FORWARD))
    assert result.success
    assert (result.cleared, result.dropped, result.remaining) == (1, 0, 0)
    assert 0 < result.pushes <= 6
    assert result.records[-1].remaining == 0


def test_episode_is_truncated_after_max_pushes() -> None:
    result = play(Always(FORWARD), max_pushes=1, seed=3)
    assert (result.success, result.pushes, result.remaining) == (False, 1, 1)


def test_each_object_beyond_three_allows_more_pushes() -> None:
    class Crowd(LineTable):
        def objects(self) -> LineStates:
            one = super().objects()
            return LineStates(
                ('0', '1', '2', '3', '4'), np.tile(one.positions, (5, 1)), np.zeros((5, 4)),
                np.zeros((5, 3)), 5 * one.status,
            )

    stuck = np.array([0.45, 0.0, 1.5, 0.6])
    result = run_episode(Crowd(), Always(stuck), LineSkill(), 10, 3, pushes_an_object=4)
    assert result.pushes == 18


def test_a_push_out_of_reach_counts_and_moves_nothing() -> None:
    result = play(Always(np.array([0.45, 0.0, 1.5, 0.6])), max_pushes=4)
    assert result.pushes == 4
    assert not any(record.feasible for record in result.records)
    assert result.remaining == 1


@pytest.mark.parametrize('policy', [Nothing(FORWARD), Stuck(FORWARD)])
def test_a_policy_without_a_push_ends_the_episode(policy: Always) -> None:
    result = play(policy)
    assert (result.pushes, result.success) == (0, False)


def test_policy_is_seeded_by_the_episode() -> None:
    policy = Always(FORWARD)
    list(evaluate(lambda: Player(LineTable(), policy, LineSkill(), 10), [5, 6]))
    assert policy.seeds == [5, 6]


def test_an_episode_does_not_depend_on_the_one_before() -> None:
    def factory() -> Player:
        return Player(LineTable(), Always(FORWARD), LineSkill(), 10)

    after_another = list(evaluate(factory, [1, 2]))[1]
    alone = next(iter(evaluate(factory, [2])))
    assert (after_another.pushes, after_another.success) == (alone.pushes, alone.success)


def test_environment_is_closed_after_the_last_episode() -> None:
    table = LineTable()
    list(evaluate(lambda: Player(table, Always(FORWARD), LineSkill(), 10), [1]))
    assert table.closed


def test_on_push_sees_the_scene_before_and_after() -> None:
    seen: list[float] = []

    def note(before: SceneView, record: object, after: SceneView) -> None:
        seen.append(float(after.objects.positions[0, 1] - before.objects.positions[0, 1]))

    run_episode(LineTable(), Always(FORWARD), LineSkill(), 2, 0, note)
    assert seen == pytest.approx([0.1] * len(seen))
