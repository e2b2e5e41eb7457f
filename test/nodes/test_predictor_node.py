"""Claims about the predictor node, over real topics."""

import numpy as np
import pytest
import torch

from foresight.nodes.convert import latent_message, push_path
from foresight.nodes.predictor_node import PredictorNode
from foresight.robot.push import Push
from foresight.robot.status import Status

HEARS = ('belief', 'surprise', 'surprise/level')
LATENT = torch.randn(16, 16, 24, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def predicting(bench, stage, checkpoint):
    """An active predictor node, and a robot to publish for it."""
    made = bench(PredictorNode, HEARS, checkpoint=checkpoint, device='cpu').up()
    return made, stage(made)


def show(made, robot, where=None, latent=LATENT):
    """Publish joints and a latent."""
    def each():
        robot.joints(where)
        made.say('latent', latent_message(latent, made.now()))

    return each


def away(robot):
    """Joints that are not the retract pose."""
    where = np.array(robot.arm.retract)
    where[0] += 0.5
    return where


def test_belief_is_the_latent_with_its_stamp_when_the_arm_is_back(predicting):
    made, robot = predicting
    made.spin_until(lambda: made.heard['belief'], show(made, robot))
    message = made.heard['belief'][-1]
    assert message.encoding == '32FC16'
    assert bytes(message.data) == bytes(latent_message(LATENT, 0.0).data)


def test_there_is_no_belief_while_the_arm_is_in_the_picture(predicting):
    made, robot = predicting
    made.spin(0.5, show(made, robot, away(robot)))
    assert not made.heard['belief']
    assert made.node.health.status is Status.IDLE


def test_surprise_comes_once_a_push_after_the_arm_is_back(predicting):
    made, robot = predicting
    made.spin_until(lambda: made.heard['belief'], show(made, robot))
    made.say('macro_action', push_path(Push(0.45, -0.1, 1.5, 0.2), made.now()))
    made.spin(0.3, show(made, robot))
    assert not made.heard['surprise']
    made.spin(0.3, show(made, robot, away(robot)))
    made.spin_until(lambda: made.heard['surprise'], show(made, robot))
    made.spin(0.3, show(made, robot))
    assert len(made.heard['surprise']) == len(made.heard['surprise/level']) == 1
    assert made.heard['surprise'][0].encoding == '32FC1'
    assert np.isfinite(made.heard['surprise/level'][0].data)


def test_clear_memory_forgets_the_push(predicting):
    made, robot = predicting
    made.spin_until(lambda: made.heard['belief'], show(made, robot))
    made.say('macro_action', push_path(Push(0.45, -0.1, 1.5, 0.2), made.now()))
    made.spin(0.3, show(made, robot, away(robot)))
    assert made.call('predictor/clear_memory').success
    made.spin(0.5, show(made, robot))
    assert not made.heard['surprise']


def test_latent_of_another_checkpoint_is_refused(predicting):
    made, robot = predicting
    made.spin_until(
        lambda: 'same checkpoint' in made.node.health.reason,
        show(made, robot, latent=torch.zeros(8, 16, 24)),
    )
    assert not made.heard['belief']


def test_latent_that_is_not_finite_is_refused(predicting):
    made, robot = predicting
    made.spin_until(
        lambda: 'not finite' in made.node.health.reason,
        show(made, robot, latent=torch.full((16, 16, 24), torch.nan)),
    )
    assert not made.heard['belief']


def test_without_joint_states_there_is_no_belief(predicting):
    made, _ = predicting
    made.spin_until(
        lambda: made.node.health.status is Status.STALE_JOINTS,
        lambda: made.say('latent', latent_message(LATENT, made.now())),
    )
    assert not made.heard['belief']
