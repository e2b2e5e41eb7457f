"""Claims about `foresight goal`, with a real planner node."""

import subprocess
import sys
import warnings

import cv2
import numpy as np
import pytest
import torch

from foresight.agent.phase import Phase
from foresight.errors import ForesightError
from foresight.nodes.convert import image_message, latent_message
from foresight.nodes.planner_node import PlannerNode
from foresight.settings import BY_COST_HEAD

with warnings.catch_warnings():  # how rclpy types its executor is not ours to keep young
    warnings.simplefilter('ignore')
    from foresight.cli.goal import goal

LATENT = torch.randn(16, 16, 24, generator=torch.Generator().manual_seed(0))
EMPTY = np.full((64, 96, 3), 90, np.uint8)


@pytest.fixture
def planning(bench, stage, checkpoint):
    """An active planner node that clears tables, and a robot to publish for it."""
    made = bench(
        PlannerNode, ('macro_action', '/diagnostics'), checkpoint=checkpoint, device='cpu',
        task=BY_COST_HEAD, samples=16, iterations=1, robust_top=0, elites=4,
    ).up()
    return made, stage(made)


def say(made, robot):
    """Publish joints and a belief."""
    def each():
        robot.joints()
        made.say('belief', latent_message(LATENT, made.now()))

    return each


def foresight_goal(*words):
    return subprocess.Popen(
        [sys.executable, '-m', 'foresight.cli.main', 'goal', *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )


def answer(made, robot, command):
    """Wait for a command while the robot goes on; its status and what it printed."""
    made.spin_until(lambda: command.poll() is not None, say(made, robot))
    printed, complained = command.communicate()
    return command.returncode, printed, complained


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / 'goal.png'
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 255, (64, 96, 3), np.uint8))
    return path


def test_the_table_shall_look_like_a_picture(planning, picture):
    made, robot = planning
    made.say('image_background', image_message(EMPTY, made.now()))
    status, printed, complained = answer(made, robot, foresight_goal(picture, '--start'))
    assert status == 0, complained
    assert printed.strip() == 'the planner begins'
    made.spin_until(lambda: made.heard['macro_action'], say(made, robot))
    assert made.node._goals.task.name == 'push_to_goal'


def test_the_table_shall_look_as_it_does_now(planning):
    made, robot = planning
    made.spin(0.3, say(made, robot))
    status, printed, complained = answer(made, robot, foresight_goal())
    assert status == 0, complained
    assert 'call planner/start' in printed
    assert made.call('planner/start', say(made, robot)).message.startswith('push_to_goal')
    made.spin_until(lambda: made.node._agent.phase is Phase.DONE, say(made, robot))
    assert not made.heard['macro_action']  # it looks like that already


def test_nothing_is_captured_without_a_view_or_with_the_arm_in_it(planning):
    made, robot = planning
    where = np.array(robot.arm.retract)
    where[0] += 0.3
    made.spin(0.3, lambda: robot.joints(where))
    assert 'wait until it is back' in made.call('planner/capture_goal').message
    made.spin(0.3, robot.joints)
    assert 'activate perception' in made.call('planner/capture_goal', robot.joints).message
    assert made.node._goals.task.name == BY_COST_HEAD


def refused(path, message):
    """Check what the command, in this process, complains of."""
    with pytest.raises(ForesightError, match=message) as error:
        goal(path)
    assert '\n' not in str(error.value)


@pytest.mark.parametrize(('content', 'message'), [
    (b'no picture', 'neither a PNG nor a JPEG picture.: give a PNG or JPEG file'),
    (b'', 'give a PNG or JPEG file'),
    (None, 'cannot be read .No such file or directory.: give a PNG or JPEG file'),
    ((96, 128), 'it is 128 x 96: give a rectified image of 96 x 64'),
])
def test_a_picture_that_is_of_no_use_is_one_line_with_the_remedy(tmp_path, content, message):
    path = tmp_path / 'goal.png'
    if isinstance(content, tuple):
        cv2.imwrite(str(path), np.zeros((*content, 3), np.uint8))
    elif content is not None:
        path.write_bytes(content)
    refused(path, message)


def test_no_planner_is_one_line_with_the_remedy(monkeypatch, picture):
    monkeypatch.setattr('foresight.nodes.goal.PATIENCE', 0.5)
    refused(picture, '^no planner listens: start one')
