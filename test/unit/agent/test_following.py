import pytest
import torch

from foresight.agent.following import ASTRAY, RESTLESS, Following, SurpriseConfig
from foresight.planning.levels.task import rest_of
from foresight.protocols import Plan

CALM, ALARM = 0.2, 3.0


def plan(count: int) -> Plan:
    actions = torch.arange(4.0 * count).reshape(count, 4)
    return Plan(actions, 1.0, {}, torch.zeros(count + 1, 1), 1, 1, 0.1)


@pytest.fixture
def following() -> Following:
    return Following(SurpriseConfig(watch=True, follow=2, alarms=3, patience=2.0))


def test_the_rest_of_a_plan_is_followed_while_nothing_surprises(following):
    first = plan(3)
    following.adopt(first)
    following.hear(CALM, 1.0)
    assert following.next() is first
    following.go_on()
    following.hear(CALM, 2.0)
    assert following.next() is None  # two actions of it are made


def test_a_plan_is_not_followed_before_its_last_action_was_judged(following):
    following.adopt(plan(2))
    assert following.next() is None


def test_a_surprise_drops_the_plan_even_when_it_is_over(following):
    following.adopt(plan(2))
    following.hear(ALARM, 1.0)
    assert following.alarmed
    following.hear(CALM, 1.1)
    assert not following.alarmed
    assert following.next() is None
    assert not following.stop


def test_a_plan_of_one_action_has_no_rest(following):
    following.adopt(plan(1))
    following.hear(CALM, 1.0)
    assert following.next() is None
    with pytest.raises(ValueError, match='one action'):
        rest_of(plan(1))


def test_rest_of_a_plan_begins_with_the_second_action():
    rest = rest_of(plan(3))
    assert rest.actions.tolist() == plan(3).actions[1:].tolist()
    assert rest.evaluations == 0


def test_actions_in_a_row_that_surprise_stop(following):
    for number in range(3):
        assert not following.stop
        following.adopt(plan(2))
        following.hear(ALARM, float(number))
        following.hear(CALM, number + 0.1)
    assert following.stop == f'3 {ASTRAY}'


def test_a_calm_action_between_begins_the_row_anew(following):
    for level in (ALARM, ALARM, CALM, ALARM, ALARM):
        following.adopt(plan(2))
        following.hear(level, 0.0)
        following.hear(CALM, 0.1)
    assert not following.stop


def test_a_view_that_does_not_calm_down_stops_and_says_so(following):
    following.hear(CALM, 0.0)
    for tenth in range(10, 30):
        following.hear(ALARM, tenth / 10)
        assert not following.stop
    following.hear(ALARM, 3.0)
    assert following.stop == RESTLESS


def test_a_new_episode_forgets_all(following):
    following.adopt(plan(2))
    following.hear(ALARM, 0.0)
    following.hear(ALARM, 5.0)
    following.begin()
    assert not following.stop
    assert not following.alarmed
    assert following.next() is None
