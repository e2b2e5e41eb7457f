"""Tables of results pages, in Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table."""
    return ['| ' + ' | '.join(line) + ' |' for line in (head, ['---'] * len(head), *rows)]


def interval(figures: Mapping[str, Any], name: str, digits: int = 2) -> str:
    """Write a figure with its interval: beside it as `<name>_low` and `<name>_high`."""
    value, low, high = (f'{figures[name + end]:.{digits}f}' for end in ('', '_low', '_high'))
    return f'{value} ({low} to {high})'


def difference(found: Mapping[str, float], digits: int = 2) -> str:
    """Write a paired difference with its interval."""
    mean, low, high = (f'{found[name]:+.{digits}f}' for name in ('mean', 'low', 'high'))
    return f'{mean} ({low} to {high})'


def closing(document: Mapping[str, Any]) -> list[str]:
    """Return the last lines of a page: the command that makes it again."""
    return ['', '```', document['command'], '```', '']
