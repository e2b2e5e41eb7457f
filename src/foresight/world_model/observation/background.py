"""The empty table on disk: the raw image and the camera that took it."""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from foresight.errors import ObservationError
from foresight.files import writing
from foresight.protocols import CameraView, Observation


def save_background(path: Path, empty: Observation) -> None:
    """Write the image of the empty table; a reader finds the old file or the new one.

    Raises:
        FileError: If it cannot be written.
    """
    with writing(path) as file:
        np.savez_compressed(
            file, image=empty.image, matrix=empty.view.matrix,
            base_from_camera=empty.view.base_from_camera, stamp=empty.stamp,
        )


def load_background(path: Path) -> Observation:
    """Read the image of the empty table.

    Raises:
        ObservationError: If the file is damaged.
    """
    try:
        with path.open('rb') as file, np.load(file, allow_pickle=False) as kept:
            image, matrix, pose = kept['image'], kept['matrix'], kept['base_from_camera']
            stamp = float(kept['stamp'])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ObservationError(f'{path} is damaged: delete it and capture again') from error
    view = CameraView(matrix, pose, image.shape[1], image.shape[0])
    return Observation(image, view, stamp)
