"""Promotion: a checkpoint takes the place of another once a comparison speaks for it."""

import shutil
from dataclasses import replace
from pathlib import Path

from foresight.errors import CheckpointError
from foresight.experiments.document import Document
from foresight.files import alone
from foresight.reading import damaged, read_json
from foresight.world_model.belief.surprise import FILE as SCALES
from foresight.world_model.checkpoint import CONFIG, TENSORS
from foresight.world_model.lineage import Lineage, fingerprint, read_lineage, write_lineage

KIND, OLD, NEW = 'comparison', 'old', 'new'
"""What a document says that it is, and of which checkpoint a part of it tells."""
SHORT = 8
"""Digits of a hash that people read."""


def read_comparison(path: Path) -> Document:
    """Read the document of a comparison.

    Raises:
        CheckpointError: If it is damaged, or of anything else.
    """
    remedy = 'write it by `foresight evaluate TASK --compare OLD NEW --json PATH`'
    with damaged(path, remedy, CheckpointError):
        found: Document = read_json(path)
        difference = found['all']['difference']
        known = all(isinstance(difference[name], float) for name in ('mean', 'low', 'high'))
        if found['kind'] != KIND or not known or not isinstance(difference['pairs'], int):
            raise ValueError('no comparison')
        _ = found['hashes'][OLD], found['hashes'][NEW], found['date'], found['task']
        _ = [found['all'][name]['success'] for name in (OLD, NEW)]
    return found


def promote(
    new: Path, over: Path, report: Document, margin: float, reason: str = '',
) -> Path:
    """Copy a checkpoint to the place of another, which is kept beside it.

    Args:
        new: The checkpoint.
        over: The one whose place it takes.
        report: Comparison of the two.
        margin: How much worse the new one may be at the lower end of the interval.
        reason: Why it is copied all the same; empty = it is not.

    Returns:
        Where the old one is kept.

    Raises:
        CheckpointError: If the comparison is of others, or does not speak for it.
        FileError: If another process writes there.
    """
    hashes = {OLD: fingerprint(over), NEW: fingerprint(new)}
    against = _against(report, hashes, margin)
    if against and not reason:
        raise CheckpointError(against)
    lineage = read_lineage(new) or Lineage(hashes[OLD], str(over))
    compared, difference = report['all'], report['all']['difference']
    scores = {
        'task': report['task'], **{name: compared[name]['success'] for name in (OLD, NEW)},
        'difference': difference, 'against': hashes[OLD],
    }
    kept = over.with_name(f'{over.name}.{hashes[OLD][:SHORT]}')
    with alone(over):
        _copy(over, kept)
        _copy(new, over)
        write_lineage(over, replace(
            lineage, scores=scores, compared=report['date'], forced=reason if against else '',
        ))
    return kept


def _against(report: Document, hashes: dict[str, str], margin: float) -> str:
    """Return what speaks against a promotion; empty if nothing does."""
    for name, found in hashes.items():
        if report['hashes'][name] != found:
            return (
                f'the report compares another {name} checkpoint, '
                f'{report["hashes"][name][:SHORT]}, not {found[:SHORT]}: compare these two'
            )
    difference = report['all']['difference']
    if difference['low'] > -margin:
        return ''
    return (
        f'success may be lower by {-difference["low"]:.3f} (mean {difference["mean"]:+.3f} of '
        f'{difference["pairs"]} tables), {margin:g} is allowed: play more --episodes, train on '
        'more, or give --force a reason'
    )


def _copy(source: Path, target: Path) -> None:
    """Copy the files of a checkpoint, the tensors first; what else lies there stays."""
    target.mkdir(parents=True, exist_ok=True)
    for name in (SCALES, TENSORS, CONFIG):
        if (source / name).exists():
            shutil.copyfile(source / name, target / f'{name}.part')
            (target / f'{name}.part').replace(target / name)
        else:
            (target / name).unlink(missing_ok=True)
    lineage = read_lineage(source)
    if lineage is not None:
        write_lineage(target, lineage)
