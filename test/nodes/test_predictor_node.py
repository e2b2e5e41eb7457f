"""Claims about the predictor node, over real topics."""

import re

import numpy as np
import pytest
import torch

from foresight.actions.loading import load, make_model
from foresight.actions.push.macro_action import PushAction
from foresight.data.messages import latent_tensor
from foresight.nodes.convert import camera_info, camera_pose, latent_message, poses_path
from foresight.nodes.predictor_node import PredictorNode
from foresight.robots.status import Status
from foresight.settings import SceneConfig
from foresight.world_model.belief.memory import Memory
from foresight.world_model.belief.memory_file import MemoryOwner, save_memory
from foresight.world_model.belief.surprise import SurpriseScales, save_scales, worst_cells
from foresight.world_model.checkpoint import CheckpointConfig, save

ACTION = PushAction()
HEARS = ('belief', 'surprise', 'surprise/level')
LATENT, OTHER = torch.randn(2, 16, 16, 24, generator=torch.Generator().manual_seed(0))
REACHING = np.array([0.1, 0.429, 0.0, -2.366, 0.0, 2.795, 0.0])  # tool low on the table


def push_path(numbers, time):
    """Wrap an action."""
    return poses_path(ACTION.poses(np.array(numbers)), time)


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


def test_without_a_camera_there_is_no_belief_while_the_arm_is_in_the_picture(predicting):
    made, robot = predicting
    made.spin_until(
        lambda: made.node.health.status is Status.IDLE and made.node.health.reason,
        show(made, robot, away(robot)),
    )
    assert not made.heard['belief']


@pytest.fixture(scope='module')
def restless(tmp_path_factory):
    """A checkpoint whose predictor changes something; an untrained one predicts no change."""
    folder, known = tmp_path_factory.mktemp('restless'), CheckpointConfig()
    torch.manual_seed(0)
    model = make_model(known)
    torch.nn.init.normal_(model.predictor.outlet.weight, std=0.1)
    save(folder, {'world_model': model}, known)
    return folder


@pytest.fixture
def watching(bench, stage, restless, tmp_path):
    """A predictor node that knows the camera and keeps its memory in a file."""
    made = bench(PredictorNode, HEARS, checkpoint=restless, device='cpu', **{
        'memory.file': tmp_path / 'memory.safetensors', 'memory.save_period': 0.1,
    }).up()
    robot = stage(made)
    say_camera(made, robot)
    return made, robot


def say_camera(made, robot):
    """Publish the camera until the node knows it."""
    def each():
        made.say('camera/camera_info', camera_info(robot.view, made.now()))
        made.say('camera/pose', camera_pose(robot.view, made.now()))

    made.spin_until(lambda: made.node._camera.view() is not None, each)


def newest(made):
    """The newest belief."""
    return latent_tensor(made.heard['belief'][-1])


def reach(made, robot):
    """Bring the arm over the table; until the node knows it, a latent would count as free."""
    begin = made.now()
    made.spin_until(
        lambda: made.node._witness._arm.was_away_since(begin), lambda: robot.joints(REACHING)
    )


def see_both(made, robot):
    """See the table first, then hold the arm over it while another latent arrives."""
    made.spin_until(lambda: made.heard['belief'], show(made, robot))
    reach(made, robot)
    made.spin_until(
        lambda: torch.equal(newest(made)[:, :, -1], OTHER[:, :, -1]),
        show(made, robot, REACHING, OTHER),
    )


def test_what_the_arm_hides_is_remembered_and_the_rest_is_seen(watching):
    made, robot = watching
    see_both(made, robot)
    hidden = (newest(made) != OTHER).any(dim=0)
    assert torch.equal(newest(made)[:, hidden], LATENT[:, hidden])
    assert 0.1 < hidden.float().mean() < 0.7
    assert made.node.health.status is Status.OK


