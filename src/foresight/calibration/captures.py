"""Captures in a folder: where the joints were, and what the camera saw or the user pointed at."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from foresight.errors import FileError
from foresight.files import write_atomically
from foresight.pictures import LARGEST_FILE, unpack
from foresight.reading import damaged, read_bytes, read_json

LISTING = 'captures.json'
MOST = 1000
AGAIN = 'capture again into another folder'
_PICTURE = re.compile(r'\d{3}\.png')


@dataclass(frozen=True)
class Capture:
    """One moment at rest.

    Attributes:
        positions: Joints of the arm [rad].
        image: What a pinhole camera saw; None where there was no camera.
        pixel: Where the user says that the tool touches, x and y [px]; None if nowhere.
    """

    positions: Float[np.ndarray, ' joint']
    image: UInt8[np.ndarray, 'height width 3'] | None = None
    pixel: tuple[float, float] | None = None


@dataclass(frozen=True)
class Captures:
    """What was captured with one arm and one camera.

    Attributes:
        joint_names: Joints, in the order of positions.
        matrix: Intrinsic matrix of the pictures [px]; None without a camera.
        captures: The captures.
    """

    joint_names: tuple[str, ...]
    matrix: Float[np.ndarray, '3 3'] | None = None
    captures: tuple[Capture, ...] = ()

    def save(self, folder: Path) -> None:
        """Write pictures, and then the list of them.

        Raises:
            FileError: If they cannot be written.
        """
        listed: list[dict[str, Any]] = []
        for index, capture in enumerate(self.captures):
            entry: dict[str, Any] = {'positions': capture.positions.tolist()}
            if capture.image is not None:
                entry['image'] = f'{index:03}.png'
                packed = cv2.imencode('.png', capture.image[..., ::-1])[1]
                write_atomically(folder / entry['image'], packed.tobytes())
            if capture.pixel is not None:
                entry['pixel'] = list(capture.pixel)
            listed.append(entry)
        matrix = None if self.matrix is None else self.matrix.tolist()
        document = {'joints': list(self.joint_names), 'matrix': matrix, 'captures': listed}
        write_atomically(folder / LISTING, json.dumps(document, indent=1) + '\n')

    @classmethod
    def read(cls, folder: Path, joint_names: Sequence[str]) -> 'Captures':
        """Read a folder.

        Args:
            folder: What `save` wrote.
            joint_names: Joints of the arm that it shall be of, in the order that is wanted.

        Raises:
            FileError: If there is none, it is damaged or of another arm.
        """
        path = folder / LISTING
        if not path.is_file():
            raise FileError(f'{folder} holds no captures: run `foresight calibrate capture` first')
        with damaged(path, AGAIN, FileError):
            found = read_json(path)
            names = list(found['joints'])
            if sorted(names) != sorted(joint_names):
                raise FileError(f'{path} is of an arm with joints {", ".join(map(str, names))}: '
                                'give its --robot')
            order = [names.index(name) for name in joint_names]
            listed = found['captures']
            if len(listed) > MOST:
                raise ValueError(f'more than {MOST} captures')
            matrix = None if found['matrix'] is None else _numbers(found['matrix'], (3, 3))
            captures = tuple(_read(entry, order, folder) for entry in listed)
        return cls(tuple(joint_names), matrix, captures)


def _read(entry: Any, order: list[int], folder: Path) -> Capture:
    """Read one capture."""
    positions = _numbers(entry['positions'], (len(order),))[order]
    name, pixel = entry.get('image'), entry.get('pixel')
    if name is not None and not _PICTURE.fullmatch(name):
        raise ValueError(f'{name!r} is no name of a picture')
    image = None if name is None else unpack(read_bytes(folder / name, LARGEST_FILE))
    if pixel is None:
        return Capture(positions, image)
    across, down = _numbers(pixel, (2,))
    return Capture(positions, image, (float(across), float(down)))


def _numbers(value: Any, shape: tuple[int, ...]) -> Float[np.ndarray, '...']:
    """Read finite numbers of a shape."""
    numbers = np.array(value, float)
    if numbers.shape != shape or not np.isfinite(numbers).all():
        raise ValueError(f'{value!r}: {" x ".join(map(str, shape))} finite numbers are needed')
    return numbers
