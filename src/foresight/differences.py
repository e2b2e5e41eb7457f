"""Names what two descriptions of a run say differently: why one does not go on as the other."""

from collections.abc import Mapping
from typing import Any

MOST = 4
"""Settings that are named; more are counted."""


def differences(kept: Mapping[str, Any], now: Mapping[str, Any], where: str = '') -> list[str]:
    """Return each setting that differs, as `part.name = kept, now value`; hashes without values.

    Args:
        kept: What was written.
        now: What is asked for.
        where: Put before each name.
    """
    found = []
    for name in sorted({*kept, *now}):
        before, after, called = kept.get(name), now.get(name), f'{where}{name}'
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            found += differences(before, after, f'{called}.')
        elif before != after:
            found.append(called if called == 'dataset' else f'{called} = {before}, now {after}')
    return found


def named(differing: list[str]) -> str:
    """Return differences as a part of a sentence."""
    more = len(differing) - MOST
    rest = [f'{more} more'] if more > 0 else []
    return ', '.join([*differing[:MOST], *rest])
