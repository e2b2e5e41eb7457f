"""Listens to a running system: images, actions, diagnostics, and when each message was sent."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from jaxtyping import Float
from nav_msgs.msg import Path
from rclpy.context import Context
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image
from std_msgs.msg import Float32

from foresight.actions.kinds import make
from foresight.data.camera import LensConfig
from foresight.data.images import image_array
from foresight.data.joint_messages import seconds
from foresight.data.messages import path_poses
from foresight.macro_action import ActionConfig
from foresight.nodes.endpoints import subscription
from foresight.nodes.qos import RECORD
from foresight.nodes.readers import CameraReader
from foresight.nodes.surviving import SurvivingNode
from foresight.nodes.tracking import MotionTrack, ThoughtTrack
from foresight.robots.arm import ArmModel
from foresight.settings import SceneConfig
from foresight.tasks.clear_table.cost_head import Remaining
from foresight.viz.demo_result import DemoAction, Frame

Info = Any  # a mapping; rclpy names its type differently from release to release


class Monitor(SurvivingNode):
    """Keeps what one episode shows; sending times are those of the sender's middleware.

    A message that cannot be read is logged and passed over.

    Attributes:
        now: Newest simulated time [s].
        camera: Newest camera intrinsics and pose.
        figures: What each node last said in `/diagnostics`, by node.
        reasons: Why, by node.
        frames: Camera images.
        rectified: Images on the table plane.
        track: How arm and objects move.
        guard_ms: What the guard said about its slowest ticks [ms].
        sent: When messages were sent [ns], by topic and stamp [ns].
        commands: When commands were sent [ns].
    """

    def __init__(self, context: Context, scene: SceneConfig, arm: ArmModel) -> None:
        """Listen to what an arm does at a table."""
        super().__init__('monitor', context=context)
        self._action, table_from_base = make(ActionConfig(), scene), arm.table_from_base
        self.now, self.camera = 0.0, CameraReader(self, LensConfig())
        self.camera.table_from_base = table_from_base
        self.track = MotionTrack(self, arm.joint_names, table_from_base)
        self._thoughts = ThoughtTrack(self, table_from_base)
        self.figures: dict[str, dict[str, str]] = {}
        self.reasons: dict[str, str] = {}
        self.clear()
        self._listen('/clock', self._on_clock)
        self._listen('camera/image_raw', self._on_image)
        self._listen('image_rectified', self._on_rectified)
        self._listen('latent')
        self._listen('belief', self._thoughts.on_belief)
        self._listen('macro_action', self._on_action)
        self._listen('surprise/level', self._on_surprise)
        self._listen('commands')
        self._listen('/diagnostics', self._on_diagnostics)

    def clear(self) -> None:
        """Forget the episode."""
        self.track.clear()
        self._thoughts.clear()
        self.frames: list[Frame] = []
        self.rectified: list[Frame] = []
        self._actions: dict[str, Float[np.ndarray, ' action']] = {}
        self._decisions: dict[str, dict[str, str]] = {}
        self._surprises: dict[str, float] = {}
        self.guard_ms: list[float] = []
        self.commands: list[int] = []
        self.sent: dict[str, dict[int, int]] = {
            name: {} for name in ('/clock', 'camera/image_raw', 'latent', 'belief')
        }

    @property
    def phase(self) -> str:
        """What the planner is at; empty before it said anything."""
        return self.figures.get('planner', {}).get('phase', '')

    def status(self, node: str) -> str:
        """Return what a node is doing; empty before it said anything."""
        return self.figures.get(node, {}).get('status', '')

    def figure(self, node: str, name: str, default: float = math.nan) -> float:
        """Return a figure of a node, or a default before it said it."""
        return float(self.figures.get(node, {}).get(name, default))

    def _listen(self, topic: str, take: Callable[[Any], object] = lambda message: None) -> None:
        """Note when the messages of a topic were sent, and take what they say."""
        subscription(self, topic, partial(self._hear, topic, take), RECORD)

    def _hear(self, topic: str, take: Callable[[Any], object], message: Any, info: Info) -> None:
        if topic == 'commands':
            self.commands.append(info['source_timestamp'])
        elif topic in self.sent:
            stamp = message.clock if topic == '/clock' else message.header.stamp
            self.sent[topic][stamp.sec * 10**9 + stamp.nanosec] = info['source_timestamp']
        take(message)

    def _on_clock(self, message: Clock) -> None:
        self.now = seconds(message.clock)

    def _on_image(self, message: Image) -> None:
        self.frames.append(Frame(seconds(message.header.stamp), image_array(message)))

    def _on_rectified(self, message: Image) -> None:
        self.rectified.append(Frame(seconds(message.header.stamp), image_array(message)))

    def _on_action(self, message: Path) -> None:
        numbers = self._action.from_poses(self.camera.table_from_base @ path_poses(message))
        self._actions[f'{seconds(message.header.stamp):.3f}'] = numbers

    def _on_surprise(self, message: Float32) -> None:
        """A surprise belongs to the newest action; the largest one counts."""
        if self._actions:
            action, level = next(reversed(self._actions)), float(message.data)
            self._surprises[action] = max(level, self._surprises.get(action, level))

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            self.figures[status.name] = {item.key: item.value for item in status.values}
            self.reasons[status.name] = status.message
            if status.name == 'planner' and 'decided_at' in self.figures['planner']:
                said = self.figures['planner']
                self._decisions[said['decided_at']] = said
            if status.name == 'guard' and 'tick_ms_p99' in self.figures['guard']:
                self.guard_ms.append(self.figure('guard', 'tick_ms_p99'))

    @property
    def decisions(self) -> list[dict[str, str]]:
        """What the planner said about each decision of the episode, in order."""
        return list(self._decisions.values())

    @property
    def actions(self) -> tuple[DemoAction, ...]:
        """Actions carried out, with what the planner and the predictor said about them."""
        return tuple(self._described(*item) for item in self._actions.items())

    def _described(self, key: str, numbers: Float[np.ndarray, ' action']) -> DemoAction:
        action, said = self._action, self._decisions.get(key, {})
        terms = {
            name.removeprefix('cost/'): float(value)
            for name, value in said.items() if name.startswith('cost/')
        }
        plan_ms, joint_ms, left = (
            float(said.get(name, math.nan))
            for name in ('plan_ms', 'joint_ms', f'done/{Remaining.name}')
        )
        return DemoAction(
            float(key), numbers, action.outline(numbers), action.describe(numbers), terms,
            plan_ms, joint_ms, left, self._surprises.get(key),
            self._thoughts.thought(key, action, numbers, int(float(said.get('evaluations', 0)))),
        )

    @property
    def surprise(self) -> float | None:
        """Newest surprise."""
        return next(reversed(self._surprises.values()), None)
