"""A small made-up episode and a small made-up bag for the tests of this folder."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from rosbags.typesys import Stores, get_typestore

from foresight.data.bags.writer import BagWriter
from foresight.data.episodes import Episode, Images
from foresight.protocols import CameraView

TYPES = get_typestore(Stores.ROS2_KILTED)
KINDS = {
    'camera/camera_info': 'sensor_msgs/msg/CameraInfo',
    'camera/pose': 'geometry_msgs/msg/PoseStamped',
    'image_background': 'sensor_msgs/msg/Image', 'camera/image_raw': 'sensor_msgs/msg/Image',
    'joint_states': 'sensor_msgs/msg/JointState', 'macro_action': 'nav_msgs/msg/Path',
    'e_stop': 'std_msgs/msg/Bool',
}
SIZE = (12, 16)
LENS = np.array([[20.0, 0.0, 7.5], [0.0, 20.0, 5.5], [0.0, 0.0, 1.0]])


def made_up_episode(seed: int, actions: int = 3) -> Episode:
    """Return an episode of noise with two objects and four frames an action."""
    generator = np.random.default_rng(seed)
    shots = generator.integers(0, 255, (actions + 1, 12, 16, 3), np.uint8)
    frames = 4 * actions
    return Episode(
        meta={'seed': seed, 'objects': ['box', 'ball']},
        view=CameraView(np.eye(3), np.eye(4), 16, 12),
        background=shots[0], stills=Images.encode(list(shots), '.png'),
        actions=generator.normal(size=(actions, 4)).astype(np.float32),
        aimed=np.ones(actions, bool),
        objects=generator.normal(size=(actions + 1, 2, 3)).astype(np.float32),
        statuses=np.ones((actions + 1, 2), np.int8),
        frames=Images.encode(list(shots[:1]) * frames, '.jpg'),
        frame_actions=np.repeat(np.arange(actions), 4).astype(np.int16),
        frame_stamps=np.arange(frames) / 10.0,
        joint_positions=np.zeros((frames, 7), np.float32),
        tool_poses=np.tile(np.eye(4, dtype=np.float32), (frames, 1, 1)), seconds=12.5,
    )


@pytest.fixture
def make_episode() -> Callable[..., Episode]:
    return made_up_episode


@dataclass
class MadeUpBag:
    """A bag of actions of an arm whose two joints are x and y of its tool, at rest at (0, 0).

    Action i is chosen at 1 + 4 i s from the image of that moment; the arm leaves 0.3 s later
    along x from (0.4, 0.1) to (0.6, 0.1) and is back 2.6 s after the choice.
    """

    actions: int = 2
    seconds: float = 10.0
    without: tuple[str, ...] = ()
    blind: tuple[float, float] = (99.0, 99.0)
    numb: tuple[float, float] = (99.0, 99.0)
    larger_from: float = 99.0
    camera_behind: float = 0.0
    image_ticks: int = 5
    swapped: bool = False
    split: bool = False
    jitter: float = 0.0
    other_joints: str = ''
    repeats: bool = False
    image: str = 'camera/image_raw'
    bend: float = 0.0
    frames_at: float = 99.0
    root: str = 'base_link'
    starts: float = 0.0
    jump_at: float = 99.0
    stop_at: float = 99.0
    pose_at: float = 0.0
    reached: float = 0.6
    namespace: str = ''
    called: dict[str, str] = field(default_factory=dict)
    zero: tuple[str, ...] = ()
    camera_epoch: float = 0.0
    moves: bool = False
    prefix: str = ''
    kinds: dict[str, str] = field(default_factory=lambda: dict(KINDS))

    def write(self, folder: Path) -> Path:
        """Write the bag."""
        with BagWriter(folder) as bag:
            for name, kind in self.kinds.items():
                if name not in self.without:
                    bag.add_topic(self._topic(name), kind)
            self._bag = bag
            self._say(0.0, 'image_background', **picture(0.0, SIZE, 100))
            for tick in range(int(self.seconds * 50)):
                self._moment(tick, round(tick / 50, 6))
        return folder

    def _topic(self, name: str) -> str:
        return self.called.get(name, f'{self.namespace}/{name}')

    def tool(self, time: float) -> tuple[float, float]:
        """Return where the tool is."""
        since = (time - 1.0) % 4.0
        if time < 1.0 or (time - 1.0) // 4.0 >= self.actions:
            return 0.0, 0.0
        path = ((0.31, 0, 0), (1.0, 0.4, 0.1), (1.8, self.reached, 0.1), (2.6, 0, 0))
        times, x, y = np.array(path).T
        return float(np.interp(since, times, x)), float(np.interp(since, times, y))

    def _moment(self, tick: int, time: float) -> None:
        """Write what is published at one time."""
        told = self.starts + (time if time < self.jump_at else time - 5.0)
        if time == self.pose_at:
            self._say(time, 'camera/pose', header=head(told, 'base_link'), pose=pose(0.0, 0.0))
        if time == self.frames_at:
            links = [link(told, self.root, 'camera_link'), link(told, 'camera_link', 'lens')]
            self._say(time, 'tf_static', transforms=links)
        if self.jitter and tick % 25 == 12:
            shift = self.jitter * (-1) ** tick
            self._say(time, 'camera/pose', header=head(told, 'base_link'), pose=pose(shift, 0.0))
        if self.other_joints:
            self._say(time, self.other_joints, header=head(told, ''), name=['finger'],
                      position=np.zeros(1), velocity=np.zeros(1), effort=np.zeros(0))
        if not self.numb[0] <= time < self.numb[1]:
            moves = self.tool(time) != self.tool(time - 0.02)
            names = [f'{self.prefix}{name}' for name in ('y', 'x', 'finger')]
            where = *self.tool(time)[::-1], 9.0
            for part in (slice(1), slice(1, 3)) if self.split else (slice(3),):
                self._say(time, 'joint_states', header=head(told, ''), name=list(names[part]),
                          position=np.array(where[part]), effort=np.zeros(0),
                          velocity=np.full(len(where[part]), 0.5 * moves))
        if tick % self.image_ticks == 0 and not self.blind[0] <= time < self.blind[1]:
            size = SIZE if time < self.larger_from else (24, 32)
            self._say(time, 'camera/camera_info', **lens(told, self.bend))
            late = 0.1 * (-1 if tick % 10 else 1) if self.swapped else 0.0  # pairs change places
            taken = told + late - self.camera_behind + self.camera_epoch
            drawn = picture(taken, size, tick // 5)
            if self.moves:
                row, column = (int(20 * side) for side in self.tool(time))
                drawn['data'].reshape(*size, 3)[row:row + 3, 4 + column:8 + column] = 250
            for _ in range(1 + self.repeats):
                self._say(time, self.image, **drawn)
        if time >= 1.0 and tick % 200 == 50 and (time - 1.0) // 4.0 < self.actions:
            ends = [('geometry_msgs/msg/PoseStamped', pose(x, 0.1)) for x in (0.4, 0.6)]
            steps = [made(kind, header=head(told, 'base_link'), pose=end) for kind, end in ends]
            self._say(time, 'macro_action', header=head(told, 'base_link'), poses=steps)
        if time == self.stop_at:
            self._say(time, 'e_stop', data=True)

    def _say(self, time: float, topic: str, **content: Any) -> None:
        if topic not in self.without:
            if topic in self.zero:
                content['header'] = head(0.0, content['header'].frame_id)
            kind = self.kinds[topic]
            if 'CompressedImage' in kind:
                pixels = content['data'].reshape(*SIZE, 3)
                content['data'] = cv2.imencode('.png', pixels)[1].ravel()
            data = bytes(TYPES.serialize_cdr(made(kind, **content), kind))
            recorded = 10**12 + round((self.starts + time) * 1e9)
            self._bag.write(self._topic(topic), recorded, data)


def made(kind: str, **content: object) -> object:
    """Make a message; what a type does not have is left out."""
    factory = TYPES.types[kind]
    known = factory.__dataclass_fields__
    return factory(**{name: value for name, value in content.items() if name in known})


def head(time: float, frame: str) -> object:
    whole = round(time * 1e9)
    stamp = made('builtin_interfaces/msg/Time', sec=whole // 10**9, nanosec=whole % 10**9)
    return made('std_msgs/msg/Header', stamp=stamp, frame_id=frame)


def pose(x: float, y: float) -> object:
    point = made('geometry_msgs/msg/Point', x=x, y=y, z=0.0)
    upright = made('geometry_msgs/msg/Quaternion', x=0.0, y=0.0, z=0.0, w=1.0)
    return made('geometry_msgs/msg/Pose', position=point, orientation=upright)


def link(time: float, parent: str, child: str) -> object:
    move = made('geometry_msgs/msg/Vector3', x=0.1, y=0.0, z=0.0)
    upright = made('geometry_msgs/msg/Quaternion', x=0.0, y=0.0, z=0.0, w=1.0)
    return made('geometry_msgs/msg/TransformStamped', header=head(time, parent),
                child_frame_id=child,
                transform=made('geometry_msgs/msg/Transform', translation=move, rotation=upright))


def picture(time: float, size: tuple[int, int], grey: int) -> dict[str, object]:
    levels = np.full((*size, 3), 100, np.uint8)
    levels[:2, :2] = grey  # a thing tells which picture this is
    return {'header': head(time, ''), 'height': size[0], 'width': size[1], 'encoding': 'bgr8',
            'is_bigendian': 0, 'step': 3 * size[1],
            'data': levels.ravel(), 'format': 'png'}


def lens(time: float, bend: float) -> dict[str, object]:
    region = made('sensor_msgs/msg/RegionOfInterest', x_offset=0, y_offset=0, height=0, width=0,
                  do_rectify=False)
    return {'header': head(time, 'lens'), 'height': SIZE[0], 'width': SIZE[1],
            'distortion_model': 'plumb_bob', 'd': np.array([bend, 0.0, 0.0, 0.0, 0.0]),
            'k': LENS.ravel(),
            'r': np.eye(3).ravel(), 'p': np.zeros(12), 'binning_x': 0, 'binning_y': 0,
            'roi': region}


@pytest.fixture
def make_bag(tmp_path: Path) -> Callable[..., Path]:
    """Write a made-up bag; keyword arguments spoil it."""
    def write(name: str = 'bag', **spoil: object) -> Path:
        return MadeUpBag(**spoil).write(tmp_path / name)
    return write
