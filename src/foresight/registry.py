"""What a file names: something of this package, of another package, or `module:Class`."""

import inspect
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from foresight.errors import ConfigError

Part = TypeVar('Part')


def find(what: str, name: str, known: Mapping[str, Part], group: str = '') -> Part:
    """Return what a name stands for.

    Args:
        what: What is looked for, in a word.
        name: A name of `known` or of the group, or `module:Class` of a module that can be
            imported.
        known: What this package has, by name.
        group: Entry points by which other packages offer more; none if left out.

    Raises:
        ConfigError: If there is none of that name.
    """
    if name in known:
        return known[name]
    module, colon, attribute = name.partition(':')
    if module.partition('.')[0] in sys.stdlib_module_names:
        raise ConfigError(f'{what} {name!r} is of Python itself: write module:Class of your own')
    if colon:
        own: Part = _imported(what, name, lambda: getattr(import_module(module), attribute))
        return own
    offered = _offered(group)
    if name in offered:
        found: Part = _imported(what, name, offered[name].load, offered[name])
        return found
    raise ConfigError(
        f'there is no {what} {name!r}: choose one of {", ".join({**known, **offered})}, or write '
        'module:Class for your own'
    )


def make(
    what: str, name: str, maker: Callable[..., Part], first: Any, given: Mapping[str, Any],
) -> Part:
    """Call what a name stands for, with the parameters that a file gives it.

    Raises:
        ConfigError: If it does not take them.
    """
    check(what, name, maker, given)
    try:
        return maker(first, **given)
    except (TypeError, ValueError) as error:
        raise ConfigError(f'{what} {name}: {error}: check its parameters {dict(given)}') from error
    except ConfigError as error:
        raise ConfigError(f'{what} {name}: {error}') from error


def check(what: str, name: str, maker: Any, given: Mapping[str, Any]) -> None:
    """Check that something takes the parameters that a file gives it.

    Raises:
        ConfigError: If it is no class or function, one is missing, or one is unknown.
    """
    try:
        signature = inspect.signature(maker)
    except (TypeError, ValueError) as error:
        raise ConfigError(f'{what} {name}: {error}: name a class or a function') from error
    try:
        signature.bind(None, **given)
    except TypeError as error:
        takes = ', '.join(list(signature.parameters)[1:]) or 'none'
        raise ConfigError(f'{what} {name}: {error}: its parameters are {takes}') from error


def _offered(group: str) -> dict[str, EntryPoint]:
    """Return what other packages offer, by name."""
    return {entry.name: entry for entry in entry_points(group=group)} if group else {}


def _imported(
    what: str, name: str, load: Callable[[], Any], entry: EntryPoint | None = None,
) -> Any:
    """Import something from outside.

    Raises:
        ConfigError: If it cannot be imported.
    """
    try:
        return load()
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        remedy = 'write module:Class and put the module on PYTHONPATH'
        if entry is not None:
            remedy = f'mend or remove the package that offers it as {entry.value}'
        raise ConfigError(f'{what} {name!r} cannot be imported ({error}): {remedy}') from error
