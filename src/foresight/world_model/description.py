"""Description: what a checkpoint knows about itself, read from its JSON."""

from collections.abc import Mapping
from typing import Any, TypeVar

from foresight.errors import CheckpointError, ConfigError

ConfigType = TypeVar('ConfigType')


def parse(
    whole: type[ConfigType], parts: Mapping[str, type], described: Mapping[str, Any],
    problem: str, remedy: str,
) -> ConfigType:
    """Make what a checkpoint knows about itself from its JSON.

    Args:
        whole: What to make.
        parts: Its fields that are configurations themselves.
        described: The JSON.
        problem: What is wrong if it does not fit, for a reader.
        remedy: What to do then.

    Raises:
        CheckpointError: If it does not fit.
    """
    values = {key: value for key, value in described.items() if key != 'tensors'}
    try:
        for name, kind in parts.items():
            values[name] = build(kind, values[name])
        return whole(**values)
    except (TypeError, KeyError, ConfigError) as error:
        raise CheckpointError(f'{problem} ({error}): {remedy}') from error


def build(kind: type[ConfigType], values: dict[str, Any]) -> ConfigType:
    """Make a configuration; JSON has lists where it has tuples."""
    return kind(**{
        key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
    })
