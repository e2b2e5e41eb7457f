"""What the planner considered, as RViz markers."""

import numpy as np
from geometry_msgs.msg import Point, Vector3
from jaxtyping import Float
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from foresight.data.messages import BASE
from foresight.macro_action import MacroAction
from foresight.nodes.convert import header

HEIGHT = 0.01  # of the arrows above the table [m]
CHOSEN = ColorRGBA(r=1.0, g=0.54, b=0.24, a=1.0)
ELITE = ColorRGBA(r=0.35, g=0.55, b=0.95, a=0.35)


def action_markers(
    action: MacroAction, chosen: Float[np.ndarray, ' action'],
    elites: Float[np.ndarray, 'elite action'], time: float,
) -> MarkerArray:
    """Draw the chosen action and the elites as arrows on the table."""
    clear = Marker(header=header(time, BASE), action=Marker.DELETEALL)
    ways = [action.outline(numbers).lines[0] for numbers in (*elites, chosen)]
    arrows = [_arrow(way, i, ELITE, 0.006, time) for i, way in enumerate(ways[:-1])]
    arrows.append(_arrow(ways[-1], len(elites), CHOSEN, 0.012, time))
    return MarkerArray(markers=[clear, *arrows])


def _arrow(
    way: Float[np.ndarray, 'point 2'], index: int, color: ColorRGBA, width: float, time: float,
) -> Marker:
    """Draw the way of the tool, from its first point to its last."""
    points = [Point(x=float(x), y=float(y), z=HEIGHT) for x, y in (way[0], way[-1])]
    return Marker(
        header=header(time, BASE), ns='actions', id=index, type=Marker.ARROW, action=Marker.ADD,
        points=points, scale=Vector3(x=width, y=2.0 * width, z=3.0 * width), color=color,
    )
