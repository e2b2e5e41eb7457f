"""Claims about how bags are packed, split and cut off."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from backports import zstd
from rosbags.rosbag2 import CompressionFormat, CompressionMode, Reader, StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

from foresight.data.bags import bounds
from foresight.data.bags.folder import find_bags
from foresight.data.bags.reader import read_bag
from foresight.data.bags.repair import repair
from foresight.data.bags.writer import BagWriter
from foresight.errors import DatasetError
from foresight.protocols import CameraView

MakeBag = Callable[..., Path]
ARM = ('x', 'y')
KILTED = get_typestore(Stores.ROS2_KILTED)


def same(image: np.ndarray, _: CameraView) -> np.ndarray:
    return image


def packed(bag: Path, out: Path, mode: CompressionMode, plugin: StoragePlugin) -> Path:
    """Write a bag anew, packed in another way."""
    writer = Writer(out, version=9, storage_plugin=plugin)
    writer.set_compression(mode, CompressionFormat.ZSTD)
    with Reader(bag) as reader, writer:
        known = {item.id: writer.add_connection(item.topic, item.msgtype, typestore=KILTED)
                 for item in reader.connections}
        for item, time, data in reader.messages():
            writer.write(known[item.id], time, data)
    return out


@pytest.mark.parametrize('plugin', [StoragePlugin.MCAP, StoragePlugin.SQLITE3])
@pytest.mark.parametrize('mode', [CompressionMode.FILE, CompressionMode.MESSAGE])
def test_a_packed_bag_is_read_also_without_metadata(
    make_bag: MakeBag, tmp_path: Path, mode: CompressionMode, plugin: StoragePlugin,
) -> None:
    bag = packed(make_bag(), tmp_path / 'packed', mode, plugin)
    (bag / 'metadata.yaml').unlink()
    assert bag in find_bags(tmp_path)
    recording = read_bag(bag, same, ARM)
    assert len(recording.stamps) == 100 and len(recording.actions) == 2


def test_a_file_that_unpacks_to_far_more_than_it_is_is_refused(tmp_path: Path) -> None:
    bomb = tmp_path / 'bomb.mcap.zstd'
    bomb.write_bytes(zstd.compress(bytes(1 << 26)))
    with pytest.raises(DatasetError, match='unpacks to more than 1000 times'):
        read_bag(tmp_path, same, ARM)
    with pytest.raises(ValueError, match='cut off or too large'):
        bounds.unpack_message(zstd.compress(bytes((1 << 28) + 9)))


def test_what_a_killed_recorder_left_beside_a_database_is_read(
    make_bag: MakeBag, tmp_path: Path,
) -> None:
    bag = packed(make_bag(), tmp_path / 'db', CompressionMode.NONE, StoragePlugin.SQLITE3)
    path, killed = bag / 'db.db3', tmp_path / 'killed'
    killed.mkdir()
    with sqlite3.connect(path) as known:
        known.execute('PRAGMA journal_mode = WAL')
        known.execute('UPDATE topics SET name = "/cam/camera/image_raw" '
                      'WHERE name = "/camera/image_raw"')
        known.commit()
        for each in bag.glob('db.db3*'):
            (killed / each.name).write_bytes(each.read_bytes())
    known.close()
    assert (killed / 'db.db3-wal').stat().st_size
    assert len(read_bag(killed, same, ARM).stamps) == 100


def test_what_is_lost_of_a_bag_that_was_cut_off_is_told(make_bag: MakeBag) -> None:
    bag = make_bag('cut')
    path = bag / 'cut.mcap'
    path.write_bytes(path.read_bytes()[:-2000])
    assert 'cut.mcap was cut off' in read_bag(bag, same, ARM).remarks[0]


def test_repair_brings_back_every_whole_chunk(make_bag: MakeBag, tmp_path: Path) -> None:
    whole = make_bag('whole', seconds=10.0)
    bag = tmp_path / 'flipped'
    packed(whole, bag, CompressionMode.NONE, StoragePlugin.MCAP)
    path = next(bag.glob('*.mcap'))
    content = bytearray(path.read_bytes())
    path.write_bytes(content[:len(content) - 300])
    made = repair(bag, tmp_path / 'new')
    assert made.topics['/camera/image_raw'] == 100 and made.seconds == pytest.approx(9.98)
    assert (tmp_path / 'new' / 'metadata.yaml').is_file()
    assert len(read_bag(tmp_path / 'new', same, ARM).actions) == 2
    with pytest.raises(DatasetError, match='new'):
        repair(bag, tmp_path / 'new')


def test_repair_leaves_out_the_chunk_that_is_damaged(tmp_path: Path) -> None:
    bag, data = many_chunks(tmp_path / 'bag')
    path = bag / 'bag.mcap'
    word = b'\x04\x00\x00\x00zstd'
    first = data.find(word)
    second = data.find(word, first + 1)
    spots = {'content': second + 5000, 'length': second - 30, 'topics': first + 5000}
    for name, place in spots.items():
        spoilt = bytearray(data)
        spoilt[place] ^= 0x41
        path.write_bytes(spoilt)
        made = repair(bag, tmp_path / name)
        assert made.messages == 10 and made.lost, name


def test_a_bag_of_which_nothing_is_whole_leaves_nothing(tmp_path: Path) -> None:
    bag, data = many_chunks(tmp_path / 'bag')
    (bag / 'bag.mcap').write_bytes(data[:2000])
    with pytest.raises(DatasetError, match='bag is cut off, damaged or no bag'):
        repair(bag, tmp_path / 'new')
    assert not (tmp_path / 'new').exists()


def many_chunks(folder: Path) -> tuple[Path, bytes]:
    """Write six chunks of two messages of noise."""
    kind, noise = 'std_msgs/msg/String', np.random.default_rng(0)
    with BagWriter(folder) as bag:
        bag.add_topic('/text', kind)
        for second in range(12):
            text = noise.integers(1, 127, 599_999, np.uint8).tobytes() + b'\0'
            data = bytes([0, 1, 0, 0]) + (600_000).to_bytes(4, 'little') + text
            bag.write('/text', second * 10**9, data)
    return folder, (folder / f'{folder.name}.mcap').read_bytes()
