"""Claims about what is made of latents, joints and macro-actions as they come in."""

import numpy as np
import pytest
import torch

from foresight.actions.loading import load, make_model
from foresight.actions.push.monitor import PushMonitor
from foresight.agent.arm_monitor import ArmMonitor
from foresight.agent.surprise_monitor import SurpriseMonitor
from foresight.agent.witness import Witness
from foresight.errors import ObservationError
from foresight.robots.arm import ArmModel
from foresight.robots.status import Status
from foresight.world_model.belief.memory import MemoryConfig
from foresight.world_model.belief.memory_file import MemoryOwner
from foresight.world_model.belief.surprise import SurpriseScales, save_scales
from foresight.world_model.belief.tracker import BeliefTracker
from foresight.world_model.belief.vigilance import VigilanceConfig
from foresight.world_model.checkpoint import save

ARM = ArmModel.load()
HOME, STILL = np.array(ARM.retract), np.zeros(len(ARM.retract))
AWAY = HOME + 0.3
PUSH = np.array([0.45, -0.1, 1.5, 0.2])


@pytest.fixture(scope='module')
def folder(small, tmp_path_factory):
    """A checkpoint that has scales of surprise."""
    folder = tmp_path_factory.mktemp('checkpoint')
    torch.manual_seed(0)
    save(folder, {'world_model': make_model(small)}, small)
    save_scales(folder, SurpriseScales(
        cell=0.1, action=0.5, rest=0.1, false_alarms=5.0, hours=1.0, actions=900, seed=0,
        model=MemoryOwner.of(load(folder, 'cpu')).model, command='',
    ))
    return folder


@pytest.fixture
def witness(folder) -> Witness:
    """A witness that sees the table only while the arm is away from it."""
    checkpoint = load(folder, 'cpu')
    return Witness(
        BeliefTracker(checkpoint.model, MemoryConfig()), ArmMonitor(ARM, 0.1, None),
        PushMonitor(0.06), SurpriseMonitor(checkpoint, VigilanceConfig()),
    )


def latent(witness, seed=0):
    shape = witness.tracker.empty.shape
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def looks(witness):
    """Everything that comes of what waits, without a camera."""
    return list(witness.look(lambda: None))


def feel(witness, *moments, where=HOME):
    for stamp in moments:
        witness.feel(where, STILL, stamp)


def test_a_free_view_becomes_the_belief(witness):
    feel(witness, 0.0, 0.5)
    witness.take(latent(witness), 0.5)
    view, = looks(witness)
    assert view.status is Status.OK and view.belief.stamp == 0.5
    assert torch.equal(view.belief.latent, latent(witness))


def test_a_latent_waits_for_the_joints_of_its_time(witness):
    feel(witness, 0.0, 0.5, where=AWAY)
    witness.take(latent(witness), 0.55)
    assert looks(witness) == []
    feel(witness, 0.6, where=AWAY)
    assert len(looks(witness)) == 1


def test_a_view_with_the_arm_in_it_is_of_no_use_without_a_camera(witness):
    feel(witness, 0.0, 1.0, where=AWAY)
    witness.take(latent(witness), 1.0)
    view, = looks(witness)
    assert view.status is Status.IDLE and view.belief is None


def test_joints_that_lag_behind_are_named_with_both_stamps(witness):
    feel(witness, 0.0, 1.0)
    witness.take(latent(witness), 2.5)
    reasons = [view.reason for view in looks(witness)]
    assert 'of 2.500 s' in reasons[0] and 'of 1.000 s' in reasons[0]
    feel(witness, 1.1)
    assert [view.reason for view in looks(witness)] == reasons  # the log is told once


def test_a_latent_of_another_model_is_refused(witness):
    with pytest.raises(ObservationError, match='same checkpoint'):
        witness.take(torch.zeros(1, 2, 3), 0.0)


def test_a_camera_that_cannot_be_used_says_so_and_does_not_block(witness):
    def broken():
        raise ObservationError('the camera image is distorted')

    feel(witness, 0.0, 1.0)
    witness.take(latent(witness), 1.0)
    view, = list(witness.look(broken))
    assert view.status is Status.STALE_IMAGE and 'distorted' in view.reason
    assert looks(witness) == []


def test_a_view_that_changes_at_rest_surprises(witness):
    feel(witness, 0.0, 1.0, 1.1, 1.2)
    witness.take(latent(witness), 1.0)
    assert looks(witness)[0].reading is None
    changed = latent(witness)
    changed[:, 7:10, 11:14] += 2.0
    witness.take(changed, 1.1)
    view, = looks(witness)
    assert view.reading.level > 1.0 and view.status is Status.OK


def test_an_action_is_judged_once_when_the_arm_is_back(witness):
    feel(witness, 0.0, 1.0)
    witness.take(latent(witness), 1.0)
    looks(witness)
    witness.announce(PUSH, 1.0)
    feel(witness, 1.5, 2.0, where=AWAY)
    feel(witness, 2.1, 2.3, 2.4, 2.5, 2.6)
    readings = []
    for stamp in (2.3, 2.4, 2.5, 2.6):
        witness.take(latent(witness), stamp)
        readings += [view.reading for view in looks(witness)]
    assert sum(reading is not None for reading in readings) == 1


def test_forgetting_needs_a_whole_view_again(witness):
    feel(witness, 0.0, 1.0)
    witness.take(latent(witness), 1.0)
    looks(witness)
    assert witness.tracker.memory.complete
    witness.take(latent(witness), 1.0)
    witness.forget()
    assert looks(witness) == [] and not witness.tracker.memory.complete
