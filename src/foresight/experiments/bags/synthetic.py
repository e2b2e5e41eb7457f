"""Bags of any size: an arm that pushes now and then, before a camera that sees noise."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from foresight.actions.push.macro_action import PushAction
from foresight.data.bags.contract import ACTION, EMPTY, IMAGE, INFO, JOINTS, POSE
from foresight.data.bags.storage import COMPRESSED, TYPES, known_types
from foresight.data.bags.writer import BagWriter
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.world_model.encoder import EncoderConfig

PUSH = np.array([0.45, 0.0, 0.0, 0.15])
RATE, EVERY, START = 100, 8.0, 1_700_000_000
"""Joint states a second, time from push to push [s], and when the clock begins [s]."""
SHOTS = 16
"""Different images, which come again and again."""


@dataclass(frozen=True)
class Kind:
    """A kind of bag: its name, size of an image, images a second, and whether they are JPEG."""

    name: str
    rows: int
    columns: int
    images: int
    packed: bool = False


class Synthetic:
    """Writes the messages of a bag as a recorder of ROS would."""

    def __init__(self, kind: Kind) -> None:
        """Plan the push and draw the images."""
        self._kind, self._types = kind, known_types()
        arm, dice = ArmModel.load(), np.random.default_rng(0)
        path = PushAction().skill(arm, JointLevelConfig()).plan(PUSH, arm.retract).joint_path
        self._names, self._retract = list(arm.joint_names), np.asarray(arm.retract)
        self._path, self._velocities = path.positions, path.velocities
        self._rest = len(path.positions)
        shape = SHOTS, kind.rows, kind.columns, 3
        shots = dice.integers(0, 256, shape, np.uint8)
        self._shots = [self._packed(each) if kind.packed else each.ravel() for each in shots]

    def write(self, folder: Path, size: int) -> float:
        """Write messages until they are so many bytes; return the seconds that they take."""
        image = COMPRESSED if self._kind.packed else TYPES[IMAGE]
        written = 0
        with BagWriter(folder) as bag:
            for name in (IMAGE, INFO, POSE, JOINTS, ACTION, EMPTY):
                bag.add_topic(f'/{name}', image if name == IMAGE else TYPES[name])
            for tick in count():
                time = START * 10**9 + tick * (10**9 // RATE)
                for name, content in self._moment(tick, time):
                    kind = image if name == IMAGE else TYPES[name]
                    data = bytes(self._types.serialize_cdr(self._made(kind, content), kind))
                    bag.write(f'/{name}', time, data)
                    written += len(data)
                if written >= size:
                    return tick / RATE
        raise AssertionError('a bag has an end')

    def _moment(self, tick: int, time: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what is published at one time."""
        head = self._head(time, 'base_link')
        if tick == 0:
            encoder = EncoderConfig()
            empty = np.zeros((encoder.rows, encoder.columns, 3), np.uint8)
            yield POSE, {'header': head, 'pose': self._pose(0.5, 0.1, 2.4, down=True)}
            yield EMPTY, self._picture(head, empty)
        since = tick % round(EVERY * RATE) - RATE
        there = 0 <= since < self._rest
        yield JOINTS, {
            'header': head, 'name': self._names, 'effort': np.zeros(0),
            'position': self._path[since] if there else self._retract,
            'velocity': self._velocities[since] if there else np.zeros(len(self._names)),
        }
        if since == -10:
            ends = [self._made('geometry_msgs/msg/PoseStamped', {
                'header': head, 'pose': self._pose(x, 0.0, 0.0)}) for x in (0.45, 0.6)]
            yield ACTION, {'header': head, 'poses': ends}
        if tick * self._kind.images % RATE < self._kind.images:
            number = tick * self._kind.images // RATE
            yield INFO, self._lens(head)
            shot = self._shots[number % SHOTS]
            if self._kind.packed:
                yield IMAGE, {'header': head, 'format': 'jpeg', 'data': shot}
            else:
                yield IMAGE, self._picture(
                    head, shot.reshape(self._kind.rows, self._kind.columns, 3))

    def _made(self, kind: str, content: dict[str, Any]) -> Any:
        return self._types.types[kind](**content)

    def _head(self, time: int, frame: str) -> Any:
        stamp = self._made('builtin_interfaces/msg/Time',
                           {'sec': time // 10**9, 'nanosec': time % 10**9})
        return self._made('std_msgs/msg/Header', {'stamp': stamp, 'frame_id': frame})

    def _pose(self, x: float, y: float, z: float, down: bool = False) -> Any:
        point = self._made('geometry_msgs/msg/Point', {'x': x, 'y': y, 'z': z})
        turn = self._made('geometry_msgs/msg/Quaternion', {
            'x': float(down), 'y': 0.0, 'z': 0.0, 'w': float(not down)})
        return self._made('geometry_msgs/msg/Pose', {'position': point, 'orientation': turn})

    def _picture(self, head: Any, pixels: np.ndarray) -> dict[str, Any]:
        rows, columns, _ = pixels.shape
        return {'header': head, 'height': rows, 'width': columns, 'encoding': 'rgb8',
                'is_bigendian': 0, 'step': 3 * columns, 'data': pixels.ravel()}

    def _lens(self, head: Any) -> dict[str, Any]:
        """Describe a camera that sees the table from above."""
        rows, columns = self._kind.rows, self._kind.columns
        matrix = np.array([[1.25 * columns, 0.0, columns / 2], [0.0, 1.25 * columns, rows / 2],
                           [0.0, 0.0, 1.0]])
        region = self._made('sensor_msgs/msg/RegionOfInterest', {
            'x_offset': 0, 'y_offset': 0, 'height': 0, 'width': 0, 'do_rectify': False})
        return {'header': head, 'height': rows, 'width': columns, 'distortion_model': 'plumb_bob',
                'd': np.zeros(5), 'k': matrix.ravel(), 'r': np.eye(3).ravel(), 'p': np.zeros(12),
                'binning_x': 0, 'binning_y': 0, 'roi': region}

    def _packed(self, pixels: np.ndarray) -> np.ndarray:
        """Pack a picture as a camera driver does."""
        smooth = cv2.GaussianBlur(pixels, (0, 0), 3.0)
        return np.asarray(cv2.imencode('.jpg', smooth)[1].ravel())
