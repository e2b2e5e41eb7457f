"""How settings are declared, and those that several components share."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml

from foresight.errors import ConfigError

SHIPPED = Path('models/clear_table')
"""Checkpoint of the world model that ships, inside this package."""
CLEAR_TABLE = 'clear_table'
"""The usual task."""
CLEAR_TABLE_BOTH = 'clear_table_both'
"""The same two actions ahead, by goal image and cost head."""


def setting(
    default: Any, description: str, unit: str = '', low: int | float | None = None,
    high: int | float | None = None, choices: tuple[str, ...] = (),
) -> Any:
    """Declare one dataclass field with what a user must know about it."""
    metadata = {
        'description': description,
        'unit': unit,
        'low': low,
        'high': high,
        'choices': choices,
    }
    return field(default=default, metadata=metadata)


def check_bounds(config: Any) -> None:
    """Raise ConfigError if a field of `config` is outside its declared bounds."""
    for item in fields(config):
        value, meta = getattr(config, item.name), item.metadata
        where = f'{type(config).__name__}.{item.name} = {value!r}'
        if meta.get('choices') and value not in meta['choices']:
            raise ConfigError(f'{where}: choose one of {", ".join(meta["choices"])}')
        for entry in value if isinstance(value, tuple) else (value,):
            if isinstance(entry, bool) or not isinstance(entry, (int, float)):
                continue
            if not math.isfinite(entry):
                raise ConfigError(f'{where}: must be finite')
            if meta.get('low') is not None and entry < meta['low']:
                raise ConfigError(f'{where}: must be >= {meta["low"]} {meta["unit"]}'.rstrip())
            if meta.get('high') is not None and entry > meta['high']:
                raise ConfigError(f'{where}: must be <= {meta["high"]} {meta["unit"]}'.rstrip())


class Checked:
    """Base of the configurations: bounds are checked when one is made."""

    def __post_init__(self) -> None:
        """Check every field against its bounds."""
        check_bounds(self)


Settings = TypeVar('Settings')


def mapping(content: Any, known: tuple[str, ...], where: str) -> Mapping[str, Any]:
    """Return a mapping that has only known keys.

    Raises:
        ConfigError: If it is anything else.
    """
    if not isinstance(content, dict):
        raise ConfigError(f'{where}: must be a mapping with keys among {", ".join(known)}')
    if 'guardrails' in content:
        raise ConfigError(
            f'{where}: a task cannot change guardrails: they are fixed when a node is configured',
        )
    unknown = [str(key) for key in content if key not in known]
    if unknown:
        raise ConfigError(f'{where}: unknown {", ".join(unknown)}; known are {", ".join(known)}')
    return content


def read_mapping(path: Path, known: tuple[str, ...]) -> Mapping[str, Any]:
    """Read a YAML file that is a mapping of known keys.

    Raises:
        ConfigError: If it cannot be read, or is anything else.
    """
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, ValueError, yaml.YAMLError) as error:
        reason = ' '.join(str(error).split())
        raise ConfigError(f'{path} cannot be read as YAML: {reason}') from error
    return mapping(content, known, f'{path}')


def changed(defaults: Settings, content: Any, where: str) -> Settings:
    """Return the defaults with what a file changes; a list stands for a tuple.

    Raises:
        ConfigError: If a name is unknown, or a value of another type or outside its bounds.
    """
    known = tuple(item.name for item in fields(defaults))  # type: ignore[arg-type]
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in mapping(content, known, where).items()
    }
    for name, value in values.items():
        usual = getattr(defaults, name)
        if _shape(value) != _shape(usual):
            raise ConfigError(f'{where}: {name} = {value!r}: write {_described(usual)}')
    return replace(defaults, **values)  # type: ignore[type-var]


def _shape(value: Any) -> tuple[type, ...]:
    """Return the type of a value and of each of its parts."""
    parts = value if isinstance(value, tuple) else ()
    return (type(value), *(type(part) for part in parts))


def _described(usual: Any) -> str:
    """Say what a value must be, to stand in for the usual one."""
    if isinstance(usual, tuple):
        return f'a list of {len(usual)} numbers, each with a decimal point'
    kind = type(usual)
    return f'{kind.__name__}{", written with a decimal point" if kind is float else ""}'


@dataclass(frozen=True)
class SceneConfig(Checked):
    """Table, bin and floor in `base_link`; the table top is the plane z = 0."""

    table_near: float = setting(
        0.30, 'distance of the near table edge from joint 1', 'm', 0.2, 0.5
    )
    table_depth: float = setting(0.35, 'table size along x', 'm', 0.2, 0.6)
    table_width: float = setting(0.60, 'table size along y, centred on y = 0', 'm', 0.3, 1.0)
    table_height: float = setting(0.10, 'table top above the floor', 'm', 0.05, 0.10)
    bin_depth: float = setting(
        0.20, 'bin size along y, at the +y side of the table', 'm', 0.1, 0.3
    )
    bin_wall: float = setting(
        0.03, 'top of the three outer bin walls above the table top', 'm', 0.0, 0.1
    )
    bin_wall_start: float = setting(
        0.12, 'the two end walls rise only this far from the table, out of the way of the paddle',
        'm', 0.0, 0.3,
    )
    spawn_margin: float = setting(
        0.04, 'objects spawn at least this far from the edges', 'm', 0.0, 0.1
    )
    view_x: tuple[float, float] = setting((0.10, 0.90), 'rectified view along x', 'm')
    view_y: tuple[float, float] = setting((-0.50, 0.70), 'rectified view along y', 'm')

    @property
    def table_x(self) -> tuple[float, float]:
        """Near and far table edge [m]."""
        return self.table_near, self.table_near + self.table_depth

    @property
    def table_y(self) -> tuple[float, float]:
        """Right and left table edge [m]."""
        return -self.table_width / 2, self.table_width / 2

    @property
    def bin_y(self) -> tuple[float, float]:
        """Inner and outer bin edge along y [m]; along x the bin is as long as the table."""
        return self.table_width / 2, self.table_width / 2 + self.bin_depth
