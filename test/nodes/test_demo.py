"""Claims about the demo: real nodes in processes of their own, over DDS."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from PIL import Image
from rosbags.rosbag2 import Reader

from foresight.actions.loading import make_model
from foresight.actions.push.macro_action import PushAction
from foresight.cli.data import import_bags
from foresight.data.bags.actions import NO_AFTER, BagConfig
from foresight.data.bags.importing import BagImport, kept_transitions
from foresight.data.camera import LensConfig
from foresight.errors import DatasetError
from foresight.files import share
from foresight.nodes.topics import NODES
from foresight.robots.robot_file import RobotConfig
from foresight.rollout.inventory import inventory
from foresight.settings import SceneConfig
from foresight.tasks.clear_table.cost_head import CostHead
from foresight.viz.film.timeline import CHOOSE, END, FASTER, RATE, RESULT, THINK
from foresight.viz.video import read_video
from foresight.world_model.checkpoint import CheckpointConfig, save
from foresight.world_model.encoder import EncoderConfig

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory) -> Path:
    """An untrained checkpoint: it pushes somewhere."""
    torch.manual_seed(0)
    folder, known = tmp_path_factory.mktemp('checkpoint'), CheckpointConfig()
    model = make_model(known)
    head = CostHead(known.encoder.channels, model.raster.scene_map)
    save(folder, {'world_model': model, 'cost_head': head}, known)
    return folder


def demo(checkpoint: Path, out: Path, *arguments: str) -> subprocess.Popen:
    """Start the demo."""
    return subprocess.Popen(
        [sys.executable, '-m', 'foresight.cli.main', 'demo', '--checkpoint', str(checkpoint),
         '--out', str(out), '--json', str(out / 'demo.json'), *arguments],
        env={**os.environ, 'PYTHONPATH': str(share('src'))}, stderr=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=heed_interrupts,
    )


def heed_interrupts() -> None:
    """Undo what a shell does to commands in the background: they ignore SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def nodes_of(out: Path) -> list[int]:
    """Processes of the demo that writes to `out`, told by their log file."""
    found = []
    for process in Path('/proc').glob('[0-9]*'):
        try:
            log = os.readlink(process / 'fd' / '1')
        except OSError:
            continue
        if log.startswith(str(out / 'log')):
            found.append(int(process.name))
    return found


