"""Proposes a contract for a bag, from its topics, types and first messages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os.path import commonprefix
from pathlib import Path
from typing import Any

import yaml

from foresight.data.bags.bounds import unpack_message
from foresight.data.bags.containers import open_files
from foresight.data.bags.contract import ACTION, EMPTY, INFO, JOINTS, OURS, POSE, STOP
from foresight.data.bags.stills import stamp_of
from foresight.data.bags.storage import (
    FRAMES,
    IMAGES,
    TYPES,
    called_so,
    damage,
    in_order,
    known_types,
)
from foresight.data.frames import Frames
from foresight.errors import ObservationError

LOOKED_AT, OF_TOPIC = 5000, 20
"""Messages at the beginning that are looked at, and of one topic."""
GOOD = ('color', 'rgb', 'image_raw', 'image_rect')
BAD = ('depth', 'infra', 'latent', 'belief', 'surprise', 'goal', 'background', 'rectified',
       'memory', 'subgoal', 'mask', 'debug')
"""Words in the names of topics that are, and are not, of the camera."""


@dataclass(frozen=True)
class Looked:
    """The beginning of a bag: type and number of messages of each topic, and the first of them."""

    types: Mapping[str, str]
    counts: Mapping[str, int]
    first: Mapping[str, list[Any]]

    def of_type(self, *kinds: str) -> list[str]:
        """Return the topics of some types that have messages."""
        return [topic for topic, kind in sorted(self.types.items())
                if kind in kinds and self.counts[topic]]


@dataclass(frozen=True)
class Said:
    """One line of a contract, and why."""

    key: str
    value: Any
    why: str


def explain(bag: Path, robots: Mapping[str, tuple[str, ...]]) -> str:
    """Propose a contract as YAML, with a comment a line.

    Args:
        bag: A bag.
        robots: Joint names of each robot that may be in it.

    Raises:
        DatasetError: If it is damaged or no bag.
    """
    seen = look(bag)
    robot, joints = _arm(seen, robots)
    lines = [*_camera(seen), *joints, *_actions(seen)]
    missing = list(_missing(seen, robot))
    text = [f'# Proposed for {bag.name}: {len(seen.types)} topics. Read it, mend it, then:',
            f'# foresight data import FOLDER --contract THIS.yaml --robot {robot or "ROBOT.yaml"}']
    for line in lines:
        value = yaml.safe_dump(line.value, default_flow_style=True).removesuffix('\n...\n').strip()
        text += [f'# {line.why}', f'{line.key}: {value}']
    text += [f'# Missing: {each}' for each in missing] or ['# Nothing is missing.']
    return '\n'.join(text) + '\n'


def look(bag: Path) -> Looked:
    """Look at the beginning of a bag.

    Raises:
        DatasetError: If it is damaged or no bag.
    """
    types: dict[str, str] = {}
    counts: dict[str, int] = {}
    first: dict[str, list[Any]] = {}
    store = known_types()
    readable = {*TYPES.values(), *FRAMES.values(), *IMAGES}
    with damage(bag), open_files(bag) as files:
        for reader in files.readers:
            for item in reader.connections:
                types[item.topic] = item.msgtype
                counts[item.topic] = counts.get(item.topic, 0) + item.msgcount
        chosen = [item for item in files.readers[0].connections if item.msgtype in readable]
        for count, (item, _, data) in enumerate(in_order(files.readers[0], chosen)):
            known = first.setdefault(item.topic, [])
            if len(known) < OF_TOPIC:
                known.append(store.deserialize_cdr(unpack_message(data), item.msgtype))
            if count > LOOKED_AT:
                break
    return Looked(types, counts, first)


def _image(seen: Looked) -> str:
    """Return the topic that is most like one of a camera; empty if there is none."""
    def likely(topic: str) -> tuple[int, int, int]:
        words = sum(word in topic for word in GOOD) - 10 * sum(word in topic for word in BAD)
        return words, int(seen.types[topic] == IMAGES[0]), -len(topic)

    found = max(seen.of_type(*IMAGES), key=likely, default='')
    return found if found and likely(found)[0] > -10 else ''


def _camera(seen: Looked) -> Iterator[Said]:
    """Yield what is said of the camera."""
    image = _image(seen)
    kind = seen.types.get(image, IMAGES[0]).rpartition('/')[2]
    others = [topic for topic in seen.of_type(*IMAGES) if topic != image]
    why = f'{kind}, {seen.counts.get(image, 0)} messages'
    yield Said('image', image or OURS.image,
               f'{why}; others: {", ".join(others) or "none"}' if image else 'not found')
    infos = seen.of_type(TYPES[INFO])
    info = max(infos, key=lambda topic: len(commonprefix([topic, image])), default='')
    yield Said('camera_info', info or OURS.camera_info,
               'the one beside the image' if info else 'not found')
    poses = [topic for topic in seen.of_type(TYPES[POSE]) if 'cam' in topic]
    if poses:
        frame = seen.first[poses[0]][0].header.frame_id if seen.first.get(poses[0]) else ''
        yield Said('camera_pose', poses[0], f'where the camera is in {frame}')
        yield Said('base_frame', frame or OURS.base_frame, 'frame of that pose')
    else:
        yield Said('camera_pose', '', 'no PoseStamped of a camera: where it is comes from /tf')
        bases = sorted(name for name in _frames(seen) if name.endswith(OURS.base_frame))
        yield Said('base_frame', (*bases, OURS.base_frame)[0], 'the base of the arm in /tf')
    stamps = [stamp_of(each) for each in seen.first.get(image, ())]
    zero = bool(stamps) and not any(stamps)
    yield Said('stamps', 'header', 'stamps of the image are zero: the times of recording stand '
               'for them' if zero else 'the messages are stamped')


def _arm(seen: Looked, robots: Mapping[str, tuple[str, ...]]) -> tuple[str, list[Said]]:
    """Return the robot, and what is said of its joints."""
    topics = [topic for topic in seen.of_type(TYPES[JOINTS]) if 'command' not in topic]
    for robot, names in robots.items():
        for prefix in sorted({name.removesuffix(names[0]) for topic in topics
                              for each in seen.first.get(topic, ()) for name in each.name
                              if name.endswith(names[0])}):
            wanted = {f'{prefix}{name}' for name in names}
            having = [topic for topic in topics
                      if any(wanted & set(each.name) for each in seen.first.get(topic, ()))]
            there = {name for topic in having for each in seen.first[topic] for name in each.name}
            if wanted <= there:
                return robot, [
                    Said('joint_states', having, f'they hold the joints of {robot}'),
                    Said('joint_prefix', prefix, 'what stands before the names of its joints')]
    named = sorted({name for topic in topics
                    for each in seen.first.get(topic, ()) for name in each.name})
    said = f'no robot of the package has these joints: {", ".join(named)[:200]}; give --robot a ' \
        'file of yours' if named else 'not found'
    return '', [Said('joint_states', topics or list(OURS.joint_states), said)]


def _actions(seen: Looked) -> Iterator[Said]:
    """Yield what is said of actions, the empty table and e-stops."""
    told = next(iter(called_so(ACTION, seen.of_type(TYPES[ACTION]))), '')
    yield Said('action', told, 'the planner tells its actions' if told else
               'nobody tells the actions: they are found by the way of the tool')
    empty = next(iter(called_so(EMPTY, seen.of_type(TYPES[EMPTY]))), '')
    yield Said('empty_table', empty, 'the rectified empty table' if empty else 'not recorded')
    if not empty:
        yield Said('empty_at', 0.0, 'taken: nothing lies on the table when the bag begins; else '
                   'give another time, or --background')
    stops = [topic for topic, kind in seen.types.items()
             if kind == TYPES[STOP] and 'stop' in topic.lower()]
    yield Said('e_stop', (*stops, '')[0], 'true in an e-stop' if stops else 'none is recorded')


def _missing(seen: Looked, robot: str) -> Iterator[str]:
    """Yield what the bag lacks, and what to record next time."""
    image = _image(seen)
    if not image:
        yield 'an image: record the colour image of the camera'
    if not seen.of_type(TYPES[INFO]):
        yield 'camera_info: record it beside the image; the driver publishes it'
    elif not any('cam' in topic for topic in seen.of_type(TYPES[POSE])):
        yield from _lost(seen)
    if not seen.of_type(TYPES[JOINTS]):
        yield 'joint states: record /joint_states; without them there are no actions'
    elif not robot:
        yield 'a robot file with these joints: see docs/extend/robot.md'


def _lost(seen: Looked) -> Iterator[str]:
    """Say what keeps the camera from being found in the tree of frames."""
    if not seen.of_type(*FRAMES.values()):
        yield 'where the camera is: record /tf_static (and /tf), or a latched PoseStamped of it'
        return
    frames = _tree(seen)
    for topic in seen.of_type(TYPES[INFO])[:1]:
        for each in seen.first.get(topic, ())[:1]:
            try:
                frames.pose(OURS.base_frame, each.header.frame_id.lstrip('/'))
            except ObservationError as error:
                yield f'{error}; a camera on a link of the arm is found by its URDF'


def _tree(seen: Looked) -> Frames:
    """Return the tree of frames as the bag begins."""
    frames = Frames()
    for topic in seen.of_type(*FRAMES.values()):
        for each in seen.first.get(topic, ()):
            frames.update(each, topic.endswith('static'))
    return frames


def _frames(seen: Looked) -> set[str]:
    """Return the names of all frames."""
    links = [link for topic in seen.of_type(*FRAMES.values())
             for each in seen.first.get(topic, ()) for link in each.transforms]
    return {name.lstrip('/') for link in links for name in (link.child_frame_id,
                                                            link.header.frame_id)}
