"""Perception: camera image to belief, against the empty table, which is kept on disk too."""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from foresight.arrays import fitting, reading
from foresight.errors import ObservationError
from foresight.files import writing
from foresight.protocols import Belief, CameraView, Observation
from foresight.world_model.checkpoint import Checkpoint
from foresight.world_model.jepa import Jepa
from foresight.world_model.observation.eye import see, unexplained
from foresight.world_model.observation.rectification import Rectifier


class Perception:
    """Rectifies and encodes images; holds the empty-table image."""

    def __init__(self, model: Jepa, rectifier: Rectifier, device: str | torch.device) -> None:
        """Keep the model (moved to `device`) and the way images are rectified."""
        self._device = torch.device(device)
        self._model = model.to(self._device).eval()
        self._rectifier = rectifier
        self._empty: UInt8[np.ndarray, 'row column 3'] | None = None

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> 'Perception':
        """Return the perception that a checkpoint learned with, on the device of its model."""
        known = checkpoint.config
        return cls(
            checkpoint.model, Rectifier(known.scene, known.encoder), checkpoint.model.device,
        )

    def set_background(self, image: UInt8[np.ndarray, 'height width 3'], view: CameraView) -> None:
        """Remember this image as the empty table.

        Raises:
            ObservationError: If the image does not fit its camera.
        """
        self._empty = self._rectifier.rectify(image, view)

    def rectify(self, observation: Observation) -> UInt8[np.ndarray, 'row column 3']:
        """Warp an observation onto the table plane.

        Raises:
            ObservationError: If the camera pose is not finite or the image does not fit.
        """
        if not np.isfinite(observation.stamp):
            raise ObservationError('the image has no finite stamp: check the camera driver')
        return self._rectifier.rectify(observation.image, observation.view)

    def encode(self, observation: Observation) -> Belief:
        """Turn an observation into a belief.

        Raises:
            ObservationError: If there is no empty-table image yet, or the image does not fit.
        """
        return self.encode_rectified(self.rectify(observation), observation.stamp)

    @torch.no_grad()
    def encode_rectified(
        self, image: UInt8[np.ndarray, 'row column 3'], stamp: float, most: float = 1.0,
    ) -> Belief:
        """Turn an image that is rectified already into a belief.

        Args:
            image: Image on the table plane.
            stamp: When it was taken [s].
            most: Share of it that things may cover; more is no image to act on.

        Raises:
            ObservationError: If there is no empty-table image yet, or more than things differs.
        """
        if self._empty is None:
            raise ObservationError(
                'there is no empty-table image: clear the table and capture the background'
            )
        seen = see(image, self._empty)
        share = unexplained(seen, self._empty)
        if share > most:
            raise ObservationError(
                f'{share:.0%} of the view differs from the empty table, more than things cover '
                f'({most:.0%}): take hands and shadows away, or clear the table and capture the '
                'background'
            )
        latent = self._model.encode(self._tensor(seen), self._tensor(self._empty))[0]
        if not bool(torch.isfinite(latent).all()):
            raise ObservationError('the latent is not finite: the checkpoint is damaged')
        return Belief(latent=latent, stamp=stamp)

    def _tensor(self, image: np.ndarray) -> Float[Tensor, '1 row column 3']:
        """Move one image to the device."""
        return torch.from_numpy(np.ascontiguousarray(image, np.float32))[None].to(self._device)


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
    remedy = 'delete it and capture again'
    with reading(path, 'image of the empty table', remedy, ObservationError) as read:
        image, matrix, pose = read('image'), read('matrix'), read('base_from_camera')
        if not (np.isfinite(matrix).all() and np.isfinite(pose).all()):
            raise ValueError('a camera that is not finite')
        view = CameraView(matrix, pose, image.shape[1], image.shape[0])
        return fitting(Observation(image, view, float(read('stamp'))))
