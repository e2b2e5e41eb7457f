"""Claims about bags whose images are packets of video."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from rosbags.rosbag2 import Reader, StoragePlugin, Writer

from foresight.data.bags.reader import read_open_bag
from foresight.data.bags.stills import stills
from foresight.data.bags.storage import known_types, open_bag
from foresight.data.bags.video import VIDEO, begins_picture
from foresight.protocols import CameraView

MakeBag = Callable[..., Path]
ARM = ('x', 'y')
TYPES = known_types()
FOXGLOVE, FFMPEG = VIDEO


def same(image: np.ndarray, _: CameraView) -> np.ndarray:
    return image


def encoded(levels: list[int], codec: str = 'libx264') -> list[bytes]:
    """Encode grey pictures of 16 x 12 pixels, one packet a picture, a whole one every ten."""
    encoder = av.CodecContext.create(codec, 'w')
    encoder.width, encoder.height, encoder.pix_fmt, encoder.framerate = 16, 12, 'yuv420p', 10
    encoder.gop_size = 10
    encoder.options = {'tune': 'zerolatency', 'bf': '0', 'x264-params': 'scenecut=0'}
    packets = []
    for level in levels:
        frame = av.VideoFrame.from_ndarray(np.full((12, 16, 3), level, np.uint8), format='rgb24')
        packets += encoder.encode(frame)
    return [bytes(each) for each in [*packets, *encoder.encode(None)]]


def as_video(bag: Path, out: Path, kind: str, name: str = 'h264') -> Path:
    """Write a bag whose images are packets of a video that grows brighter."""
    packets = iter(encoded([2 * number for number in range(100)]))
    with Reader(bag) as reader, Writer(
            out, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        known = {}
        for item in reader.connections:
            image = item.topic == '/camera/image_raw'
            known[item.id] = writer.add_connection(
                item.topic, kind if image else item.msgtype, typestore=TYPES)
        for item, time, data in reader.messages():
            if item.topic == '/camera/image_raw':
                head = TYPES.deserialize_cdr(data, item.msgtype).header
                packet = np.frombuffer(next(packets), np.uint8)
                content = {'timestamp': head.stamp, 'frame_id': '', 'format': name} \
                    if kind == FOXGLOVE else {
                        'header': head, 'width': 16, 'height': 12, 'encoding': name, 'pts': 0,
                        'flags': 0, 'is_bigendian': False}
                message = TYPES.types[kind](data=packet, **content)
                data = TYPES.serialize_cdr(message, kind)
            writer.write(known[item.id], time, data)
    return out


@pytest.mark.parametrize('kind', [FOXGLOVE, FFMPEG])
def test_any_picture_of_a_video_is_decoded(make_bag: MakeBag, tmp_path: Path, kind: str) -> None:
    bag = as_video(make_bag(), tmp_path / 'video', kind)
    with open_bag(bag) as opened:
        recording = read_open_bag(opened, same, ARM)
        seen = stills(opened, recording, [3, 47, 99], same)
    np.testing.assert_allclose(recording.stamps[:3], [0.0, 0.1, 0.2])
    assert len(recording.stamps) == 100 and not recording.left_out
    assert {place: round(float(image.mean()) / 2.0) for place, image in seen.items()} == \
        pytest.approx({3: 3, 47: 47, 99: 99}, abs=2)


def test_a_codec_that_is_not_read_is_named(make_bag: MakeBag, tmp_path: Path) -> None:
    bag = as_video(make_bag(), tmp_path / 'video', FFMPEG, 'av1')
    with open_bag(bag) as opened:
        recording = read_open_bag(opened, same, ARM)
        assert not stills(opened, recording, [3], same)


def test_decoding_begins_at_a_whole_picture() -> None:
    whole = [begins_picture(each, 'h264') for each in encoded(list(range(20)))]
    assert whole == [number % 10 == 0 for number in range(20)]