def wait_for(condition, seconds: float = 120.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, 'it does not happen'
        time.sleep(0.1)


def plays(out: Path) -> bool:
    """Tell whether the planner works."""
    log = out / 'log' / 'planner.log'
    return log.is_file() and 'OK' in log.read_text()


def test_demo_leaves_film_report_bag_and_figures_but_no_process(checkpoint, tmp_path):
    running = demo(checkpoint, tmp_path, '--max-actions', '2', '--pictures',
                   str(tmp_path / 'shown'))
    _, words = running.communicate(timeout=240)
    assert running.returncode in (0, 1), words
    document = json.loads((tmp_path / 'demo.json').read_text())
    assert running.returncode == (0 if document['success'] else 1), words
    assert document['actions'] == 2 or document['success']
    check_film(tmp_path, tmp_path / 'shown', document['actions'])
    assert 'Action 1' in (tmp_path / 'report.html').read_text()
    with Reader(tmp_path / 'bag') as reader:
        topics = {connection.topic for connection in reader.connections if connection.msgcount}
    assert {'/camera/image_raw', '/latent', '/belief', '/macro_action', '/commands'} <= topics
    assert all(budget['measured'] != 'not measured' for budget in document['budgets'])
    assert not nodes_of(tmp_path)
    check_import(tmp_path / 'bag')


def check_film(out: Path, shown: Path, actions: int) -> None:
    """Check that film, still and moving picture show the whole run."""
    pictures, rate = read_video(out / 'film.mp4')
    assert pictures[0].shape == (720, 1280, 3) and rate == RATE
    paused = actions * (THINK + CHOOSE + RESULT) + END
    assert paused < len(pictures) / rate < paused + (actions + 1) * 15.0 / FASTER
    with Image.open(out / 'film.png') as still, Image.open(shown / 'demo.webp') as moving:
        assert still.size == (1280, 720) and moving.size == (720, 405) and moving.n_frames > 10
    assert (shown / 'demo.png').read_bytes() == (out / 'film.png').read_bytes()


def check_import(bag: Path) -> None:
    """Check that the bag of a demo is training data."""
    importer = BagImport(
        SceneConfig(), EncoderConfig(), RobotConfig(), BagConfig(), PushAction(),
    )
    (found,) = importer.read(bag)
    assert len(found.actions) + sum(found.dropped.values()) == len(found.recording.actions) > 0
    assert NO_AFTER not in found.dropped  # the recording waits for the last action
    assert importer.summary(found).clip_seconds > 3.0
    said = bag / 'said.json'
    settings = BagConfig(), RobotConfig(), EncoderConfig(), LensConfig()
    import_bags(*settings, bag, json=str(said))
    document = json.loads(said.read_text())
    assert document['actions'] == len(found.actions) and document['bags'] == 1
    assert document['by_bag'][0]['dropped'] == found.dropped
    held = inventory(bag)
    assert (held.kind, held.count, held.actions) == ('bags', 1, len(found.actions))
    if found.actions:
        kept = kept_transitions(bag, PushAction(), EncoderConfig())
        assert len(kept) == len(found.actions) and not kept.has_labels
    (bag / 'cut').mkdir()
    (bag / 'cut' / 'cut.mcap').write_bytes(b'not a bag')
    before = contents(bag)
    with pytest.raises(DatasetError, match='cut is cut off, damaged or no bag'):
        import_bags(*settings, bag, json=str(said))
    assert contents(bag) == before


def contents(folder: Path) -> dict[Path, bytes]:
    """Return the bytes of every file."""
    return {path: path.read_bytes() for path in folder.rglob('*') if path.is_file()}


def test_tables_are_cleared_one_after_the_other_until_it_is_stopped(checkpoint, tmp_path):
    running = demo(checkpoint, tmp_path, '--episodes', '0', '--objects', '1', '--max-actions', '1')
    assert any(line.startswith('table 1, seed 0: ') for line in running.stderr)
    wait_for(lambda: (tmp_path / 'bag_1').exists())
    running.send_signal(signal.SIGINT)
    assert running.wait(30) == 0
    running.stderr.close()
    assert not nodes_of(tmp_path)
    document = json.loads((tmp_path / 'demo.json').read_text())
    assert document['episodes'] >= 1 and document['objects'] == document['episodes']
    assert document['commands'] > 500 and set(document['resident_bytes']) == {'demo', *NODES}


def test_no_node_outlives_a_demo_that_is_killed(checkpoint, tmp_path):
    running = demo(checkpoint, tmp_path)
    wait_for(lambda: plays(tmp_path))
    assert len(nodes_of(tmp_path)) == len(NODES)
    running.kill()
    running.wait(30)
    running.stderr.close()
    wait_for(lambda: not nodes_of(tmp_path), 30.0)  # the guard stops the arm first


def test_demo_ends_with_its_world_and_stops_the_others(checkpoint, tmp_path):
    running = demo(checkpoint, tmp_path)
    wait_for(lambda: plays(tmp_path))
    sim = next(
        pid for pid in nodes_of(tmp_path)
        if os.readlink(f'/proc/{pid}/fd/1').endswith('sim.log')
    )
    os.kill(sim, signal.SIGKILL)
    _, words = running.communicate(timeout=60)
    assert running.returncode == 2
    assert 'sim ended with status -9' in words
    assert not nodes_of(tmp_path)


def test_missing_checkpoint_is_one_line(tmp_path):
    running = demo(tmp_path / 'nowhere', tmp_path)
    _, words = running.communicate(timeout=60)
    assert running.returncode == 2 and 'foresight train world-model' in words
