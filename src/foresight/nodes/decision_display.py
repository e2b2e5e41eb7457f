"""Shows a decision: the action to everybody, the rest to whoever looks."""

import numpy as np
from geometry_msgs.msg import Point, PoseArray, Vector3
from jaxtyping import Float
from rclpy.node import Node
from std_msgs.msg import ColorRGBA, String
from visualization_msgs.msg import Marker, MarkerArray

from foresight.agent.decision import Decision
from foresight.agent.following import Following
from foresight.agent.step import Step
from foresight.data.joint_messages import BASE
from foresight.data.messages import IDENTITY, Pose
from foresight.macro_action import MacroAction
from foresight.nodes.convert import latent_message, pose_message, poses_path
from foresight.nodes.endpoints import publisher
from foresight.nodes.health import Health
from foresight.nodes.joint_convert import header
from foresight.tasks.task_file import TaskConfig

BEST = 12  # candidates that are published
EVERY = 10  # commands between two poses of the shown tool path
HEIGHT = 0.01  # of the arrows above the table [m]
CHOSEN = ColorRGBA(r=1.0, g=0.54, b=0.24, a=1.0)
ELITE = ColorRGBA(r=0.35, g=0.55, b=0.95, a=0.35)


class DecisionDisplay:
    """Publishes what was decided, stamped with the image it is based on."""

    def __init__(self, node: Node) -> None:
        """Make the publishers."""
        self._action: MacroAction | None = None
        self._numbers = publisher(node, 'macro_action')
        self._kind = publisher(node, 'macro_action/kind')
        self._tool_path = publisher(node, 'planner/tool_path')
        self._candidates = publisher(node, 'planner/candidates')
        self._markers = publisher(node, 'planner/markers')
        self._subgoal = publisher(node, 'planner/subgoal')

    def introduce(self, action: MacroAction, table_from_base: Pose) -> None:
        """Say what kind of action is published from now on, and where the arm's base stands."""
        self._action, self._base_from_table = action, np.linalg.inv(table_from_base)
        self._kind.publish(String(data=action.kind))

    def show(self, decision: Decision) -> None:
        """Publish an action that is about to be carried out."""
        action = self._action
        if decision.action is None or decision.plan is None or action is None:
            return
        stamp, plan, place = decision.stamp, decision.plan, self._base_from_table
        self._numbers.publish(poses_path(place @ action.poses(decision.action), stamp))
        if decision.motion is not None and self._tool_path.get_subscription_count():
            self._tool_path.publish(poses_path(place @ decision.motion.tool[::EVERY], stamp))
        if self._subgoal.get_subscription_count():
            self._subgoal.publish(latent_message(plan.latents[1], stamp))
        elites = np.empty((0, len(action.numbers)))
        if plan.elites is not None:
            elites = plan.elites[:, 0].double().cpu().numpy()
        if self._candidates.get_subscription_count():
            poses = [pose for elite in elites[:BEST] for pose in place @ action.poses(elite)]
            self._candidates.publish(PoseArray(
                header=header(stamp, BASE), poses=[pose_message(pose) for pose in poses],
            ))
        if self._markers.get_subscription_count():
            self._markers.publish(action_markers(
                action, decision.action, elites, stamp, place,
            ))


def tell(health: Health, step: Step, task: TaskConfig, following: Following) -> None:
    """Put the figures of what was decided for a task beside the status."""
    decision = step.decision
    if decision is None:
        return
    figures: dict[str, int | float | str] = {
        'task': task.name, 'actions': step.actions, 'decided_at': f'{decision.stamp:.3f}',
        'plan_ms': 1e3 * decision.seconds,
    }
    if following.watches:
        figures['skipped'] = following.skipped
    if decision.motion is not None:
        figures['joint_ms'] = 1e3 * decision.motion_seconds / len(decision.motion.times)
    if decision.score is not None:
        figures[f'done/{task.done_term}'] = decision.score
    if decision.plan is not None:
        figures['cost'] = decision.plan.cost
        figures['evaluations'] = decision.plan.evaluations
        figures |= {f'cost/{name}': share for name, share in decision.plan.terms.items()}
    health.figures(figures, now=True)


def action_markers(
    action: MacroAction, chosen: Float[np.ndarray, ' action'],
    elites: Float[np.ndarray, 'elite action'], time: float, base_from_table: Pose = IDENTITY,
) -> MarkerArray:
    """Draw the chosen action and the elites as arrows on the table."""
    clear = Marker(header=header(time, BASE), action=Marker.DELETEALL)
    ways = [
        _raised(action.outline(numbers).lines[0], base_from_table)
        for numbers in (*elites, chosen)
    ]
    arrows = [_arrow(way, i, ELITE, 0.006, time) for i, way in enumerate(ways[:-1])]
    arrows.append(_arrow(ways[-1], len(elites), CHOSEN, 0.012, time))
    return MarkerArray(markers=[clear, *arrows])


def _raised(
    way: Float[np.ndarray, 'point 2'], base_from_table: Pose,
) -> Float[np.ndarray, 'point 3']:
    """Lift the way of the tool off the table, into `base_link`."""
    points = np.column_stack([way, np.full(len(way), HEIGHT)])
    return np.asarray(points @ base_from_table[:3, :3].T + base_from_table[:3, 3])


def _arrow(
    way: Float[np.ndarray, 'point 3'], index: int, color: ColorRGBA, width: float, time: float,
) -> Marker:
    """Draw the way of the tool, from its first point to its last."""
    points = [Point(x=float(x), y=float(y), z=float(z)) for x, y, z in (way[0], way[-1])]
    return Marker(
        header=header(time, BASE), ns='actions', id=index, type=Marker.ARROW, action=Marker.ADD,
        points=points, scale=Vector3(x=width, y=2.0 * width, z=3.0 * width), color=color,
    )
