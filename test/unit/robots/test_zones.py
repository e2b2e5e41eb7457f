import numpy as np
import pytest

from foresight.errors import RobotError
from foresight.robots.zones import around


def test_a_zone_is_the_rectangle_around_its_corners():
    corners = np.array([[0.5, -0.1, 0.0], [0.4, 0.2, 0.1], [0.6, 0.1, 0.0]])
    assert around(corners) == (0.4, 0.6, -0.1, 0.2)


@pytest.mark.parametrize(('corners', 'why'), [
    (np.zeros((0, 3)), '0 corners'),
    (np.zeros((2, 3)), '2 corners'),
    (np.zeros((65, 3)), '65 corners'),
    ([[0.0, 0.0, 0.0], [1.0, np.nan, 0.0], [1.0, 1.0, 0.0]], 'finite'),
    ([[0.0, 0.0, 0.0], [1.0, np.inf, 0.0], [1.0, 1.0, 0.0]], 'finite'),
    ([[0.0, 0.0, 0.0], [1.0, 11.0, 0.0], [1.0, 1.0, 0.0]], '10 m away'),
    ([[0.0, 0.0, 0.0], [0.0, 0.5, 0.0], [0.0, 1.0, 0.0]], 'no area'),
])
def test_corners_that_bound_nothing_are_refused(corners, why):
    with pytest.raises(RobotError, match=why):
        around(np.array(corners))
