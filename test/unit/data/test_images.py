"""Claims about images: whatever a camera sends, what is read is the same RGB."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from foresight.data.images import image_array
from foresight.errors import ObservationError

FLAT = np.full((8, 10, 3), (200, 90, 30), np.uint8)
NOISE = np.random.default_rng(0).integers(0, 255, (8, 10, 3), np.uint8)
MOSAICS = {'rggb': ((0, 1), (1, 2)), 'bggr': ((2, 1), (1, 0)), 'gbrg': ((1, 2), (0, 1)),
           'grbg': ((1, 0), (2, 1))}


def plain(pixels, encoding, padding=0, big=0):
    """Make an image message; rows are padded with noise."""
    rows = np.ascontiguousarray(pixels).reshape(len(pixels), -1).view(np.uint8)
    rows = np.hstack([rows, np.full((len(rows), padding), 77, np.uint8)])
    return SimpleNamespace(height=len(pixels), width=FLAT.shape[1], encoding=encoding,
                           is_bigendian=big, step=rows.shape[1], data=rows.tobytes())


def packed(content, said='jpeg'):
    return SimpleNamespace(format=said, data=content)


def encoded(image, extension, flags=()):
    return cv2.imencode(extension, image[..., ::-1], list(flags))[1].tobytes()


@pytest.mark.parametrize('padding', [0, 6])
@pytest.mark.parametrize(('encoding', 'order'), [
    ('rgb8', [0, 1, 2]), ('bgr8', [2, 1, 0]), ('rgba8', [0, 1, 2, 0]), ('bgra8', [2, 1, 0, 0]),
])
def test_colours_are_read_as_rgb(encoding, order, padding):
    assert np.array_equal(image_array(plain(NOISE[..., order], encoding, padding)), NOISE)


@pytest.mark.parametrize('encoding', ['mono8', '8UC1'])
def test_grey_is_three_times_the_same(encoding):
    read = image_array(plain(NOISE[..., 0], encoding, 2))
    assert np.array_equal(read, np.repeat(NOISE[..., :1], 3, axis=2))


@pytest.mark.parametrize(('kind', 'big'), [('<u2', 0), ('>u2', 1)])
def test_of_sixteen_bits_the_upper_eight_are_read_in_either_order(kind, big):
    wide = (NOISE.astype(np.uint16) * 256 + 99).astype(kind)
    assert np.array_equal(image_array(plain(wide, 'rgb16', 4, big)), NOISE)
    grey = image_array(plain(wide[..., 1], 'mono16', 0, big))
    assert np.array_equal(grey[..., 2], NOISE[..., 1])


@pytest.mark.parametrize('order', list(MOSAICS))
@pytest.mark.parametrize('bits', [8, 16])
def test_a_mosaic_gives_its_colours(order, bits):
    mosaic = np.zeros((8, 10), np.uint8)
    for row in (0, 1):
        for column in (0, 1):
            mosaic[row::2, column::2] = FLAT[0, 0, MOSAICS[order][row][column]]
    sent = mosaic if bits == 8 else mosaic.astype('<u2') * 256
    assert np.array_equal(image_array(plain(sent, f'bayer_{order}{bits}')), FLAT)


@pytest.mark.parametrize(('encoding', 'place'), [
    ('yuv422', 1), ('uyvy', 1), ('yuv422_yuy2', 0), ('yuyv', 0),
])
def test_brightness_and_colour_in_turn_give_rgb(encoding, place):
    # BT.601 in the range of television, which cameras send.
    y, u, v = np.array([16.0, 128.0, 128.0]) + np.array(
        [[0.257, 0.504, 0.098], [-0.148, -0.291, 0.439], [0.439, -0.368, -0.071]]) @ FLAT[0, 0]
    pixels = np.zeros((8, 10, 2), np.uint8)
    pixels[..., place] = y
    pixels[:, 0::2, 1 - place], pixels[:, 1::2, 1 - place] = u, v
    read = image_array(plain(pixels, encoding)).astype(int)
    assert np.abs(read - FLAT).max() <= 3


@pytest.mark.parametrize(('encoding', 'remedy'), [
    ('16UC1', 'depth image: remap to the colour image'), ('32FC1', 'depth image'),
    ('8UC3', 'set the camera to rgb8'), ('nv12', 'set the camera to rgb8'), ('', 'unknown'),
])
def test_what_is_no_colour_image_is_refused(encoding, remedy):
    with pytest.raises(ObservationError, match=remedy):
        image_array(plain(NOISE, encoding))


def test_sizes_that_do_not_fit_are_refused():
    message = plain(NOISE, 'rgb8')
    message.width = 11
    with pytest.raises(ObservationError, match='check the camera driver'):
        image_array(message)
    odd = plain(np.zeros((7, 10, 2), np.uint8), 'yuyv')
    with pytest.raises(ObservationError, match='even sides'):
        image_array(odd)


def test_png_is_read_exactly_and_jpeg_nearly():
    exact = packed(encoded(NOISE, '.png'), 'rgb8; png compressed bgr8')
    assert np.array_equal(image_array(exact), NOISE)
    read = image_array(packed(encoded(FLAT, '.jpg') + bytes(9), 'rgb8; jpeg compressed bgr8'))
    assert np.abs(read.astype(int) - FLAT).max() <= 4
    grey = cv2.imencode('.jpg', FLAT[..., 0])[1].tobytes()
    assert image_array(packed(grey)).shape == FLAT.shape


@pytest.mark.parametrize('extension', ['.jpg', '.png'])
def test_a_damaged_picture_is_refused(extension):
    whole = encoded(NOISE, extension)
    for content in (whole[:-9], whole[:20], whole[:2], b'', b'GIF89a' + whole):
        with pytest.raises(ObservationError, match='damaged|neither JPEG nor PNG in colour'):
            image_array(packed(content))


def test_a_picture_that_claims_a_huge_size_is_refused_before_it_is_decoded():
    png = bytearray(encoded(NOISE, '.png'))
    png[16:24] = (30_000).to_bytes(4, 'big') * 2
    jpeg = bytearray(encoded(NOISE, '.jpg'))
    start = jpeg.index(b'\xff\xc0') + 5
    jpeg[start:start + 4] = (30_000).to_bytes(2, 'big') * 2
    for content in (png, jpeg):
        with pytest.raises(ObservationError, match='30000 x 30000 .* too large'):
            image_array(packed(bytes(content)))


def test_compressed_depth_is_refused():
    with pytest.raises(ObservationError, match='neither JPEG nor PNG in colour'):
        image_array(packed(encoded(NOISE, '.png'), '16UC1; compressedDepth png'))
