"""The tap: sits between nodes and passes their messages on, or spoils them when it is told to."""

import time
from dataclasses import dataclass, fields
from typing import Any

from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.serialization import deserialize_message, serialize_message

from foresight.faults.edits import EDITS
from foresight.faults.tricks import Trick, make_trick
from foresight.nodes.endpoints import message_class
from foresight.nodes.parameters import declare
from foresight.nodes.qos import LOOSE, RECORD, WRITE
from foresight.nodes.run import run
from foresight.nodes.topics import TOPICS, NodeEntry, Qos
from foresight.settings import Checked, setting

LINES = {
    'clock': '/clock', 'image': 'camera/image_raw', 'info': 'camera/camera_info',
    'joints': 'joint_states', 'latent': 'latent', 'plan': 'joint_plan',
}
"""What goes through the tap: lines, and their topics."""
UNPLUG = 'unplug'
LOOK = 0.01  # time between two looks for what is due [s]


def before(topic: str) -> str:
    """Return what a topic is called on the way to the tap."""
    return f'/tapped/{topic.lstrip("/")}'


class TapEntry(NodeEntry):
    """The tap among the nodes of a session."""

    @property
    def module(self) -> str:
        """Python module that runs it."""
        return __name__


ENTRY = TapEntry(
    'tap', False, tuple(before(topic) for topic in LINES.values()), tuple(LINES.values()), {},
    'spoils messages when it is told to',
)


@dataclass(frozen=True)
class TapConfig(Checked):
    """Trick on each line; empty passes on."""

    clock: str = setting('', 'trick on the clock')
    image: str = setting('', 'trick on the camera image')
    info: str = setting('', 'trick on the camera intrinsics')
    joints: str = setting('', 'trick on the joint states')
    latent: str = setting('', 'trick on the latent')
    plan: str = setting('', 'trick on the joint plan')

    def __post_init__(self) -> None:
        """Refuse tricks that nobody knows."""
        super().__post_init__()
        for item in fields(self):
            trick = getattr(self, item.name)
            if trick not in EDITS and trick != UNPLUG:
                make_trick(trick)


class TapNode(Node):
    """Passes messages on as its parameters say."""

    def __init__(self) -> None:
        super().__init__('tap')
        names = tuple(LINES)
        declare(self, TapConfig(), changeable=names)
        self._lines = [_Line(self, name, LINES[name]) for name in names]
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(LOOK, self._look, clock=steady)

    def _look(self) -> None:
        for line in self._lines:
            line.look()


class _Line:
    """One topic, before the tap and after it."""

    def __init__(self, node: Node, name: str, topic: str) -> None:
        self._node, self._name, self._topic = node, name, TOPICS[topic]
        self._kind = message_class(self._topic.type)
        self._told, self._trick = '', make_trick('')
        self._out: Publisher | None = self._connect()
        # Of those who read reliably one was seen to wait for a lost image for ever.
        profile = LOOSE if self._topic.qos is Qos.PICTURE else RECORD[self._topic.qos][0]
        node.create_subscription(self._kind, before(topic), self._hear, profile, raw=True)

    def _connect(self) -> Publisher:
        return self._node.create_publisher(
            self._kind, self._topic.name, WRITE[self._topic.qos],
        )

    def _hear(self, message: bytes) -> None:
        """Pass a message on."""
        self._obey()
        if self._told in EDITS:
            made = deserialize_message(message, self._kind)
            self._send(serialize_message(each) for each in EDITS[self._told](made))
        else:
            self._send(self._trick(message, time.monotonic()))

    def look(self) -> None:
        """Send what is due."""
        self._obey()
        self._send(self._trick.due(time.monotonic()))

    def _send(self, messages: Any) -> None:
        for message in messages:
            if self._out is not None:
                self._out.publish(message)

    def _obey(self) -> None:
        """Do what the parameter says from now on."""
        told = self._node.get_parameter(self._name).value
        if told == self._told:
            return
        self._told = told
        self._trick = Trick() if told in EDITS or told == UNPLUG else make_trick(told)
        if told == UNPLUG and self._out is not None:
            self._node.destroy_publisher(self._out)
            self._out = None
        elif told != UNPLUG and self._out is None:
            self._out = self._connect()


def main() -> None:
    """Run the node."""
    run(TapNode, keeps_time=True)


if __name__ == '__main__':
    main()