def test_a_retracted_arm_hides_nothing_again(watching):
    made, robot = watching
    see_both(made, robot)
    made.spin_until(lambda: torch.equal(newest(made), OTHER), show(made, robot, latent=OTHER))


def test_there_is_no_belief_until_every_cell_was_seen(watching):
    made, robot = watching
    reach(made, robot)
    made.spin_until(
        lambda: 'never seen' in made.node.health.reason, show(made, robot, REACHING)
    )
    assert not made.heard['belief']


def test_the_outcome_of_an_action_is_believed_under_the_arm_once_it_ends(watching):
    made, robot = watching
    see_both(made, robot)
    tool = robot.arm.tool_pose(REACHING)[:3, 3]
    assert tool[2] < 0.06
    made.say('macro_action', push_path([tool[0], tool[1] - 0.1, np.pi / 2, 0.1], made.now()))
    before = newest(made)
    made.spin_until(
        lambda: not torch.equal(newest(made), before), show(made, robot, REACHING, OTHER)
    )
    hidden = (before != OTHER).any(dim=0)
    assert torch.equal(newest(made)[:, ~hidden], OTHER[:, ~hidden])


def test_memory_outlives_a_restart_with_its_age(watching, tmp_path):
    made, robot = watching
    made.spin_until(lambda: made.heard['belief'], show(made, robot))
    assert made.node.trigger_deactivate().name == 'SUCCESS'
    assert made.node.trigger_cleanup().name == 'SUCCESS'
    assert (tmp_path / 'memory.safetensors').is_file()
    made.spin(0.3)
    made.heard['belief'].clear()
    made.up()
    reach(made, robot)
    made.spin_until(lambda: made.heard['belief'], show(made, robot, REACHING, OTHER))
    hidden = (newest(made) != OTHER).any(dim=0)
    assert torch.equal(newest(made)[:, hidden], LATENT[:, hidden])
    assert float(made.node._witness.tracker.memory.age[hidden].min()) >= 0.3


def test_a_last_memory_that_cannot_be_written_is_said(watching, tmp_path, capfd):
    made, robot = watching
    path = tmp_path / 'memory.safetensors'
    made.spin_until(path.exists, show(made, robot))
    made.node._store.clear()
    (path / 'in the way').mkdir(parents=True)
    assert made.node.trigger_deactivate().name == 'SUCCESS'
    assert made.node.trigger_cleanup().name == 'SUCCESS'
    said = capfd.readouterr().err
    assert 'not cleaned up' in said and f'{path}: Is a directory' in said


def test_clear_memory_deletes_the_file(watching, tmp_path):
    made, robot = watching
    path = tmp_path / 'memory.safetensors'
    made.spin_until(path.exists, show(made, robot))
    assert made.call('predictor/clear_memory').success
    assert not path.exists()
    assert not made.node._witness.tracker.memory.complete


def test_memory_of_another_model_is_refused_and_kept(bench, checkpoint, tmp_path):
    path = tmp_path / 'memory.safetensors'
    blank = torch.zeros(16, 24)
    save_memory(path, Memory(LATENT, blank, blank, 0.0), MemoryOwner('x', SceneConfig()), 0.0)
    before = path.read_bytes()
    made = bench(
        PredictorNode, HEARS, checkpoint=checkpoint, device='cpu', **{'memory.file': path}
    )
    assert made.node.trigger_configure().name == 'FAILURE'
    assert path.read_bytes() == before


def test_surprise_comes_once_an_action_after_the_arm_is_back(predicting):
    made, robot = predicting
    made.spin_until(lambda: made.heard['belief'], show(made, robot))
    made.say('macro_action', push_path([0.45, -0.1, 1.5, 0.2], made.now()))
    made.spin(0.3, show(made, robot))
    assert not made.heard['surprise']
    made.spin(0.3, show(made, robot, away(robot)))
    made.spin_until(lambda: made.heard['surprise'], show(made, robot))
    made.spin(0.3, show(made, robot))
    assert len(made.heard['surprise']) == len(made.heard['surprise/level']) == 1
    assert made.heard['surprise'][0].encoding == '32FC1'
    assert np.isfinite(made.heard['surprise/level'][0].data)


