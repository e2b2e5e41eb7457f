"""Which mesh models belong to which object set, and their size and centre."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pybullet_data
from jaxtyping import Float

from foresight.errors import ConfigError

SEEN = 900  # random_urdfs 000-899 may be trained on; 900-999 never
# 168 has vertices that are not numbers; the others are plates that the paddle passes over.
# A neighbour takes the place of each, so that no other draw changes.
UNFIT = (168, 295, 297, 824)
MODELS = ('objects/mug.obj', 'duck.obj', 'lego/lego.obj', 'domino/domino.obj', 'jenga/jenga.obj')


@dataclass(frozen=True)
class Mesh:
    """A mesh file with what is needed to place it.

    Attributes:
        path: Wavefront file.
        center: Centre of mass in the frame of the file.
        extents: Size along each axis of the file.
    """

    path: Path
    center: Float[np.ndarray, '3']
    extents: Float[np.ndarray, '3']


@cache
def seen_paths() -> tuple[Path, ...]:
    """Return the models that may be trained on."""
    return tuple(_blob(number - (number in UNFIT)) for number in range(SEEN))


@cache
def unseen_paths() -> tuple[Path, ...]:
    """Return the models kept for testing."""
    folder = Path(pybullet_data.getDataPath())
    return (*(_blob(number) for number in range(SEEN, 1000)), *(folder / name for name in MODELS))


def _blob(number: int) -> Path:
    name = f'{number:03d}'
    return Path(pybullet_data.getDataPath()) / 'random_urdfs' / name / f'{name}.obj'


@cache
def load_mesh(path: Path) -> Mesh:
    """Read the size and the centre of mass of a model; read once a process.

    Raises:
        ConfigError: If the model is missing or has no faces.
    """
    if not path.is_file():
        raise ConfigError(f'{path} is missing: reinstall pybullet, which ships pybullet_data')
    vertices, faces = _parse(path)
    if not len(faces):
        raise ConfigError(f'{path} has no faces: reinstall pybullet, which ships pybullet_data')
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    middle = (low + high) / 2
    corners = vertices[faces] - middle  # face corner axis
    volumes = (np.cross(corners[:, 0], corners[:, 1]) * corners[:, 2]).sum(axis=1)  # tetrahedra
    center = np.clip(middle + volumes @ corners.sum(axis=1) / 4 / volumes.sum(), low, high)
    return Mesh(path, center, high - low)


def _parse(path: Path) -> tuple[Float[np.ndarray, 'vertex 3'], np.ndarray]:
    """Return vertices and triangles of a Wavefront file."""
    vertices, faces = [], []
    for line in path.read_text(errors='replace').splitlines():
        words = line.split()
        if words[:1] == ['v']:
            vertices.append([float(word) for word in words[1:4]])
        elif words[:1] == ['f']:
            corners = [int(word.split('/')[0]) for word in words[1:]]
            faces += [(corners[0], *corners[i : i + 2]) for i in range(1, len(corners) - 1)]
    triangles = np.array(faces, dtype=np.int64).reshape(-1, 3)
    return np.array(vertices), np.where(triangles > 0, triangles - 1, triangles + len(vertices))
