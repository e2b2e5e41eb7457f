"""What the planner considered, as RViz markers."""

import numpy as np
from geometry_msgs.msg import Point, Vector3
from jaxtyping import Float
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from foresight.actions.push.action import Push
from foresight.nodes.convert import BASE, header

HEIGHT = 0.01  # of the arrows above the table [m]
CHOSEN = ColorRGBA(r=1.0, g=0.54, b=0.24, a=1.0)
ELITE = ColorRGBA(r=0.35, g=0.55, b=0.95, a=0.35)


def push_markers(
    chosen: Push, elites: Float[np.ndarray, 'elite 4'], time: float,
) -> MarkerArray:
    """Draw the chosen push and the elites as arrows on the table."""
    clear = Marker(header=header(time, BASE), action=Marker.DELETEALL)
    arrows = [_arrow(Push.from_array(e), i, ELITE, 0.006, time) for i, e in enumerate(elites)]
    return MarkerArray(markers=[clear, *arrows, _arrow(chosen, len(elites), CHOSEN, 0.012, time)])


def _arrow(push: Push, index: int, color: ColorRGBA, width: float, time: float) -> Marker:
    """Draw one push."""
    (end_x, end_y), z = push.end, HEIGHT
    return Marker(
        header=header(time, BASE), ns='pushes', id=index, type=Marker.ARROW, action=Marker.ADD,
        points=[Point(x=push.x, y=push.y, z=z), Point(x=end_x, y=end_y, z=z)],
        scale=Vector3(x=width, y=2.0 * width, z=3.0 * width), color=color,
    )
