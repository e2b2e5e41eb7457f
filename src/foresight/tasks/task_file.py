"""Task files: what a task asks, as terms and weights, read from `config/tasks/<task>.yaml`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from foresight.actions.kinds import spread_of
from foresight.costs.critic import ExpectedCost
from foresight.costs.goal_energy import GoalEnergy, RegionConfig
from foresight.errors import ConfigError
from foresight.files import find_file
from foresight.macro_action import ActionConfig, Spread
from foresight.planning.settings import OptimiserConfig
from foresight.reading import damaged
from foresight.settings import changed, mapping, read_mapping
from foresight.tasks.success import Success
from foresight.tasks.terms import TERMS, check_term

TERMINAL = (ExpectedCost.name,)
"""Terms that score only the last imagined latent."""
KEYS = ('actions', 'terms', 'done', 'success', 'planner', 'goal', 'regions')
EMPTY_TABLE = 'empty_table'
GOALS = ('image', EMPTY_TABLE)


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
        action: Kind of its macro-action.
        spread: How far candidates are spread, where it differs from the action's defaults.
        parameters: Name and parameters of each term that takes some.
        success: What counts as success, from true places; only evaluation asks.
    """

    name: str
    terms: tuple[tuple[str, float], ...]
    done_term: str
    done_below: float
    planner: OptimiserConfig = field(default_factory=OptimiserConfig)
    goal: str = GOALS[0]
    regions: RegionConfig = field(default_factory=RegionConfig)
    action: str = ActionConfig().kind
    spread: Spread = spread_of(ActionConfig().kind)
    parameters: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
    success: Success = Success()

    @property
    def given(self) -> dict[str, dict[str, Any]]:
        """Parameters of each term, that of the done test included."""
        given = dict(self.parameters)
        names = {**dict(self.terms), self.done_term: 0.0}
        return {name: dict(given.get(name, ())) for name in names}

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
    with damaged(path, 'see docs/extend/task.md', ConfigError):
        return _read(path)


def _read(path: Path) -> TaskConfig:
    """Read a file."""
    described = read_mapping(path, KEYS)
    terms = _terms(described.get('terms'), f'{path}: terms')
    done = mapping(described.get('done'), ('term', 'below'), f'{path}: done')
    if not terms or set(done) != {'term', 'below'}:
        raise ConfigError(f'{path}: give at least one of `terms`, and both `done` keys')
    _check_done(done['term'], terms, f'{path}: done: term')
    if GoalEnergy.name not in {*terms, done['term']} and {'goal', 'regions'} & set(described):
        raise ConfigError(f'{path}: goal and regions are for a task with a {GoalEnergy.name}')
    action = _action(described.get('actions', [ActionConfig().kind]), f'{path}: actions')
    planner, spread = _planner(described.get('planner', {}), spread_of(action), f'{path}: planner')
    return TaskConfig(
        name=path.stem,
        terms=tuple((name, terms[name].weight) for name in terms),
        parameters=tuple((name, term.parameters) for name, term in terms.items()),
        done_term=done['term'],
        done_below=_weight(done['below'], f'{path}: done: below'),
        action=action, planner=planner, spread=spread,
        goal=_goal(described.get('goal', GOALS[0]), f'{path}: goal'),
        regions=changed(RegionConfig(), described.get('regions', {}), f'{path}: regions'),
        success=_success(described.get('success', {'rule': Success.rule}), f'{path}: success'),
    )


@dataclass(frozen=True)
class _Term:
    """Weight and parameters of a term."""

    weight: float
    parameters: tuple[tuple[str, Any], ...] = ()


def _terms(content: Any, where: str) -> dict[str, _Term]:
    """Read the terms: a weight each, or a mapping of `weight` and parameters."""
    if not isinstance(content, dict):
        raise ConfigError(f'{where}: must be a mapping with keys among {", ".join(TERMS)}')
    found = {}
    for name, value in mapping(content, tuple(content), where).items():
        given = value if isinstance(value, dict) else {'weight': value}
        rest = {key: item for key, item in given.items() if key != 'weight'}
        _check_term(name, rest, where)
        weight = _weight(given.get('weight'), f'{where}: {name}')
        found[name] = _Term(weight, tuple(rest.items()))
    return found


def _check_term(name: Any, given: Mapping[str, Any], where: str) -> None:
    """Refuse a term that does not exist or does not take its parameters.

    Raises:
        ConfigError: If it is such a one.
    """
    try:
        check_term(str(name), given)
    except ConfigError as error:
        raise ConfigError(f'{where}: {error}') from error


def _check_done(name: Any, terms: Mapping[str, _Term], where: str) -> None:
    """Refuse a done test that does not exist; one with parameters is among the terms.

    Raises:
        ConfigError: If there is no such term.
    """
    if not isinstance(name, str):
        raise ConfigError(f'{where} = {name!r}: write the name of a term')
    if name not in terms:
        _check_term(name, {}, where)


def _success(content: Any, where: str) -> Success:
    """Read the rule of success and its parameters.

    Raises:
        ConfigError: If there is no such rule, or it does not take them.
    """
    if not isinstance(content, dict) or not isinstance(content.get('rule'), str):
        raise ConfigError(f'{where} = {content!r}: write a `rule` and its parameters')
    rest = tuple((key, value) for key, value in content.items() if key != 'rule')
    success = Success(content['rule'], rest)
    try:
        success.check()
    except ConfigError as error:
        raise ConfigError(f'{where}: {error}') from error
    return success


def _weight(value: Any, where: str) -> float:
    """Return a finite number that is not negative, written as a float."""
    if not isinstance(value, float) or not math.isfinite(value) or value < 0.0:
        raise ConfigError(f'{where} = {value!r}: write a number >= 0.0 with a decimal point')
    return value


def _action(kinds: Any, where: str) -> str:
    """Return the kind of the macro-action of a task.

    Raises:
        ConfigError: If it is not a list of one kind.
    """
    if not isinstance(kinds, list) or len(kinds) != 1 or not isinstance(kinds[0], str):
        raise ConfigError(f'{where} = {kinds!r}: write a list of one macro-action, such as [push]')
    return kinds[0]


def _planner(content: Any, spread: Spread, where: str) -> tuple[OptimiserConfig, Spread]:
    """Read the settings of the planner and how far it spreads candidates, in one mapping."""
    own = {item.name for item in fields(spread)}  # type: ignore[arg-type]
    known = {item.name for item in fields(OptimiserConfig)} | own
    given = mapping(content, tuple(known), where)
    return (
        changed(OptimiserConfig(), {k: v for k, v in given.items() if k not in own}, where),
        changed(spread, {k: v for k, v in given.items() if k in own}, where),
    )


def _goal(value: Any, where: str) -> str:
    """Return the name of a goal."""
    if value not in GOALS:
        raise ConfigError(f'{where} = {value!r}: choose one of {", ".join(GOALS)}')
    return str(value)
