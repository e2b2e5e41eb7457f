"""A bench for one real node: its own domain, a probe beside it, one executor for both."""

import gc
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rclpy
import torch
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from std_srvs.srv import Trigger

from foresight.actions.loading import make_model
from foresight.nodes.convert import camera_info, camera_pose, image_message
from foresight.nodes.endpoints import message_class
from foresight.nodes.guard_node import GuardNode
from foresight.nodes.joint_convert import joint_state
from foresight.nodes.qos import READ, WRITE
from foresight.nodes.topics import TOPICS
from foresight.protocols import CameraView
from foresight.robots.arm import ArmModel
from foresight.robots.plan_window import PlanWindow
from foresight.tasks.clear_table.cost_head import CostHead
from foresight.world_model.checkpoint import CheckpointConfig, save

with warnings.catch_warnings():  # the parser that the message wheels bring is old
    warnings.simplefilter('ignore', DeprecationWarning)
    import rosidl_generator_py  # noqa: F401

PATIENCE = 60.0  # the longest wait of a test; an idle machine needs a fraction of it


class Bench:
    """Publishes to a node under test and keeps what it answers."""

    def __init__(self, make_node: Callable[[], Node], hears: tuple[str, ...]) -> None:
        self.node = make_node()
        self.probe = Node('probe', use_global_arguments=False)
        self.executor = SingleThreadedExecutor()
        for node in (self.node, self.probe):
            self.executor.add_node(node)
        self.heard: dict[str, list[Any]] = {name: [] for name in hears}
        self._publishers: dict[str, Any] = {}
        for name in hears:
            self.hear(name, message_class(TOPICS[name].type))

    def hear(self, name: str, kind: Any) -> None:
        """Keep the messages of a topic."""
        self.heard[name] = []
        for profile in READ[TOPICS[name].qos]:
            self.probe.create_subscription(
                kind, name, lambda message: self.heard[name].append(message), profile
            )

    def say(self, name: str, message: Any) -> None:
        """Publish a message, once somebody listens."""
        topic = TOPICS[name]
        if name not in self._publishers:
            made = self.probe.create_publisher(
                message_class(topic.type), name, WRITE[topic.qos]
            )
            self._publishers[name] = made
            self.spin_until(lambda: made.get_subscription_count() > 0)
        self._publishers[name].publish(message)

    def up(self) -> 'Bench':
        """Configure and activate the node."""
        assert self.node.trigger_configure().name == 'SUCCESS'
        assert self.node.trigger_activate().name == 'SUCCESS'
        return self

    def now(self) -> float:
        """The node's time [s]."""
        return self.node.get_clock().now().nanoseconds * 1e-9

    def spin_until(self, condition: Callable[[], Any], each: Callable[[], None] = lambda: None):
        """Spin until something holds, doing something before each look."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            each()
            self.executor.spin_once(timeout_sec=0.02)
            for _ in range(10):  # one callback a call: do not fall behind what `each` publishes
                self.executor.spin_once(timeout_sec=0.0)
            assert time.monotonic() < deadline, 'it does not happen'

    def spin(self, seconds: float, each: Callable[[], None] = lambda: None) -> None:
        """Spin for a while."""
        end = time.monotonic() + seconds
        self.spin_until(lambda: time.monotonic() > end, each)

    def call(self, name: str, each: Callable[[], None] = lambda: None) -> Any:
        """Call a Trigger service, doing something while waiting."""
        client = self.probe.create_client(Trigger, name)
        self.spin_until(client.service_is_ready, each)
        answer = client.call_async(Trigger.Request())
        self.spin_until(answer.done, each)
        return answer.result()

    def close(self) -> None:
        """Destroy both nodes, and what still announces them: a lifecycle node is in cycles."""
        self.executor.shutdown()
        self.node.destroy_node()
        self.probe.destroy_node()
        del self.node, self.probe, self.executor


@pytest.fixture(scope='session')
def imported() -> None:
    """Set aside what was imported: `close` then looks through the rest in a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def bench(imported: None) -> Iterator[Callable[..., Bench]]:
    """Make benches: bench(NodeClass, hears, name=value, ...); the node may know other names."""
    made: list[Bench] = []

    def make(
        make_node: Callable[[], Node], hears: tuple[str, ...] = (),
        remaps: tuple[str, ...] = (), **parameters,
    ) -> Bench:
        words = [w for n, v in parameters.items() for w in ('-p', f'{n}:={v}')]
        words += [w for rule in remaps for w in ('-r', rule)]
        arguments = ['--ros-args', *words] if words else []
        rclpy.init(args=arguments)
        made.append(Bench(make_node, hears))
        return made[-1]

    yield make
    for each in made:
        each.close()
    made.clear()
    rclpy.try_shutdown()
    gc.collect()


