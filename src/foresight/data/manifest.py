"""Manifest: what a folder of episodes says about how they were collected."""

import json
from pathlib import Path
from typing import Any

from foresight.errors import ConfigError, DatasetError
from foresight.settings import SceneConfig

MANIFEST = 'dataset.json'


def collected_scene(folder: Path) -> SceneConfig:
    """Return the table that the episodes of a folder were collected at.

    A folder without a manifest, as one of bags, is of the usual table.

    Raises:
        DatasetError: If the manifest is damaged.
    """
    path = folder / MANIFEST
    if not path.exists():
        return SceneConfig()
    try:
        kept: dict[str, Any] = json.loads(path.read_text())['scene']
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in kept.items()
        }
        return SceneConfig(**known)
    except (ValueError, KeyError, TypeError, ConfigError) as error:
        raise DatasetError(f'{path} is damaged ({error}): collect into another folder') from error
