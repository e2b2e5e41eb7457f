"""Claims about messages: what goes in comes out, and what is wrong is named."""

import numpy as np
import pytest
import torch
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory

from foresight.actions.push.macro_action import PushAction
from foresight.data import joint_messages, messages
from foresight.data.camera import Lens, stamped_pose
from foresight.data.images import image_array
from foresight.errors import RobotError
from foresight.nodes import convert, joint_convert
from foresight.robots.plan_window import PlanWindow

NAMES = ('a', 'b', 'c')


def test_image_comes_back(view):
    image = np.random.default_rng(0).integers(0, 255, (96, 128, 3), np.uint8)
    assert np.array_equal(image_array(convert.image_message(image, 1.5)), image)


def test_latent_comes_back():
    latent = torch.randn(16, 4, 6, generator=torch.Generator().manual_seed(0))
    assert torch.equal(messages.latent_tensor(convert.latent_message(latent, 1.0)), latent)


def test_view_comes_back(view):
    back = Lens(convert.camera_info(view, 0.0)).view(
        stamped_pose(convert.camera_pose(view, 0.0)))
    np.testing.assert_allclose(back.base_from_camera, view.base_from_camera, atol=1e-12)
    np.testing.assert_array_equal(back.matrix, view.matrix)
    assert (back.width, back.height) == (view.width, view.height)


def test_stamps_survive_to_the_nanosecond():
    stamp = joint_convert.stamp_of(12.345678912)
    assert joint_messages.seconds(stamp) == pytest.approx(12.345678912, abs=1e-9)


def test_joints_are_matched_by_name():
    message = JointState(name=['c', 'x', 'a', 'b'], position=[3.0, 9.0, 1.0, 2.0])
    positions, velocities = joint_messages.joint_values(message, NAMES)
    assert positions.tolist() == [1.0, 2.0, 3.0] and not velocities.any()
    message.velocity = [float('nan'), 7.0, 0.5, float('nan')]
    assert sorted(joint_messages.joint_values(message, NAMES)[1]) == [0.0, 0.0, 0.5]


@pytest.mark.parametrize(('message', 'remedy'), [
    (JointState(name=['a', 'b'], position=[1.0, 2.0]), 'lacks c'),
    (JointState(name=['a', 'b', 'c'], position=[1.0]), 'one position a name'),
    (JointState(name=['a', 'b', 'c'], position=[1.0, float('nan'), 2.0]), 'b is not finite'),
    (JointState(name=['a', 'b', 'c'], position=[0.0] * 3, velocity=[0.0]), 'one velocity a name'),
])
def test_bad_joint_states_are_named(message, remedy):
    with pytest.raises(RobotError, match=remedy):
        joint_messages.joint_values(message, NAMES)


def test_plan_window_comes_back_by_name():
    times = np.array([1000.0, 1000.02, 1000.05])
    window = PlanWindow(times, np.arange(9.0).reshape(3, 3), np.ones((3, 3)))
    message = joint_convert.trajectory(window, NAMES)
    message.joint_names = ['c', 'b', 'a']
    back = joint_messages.plan_window(message, NAMES)
    np.testing.assert_allclose(back.times, times, atol=1e-6)
    np.testing.assert_allclose(back.positions, window.positions[:, ::-1])


def test_plan_without_velocities_or_points_is_refused():
    window = PlanWindow(np.array([0.0]), np.zeros((1, 3)), np.zeros((1, 3)))
    message = joint_convert.trajectory(window, NAMES)
    message.points[0].velocities = []
    with pytest.raises(RobotError, match='a velocity for each joint'):
        joint_messages.plan_window(message, NAMES)
    with pytest.raises(RobotError, match='empty'):
        joint_messages.plan_window(JointTrajectory(joint_names=list(NAMES)), NAMES)


def test_action_comes_back():
    action, numbers = PushAction(), np.array([0.4, -0.2, 2.5, 0.3])
    back = messages.path_poses(convert.poses_path(action.poses(numbers), 1.0))
    np.testing.assert_allclose(action.from_poses(back), numbers, atol=1e-9)
