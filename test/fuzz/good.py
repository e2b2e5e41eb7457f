"""Good files, small ones: what the broken ones are made from."""

import json
import shutil
from dataclasses import asdict
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import torch
import yaml
from rosbags.rosbag2 import CompressionFormat, CompressionMode, Reader, StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

from foresight.actions.loading import load, make_model
from foresight.arrays import save_arrays
from foresight.calibration.captures import Capture, Captures
from foresight.data.clips import Clips
from foresight.data.episodes import Episode, Images, save_episode
from foresight.data.transitions import build_transitions, save_transitions
from foresight.files import share
from foresight.learning.resume import write_state
from foresight.protocols import CameraView, Observation
from foresight.robots.description import load_urdf
from foresight.robots.robot_file import RobotFile, find_robot
from foresight.rollout.collect import _described
from foresight.rollout.play import PlayConfig
from foresight.settings import SceneConfig
from foresight.world_model import checkpoint
from foresight.world_model.belief.memory import Memory
from foresight.world_model.belief.memory_file import MemoryOwner, save_memory
from foresight.world_model.belief.surprise import SurpriseScales, save_scales
from foresight.world_model.checkpoint import Checkpoint, CheckpointConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.perception import save_background
from foresight.world_model.observation.rectification import Rectifier
from foresight.world_model.predictors.task import PredictorConfig
from foresight.world_model.scene_map import draw_scene

ENCODER = EncoderConfig(rows=16, columns=16, channels=4, width=8)
CONFIG = CheckpointConfig(encoder=ENCODER, predictor=PredictorConfig(width=16, blocks=1))
SIZE = 24, 32
TYPES = get_typestore(Stores.ROS2_KILTED)
DOWN = np.diag([1.0, -1.0, -1.0, 1.0])


def captures(folder: Path) -> None:
    """Write captures of two joints."""
    taken = Capture(np.ones(2), np.zeros((*SIZE, 3), np.uint8), (3.0, 4.0)), Capture(np.zeros(2))
    Captures(('x', 'y'), view().matrix, taken).save(folder)


def view() -> CameraView:
    """Return a camera above the table that sees all of it."""
    pose = DOWN.copy()
    pose[:3, 3] = 0.5, 0.1, 2.0
    matrix = np.array([[40.0, 0.0, 15.5], [0.0, 40.0, 11.5], [0.0, 0.0, 1.0]])
    return CameraView(matrix, pose, SIZE[1], SIZE[0])


def episode() -> Episode:
    """Return an episode of two actions."""
    dice = np.random.default_rng(0)
    shots = list(dice.integers(0, 255, (3, *SIZE, 3), np.uint8))
    return Episode(
        meta={'seed': 3, 'objects': ['box', 'ball'], 'rejected': 1, 'kind': 'push',
              'scene': json.loads(json.dumps(asdict(SceneConfig())))},
        view=view(), background=shots[0], stills=Images.encode(shots, '.png'),
        actions=np.full((2, 4), 0.2, np.float32), aimed=np.ones(2, bool),
        objects=dice.uniform(0.1, 0.4, (3, 2, 3)).astype(np.float32),
        statuses=np.ones((3, 2), np.int8), frames=Images.encode(shots[:2] * 2, '.jpg'),
        frame_actions=np.repeat(np.arange(2), 2).astype(np.int16),
        frame_stamps=np.arange(4) / 10.0, joint_positions=np.zeros((4, 7), np.float32),
        tool_poses=np.tile(np.eye(4, dtype=np.float32), (4, 1, 1)), seconds=12.5,
    )


def robot(folder: Path, plain: bool) -> None:
    """Write a robot: its file, and its URDF or xacro."""
    content = yaml.safe_load(find_robot('panda').read_text())
    if plain:
        del content['tool'], content['flange']
        content['description'] = 'arm.urdf'
        (folder / 'arm.urdf').write_text(load_urdf(RobotFile.read('panda')))
    else:
        shutil.copy(share('config/robots/panda/arm.urdf.xacro'), folder)
    content['keep_out'] = {'glass': [0.3, 0.4, -0.3, -0.2]}
    (folder / 'robot.yaml').write_text(yaml.safe_dump(content))


