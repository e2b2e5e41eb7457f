"""How settings are declared, and those that several components share."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from foresight.errors import ConfigError
from foresight.reading import damaged, read_yaml

SHIPPED = Path('models/clear_table')
"""Checkpoint of the world model that ships, inside this package."""
CLEAR_TABLE = 'clear_table'
"""The usual task: two actions ahead, by an image of the empty table and by the cost head."""
BY_COST_HEAD, BY_GOAL = 'clear_table_by_cost_head', 'clear_table_by_goal'
"""The same by one of the two alone."""


def setting(
    default: Any, description: str, unit: str = '', low: int | float | None = None,
    high: int | float | None = None, choices: tuple[str, ...] = (), flag: str = '',
) -> Any:
    """Declare one dataclass field with what a user must know about it.

    A `flag` is how a command line calls it, where its own name cannot be: `from`.
    """
    metadata = {
        'description': description,
        'unit': unit,
        'low': low,
        'high': high,
        'choices': choices,
        'flag': flag,
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
            if isinstance(entry, float) and not math.isfinite(entry):
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
    with damaged(path, 'write it as YAML', ConfigError):
        content = read_yaml(path)
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
        if _shape(value) != _shape(usual) and not _words(value, usual):
            raise ConfigError(f'{where}: {name} = {value!r}: write {_described(usual)}')
    try:
        return replace(defaults, **values)  # type: ignore[type-var]
    except ConfigError as error:
        raise ConfigError(f'{where}: {error}') from error


def _shape(value: Any) -> tuple[type, ...]:
    """Return the type of a value and of each of its parts."""
    parts = value if isinstance(value, tuple) else ()
    return (type(value), *(type(part) for part in parts))


def _words(value: Any, usual: Any) -> bool:
    """Tell whether both are lists of words, of which there may be any number."""
    return all(isinstance(item, tuple) and item and {type(part) for part in item} == {str}
               for item in (value, usual))


def _described(usual: Any) -> str:
    """Say what a value must be, to stand in for the usual one."""
    if isinstance(usual, tuple) and isinstance(usual[0], str):
        return 'a list of words'
    if isinstance(usual, tuple):
        return f'a list of {len(usual)} numbers, each with a decimal point'
    kind = type(usual)
    return f'{kind.__name__}{", written with a decimal point" if kind is float else ""}'


@dataclass(frozen=True)
class Zone:
    """A bin beside the table: what comes to rest in it is cleared.

    Attributes:
        side: Side of the table that it is open to.
        x: Lowest and highest x [m].
        y: Lowest and highest y [m].
    """

    side: str
    x: tuple[float, float]
    y: tuple[float, float]

    @property
    def along(self) -> tuple[float, float]:
        """Where it begins and ends along its side of the table [m]."""
        return self.x if self.side in BESIDE else self.y

    @property
    def across(self) -> tuple[float, float]:
        """Lowest and highest coordinate away from the table [m]."""
        return self.y if self.side in BESIDE else self.x

    @property
    def edge(self) -> float:
        """Where the table ends and the bin begins, a y or an x [m]."""
        return self.across[0] if self.outward > 0 else self.across[1]

    @property
    def outward(self) -> int:
        """Sign of the way from the table into the bin, along y or x."""
        return 1 if self.side in ('left', 'far') else -1


BESIDE = ('left', 'right')
SIDES = ('left', 'right', 'far', 'near')
"""Sides of a table as the arm sees it: left is +y, far is +x."""


@dataclass(frozen=True)
class SceneConfig(Checked):
    """Table, bins and floor in the frame of the table; the table top is the plane z = 0.

    The frame of the table is `base_link`, unless the arm has a stand of its own.
    """

    table_near: float = setting(0.30, 'x of the near table edge', 'm', 0.1, 0.6)
    table_depth: float = setting(0.35, 'table size along x', 'm', 0.2, 0.6)
    table_width: float = setting(0.60, 'table size along y', 'm', 0.3, 1.0)
    table_middle: float = setting(0.0, 'y of the middle of the table', 'm', -0.3, 0.3)
    table_height: float = setting(0.10, 'table top above the floor', 'm', 0.05, 0.10)
    bins: tuple[str, ...] = setting(
        ('left',), 'sides of the table with a bin: left (+y), right, far (+x), near'
    )
    bin_depth: float = setting(0.20, 'how far a bin reaches from the table', 'm', 0.1, 0.3)
    bin_span: tuple[float, float] = setting(
        (0.0, 1.0), 'part of its side that a bin takes, from low to high x or y', '', 0.0, 1.0
    )
    bin_wall: float = setting(
        0.03, 'top of the outer bin walls above the table top', 'm', 0.0, 0.1
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
    stand: tuple[float, float, float, float] = setting(
        (0.0, 0.0, 0.0, 0.0), 'where the base of the arm stands in the frame of the table: x, y, '
        'height [m] and turn about the vertical [rad]', '', -3.2, 3.2,
    )

    def __post_init__(self) -> None:
        """Check bounds and the bins."""
        super().__post_init__()
        low, high = self.bin_span
        if low >= high:
            raise ConfigError(f'SceneConfig.bin_span = {self.bin_span}: give low before high')
        if not self.bins or len(set(self.bins)) < len(self.bins) or set(self.bins) - set(SIDES):
            raise ConfigError(
                f'SceneConfig.bins = {self.bins}: name each side once, of {", ".join(SIDES)}'
            )

    def check_view(self) -> None:
        """Raise ConfigError unless the view holds the table and its bins."""
        for name, view, spans in (
            ('x', self.view_x, [self.table_x, *(zone.x for zone in self.zones)]),
            ('y', self.view_y, [self.table_y, *(zone.y for zone in self.zones)]),
        ):
            low, high = min(span[0] for span in spans), max(span[1] for span in spans)
            if low < view[0] - 1e-9 or high > view[1] + 1e-9:
                raise ConfigError(
                    f'SceneConfig.view_{name} = {view}: table and bins reach from {low:.2f} to '
                    f'{high:.2f} m: move the frame of the table (and `stand` with it), or make '
                    'them smaller'
                )

    @property
    def table_x(self) -> tuple[float, float]:
        """Near and far table edge [m]."""
        return self.table_near, self.table_near + self.table_depth

    @property
    def table_y(self) -> tuple[float, float]:
        """Right and left table edge [m]."""
        half = self.table_width / 2
        return self.table_middle - half, self.table_middle + half

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The bins."""
        return tuple(self._zone(side) for side in self.bins)

    def _zone(self, side: str) -> Zone:
        """Return the bin at a side."""
        beside = side in BESIDE
        across, along = (self.table_y, self.table_x) if beside else (self.table_x, self.table_y)
        if side in ('left', 'far'):
            out = across[1], across[1] + self.bin_depth
        else:
            out = across[0] - self.bin_depth, across[0]
        low, high = (along[0] + share * (along[1] - along[0]) for share in self.bin_span)
        if self.bin_span == (0.0, 1.0):
            low, high = along
        return Zone(side, (low, high), out) if beside else Zone(side, out, (low, high))
