"""`foresight models`: which checkpoints there are, where they come from, and which one stands."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from foresight.cli.output import JsonOption, show
from foresight.errors import CheckpointError
from foresight.experiments.comparison.promotion import SHORT, promote, read_comparison
from foresight.experiments.document import write_json
from foresight.files import find_model, root
from foresight.world_model.checkpoint import CONFIG, TENSORS, read_json
from foresight.world_model.lineage import Lineage, fingerprint, read_lineage

PLACES = (Path('models'), Path('runs'))
"""Where checkpoints are looked for."""
HEAD = 'folder', 'hash', 'learned from', 'actions', 'success', 'compared'
ModelArgument = Annotated[Path, typer.Argument(help='Folder of a world model, or its name.')]


def list_models(
    folder: Annotated[list[Path] | None, typer.Argument(
        help='Folders to look in; models and runs, and those of the package.',
    )] = None, json: JsonOption = None,
) -> None:
    """List the checkpoints of some folders."""
    found = [_described(path) for path in checkpoints(folder or [*PLACES, root() / 'models'])]
    if json is None:
        table = Table(*HEAD)
        for item in found:
            table.add_row(*(str(item[name]) for name in HEAD))
        Console().print(table)
    write_json({'models': found}, json)


def show_model(model: ModelArgument, json: JsonOption = None) -> None:
    """Tell where a checkpoint comes from, back to the first one that is known."""
    folder = find_model(model)
    read_json(folder / CONFIG)
    known = {fingerprint(path): path for path in checkpoints([*PLACES, root() / 'models',
                                                              folder.parent])}
    steps: list[dict[str, Any]] = []
    here: Path | None = folder
    while here is not None:
        lineage, mark = read_lineage(here), fingerprint(here)
        steps.append({'folder': str(here), 'hash': mark, **(asdict(lineage) if lineage else {})})
        seen = {step['hash'] for step in steps}
        here = known.get(lineage.parent) if lineage and lineage.parent not in seen else None
    if json is None:
        for step in steps:
            Console().print(_told(step), highlight=False)
    write_json({'lineage': steps}, json)


def promote_model(
    new: ModelArgument,
    over: Annotated[Path, typer.Option(help='Checkpoint whose place it takes; kept beside it.')],
    report: Annotated[Path, typer.Option(
        help='What `foresight evaluate TASK --compare OVER NEW --json REPORT` wrote.')],
    margin: Annotated[float, typer.Option(
        min=0.0, max=1.0, help='How much lower success may be, at the lower end of its interval.',
    )] = 0.03,
    force: Annotated[str, typer.Option(
        help='Why it is done whatever the comparison says; written into the lineage.')] = '',
    json: JsonOption = None,
) -> None:
    """Let a checkpoint take the place of another, if a comparison of both speaks for it."""
    source, place = find_model(new), find_model(over)
    for folder in (source, place):
        read_json(folder / CONFIG)
    if source.resolve() == place.resolve():
        raise CheckpointError(f'{source} stands there already: give --over another checkpoint')
    kept = promote(source, place, read_comparison(report), margin, force.strip())
    show({'new': str(source), 'stands_in': str(place), 'kept': str(kept)}, json)


def checkpoints(places: Iterable[Path]) -> list[Path]:
    """Find the world models in some folders, each once."""
    found = {
        path.parent.resolve(): path.parent for place in places
        for path in sorted(place.glob(f'**/{TENSORS}')) if (path.parent / CONFIG).is_file()
    }
    return list(found.values())


def _described(folder: Path) -> dict[str, Any]:
    """Describe a checkpoint in one line."""
    lineage = read_lineage(folder)
    scores = lineage.scores if lineage else {}
    return {
        'folder': str(folder), 'hash': fingerprint(folder)[:SHORT],
        'learned from': _from(lineage), 'actions': _actions(lineage),
        'success': scores.get('new', '-'), 'compared': (lineage and lineage.compared) or '-',
    }


def _from(lineage: Lineage | None) -> str:
    return lineage.parent[:SHORT] if lineage else 'nothing'


def _actions(lineage: Lineage | None) -> int | str:
    return sum(item.actions for item in lineage.learned if not item.replayed) if lineage else '-'


def _told(step: dict[str, Any]) -> str:
    """Tell one step of a lineage."""
    lines = [f'{step["folder"]} {step["hash"][:SHORT]}']
    for item in step.get('learned', ()):
        how = 'replayed' if item['replayed'] else 'learned'
        lines.append(f'  {how} {item["actions"]} actions of {item["folder"]} '
                     f'({item["digest"][:SHORT]})')
    if scores := step.get('scores'):
        by = scores['difference']
        lines.append(
            f'  {scores["task"]}: {scores["new"]:.2f}, before {scores["old"]:.2f}; by '
            f'{by["mean"]:+.2f} ({by["low"]:+.2f} to {by["high"]:+.2f}), {step["compared"]}')
    if step.get('forced'):
        lines.append(f'  forced: {step["forced"]}')
    if step.get('parent'):
        lines.append(f'  goes on from {step["parent_folder"]} {step["parent"][:SHORT]}')
    return '\n'.join(lines)
