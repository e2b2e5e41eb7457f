"""`foresight evaluate uncertainty`: imagined outcomes beside those of repeating the push."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.console import Console
from rich.table import Table

from foresight.cli.evaluate import (
    RESULTS,
    CheckpointFolder,
    Out,
    bars,
    command,
    machine,
    scores,
)
from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.data.repeated_pushes import (
    RepeatedPushes,
    load_repeated_pushes,
    save_repeated_pushes,
    stack,
)
from foresight.experiments.uncertainty.measure import UncertaintyScores, score
from foresight.experiments.uncertainty.page import page, rows
from foresight.files import find_model, write_atomically
from foresight.settings import SHIPPED
from foresight.sim.settings import SimConfig
from foresight.tasks.assembly import occupancy_of
from foresight.viz.outcomes import draw_outcomes
from foresight.world_model.checkpoint import load

States = Annotated[int, typer.Option(min=3, help='States, each with one push.')]
Repeats = Annotated[int, typer.Option(min=3, help='Repetitions of each push.')]
Samples = Annotated[int, typer.Option(min=2, help='Samples that compete for the best.')]
Seed = Annotated[int, typer.Option(min=0, help='Seed of the first episode.')]
ObjectSet = Annotated[str, typer.Option(help='Objects: seen or unseen.')]
Kept = Annotated[Path | None, typer.Option(
    help='File that keeps the true outcomes, for another checkpoint.',
)]
Picture = Annotated[Path | None, typer.Option(help='PNG of some pushes: true, then imagined.')]


def uncertainty(
    states: States = 120,
    repeats: Repeats = 12,
    samples: Samples = 8,
    seed: Seed = 3000,
    object_set: ObjectSet = 'seen',
    checkpoint: CheckpointFolder = SHIPPED,
    kept: Kept = None,
    picture: Picture = None,
    out: Out = RESULTS,
    json: JsonOption = None,
) -> None:
    """Compare imagined outcomes of a push with those of repeating it."""
    torch.set_num_threads(1)
    with quiet_stdout(json):
        console = Console(stderr=True)
        known = load(find_model(checkpoint), 'cpu')
        pushes = repeated(states, repeats, seed, object_set, kept, console)
        found, imagined = score(known.model, occupancy_of(known), pushes, samples, seed)
        document = {
            'command': command(), 'machine': machine(), 'checkpoint': str(checkpoint),
            'seed': seed, 'object_set': object_set, 'unknowns': known.model.unknowns,
            'prediction': scores(find_model(checkpoint)), **asdict(found),
        }
        write_json(document, str(out / 'uncertainty.json'))
        write_atomically(out / 'uncertainty.md', page(document))
        if picture is not None:
            draw_outcomes(pushes, imagined, occupancy_of(known), known.config, picture)
        if json is None:
            console.print(table(found))
    write_json(document, json)


def repeated(
    states: int, repeats: int, seed: int, object_set: str, kept: Path | None, console: Console,
) -> RepeatedPushes:
    """Repeat pushes in simulation, or read what was kept of them."""
    if kept is not None and kept.exists():
        return load_repeated_pushes(kept)
    from foresight.rollout.play import PlayConfig
    from foresight.rollout.repeat import Repeater

    repeater = Repeater(PlayConfig(sim=SimConfig(object_set=object_set)), repeats)
    found: list[Any] = []
    with bars(console) as progress:
        bar = progress.add_task('pushes', total=states, rate='')
        while len(found) < states:
            for push in repeater.episode(seed):
                found.append(push)
                progress.update(bar, completed=min(len(found), states))
            seed += 1
    pushes = stack(found[:states])
    if kept is not None:
        save_repeated_pushes(pushes, kept)
    return pushes


def table(found: UncertaintyScores) -> Table:
    """Return the figures for the terminal."""
    shown = Table('figure', 'value', title=f'{found.states} pushes, {found.repeats} times each')
    for meaning, value in rows(asdict(found)):
        shown.add_row(meaning, value)
    return shown
