"""Task files: what a task asks, as terms and weights, read from `config/tasks/<task>.yaml`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml

from foresight.costs.critic import ExpectedCost
from foresight.costs.goal_energy import GoalEnergy, RegionConfig
from foresight.errors import ConfigError
from foresight.files import share
from foresight.planning.settings import PlannerConfig
from foresight.settings import Checked
from foresight.tasks.clear_table.cost_head import Dropped, Progress, Remaining

TERMS = tuple(term.name for term in (Remaining, Progress, Dropped, GoalEnergy, ExpectedCost))
TERMINAL = (ExpectedCost.name,)
"""Terms that score only the last imagined latent."""
KEYS = ('terms', 'done', 'planner', 'goal', 'regions')
EMPTY_TABLE = 'empty_table'
GOALS = ('image', EMPTY_TABLE)

Settings = TypeVar('Settings', bound=Checked)


@dataclass(frozen=True)
class TaskConfig:
    """What a task asks; it cannot loosen a guardrail.

    Attributes:
        name: Name of the task.
        terms: Name and weight of each cost term.
        done_term: Name of the term that says when the task is done.
        done_below: The task is done when that term scores less, in its unit.
        planner: Planner settings, where they differ from the defaults.
        goal: Goal of a goal energy: an `image` that somebody gives, or the `empty_table`.
        regions: Weights of a goal energy, where they differ from the defaults.
    """

    name: str
    terms: tuple[tuple[str, float], ...]
    done_term: str
    done_below: float
    planner: PlannerConfig = field(default_factory=PlannerConfig)
    goal: str = GOALS[0]
    regions: RegionConfig = field(default_factory=RegionConfig)

    @property
    def has_goal(self) -> bool:
        """Whether a term compares with a goal."""
        return GoalEnergy.name in {*dict(self.terms), self.done_term}


def load_task(task: str | Path) -> TaskConfig:
    """Read a task.

    Args:
        task: Name of a task of the package, or path of a YAML file.

    Raises:
        ConfigError: If there is no such task, or a key, term or value is not known.
    """
    path = find_file('task', task)
    described = read_mapping(path, KEYS)
    terms = _mapping(described.get('terms'), TERMS, f'{path}: terms')
    done = _mapping(described.get('done'), ('term', 'below'), f'{path}: done')
    if not terms or set(done) != {'term', 'below'}:
        raise ConfigError(f'{path}: give at least one of `terms`, and both `done` keys')
    if done['term'] not in TERMS:
        raise ConfigError(f'{path}: done: term {done["term"]!r}: choose one of {", ".join(TERMS)}')
    if GoalEnergy.name not in {*terms, done['term']} and {'goal', 'regions'} & set(described):
        raise ConfigError(f'{path}: goal and regions are for a task with a {GoalEnergy.name}')
    return TaskConfig(
        name=path.stem,
        terms=tuple((name, _weight(terms[name], f'{path}: {name}')) for name in terms),
        done_term=done['term'],
        done_below=_weight(done['below'], f'{path}: done: below'),
        planner=changed(PlannerConfig(), described.get('planner', {}), f'{path}: planner'),
        goal=_goal(described.get('goal', GOALS[0]), f'{path}: goal'),
        regions=changed(RegionConfig(), described.get('regions', {}), f'{path}: regions'),
    )


def find_file(kind: str, name: str | Path) -> Path:
    """Find the YAML file of a `task` or a `site`: its path, or its name in this package.

    Raises:
        ConfigError: If there is none of that name.
    """
    folder, given = share(f'config/{kind}s'), Path(name).suffix in ('.yaml', '.yml')
    path = Path(name) if given else folder / f'{name}.yaml'
    if not path.is_file():
        known = ', '.join(sorted(item.stem for item in folder.glob('*.yaml')))
        what = 'file' if given else kind
        raise ConfigError(
            f'there is no {what} {str(name)!r}: choose one of {known}, or give a YAML file'
        )
    return path


def read_mapping(path: Path, known: tuple[str, ...]) -> Mapping[str, Any]:
    """Read a YAML file that is a mapping of known keys.

    Raises:
        ConfigError: If it cannot be read, or is anything else.
    """
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f'{path} cannot be read as YAML: {error}') from error
    return _mapping(content, known, f'{path}')


def _mapping(content: Any, known: tuple[str, ...], where: str) -> Mapping[str, Any]:
    """Return a mapping that has only known keys."""
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


def _weight(value: Any, where: str) -> float:
    """Return a finite number that is not negative, written as a float."""
    if not isinstance(value, float) or not math.isfinite(value) or value < 0.0:
        raise ConfigError(f'{where} = {value!r}: write a number >= 0.0 with a decimal point')
    return value


def _goal(value: Any, where: str) -> str:
    """Return the name of a goal."""
    if value not in GOALS:
        raise ConfigError(f'{where} = {value!r}: choose one of {", ".join(GOALS)}')
    return str(value)


def changed(defaults: Settings, content: Any, where: str) -> Settings:
    """Return the defaults with what a file changes; a list stands for a tuple.

    Raises:
        ConfigError: If a name is unknown, or a value of another type or outside its bounds.
    """
    known = tuple(item.name for item in fields(defaults))  # type: ignore[arg-type]
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in _mapping(content, known, where).items()
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
