"""The joint box never contradicts itself, and brakes before a position limit."""

import numpy as np
import pytest
from pink import Configuration

from foresight.robots.arm import ArmModel
from foresight.robots.qp_limits import JointBox

STEP, ACCELERATION = 0.01, 12.0


@pytest.fixture(scope='module')
def arm() -> ArmModel:
    return ArmModel.load()


def configure(arm: ArmModel, joint1: float) -> Configuration:
    positions = np.array(arm.retract)
    positions[0] = joint1
    return Configuration(arm.model, arm.model.createData(), positions)


def make_box(arm: ArmModel) -> JointBox:
    low, high = np.array(arm.position_low), np.array(arm.position_high)
    return JointBox(low, high, np.array(arm.velocity_limit), np.full(len(low), ACCELERATION))


def test_running_into_a_limit_stops_before_it(arm: ArmModel) -> None:
    box, high = make_box(arm), arm.position_high[0]
    position = high - 0.6
    for _ in range(200):
        _, bounds = box.compute_qp_inequalities(configure(arm, position), STEP)
        fastest = bounds[0]
        assert fastest >= -bounds[7] - 1e-12
        assert abs(fastest / STEP - box.last[0]) <= ACCELERATION * STEP + 1e-9
        box.last[0] = fastest / STEP
        position += fastest
        assert position <= high
    assert position > high - 1e-3


def test_velocity_is_bounded_far_from_limits(arm: ArmModel) -> None:
    box = make_box(arm)
    box.last[0] = arm.velocity_limit[0] - 0.01
    _, bounds = box.compute_qp_inequalities(configure(arm, 0.0), STEP)
    assert bounds[0] == pytest.approx(arm.velocity_limit[0] * STEP)
