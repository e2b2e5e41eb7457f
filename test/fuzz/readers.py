"""Every reader of a file, with the good files that broken ones are made from."""

import importlib.util
import io
import json
import random
import shutil
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import good
import numpy as np
import torch
import yaml
from mutations import VALUES, become, change_bytes, change_json, change_value
from rosbags.rosbag2 import CompressionMode, StoragePlugin

from foresight.actions.loading import load
from foresight.arrays import load_arrays
from foresight.calibration.captures import LISTING, Captures
from foresight.cli.goal import read_goal
from foresight.data.bags.contract import load_contract
from foresight.data.bags.reader import read_bag
from foresight.data.bags.repair import repair
from foresight.data.clips import Clips
from foresight.data.collected import collected_scene
from foresight.data.environments import EnvironmentConfig
from foresight.data.episodes import load_episode
from foresight.data.robot_time import robot_time
from foresight.data.transitions import build_transitions, load_transitions
from foresight.errors import ConfigError, ForesightError, ObservationError
from foresight.experiments.document import kept
from foresight.experiments.surprise.players import Playing
from foresight.external.episode import _read as read_goal_of_environment
from foresight.files import sha256, share
from foresight.learning.journal import Journal
from foresight.learning.resume import read_state
from foresight.nodes.drivers import ORIGIN, driver_names, write_camera
from foresight.robots.arm import ArmModel
from foresight.robots.description import load_urdf
from foresight.robots.robot_file import RobotFile
from foresight.rollout.collect import collect
from foresight.rollout.inventory import inventory
from foresight.rollout.play import CollectConfig, PlayConfig
from foresight.settings import SceneConfig
from foresight.sim.site import load_site
from foresight.tasks.task_file import load_task
from foresight.world_model.belief.memory_file import MemoryOwner, load_memory
from foresight.world_model.belief.surprise import load_scales
from foresight.world_model.checkpoint import CONFIG, TENSORS, load_video
from foresight.world_model.observation.perception import Perception, load_background
from foresight.world_model.observation.rectification import Rectifier
from foresight.world_model.scene_map import draw_scene

Make = Callable[[Path, random.Random | None], None]
"""Writes files into a folder, broken ones if there are dice."""
Read = Callable[[Path], Any]
OTHER_KIND = 0.02
"""Share of files that become something else than a file."""


@dataclass(frozen=True)
class Reader:
    """A reader.

    Attributes:
        name: What it reads.
        share: How many of all files it gets.
        make: Writes broken files into a folder.
        read: Reads the folder.
    """

    name: str
    share: int
    make: Make
    read: Read


def one_of(good_files: Path, name: str, change: Callable[[bytes, random.Random], bytes]) -> Make:
    """Return what copies good files and breaks one of them."""
    def make(folder: Path, dice: random.Random | None) -> None:
        shutil.copytree(good_files, folder)
        path = folder / name
        if dice is None:
            return
        if dice.random() < OTHER_KIND:
            become(path, dice)
        else:
            path.write_bytes(change(path.read_bytes(), dice))
    return make


def change_yaml(data: bytes, dice: random.Random) -> bytes:
    """Change the values of YAML, or its bytes, or write what a parser chokes on."""
    fate = dice.random()
    if fate < 0.4:
        return change_bytes(data, dice)
    if fate < 0.45:
        bombs = (
            b'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n', b'a: &a [*a]\n', b'? [1]\n: 2\n',
            b'!!python/object/apply:os.system ["true"]\n', b'!!int ""\n', b'!!timestamp x\n',
            b'a: 1\na: 2\n', b'2001-99-99\n', b'[' * 3000, b'- ' * 3000,
            b'x: ' + b'1:1' * 9000,
            b'%YAML 9.9\n---\na\n', b'---\na: 1\n---\nb: 2\n',
            b'\xff\xfea\x00', b'"\\x1b[2J": 1\n',
        )
        return dice.choice(bombs)
    value = yaml.safe_load(data)
    for _ in range(dice.choice((1, 1, 2, 3))):
        value = change_value(value, dice)
    try:
        return yaml.safe_dump(value, allow_unicode=True).encode(errors='surrogatepass')
    except (yaml.YAMLError, RecursionError):
        return json.dumps(value).encode()


