"""Claims about compressed pictures: nothing large comes out of a small file."""

import cv2
import numpy as np
import pytest

from foresight.pictures import LONGEST_SIDE, SCAN, unpack

LEVELS = np.random.default_rng(0).integers(0, 255, (6, 9, 3), np.uint8)


def packed(kind: str) -> bytes:
    return bytes(cv2.imencode(kind, LEVELS[..., ::-1])[1].tobytes())


def test_a_png_comes_back_as_it_was() -> None:
    np.testing.assert_array_equal(unpack(packed('.png')), LEVELS)


def test_a_jpeg_comes_back_in_its_size() -> None:
    assert unpack(packed('.jpg')).shape == LEVELS.shape


@pytest.mark.parametrize('size', [0, LONGEST_SIDE + 1, 1 << 31])
def test_a_png_that_says_to_be_huge_is_not_unpacked(size: int) -> None:
    data = bytearray(packed('.png'))
    data[16:20] = size.to_bytes(4)
    with pytest.raises(ValueError, match=f'a picture of {size} x 6 pixels'):
        unpack(bytes(data))


def test_a_jpeg_that_says_to_be_huge_is_not_unpacked() -> None:
    data = packed('.jpg')
    place = data.index(b'\xff\xc0')
    huge = data[:place + 5] + b'\xff\xff\xff\xff' + data[place + 9:]
    with pytest.raises(ValueError, match='a picture of 65535 x 65535 pixels'):
        unpack(huge)


@pytest.mark.parametrize('data', [
    b'', b'\xff\xd8', b'\xff\xd8\xff\xe0\x00\x00' * 3, b'GIF89a', packed('.png')[:40],
    packed('.png')[:-9], packed('.jpg')[:-9],
    packed('.jpg')[:2] + SCAN * 65 + packed('.jpg')[2:], packed('.bmp'),
])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match='picture'):
        unpack(data)
