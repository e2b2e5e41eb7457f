"""Site files: where a robot works, read from `config/sites/<site>.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from foresight.errors import ConfigError
from foresight.files import find_file, write_atomically
from foresight.reading import damaged
from foresight.settings import Checked, SceneConfig, changed, read_mapping, setting

KEYS = ('scene', 'camera', 'sim')


@dataclass(frozen=True)
class PlaceConfig(Checked):
    """Where the robot works; give sim, perception, predictor, planner and guard the same."""

    site: str = setting(
        '', 'a name in config/sites, or a YAML file; empty = where the world model learned'
    )


def read_site(site: str | Path) -> tuple[Path, Mapping[str, Any]]:
    """Read what a site says: its file, and its keys.

    Raises:
        ConfigError: If there is no such site, or a key is not known.
    """
    path = find_file('site', site)
    return path, read_mapping(path, KEYS)


def load_scene(site: str | Path) -> SceneConfig:
    """Read table, bins and view of a site, which is all that a real arm needs of it.

    Args:
        site: Name of a site of the package, or path of a YAML file; empty = the usual one.

    Raises:
        ConfigError: If there is no such site, a key or value is not known, or the view does not
            hold the table and its bins.
    """
    if not str(site):
        return SceneConfig()
    path, described = read_site(site)
    scene = changed(SceneConfig(), described.get('scene', {}), f'{path}: scene')
    with damaged(path, 'mend its scene', ConfigError):
        scene.check_view()
    return scene


def write_stand(path: Path, site: str | Path, stand: tuple[float, float, float, float]) -> None:
    """Write a site that is another one but for where the base of the arm stands.

    Args:
        path: The file.
        site: Name of a site of the package, or path of a YAML file; empty = the usual one.
        stand: Where the base stands in the frame of the table: x, y, height [m], turn [rad].

    Raises:
        FileError: If it cannot be written.
    """
    known = dict(read_site(site)[1]) if str(site) else {}
    numbers = [round(float(number), 6) for number in stand]
    known['scene'] = {**known.get('scene', {}), 'stand': numbers}
    write_atomically(path, yaml.safe_dump(known, sort_keys=False))
