"""The same action again: only what no image shows differs."""

import numpy as np
import pytest

from foresight.actions.push.action import Push
from foresight.actions.push.settings import PushConfig
from foresight.actions.push.skill import PushSkill
from foresight.robots.joint_level import JointLevelConfig
from foresight.rollout.play import PlayConfig
from foresight.rollout.repeat import Repeater
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import SimConfig


@pytest.fixture(scope='module')
def actions():
    config = PlayConfig(sim=SimConfig(objects=3))
    with Repeater(config, 4) as repeater:
        return repeater.episode(3000)


def test_outcomes_differ_a_little_and_the_state_does_not(actions):
    assert len(actions) == 3
    spreads = [float(action.positions.std(axis=0).max()) for action in actions]
    assert all(spread > 1e-4 for spread in spreads)
    assert max(spreads) < 0.5
    assert actions[0].after.shape == (4, 64, 96, 3)


def test_the_same_seed_repeats_the_repetitions(actions):
    with Repeater(PlayConfig(sim=SimConfig(objects=3)), 4) as repeater:
        again = repeater.episode(3000)[0]
    assert (again.action == actions[0].action).all()
    assert (again.after == actions[0].after).all()
    assert (again.positions == actions[0].positions).all()


def test_a_restored_moment_gives_the_same_outcome():
    with ClearTable(SimConfig(objects=3, seed=5)) as task:
        skill = PushSkill(task.arm_model, task.scene, PushConfig(), JointLevelConfig())
        path = skill.plan(
            Push(0.45, 0.0, np.pi / 2, 0.25).array(), task.arm_model.retract,
        ).joint_path
        restore, begin, ends = task.snapshot(), task.time, []
        for _ in range(2):
            restore()
            assert task.time == begin
            task.execute(path)
            ends.append(task.objects().positions)
        assert np.abs(ends[0] - ends[1]).max() < 1e-3  # Contacts are found anew: not bit for bit.


def test_perturbing_shifts_and_turns_one_object():
    with ClearTable(SimConfig(objects=2, seed=5)) as task:
        before = task.objects().positions
        task.bodies.perturb(0, 0.4, 0.1, np.array([0.002, -0.001, 0.1]))
        moved = task.objects().positions - before
        assert moved[0] == pytest.approx([0.002, -0.001, 0.0], abs=1e-6)
        assert moved[1] == pytest.approx([0.0, 0.0, 0.0])