@pytest.fixture(scope='session')
def checkpoint(tmp_path_factory) -> Path:
    """An untrained checkpoint."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    folder, known = tmp_path_factory.mktemp('checkpoint'), CheckpointConfig()
    model = make_model(known)
    head = CostHead(known.encoder.channels, model.raster.scene_map)
    save(folder, {'world_model': model, 'cost_head': head}, known)
    return folder


@pytest.fixture(scope='session')
def arm() -> ArmModel:
    """The arm."""
    return ArmModel.load()


@pytest.fixture(scope='session')
def view() -> CameraView:
    """A camera above the table, looking down, the top of its image at far x."""
    pose = np.eye(4)
    pose[:3, :3] = np.array([[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
    pose[:3, 3] = 0.50, 0.10, 1.25
    matrix = np.array([[100.0, 0.0, 63.5], [0.0, 100.0, 47.5], [0.0, 0.0, 1.0]])
    return CameraView(matrix, pose, 128, 96)


class Stage:
    """What a robot without a simulator would publish."""

    def __init__(self, bench: Bench, arm: ArmModel, view: CameraView) -> None:
        self.bench, self.arm, self.view = bench, arm, view
        self.image = np.random.default_rng(0).integers(0, 255, (96, 128, 3), np.uint8)

    def joints(self, positions: np.ndarray | None = None, names: tuple[str, ...] = ()) -> None:
        """Publish joint states; the arm is at its retract pose unless told otherwise."""
        where = np.array(self.arm.retract) if positions is None else positions
        self.bench.say('joint_states', joint_state(
            names or self.arm.joint_names, where, np.zeros(len(where)), self.bench.now()
        ))

    def line(self, speed: float = 0.3, seconds: float = 2.0) -> PlanWindow:
        """Plan from the retract pose, now, on which joint 1 turns at a speed."""
        now = self.bench.now()
        times = now + np.arange(0.0, seconds, 0.02)
        velocities = np.zeros((len(times), 7))
        velocities[:, 0] = speed
        positions = np.array(self.arm.retract) + (times - now)[:, None] * velocities
        return PlanWindow(times, positions, velocities)

    def camera(self) -> None:
        """Publish the camera's intrinsics, pose and image."""
        now = self.bench.now()
        self.bench.say('camera/camera_info', camera_info(self.view, now))
        self.bench.say('camera/pose', camera_pose(self.view, now))
        self.bench.say('camera/image_raw', image_message(self.image, now))


@pytest.fixture
def stage(arm: ArmModel, view: CameraView) -> Callable[..., Stage]:
    """Make what publishes for a bench."""
    return partial(_stage, arm, view)


def _stage(arm: ArmModel, view: CameraView, bench: Bench, other: ArmModel | None = None) -> Stage:
    return Stage(bench, other or arm, view)


@pytest.fixture
def guarded(bench, stage):
    """An active guard with joint states at the retract pose."""
    made = bench(GuardNode, ('commands', '/diagnostics')).up()
    robot = stage(made)
    made.spin_until(lambda: made.heard['commands'], robot.joints)
    return made, robot
