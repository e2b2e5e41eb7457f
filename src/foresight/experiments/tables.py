"""Tables of results pages, in Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table."""
    return ['| ' + ' | '.join(line) + ' |' for line in (head, ['---'] * len(head), *rows)]


def interval(value: float, low: float, high: float, digits: int = 2) -> str:
    """Write a figure with its interval."""
    return f'{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})'


def difference(found: Mapping[str, float], digits: int = 2) -> str:
    """Write a paired difference with its interval."""
    mean, low, high = (f'{found[name]:+.{digits}f}' for name in ('mean', 'low', 'high'))
    return f'{mean} ({low} to {high})'


def closing(document: Mapping[str, Any]) -> list[str]:
    """Return the last lines of a page: the command that makes it again."""
    return ['', '```', document['command'], '```', '']
