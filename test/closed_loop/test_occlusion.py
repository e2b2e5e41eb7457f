"""The arm that geometry draws is the arm that the simulated camera sees."""

import numpy as np
import pytest

from foresight.robots.arm import ArmModel
from foresight.robots.shape import ArmShape
from foresight.sim.camera import make_view
from foresight.sim.clear_table import ClearTable
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.occlusion import ArmOcclusion, silhouette
from foresight.world_model.observation.rectification import Rectifier


@pytest.fixture(scope='module')
def arm() -> ArmModel:
    return ArmModel.load()


def poses(arm: ArmModel, count: int) -> list[np.ndarray]:
    """Return joint positions around one that reaches over the table."""
    generator, reaching = np.random.default_rng(0), np.array([0.0, 0.3, 0.0, -2.1, 0.0, 2.4, 0.0])
    spread = np.array([0.5, 0.3, 0.2, 0.3, 0.2, 0.3, 1.0])
    drawn = reaching + spread * generator.uniform(-1.0, 1.0, (count, 7))
    return list(np.clip(drawn, arm.position_low, arm.position_high))


def test_the_silhouette_covers_the_arm_that_the_camera_sees(arm):
    shape, hit, seen, drawn = ArmShape(arm), 0, 0, 0
    with ClearTable(SimConfig(object_set='empty'), arm=arm) as task:
        for positions in poses(arm, 20):
            for index, position in zip(task._arm._indices, positions):
                task._world.client.resetJointState(task._arm.body, index, position)
            true = task.arm_pixels()
            mine = silhouette(shape.hulls(positions), task.view)
            hit, seen, drawn = hit + (true & mine).sum(), seen + true.sum(), drawn + mine.sum()
    assert hit / seen >= 0.99
    assert hit / drawn >= 0.85


def test_the_retracted_arm_hides_no_cell_from_any_camera(arm):
    config, generator = CameraConfig(), np.random.default_rng(0)
    with ClearTable(SimConfig(object_set='empty'), arm=arm) as task:
        occlusion = ArmOcclusion(ArmShape(arm), Rectifier(task.scene, EncoderConfig()))
        for _ in range(200):
            sign = generator.choice([-1.0, 1.0], 6)
            view = make_view(
                config, config.position_jitter * sign[:3], config.angle_jitter * sign[3:]
            )
            assert not occlusion.hidden(np.array(arm.retract), view).any()
