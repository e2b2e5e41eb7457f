"""Publishers, subscriptions and services, made from the table of nodes."""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

from rclpy.event_handler import QoSRequestedIncompatibleQoSInfo, SubscriptionEventCallbacks
from rclpy.lifecycle import LifecycleNode
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile
from rclpy.service import Service
from rclpy.subscription import Subscription
from std_srvs.srv import Trigger

from foresight.errors import ForesightError
from foresight.nodes.qos import LOOSE, READ, WRITE
from foresight.nodes.topics import COMPRESSED, IMAGE, NODES, TOPICS, Qos


def message_class(type_name: str) -> Any:
    """Import a message or service class by its name, such as `std_msgs/msg/Bool`."""
    package, folder, name = type_name.split('/')
    return getattr(import_module(f'{package}.{folder}'), name)


def type_of(node: Node, name: str) -> str:
    """Return the message type of a topic; an image remapped to a compressed topic is of that."""
    kind, called = TOPICS[name].type, node.resolve_topic_name(name)
    return COMPRESSED if kind == IMAGE and 'compressed' in called.rpartition('/')[2] else kind


def publisher(node: Node, name: str, kind: type | None = None) -> Publisher:
    """Publish a topic of the table; a lifecycle node does so only while it is active.

    Diagnostics are published in every state; so are commands, until the arm that they move is at
    rest. `kind` replaces the message type of the table.
    """
    topic = TOPICS[name]
    what = kind or message_class(topic.type), _own(node, name), WRITE[topic.qos]
    if isinstance(node, LifecycleNode) and name not in ('/diagnostics', 'commands'):
        return node.create_lifecycle_publisher(*what)
    return node.create_publisher(*what)


def subscription(
    node: Node, name: str, callback: Callable[..., None],
    profiles: Mapping[Qos, tuple[QoSProfile, ...]] = READ, raw: bool = False,
) -> list[Subscription]:
    """Read a topic of the table; `raw` leaves its messages as they are on the wire."""
    kind, several = message_class(type_of(node, name)), profiles[TOPICS[name].qos]
    if TOPICS[name].qos is Qos.PICTURE:
        subscribe = partial(node.create_subscription, kind, name, callback, raw=raw)
        return _as_offered(subscribe, several[0])
    # Of several readers one fits: that the others do not is no news.
    events = SubscriptionEventCallbacks(use_default_callbacks=len(several) == 1)
    return [
        node.create_subscription(kind, name, callback, profile, event_callbacks=events, raw=raw)
        for profile in several
    ]


def _as_offered(
    subscribe: Callable[..., Subscription], reliable: QoSProfile,
) -> list[Subscription]:
    """Read reliably; from a publisher that only tries its best, with best effort."""
    made: list[Subscription] = []

    def fall_back(_: QoSRequestedIncompatibleQoSInfo) -> None:
        if len(made) == 1:
            made.append(subscribe(qos_profile=LOOSE))

    events = SubscriptionEventCallbacks(incompatible_qos=fall_back)
    made.append(subscribe(qos_profile=reliable, event_callbacks=events))
    return made


def service(node: Node, name: str, action: Callable[[], str]) -> Service:
    """Offer a Trigger service of the table.

    Args:
        node: Node that offers it.
        name: Name in the table.
        action: Does the work and returns what to answer; a ForesightError answers no.
    """
    def answer(request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        response.message = f'{name} failed: see the log of {node.get_name()}'
        try:
            response.success, response.message = True, action()
        except ForesightError as error:
            response.success, response.message = False, str(error)
            node.get_logger().error(f'{name}: {error}')
        return response

    return node.create_service(Trigger, _own(node, name), answer)


def _own(node: Node, name: str) -> str:
    """Make the topics of a node private to it, so that they follow when it is renamed."""
    head, _, tail = name.partition('/')
    return f'~/{tail}' if head in NODES and tail else name
