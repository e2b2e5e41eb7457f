"""Claims about files of arrays: what they promise is checked before it is read."""

import io
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from jaxtyping import Float, Int

from foresight.arrays import fitting, load_arrays, reading, save_arrays
from foresight.errors import DatasetError


@dataclass(frozen=True)
class Pair:
    places: Float[np.ndarray, 'row 2']
    counts: Int[np.ndarray, ' row']


def header(shape: str, kind: str = "'<f8'") -> bytes:
    text = f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b'\x93NUMPY\x01\x00' + struct.pack('<H', len(text)) + text


def packed(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(f'{name}.npy', data)
    return path


def npy(value: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, value)
    return out.getvalue()


GOOD = npy(np.zeros((3, 2)))


@pytest.mark.parametrize('places', [
    header('(1073741824, 1073741824)'), header('(-1, 2)'), header('(3, 2)', "'|O'"),
    header('()', "'<U1000000000'"), header('(3, 2)') + bytes(47), b'', b'\x93NUMPY\x09\x00',
    header('"x"'), header('(3, 2)', '['), GOOD + b'x',
])
def test_a_header_that_promises_what_is_not_there_is_refused(
    tmp_path: Path, places: bytes,
) -> None:
    path = packed(tmp_path / 'pair.npz', places=places, counts=npy(np.zeros(3, int)))
    with pytest.raises(DatasetError, match='pair.npz is damaged .*: delete it and run again'):
        load_arrays(Pair, path)


def test_a_small_file_of_very_much_is_not_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path / 'bomb.npz', a=npy(np.zeros(1 << 16, np.uint8)))
    with pytest.raises(DatasetError, match='more than 5000 bytes of arrays'), \
            reading(path, 'bomb', 'delete it', most=5000):
        pass


def test_arrays_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    for places, counts in ((np.zeros((3, 2)), np.zeros(4, int)), (np.zeros(6), np.zeros(3, int)),
                           (np.zeros((3, 2), int), np.zeros(3, int))):
        path = packed(tmp_path / 'pair.npz', places=npy(places), counts=npy(counts))
        with pytest.raises(DatasetError, match='is damaged'):
            load_arrays(Pair, path)


@pytest.mark.parametrize('order', ['<', '>'])
def test_a_text_of_no_letters_is_refused(tmp_path: Path, order: str) -> None:
    for letter, fine in ((0x10FFFF, True), (0x110000, False), (0xFFFFFFFF, False)):
        data = header('()', f"'{order}U1'") + np.array(letter, f'{order}u4').tobytes()
        path = packed(tmp_path / 'text.npz', text=data)
        if fine:
            with reading(path, 'text', 'delete it') as read:
                assert str(read('text')) == chr(letter)
        else:
            with pytest.raises(DatasetError, match='no letters'), \
                    reading(path, 'text', 'delete it') as read:
                read('text')


def test_what_fits_stays(tmp_path: Path) -> None:
    pair = Pair(np.ones((3, 2)), np.arange(3))
    assert fitting(pair) is pair
    save_arrays(pair, tmp_path / 'pair.npz')
    np.testing.assert_array_equal(load_arrays(Pair, tmp_path / 'pair.npz').counts, [0, 1, 2])
