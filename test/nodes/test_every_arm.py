"""Each arm that ships clears a table behind a stand-in of its driver, over real topics.

The UR5e does so in the guide to a real arm.
"""

import os
import shutil

import arm_stand_in as stand_in
import numpy as np
import pytest
from person import Person, launched, put_down, seen
from scipy.spatial.transform import Rotation

from foresight.files import share
from foresight.nodes.drivers import write_camera

pytestmark = [
    pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.skipif(
        'FORESIGHT_SOAK' not in os.environ, reason='it takes minutes: `make soak` runs it'),
]


@pytest.fixture(params=['panda', 'xarm6'])
def person(request, tmp_path):
    """Somebody at an arm whose stand and camera are known."""
    shutil.copytree(share(f'config/robots/{request.param}'), tmp_path / 'arm')
    (tmp_path / 'site.yaml').write_text(f'scene:\n  stand: {list(stand_in.STAND)}\n')
    made = Person(tmp_path, tmp_path / 'arm', stand_in.STAND, 174)
    made.start(share('test/drivers/arm_stand_in.py'), '--robot', tmp_path / 'arm')
    made.until(lambda: made.joints and made.standing and made.camera is not None, 'no drivers')
    place = made.truth()
    turn = Rotation.from_matrix(place[:3, :3]).as_quat()
    pose = tuple(map(float, np.concatenate([place[:3, 3], turn])))
    write_camera(tmp_path / 'camera.yaml', 'realsense', pose, 'as it hangs')
    yield made
    made.close()


def test_the_table_is_cleared(person):
    words = ('robot:=arm', 'camera:=camera.yaml', 'site:=site.yaml', 'background:=empty.npz')
    with launched(person, words):
        person.calls.trigger('perception/capture_background', 60.0)
        put_down(person)
        person.activate()
        seen(person)
        person.calls.trigger('planner/start', 60.0)
        person.until(lambda: person.standing[1] == 0, 'the table is not cleared', 400.0)
    assert person.standing[2] == 0  # the controller refused no command
