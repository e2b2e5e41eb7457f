"""What a file names: something of this package, or `module:Class` of anybody's."""

from collections.abc import Mapping
from importlib import import_module
from typing import TypeVar

from foresight.errors import ConfigError

Part = TypeVar('Part')


def find(what: str, name: str, known: Mapping[str, Part]) -> Part:
    """Return what a name stands for.

    Args:
        what: What is looked for, in a word.
        name: A name of `known`, or `module:Class` of a module that can be imported.
        known: What this package has, by name.

    Raises:
        ConfigError: If there is none of that name.
    """
    if name in known:
        return known[name]
    module, colon, attribute = name.partition(':')
    if not colon:
        raise ConfigError(
            f'there is no {what} {name!r}: choose one of {", ".join(known)}, or write '
            'module:Class for your own'
        )
    try:
        found: Part = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f'{what} {name!r} cannot be imported ({error}): write module:Class and put the '
            'module on PYTHONPATH'
        ) from error
    return found
