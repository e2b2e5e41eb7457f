"""Watches the topics of a running arm and camera: the part of `doctor --live` that needs ROS."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import QoSCompatibility, QoSProfile, qos_check_compatible

from foresight.data.camera import LensConfig
from foresight.data.joint_messages import seconds
from foresight.nodes.commands import INTERFACES
from foresight.nodes.drivers import DRIVEN, driver_names
from foresight.nodes.endpoints import message_class
from foresight.nodes.qos import LOOSE, READ
from foresight.nodes.symptoms import Symptom, Watched, symptoms
from foresight.nodes.topics import COMPRESSED, TOPICS, Qos
from foresight.robots.arm import ArmModel

KEPT = 200  # messages of a topic


@dataclass(frozen=True)
class LiveConfig:
    """What is to be watched: arm and camera by name or file, for how long [s], and where."""

    robot: str
    camera: str
    seconds: float
    namespace: str = ''


def examine(config: LiveConfig) -> list[Symptom]:
    """Watch for a while and say what was found.

    Raises:
        ConfigError: If there is no such robot or camera.
    """
    names = driver_names(config.robot, config.camera)
    arm = ArmModel.load(config.robot)
    context = Context()
    rclpy.init(context=context)
    try:
        watcher = Watcher(
            Node('doctor', context=context, namespace=config.namespace), names)
        watched = watcher.watch(config.seconds)
        watcher.close()
    finally:
        rclpy.shutdown(context=context)
    rectified = LensConfig(names['image_is']).is_rectified(names['image'])
    return [*watcher.general, *symptoms(watched, arm, rectified, names['joint_prefix'])]


class Watcher:
    """Subscribes to what is published, as it is published.

    Attributes:
        general: What was found of no single topic.
    """

    def __init__(self, node: Node, names: Mapping[str, str]) -> None:
        """Watch topics by the names that the drivers use."""
        self.general: list[Symptom] = []
        self._node, self._names = node, names
        self._executor = SingleThreadedExecutor(context=node.context)
        self._executor.add_node(node)

    def watch(self, seconds: float) -> dict[str, Watched]:
        """Look who is there, listen, and return what was seen by name."""
        self._spin(min(2.0, seconds))  # the graph is heard of little by little
        if self._node.count_publishers('/clock'):
            self._node.set_parameters([Parameter('use_sim_time', value=True)])
            self.general.append(Symptom('clock', '/clock is published: use_sim_time:=true'))
        followed = {name: topic for name, topic in DRIVEN.items()
                    if self._is_due(name)}
        watched = {name: self._begin(name, topic) for name, topic in followed.items()}
        if self._names['pose_from'] == 'tf':
            self.general.append(self._tree())
        self._spin(seconds)
        return watched

    def _is_due(self, name: str) -> bool:
        """Tell whether a topic is to be there, or is there."""
        if name == 'camera_pose':
            return self._names['pose_from'] == 'topic'
        return name != 'speed_scaling' or self._node.count_publishers(self._names[name]) > 0

    def close(self) -> None:
        """Stop watching."""
        self._executor.shutdown()
        self._node.destroy_node()

    def _spin(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._executor.spin_once(timeout_sec=0.05)

    def _begin(self, name: str, known: str) -> Watched:
        """See who is at a topic, and listen."""
        topic, kind = self._names[name], TOPICS[known].type
        if name == 'commands':
            made = INTERFACES[self._names['command_interface']]
            package = made.__module__.partition('.')[0]
            readers = self._node.get_subscriptions_info_by_topic(topic)
            kinds = tuple(each.topic_type for each in readers)
            return Watched(name, topic, f'{package}/msg/{made.__name__}', kinds)
        if name == 'image' and 'compressed' in topic.rpartition('/')[2]:
            kind = COMPRESSED
        offers = self._node.get_publishers_info_by_topic(topic)
        profiles = [each.qos_profile for each in offers]
        seen = Watched(name, topic, kind, tuple(each.topic_type for each in offers),
                       _deaf(profiles, TOPICS[known].qos))
        if set(seen.kinds) == {kind}:
            self._listen(seen, profiles[0])
        return seen

    def _listen(self, seen: Watched, offered: QoSProfile) -> None:
        def hear(message: Any) -> None:
            now = self._node.get_clock().now().nanoseconds * 1e-9
            seen.receipts.append(now)
            if hasattr(message, 'header'):
                seen.delays.append(now - seconds(message.header.stamp))
            seen.messages = [*seen.messages[1 - KEPT:], message]

        profile = QoSProfile(
            depth=10, reliability=offered.reliability, durability=offered.durability)
        self._node.create_subscription(message_class(seen.kind), seen.topic, hear, profile)

    def _tree(self) -> Symptom:
        """Say whether anybody publishes fixed frames."""
        there = self._node.count_publishers('/tf_static') > 0
        return Symptom(
            'frames (/tf_static)', 'published' if there else 'nobody publishes it',
            '' if there else 'say where the camera is by static_transform_publisher')


def _deaf(offers: list[QoSProfile], purpose: Qos) -> str:
    """Say why our reader of a topic does not hear its publishers; empty where it does."""
    readers = (*READ[purpose], LOOSE) if purpose is Qos.PICTURE else READ[purpose]
    for offer in offers:
        judged = [qos_check_compatible(offer, reader)[0] for reader in readers]
        if all(compatible == QoSCompatibility.ERROR for compatible in judged):
            wanted = readers[0].reliability.name, readers[0].durability.name
            words = ', '.join(name.lower().replace('_', ' ') for name in wanted)
            return f'publish it {words}, as it is read'
    return ''
