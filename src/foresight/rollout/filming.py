"""A film of a run, drawn afterwards by a few processes from what was recorded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from foresight.closing import Closing
from foresight.robots.arm import ArmModel
from foresight.rollout.workers import Crew
from foresight.sim.settings import SimConfig
from foresight.sim.site import Site, load_site
from foresight.sim.viewer.viewer import Viewer
from foresight.viz.demo_result import DemoResult, Picture
from foresight.viz.film.futures import Futures
from foresight.viz.film.layout import Page, compose
from foresight.viz.film.pages import Take, paint, takes
from foresight.viz.film.table import TablePainter
from foresight.viz.film.timeline import RATE, still
from foresight.viz.video import write_video
from foresight.world_model.encoder import EncoderConfig

PROCESSES = 2
QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 97]
"""Of pictures on their way from one process to another."""


@dataclass(frozen=True)
class Studio:
    """Builds what draws the pictures of a run.

    Attributes:
        sim: Settings of the episode, its seed among them.
        robot: Name of the robot, its folder, or its file.
        site: Where it worked; empty = the usual place.
        encoder: Size of the rectified view.
    """

    sim: SimConfig
    robot: str
    site: str
    encoder: EncoderConfig

    def __call__(self) -> 'Projector':
        """Build it."""
        site = load_site(self.site)
        arm = ArmModel.load(self.robot, site.scene.stand)
        return Projector(Viewer(self.sim, site, arm), site, self.encoder)


class Projector(Closing):
    """Draws the pages of a film."""

    def __init__(self, viewer: Viewer, site: Site, encoder: EncoderConfig) -> None:
        """Take a viewer camera."""
        self._viewer, self._scene, self._encoder = viewer, site.scene, encoder
        self._painter = TablePainter(viewer.view, site.scene)

    def draw(self, take: Take) -> Iterator[Picture]:
        """Draw every page of a take."""
        for page in take.pages:
            big = self._viewer.picture(*take.moment, partial(self._paint, page))
            yield compose(big, page, self._scene, self._encoder)

    def _paint(self, page: Page, picture: Picture) -> None:
        paint(self._painter, picture, page)

    def close(self) -> None:
        """Close the viewer."""
        self._viewer.close()


def packed(projector: Projector, take: Take) -> list[bytes]:
    """Draw a take, and pack its pictures for the way to another process."""
    return [
        cv2.imencode('.jpg', picture[..., ::-1], QUALITY)[1].tobytes()
        for picture in projector.draw(take)
    ]


def write_film(
    folder: Path, result: DemoResult, futures: Sequence[Futures | None], studio: Studio,
    processes: int = PROCESSES,
) -> Path:
    """Write the film of a run, `film.mp4`, and a still of it, `film.png`; return the film.

    Raises:
        DatasetError: If no picture of the run was received.
    """
    film, chosen = folder / 'film.mp4', still(result)

    def watched(pictures: Iterator[Picture]) -> Iterator[Picture]:
        """Keep the still as it goes by."""
        for index, picture in enumerate(pictures):
            if index == chosen:
                cv2.imwrite(str(folder / 'film.png'), picture[..., ::-1])
            yield picture

    with Crew(processes) as crew:
        drawn = crew.run(studio, packed, takes(result, futures))
        write_video(film, watched(_unpacked(data) for each in drawn for data in each), RATE)
    return film


def _unpacked(data: bytes) -> Picture:
    """Return a picture that came from another process."""
    picture = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(picture[..., ::-1])