def change_text(data: bytes, dice: random.Random) -> bytes:
    """Change words and numbers of text, or its bytes."""
    if dice.random() < 0.4:
        return change_bytes(data, dice)
    words = data.split(b'"')
    for _ in range(dice.choice((1, 1, 2, 4))):
        if len(words) > 2:
            value = dice.choice((*VALUES, '${pi}', '${1/0}', '$(find x)', '${"a" * 10**9}', '1 2',
                                 '${2**9**9}', '0 0 0 0', 'mesh', 'fixed', 'continuous'))
            words[2 * dice.randrange(len(words) // 2) + 1] = \
                str(value)[:3000].encode(errors='replace').replace(b'"', b"'")
    return b'"'.join(words)


def change_arrays(data: bytes, dice: random.Random) -> bytes:
    """Change one array of a file of arrays, its header, or the bytes of the file."""
    if dice.random() < 0.35:
        return change_bytes(data, dice)
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        arrays = {name: found[name] for name in found.files}
    name = dice.choice(list(arrays))
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as archive:
        for key, value in arrays.items():
            if key != name:
                archive.writestr(f'{key}.npy', npy(value))
            elif (changed := change_array(value, dice)) is not None:
                archive.writestr(f'{key}.npy', changed)
    return out.getvalue()


def npy(value: np.ndarray) -> bytes:
    """Return an array as the bytes of a file."""
    out = io.BytesIO()
    np.lib.format.write_array(out, value, allow_pickle=False)
    return out.getvalue()


def change_array(value: np.ndarray, dice: random.Random) -> bytes | None:
    """Return another array in the place of one; None for none."""
    fate = dice.randrange(12)
    if fate == 0:
        return None
    if fate == 1:
        return npy(value[:0] if value.ndim else value[None])
    if fate == 2:
        return npy(np.full(value.shape, np.nan))
    if fate == 3:
        kind = dice.choice(('f8', 'i1', 'u1', 'i8', 'U4', 'c16', '?', 'M8[s]'))
        return npy(value.astype('U4' if value.dtype.kind == 'U' else kind))
    if fate == 4:
        return npy(np.repeat(value[None], dice.choice((1, 2, 3)), axis=0))
    if fate == 5 and value.ndim:
        return npy(value[..., :-1])
    if fate == 6 and value.dtype.kind in 'iufb':
        numbers = value.ravel().astype(np.float64)
        if len(numbers):
            numbers[dice.randrange(len(numbers))] = dice.choice((-1.0, 2.0**31, np.inf, np.nan))
        with np.errstate(invalid='ignore'):
            return npy(numbers.astype(value.dtype).reshape(value.shape))
    if fate == 7:
        text = str(value) if value.dtype.kind == 'U' else '{}'
        return npy(np.array(change_json(text.encode() if text[:1] == '{' else b'{}', dice)
                            .decode(errors='replace')))
    if fate == 8:
        return change_bytes(npy(value), dice)
    shape = dice.choice(('(2147483648,)', '(-1,)', '(1073741824, 1073741824)', '(0, -5)',
                         '(True,)', '(4, 4)', '()', '(10**9,)', '"x"'))
    kind = dice.choice(("'|u1'", "'<f8'", "'|O'", "'<U1000000000'", "[('a', '<f8')]", "'x'", '3'))
    header = f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b'\x93NUMPY\x01\x00' + struct.pack('<H', len(header)) + header + value.tobytes()[:100]


def change_tensors(data: bytes, dice: random.Random) -> bytes:
    """Change the header of a file of tensors, or its bytes."""
    if dice.random() < 0.4:
        return change_bytes(data, dice)
    (length,) = struct.unpack('<Q', data[:8])
    header = change_json(data[8:8 + length], dice)
    if dice.random() < 0.3:
        kinds = ('F64', 'BF16', 'I64', 'U8', 'BOOL', 'F8_E4M3', 'C64', 'F16')
        header = data[8:8 + length].replace(b'F32', dice.choice(kinds).encode(), 1)
    said = dice.choice((len(header),) * 8 + (2**31, 2**63, 0))
    return struct.pack('<Q', said) + header + data[8 + length:]


def signed(make: Make) -> Make:
    """Return what makes a checkpoint whose JSON knows the hash of its tensors."""
    def sign(folder: Path, dice: random.Random | None) -> None:
        make(folder, dice)
        if (folder / TENSORS).is_file() and (folder / TENSORS).stat().st_size < 1 << 24:
            described = json.loads((folder / CONFIG).read_bytes())
            described['tensors'] = sha256((folder / TENSORS).read_bytes())
            (folder / CONFIG).write_text(json.dumps(described))
    return sign


def made_up_bag(folder: Path) -> list[tuple[str, str, int, bytes]]:
    """Return the messages of a short bag, as the tests make them."""
    spec = importlib.util.spec_from_file_location('made_up', share('test/unit/data/conftest.py'))
    if spec is None or spec.loader is None:
        raise FileNotFoundError('test/unit/data/conftest.py')
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules['made_up'] = module
    spec.loader.exec_module(module)
    return good.messages_of(module.MadeUpBag(actions=1, seconds=1.2).write(folder))


def bag_of_messages(messages: list[tuple[str, str, int, bytes]]) -> Make:
    """Return what writes a whole bag of broken messages."""
    def make(folder: Path, dice: random.Random | None) -> None:
        spoilt = list(messages)
        for _ in range(dice.choice((1, 2, 5)) if dice else 0):
            place = dice.randrange(len(spoilt))
            topic, kind, stamp, data = spoilt[place]
            spoilt[place] = topic, kind, stamp, change_bytes(data, dice)
        good.bag(folder, spoilt, StoragePlugin.MCAP)
    return make


def read_arm(folder: Path) -> ArmModel:
    """Read a robot and forget it."""
    load_urdf.cache_clear()
    return ArmModel.load(folder)


def read_task(folder: Path) -> Any:
    """Read a task and make its rule."""
    task = load_task(folder / 'task.yaml')
    try:
        return task.success.make(SceneConfig())
    except ConfigError as error:  # it is made for a scene, where nobody knows the file
        raise ConfigError(f'{folder}: {error}') from error


def read_play(folder: Path) -> Any:
    """Read an episode, its images and what they show."""
    rectifier = Rectifier(SceneConfig(), good.ENCODER)
    robot_time(folder)
    found = load_episode(folder / 'episode_00000003.npz')
    _ = [found.frames[index] for index in range(len(found.frames))]
    return build_transitions(
        folder, rectifier.rectify, rectifier.project,
        lambda one: draw_scene(one.scene or SceneConfig(), good.ENCODER.grid).numpy(),
    )


def read_manifest(folder: Path) -> Any:
    """Look into a folder of play, and go on with it."""
    collected_scene(folder)
    inventory(folder)
    return collect(PlayConfig(collect=CollectConfig(actions=1, workers=1)), folder, lambda _: None)


def read_run(folder: Path) -> int:
    """Go on with a run."""
    layer = torch.nn.Linear(3, 2)
    return read_state(folder, layer, torch.optim.AdamW(layer.parameters()), lambda known: (
        [] if known['train']['seed'] == 0 else ['train.seed']
    ))


def read_journal(folder: Path) -> None:
    """Go on with a journal."""
    Journal(folder, 40).close()


def read_background(perception: Perception, folder: Path) -> None:
    """Read the empty table as the node does."""
    empty = load_background(folder / 'background.npz')
    with suppress(ObservationError):  # a camera elsewhere, as one that was moved
        perception.set_background(empty.image, empty.view)


def same(image: np.ndarray, _: Any) -> np.ndarray:
    """Return an image as it is."""
    return image


def readers(place: Path) -> Iterator[Reader]:
    """Yield every reader; good files go to a place that stays."""
    def files(name: str, write: Callable[[Path], None]) -> Path:
        folder = place / name
        folder.mkdir()
        write(folder)
        return folder

    robot, plain = files('robot', partial(good.robot, plain=False)), \
        files('plain', partial(good.robot, plain=True))
    yield Reader('robot.yaml', 8, one_of(robot, 'robot.yaml', change_yaml), RobotFile.read)
    yield Reader('arm.urdf.xacro', 4, one_of(robot, 'arm.urdf.xacro', change_text), read_arm)
    yield Reader('arm.urdf', 4, one_of(plain, 'arm.urdf', change_text), read_arm)
    site = files('site', lambda to: shutil.copy(share('config/sites/tray.yaml'), to / 'site.yaml'))
    yield Reader('site.yaml', 8, one_of(site, 'site.yaml', change_yaml),
                 lambda folder: load_site(folder / 'site.yaml'))
    for task in ('push_to_goal', 'gather', 'clear_table'):
        path = share(f'config/tasks/{task}.yaml')
        found = files(task, lambda to, path=path: shutil.copy(path, to / 'task.yaml'))
        yield Reader(f'task {task}', 4, one_of(found, 'task.yaml', change_yaml), read_task)
    model = files('model', good.model)
    yield Reader('checkpoint config', 6, one_of(model, CONFIG, change_json),
                 lambda folder: load(folder, 'cpu'))
    yield Reader('checkpoint tensors', 5, signed(one_of(model, TENSORS, change_tensors)),
                 lambda folder: load(folder, 'cpu'))
    yield Reader('checkpoint of video', 2, one_of(share('models/video'), CONFIG, change_json),
                 lambda folder: load_video(folder, 'cpu'))
    trained = good.trained(place / 'trained')
    owner = MemoryOwner.of(trained)
    yield Reader('surprise.json', 3, one_of(model, 'surprise.json', change_json),
                 lambda folder: load_scales(load(folder, 'cpu')))
    memory = files('memory', lambda to: good.memory(to / 'memory.safetensors', owner))
    yield Reader('memory', 5, one_of(memory, 'memory.safetensors', change_tensors),
                 lambda folder: load_memory(folder / 'memory.safetensors', owner, 2.0))
    empty = files('empty', lambda to: good.background(to / 'background.npz'))
    yield Reader('background', 6, one_of(empty, 'background.npz', change_arrays),
                 partial(read_background, Perception.of(trained)))
    seen = files('seen', good.captures)
    yield Reader('captures', 4, one_of(seen, LISTING, change_json),
                 lambda folder: Captures.read(folder, ('x', 'y')))
    camera = files('camera', lambda to: write_camera(to / 'camera.yaml', '', ORIGIN, 'found'))
    yield Reader('camera.yaml', 3, one_of(camera, 'camera.yaml', change_yaml),
                 lambda folder: driver_names('panda', str(folder / 'camera.yaml')))
    yield from _of_data(files)
    yield from _of_runs(files, place, trained)


def _of_data(files: Callable[..., Path]) -> Iterator[Reader]:
    """Yield the readers of recorded data."""
    play, name = files('play', good.play), 'episode_00000003.npz'
    yield Reader('episode', 8, one_of(play, name, change_arrays), read_play)
    yield Reader('dataset.json', 4, one_of(play, 'dataset.json', change_json), read_manifest)
    cached = files('cached', good.cache_of_play)
    yield Reader('transitions digest', 3, one_of(cached, 'digest.json', change_json),
                 load_transitions)
    for array in ('stills', 'before_index', 'episode', 'scene_maps'):
        yield Reader(f'transitions {array}', 2, one_of(
            cached, f'{array}.npy', lambda data, dice: change_array(
                np.load(io.BytesIO(data)), dice) or b''), load_transitions)
    clips = files('clips', lambda to: good.clips(to / 'clips.npz'))
    yield Reader('clips', 5, one_of(clips, 'clips.npz', change_arrays),
                 lambda folder: load_arrays(Clips, folder / 'clips.npz'))
    recorded = made_up_bag(files('recorded', lambda to: None) / 'bag')
    mcap = files('mcap', lambda to: good.bag(to, recorded, StoragePlugin.MCAP))
    database = files('db3', lambda to: good.bag(to, recorded, StoragePlugin.SQLITE3))
    read = partial(read_bag, rectify=same, joint_names=('x', 'y'))
    yield Reader('bag mcap', 6, one_of(mcap, 'mcap.mcap', change_bytes), read)
    yield Reader('bag metadata', 4, one_of(mcap, 'metadata.yaml', change_yaml), read)
    yield Reader('bag messages', 3, bag_of_messages(recorded), read)
    contract = files('contract', lambda to: shutil.copy(
        share('config/contracts/ur5e_realsense.yaml'), to / 'contract.yaml'))
    yield Reader('contract.yaml', 4, one_of(contract, 'contract.yaml', change_yaml),
                 lambda folder: load_contract(folder / 'contract.yaml'))
    for mode, name in ((CompressionMode.FILE, 'file.mcap.zstd'),
                       (CompressionMode.MESSAGE, 'message.mcap')):
        packed = files(mode.name.lower(), lambda to, mode=mode: good.bag(
            to, recorded, StoragePlugin.MCAP, mode))
        yield Reader(f'bag zstd {mode.name.lower()}', 3, one_of(packed, name, change_bytes), read)
    yield Reader('bag repair', 3, one_of(mcap, 'mcap.mcap', change_bytes),
                 lambda folder: repair(folder, folder / 'out'))
    yield Reader('bag db3', 3, one_of(database, 'db3.db3', change_bytes), read)


def _of_runs(files: Callable[..., Path], place: Path, trained: Any) -> Iterator[Reader]:
    """Yield the readers of what training and experiments leave, and of pictures."""
    run = files('run', good.resumed)
    yield Reader('resume state', 5, one_of(run, 'resume.safetensors', change_tensors), read_run)
    yield Reader('journal', 4, one_of(run, 'journal.jsonl', change_bytes), read_journal)
    document = files('document', lambda to: (to / 'kept.json').write_text('{"a": {"b": [1, 2]}}'))
    yield Reader('results', 4, one_of(document, 'kept.json', change_json),
                 lambda folder: kept(folder / 'kept.json', dict))
    scales = load_scales(trained)
    line = {
        'mode': 'm', 'scales': f'{scales.model[:16]} {scales.action:.6g}', 'kind': '', 'seed': 1,
        'during': False, 'success': True, 'cleared': 1, 'dropped': 0, 'remaining': 0, 'actions': 1,
        'plans': 1, 'followed': 0, 'alarms': [1.0], 'disturbed_at': None, 'late': 0, 'stop': '',
        'seconds': 3.0,
    }
    lines = files('lines', lambda to: (to / 'kept.jsonl').write_text(json.dumps(line) + '\n'))
    yield Reader('kept episodes', 4, one_of(lines, 'kept.jsonl', change_json),
                 lambda folder: Playing(1, folder / 'kept.jsonl', scales))
    for extension in ('.png', '.jpg'):
        name = f'goal{extension}'
        goal = files(f'goal{extension}',
                     lambda to, name=name, kind=extension: good.picture(to / name, kind))
        yield Reader(f'goal image {extension}', 3, one_of(goal, name, change_bytes),
                     lambda folder, name=name: read_goal(folder / name, place / 'trained'))
        yield Reader(f'goal of gym {extension}', 3, one_of(goal, name, change_bytes),
                     lambda folder, name=name: read_goal_of_environment(
                         str(folder / name), EnvironmentConfig(image_rows=16, image_columns=16)))
    text = files('text', lambda to: (to / 'options.json').write_text('{"size": [1, 2]}'))
    yield Reader('environment options', 2, one_of(text, 'options.json', change_json), _options)


def _options(folder: Path) -> Any:
    path = folder / 'options.json'
    if not path.is_file() or path.stat().st_size > 1 << 20:
        return None
    text = path.read_text(errors='replace')
    try:
        return EnvironmentConfig(env_options=text).arguments
    except ForesightError as error:
        if '--env-options' not in str(error):
            raise AssertionError('the option is not named') from error
        raise ForesightError(f'{folder}: {error}') from error
