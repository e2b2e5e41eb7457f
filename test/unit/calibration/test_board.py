"""Claims about the chessboard."""

import numpy as np
import pytest
from board_picture import draw_board

from foresight.calibration.board import BoardConfig
from foresight.errors import ConfigError

MATRIX = np.array([[615.0, 0.0, 318.0], [0.0, 616.0, 242.0], [0.0, 0.0, 1.0]])
GREY = np.full((480, 640, 3), 110, np.uint8)


def facing(turn, distance=0.9):
    pose = np.eye(4)
    pose[:3, :3] = [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
    pose[2, 3] = distance
    return pose


@pytest.mark.parametrize('turn', np.linspace(0.1, 6.1, 7))
@pytest.mark.parametrize('board', [BoardConfig(), BoardConfig(6, 9, 0.03), BoardConfig(8, 5)])
def test_each_corner_is_found_where_it_is_however_the_board_is_turned(board, turn):
    there = facing(turn)
    corners = board.find(draw_board(GREY, board, there, MATRIX))
    seen = (board.corners @ there[:3, :3].T + there[:3, 3]) @ MATRIX.T
    assert np.abs(corners - seen[:, :2] / seen[:, 2:]).max() < 0.2
    assert np.abs(board.pose(corners, MATRIX) - there).max() < 0.02


def test_without_a_whole_board_none_is_found():
    assert BoardConfig().find(GREY) is None
    half = draw_board(GREY, BoardConfig(), facing(0.3), MATRIX)
    half[:, :320] = 110
    assert BoardConfig().find(half) is None


def test_a_board_that_looks_the_same_upside_down_is_refused():
    with pytest.raises(ConfigError, match='take one with an even and an odd side, such as 9 x 6'):
        BoardConfig(9, 7)


def test_the_printed_board_has_a_white_rim_and_begins_black():
    printed = BoardConfig().draw()
    assert printed.shape == (8 * 40, 11 * 40, 3)
    assert (printed[:40] == 255).all() and (printed[41:79, 41:79] == 0).all()
