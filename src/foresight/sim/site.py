"""A simulated site: table, bins and view, and what only a simulation has to be told."""

from dataclasses import dataclass, field
from pathlib import Path

from foresight.settings import SceneConfig, changed
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.tasks.site_file import load_scene, read_site


@dataclass(frozen=True)
class Site:
    """A place: table, bin and view, where the camera is, objects and colours."""

    name: str
    scene: SceneConfig = field(default_factory=SceneConfig)
    camera: CameraConfig = field(default_factory=CameraConfig)
    sim: SimConfig = field(default_factory=SimConfig)


USUAL = Site('usual')
"""Where the shipped model learned: every default."""


def load_site(site: str | Path) -> Site:
    """Read a site.

    Args:
        site: Name of a site of the package, or path of a YAML file; empty = the usual one.

    Raises:
        ConfigError: If there is no such site, or a key or value is not known.
    """
    if not site:
        return USUAL
    path, described = read_site(site)
    return Site(
        path.stem, load_scene(site),
        changed(CameraConfig(), described.get('camera', {}), f'{path}: camera'),
        changed(SimConfig(), described.get('sim', {}), f'{path}: sim'),
    )
