"""Claims about what an arm hides."""

import numpy as np
import pytest
import torch

from foresight.protocols import CameraView
from foresight.robots.arm import ArmModel
from foresight.robots.shape import ArmShape
from foresight.settings import SceneConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.occlusion import ArmOcclusion, cell_visibility, silhouette
from foresight.world_model.observation.rectification import Rectifier, project_points

POSE = np.array([
    [0.0, -1.0, 0.0, 0.5], [-1.0, 0.0, 0.0, 0.1], [0.0, 0.0, -1.0, 1.25], [0.0, 0.0, 0.0, 1.0],
])
VIEW = CameraView(
    np.array([[100.0, 0.0, 63.5], [0.0, 100.0, 47.5], [0.0, 0.0, 1.0]]), POSE, 128, 96
)
REACHING = np.array([0.2, 0.5, 0.0, -1.9, 0.0, 2.4, 0.2])


def box(low, high) -> np.ndarray:
    return np.array(np.meshgrid(*zip(low, high))).reshape(3, -1).T.astype(float)


def test_a_box_covers_the_pixels_that_its_top_projects_to():
    drawn = silhouette((box((0.45, 0.05, 0.0), (0.55, 0.15, 0.25)),), VIEW)
    rows, columns = np.nonzero(drawn)
    top = project_points(box((0.45, 0.05, 0.25), (0.55, 0.15, 0.25)), VIEW)
    expected = np.concatenate([top.min(axis=0), top.max(axis=0)])
    found = np.array([columns.min(), rows.min(), columns.max(), rows.max()])
    assert np.abs(found - expected).max() <= 1.0


def test_a_body_that_reaches_behind_the_camera_is_cut_off_there():
    pole = box((0.49, 0.19, 0.0), (0.51, 0.21, 3.0))
    drawn = silhouette((pole,), VIEW)
    foot = project_points(np.array([[0.5, 0.2, 0.0]]), VIEW)[0].round().astype(int)
    assert drawn[foot[1], foot[0]]
    assert drawn[47, 0]  # it rises toward the camera and leaves the image at the left
    assert not drawn[:, 70:].any()


def test_a_body_behind_the_camera_is_not_seen():
    assert not silhouette((box((0.4, 0.0, 1.3), (0.6, 0.2, 2.0)),), VIEW).any()


@pytest.fixture(scope='module')
def occlusion() -> ArmOcclusion:
    return ArmOcclusion(ArmShape(ArmModel.load()), Rectifier(SceneConfig(), EncoderConfig()))


def test_the_retracted_arm_hides_nothing(occlusion):
    assert not occlusion.hidden(np.array(ArmModel.load().retract), VIEW).any()


def test_an_arm_over_the_table_hides_its_tool_but_not_the_whole_view(occlusion):
    hidden = occlusion.hidden(REACHING, VIEW)
    tool = ArmModel.load().tool_pose(REACHING)[None, :3, 3]
    row, column = Rectifier(SceneConfig(), EncoderConfig()).project(tool, VIEW)[0].round()
    assert hidden[int(row), int(column)]
    assert 0.03 < hidden.mean() < 0.5


def test_nothing_hidden_leaves_every_cell_visible():
    assert (cell_visibility(np.zeros((64, 96), bool), 4, 1, 3) == 1.0).all()


@pytest.mark.parametrize('reach', [0, 2])
def test_one_hidden_pixel_hides_its_cell_and_those_within_reach(reach):
    hidden = np.zeros((64, 96), bool)
    hidden[33, 42] = True  # row 1 and column 2 of cell (8, 10)
    visible = cell_visibility(hidden, 4, 0, reach)
    expected = torch.ones(16, 24)
    expected[8 - reach:9 + reach, 10 - reach:11 + reach] = 0.0
    assert torch.equal(visible, expected)


def test_the_margin_hides_the_next_cell_too():
    hidden = np.zeros((64, 96), bool)
    hidden[35, 42] = True  # the last row of cell (8, 10)
    assert cell_visibility(hidden, 4, 0, 0)[9, 10] == 1.0
    assert cell_visibility(hidden, 4, 1, 0)[9, 10] == 0.0