def model(folder: Path) -> None:
    """Write a checkpoint with its scales."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        checkpoint.save(folder, {'world_model': make_model(CONFIG)}, CONFIG)
    owner = MemoryOwner.of(load(folder, 'cpu'))
    save_scales(folder, SurpriseScales(0.1, 1.0, 0.2, 1.0, 2.0, 30, 0, owner.model, 'make'))


@cache
def trained(folder: Path) -> Checkpoint:
    """Return a checkpoint that stays as it is."""
    model(folder)
    return load(folder, 'cpu')


def memory(path: Path, owner: MemoryOwner) -> None:
    """Write a memory."""
    latent = torch.zeros(4, 4, 4)
    save_memory(path, Memory(latent, torch.zeros(4, 4), torch.ones(4, 4), 0.0), owner, 1.0)


def background(path: Path) -> None:
    """Write the image of the empty table."""
    save_background(path, Observation(np.zeros((*SIZE, 3), np.uint8), view(), 1.0))


def play(folder: Path) -> None:
    """Write a folder of one episode and what it was collected with."""
    save_episode(episode(), folder / 'episode_00000003.npz')
    described = json.loads(json.dumps(_described(PlayConfig())))
    (folder / 'dataset.json').write_text(json.dumps(described))


def cache_of_play(folder: Path) -> None:
    """Write what was rectified of an episode."""
    save_episode(episode(), folder / 'episode_00000003.npz')
    rectifier = Rectifier(SceneConfig(), ENCODER)
    built = build_transitions(
        folder, rectifier.rectify, rectifier.project,
        lambda _: draw_scene(SceneConfig(), ENCODER.grid).numpy(),
    )
    save_transitions(built, folder)
    (folder / 'episode_00000003.npz').unlink()


def clips(path: Path) -> None:
    """Write a few clips."""
    save_arrays(Clips(np.zeros((2, 3, 4, 4, 3), np.uint8), np.zeros((2, 4, 4, 3), np.uint8)), path)


def resumed(folder: Path) -> None:
    """Write the state of a tiny run, and its journal."""
    layer = torch.nn.Linear(3, 2)
    optimizer = torch.optim.AdamW(layer.parameters())
    layer(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    write_state(folder, 7, layer, optimizer, {'train': {'seed': 0}, 'dataset': 'x'})
    lines = [{'step': step, 'group': 'loss', 'total': 1.0} for step in (20, 40, 60)]
    (folder / 'journal.jsonl').write_text(''.join(f'{json.dumps(line)}\n' for line in lines))


def picture(path: Path, extension: str) -> None:
    """Write a picture of the size that the small model sees."""
    levels = np.random.default_rng(1).integers(0, 255, (16, 16, 3), np.uint8)
    path.write_bytes(cv2.imencode(extension, levels)[1].tobytes())


def bag(
    folder: Path, messages: list[tuple[str, str, int, bytes]], plugin: StoragePlugin,
    packed: CompressionMode = CompressionMode.NONE,
) -> None:
    """Write a bag of serialized messages: topic, type, time, data."""
    shutil.rmtree(folder, ignore_errors=True)
    writer = Writer(folder, version=9, storage_plugin=plugin)
    writer.set_compression(packed, CompressionFormat.ZSTD)
    with writer:
        known = {}
        for topic, kind, stamp, data in messages:
            if topic not in known:
                known[topic] = writer.add_connection(topic, kind, typestore=TYPES)
            writer.write(known[topic], stamp, data)


def messages_of(folder: Path) -> list[tuple[str, str, int, bytes]]:
    """Read the serialized messages of a good bag."""
    with Reader(folder) as reader:
        return [(item.topic, item.msgtype, stamp, bytes(data))
                for item, stamp, data in reader.messages()]
