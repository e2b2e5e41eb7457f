"""Where the files beside the code are: config, urdf, models, launch, package.xml."""

import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path

from foresight.errors import ConfigError

PACKAGE = 'foresight'


@cache
def root() -> Path:
    """Return the checkout, or the installed share/foresight this code belongs to.

    Walking up from the code finds the right one of several installations: a virtual
    environment, `pip install --user` and a colcon workspace all keep `share` beside `lib`.
    """
    for parent in Path(__file__).resolve().parents:
        for candidate in (parent, parent / 'share' / PACKAGE):
            if (candidate / 'package.xml').is_file() and (candidate / 'config').is_dir():
                return candidate
    raise ConfigError('the files of share/foresight are missing: install the package again')


def share(relative: str) -> Path:
    """Find a file or folder of the package, such as `config/planner.yaml`.

    Raises:
        ConfigError: If it is not there.
    """
    path = root() / relative
    if not path.exists():
        raise ConfigError(f'{relative} is not in this installation: install foresight again')
    return path


def find_model(folder: str | Path) -> Path:
    """Return the folder of a checkpoint: as given if it exists, else the one of the package.

    If neither exists, loading it says what to do.
    """
    inside = root() / folder
    return inside if inside.is_dir() and not Path(folder).is_dir() else Path(folder)


def version() -> str:
    """Return the version that package.xml states."""
    text = ElementTree.parse(share('package.xml')).findtext('version')
    if text is None:
        raise ConfigError('package.xml states no version: install the package again')
    return text