@pytest.fixture
def vigilant(bench, stage, tmp_path):
    """A predictor node whose checkpoint has scales of surprise."""
    known = CheckpointConfig()
    torch.manual_seed(0)
    model = make_model(known)
    save(tmp_path, {'world_model': model}, known)
    save_scales(tmp_path, SurpriseScales(
        cell=0.1, action=0.5, rest=0.1, false_alarms=5.0, hours=1.0, actions=900, seed=0,
        model=MemoryOwner.of(load(tmp_path, 'cpu')).model, command='',
    ))
    made = bench(PredictorNode, HEARS, checkpoint=tmp_path, device='cpu').up()
    return made, stage(made)


def with_object(row, column):
    """The latent with an object more."""
    latent = LATENT.clone()
    latent[:, row - 1:row + 2, column - 1:column + 2] += 2.0
    return latent


def reach_belief(made, robot):
    """Show the table until it is believed."""
    made.spin_until(lambda: made.heard['belief'], show(made, robot))


def test_a_view_at_rest_that_changes_surprises_at_once_and_then_calms_down(vigilant):
    made, robot = vigilant
    reach_belief(made, robot)
    made.spin(0.3, show(made, robot))
    assert not made.heard['surprise']
    moved = show(made, robot, latent=with_object(8, 12))
    made.spin_until(lambda: len(made.heard['surprise/level']) >= 3, moved)
    made.spin(0.3, moved)
    levels = [message.data for message in made.heard['surprise/level']]
    assert levels[0] > 1.0 and levels[1] > 1.0
    assert levels[2:] == [0.0]
    level = float(worst_cells(latent_tensor(made.heard['surprise'][0]))[0])
    assert level == pytest.approx(levels[0], rel=1e-5)


def test_a_change_of_the_whole_view_goes_on_surprising_and_is_reported(vigilant):
    made, robot = vigilant
    reach_belief(made, robot)
    made.spin_until(
        lambda: len(made.heard['surprise/level']) >= 10, show(made, robot, latent=OTHER)
    )
    assert all(message.data > 1.0 for message in made.heard['surprise/level'])
    assert made.node.health.status is Status.STALE_IMAGE
    assert 'the whole view changed' in made.node.health.reason
    made.spin_until(lambda: made.node.health.status is Status.OK, show(made, robot))


def test_an_action_is_judged_once_on_the_calibrated_scale(vigilant):
    made, robot = vigilant
    reach_belief(made, robot)
    made.say('macro_action', push_path([0.45, -0.1, 1.5, 0.2], made.now()))
    made.spin(0.3, show(made, robot, away(robot)))
    made.spin_until(lambda: made.heard['surprise/level'], show(made, robot))
    made.spin(0.3, show(made, robot))
    # An untrained predictor imagines that nothing moves, and nothing does.
    assert [message.data for message in made.heard['surprise/level']] == [0.0]


def test_clear_memory_forgets_the_action(predicting):
    made, robot = predicting
    made.spin_until(lambda: made.heard['belief'], show(made, robot))
    made.say('macro_action', push_path([0.45, -0.1, 1.5, 0.2], made.now()))
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


def test_a_camera_whose_clock_is_ahead_is_told_from_a_dead_joint_driver(predicting):
    made, robot = predicting

    def ahead():
        robot.joints()
        made.say('latent', latent_message(LATENT, made.now() + 1.5))

    made.spin_until(lambda: made.node.health.status is Status.STALE_JOINTS, ahead)
    made.spin(0.3, ahead)
    reason = made.node.health.reason
    image, joints = (float(n) for n in re.findall(r'of (\d+\.\d+) s', reason))
    assert image - joints == pytest.approx(1.5, abs=0.5)
    assert 'the clocks of camera and robot' in reason
