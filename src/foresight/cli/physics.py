"""`foresight evaluate physics`: does the video predictor expect what physics allows?"""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from foresight.cli.counting import counting
from foresight.cli.evaluate import RESULTS, Out, Seed, Workers, command, machine
from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.data.clips import ClipPairs
from foresight.experiments.physics.clip_surprise import (
    Contender,
    latent_surprise,
    persistence_error,
    pixel_surprise,
    plain_error,
    relative_error,
)
from foresight.experiments.physics.measure import (
    Curves,
    Separation,
    by_variant,
    measure,
    overall,
    separation,
)
from foresight.files import find_model, write_atomically
from foresight.rollout.clips import matched_pairs
from foresight.sim.clips.physics_clips import PhysicsSet
from foresight.sim.clips.violations import VIOLATIONS
from foresight.world_model.checkpoint import load_video
from foresight.world_model.predictors.video import VideoJepa

SHIPPED = Path('models/video')
FOLDER = Path('data/physics')

Pairs = Annotated[int, typer.Option(min=2, help='Pairs of each category.')]
CheckpointFolder = Annotated[Path, typer.Option(help='Folder of the video predictor.')]
ClipsOption = Annotated[Path, typer.Option(help='Folder where clips are kept.')]
TRAINED, PIXELS = 'video predictor', 'raw pixels'
LEAK = 0.7  # What raw pixels may reach before a generator must be mended.
INTRO = """# Intuitive physics

{pairs} pairs a category, seeds from {seed}; objects and camera poses that training never saw.
*Pairs*: share of pairs whose impossible clip has the higher average surprise, Wilson 95 %.
*AUROC*: single clips by maximum surprise, bootstrap over quadruplets, 95 %. Chance is 0.50.
Errors of latents are means over four mirror images of a clip, relative to the motion foreseen and
seen; *its plain error* is not relative.
"""


def physics(
    pairs: Pairs = 400,
    seed: Seed = 10_000,
    checkpoint: CheckpointFolder = SHIPPED,
    clips: ClipsOption = FOLDER,
    workers: Workers = 2,
    out: Out = RESULTS,
    json: JsonOption = None,
) -> None:
    """Compare surprise at impossible clips with that at their possible twins."""
    with quiet_stdout(json):
        console, begin = Console(stderr=True), time.perf_counter()
        model, config = load_video(find_model(checkpoint))
        scenes = range(seed, seed + (pairs + 1) // 2)  # Every scene makes two pairs.
        with counting(console, 'making clips', len(scenes) * len(VIOLATIONS)) as (bar, task):
            watched = matched_pairs(
                PhysicsSet(held_out=True, encoder=config.encoder, video=config.video), clips,
                scenes, workers, lambda count: bar.update(task, completed=count),
            )
        document: dict[str, Any] = {
            'pairs': 2 * len(scenes), 'seed': seed, 'command': command(), 'machine': machine(),
            'checkpoint': str(checkpoint), 'prediction': config.scores,
            'contenders': {
                name: found for contender in contenders(model)
                for name, found in score(contender, watched).items()
            },
        }
        document['leaks'] = leaks(document)
        document['seconds'] = round(time.perf_counter() - begin, 1)
        write_json(document, str(out / 'physics.json'))
        write_atomically(out / 'physics.md', to_markdown(document))
        if json is None:
            console.print(shown(document))
    write_json(document, json)


def contenders(model: VideoJepa) -> list[Contender]:
    """Return the video predictor and what it must beat."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        untrained = VideoJepa(model.encoder_config, model.config).to(model.scene_map.device)
    return [
        latent_surprise(model, {
            TRAINED: relative_error, 'its plain error': plain_error,
            'persistence': persistence_error,
        }),
        latent_surprise(untrained.eval(), {'untrained': relative_error}),
        pixel_surprise(PIXELS, model.config.context),
    ]


def score(contender: Contender, clips: dict[str, ClipPairs]) -> dict[str, dict[str, Any]]:
    """Score the surprises of one contender in every category and over all."""
    curves = {category: measure(contender, pairs) for category, pairs in clips.items()}
    names = list(next(iter(curves.values())))
    return {
        name: scored({category: of[name] for category, of in curves.items()}, clips)
        for name in names
    }


def scored(curves: dict[str, Curves], clips: dict[str, ClipPairs]) -> dict[str, Any]:
    """Score one surprise."""
    return {
        **{
            category: {
                **figures(separation(curve)),
                'variants': {
                    variant: [part.successes, part.trials]
                    for variant, part in by_variant(curve, clips[category]).items()
                },
            } for category, curve in curves.items()
        },
        'overall': figures(overall(curves)),
    }


def figures(found: Separation) -> dict[str, float]:
    """Flatten a score for the document."""
    share = found.pairs
    rest = {name: value for name, value in asdict(found).items() if name != 'pairs'}
    known = {'pairs': share.rate, 'pairs_low': share.low, 'pairs_high': share.high, **rest}
    return {name: round(value, 4) for name, value in known.items()}


def leaks(document: dict[str, Any]) -> list[str]:
    """Name the categories in which raw pixels tell too much."""
    pixels = document['contenders'][PIXELS]
    return [
        name for name in VIOLATIONS if max(pixels[name]['pairs'], pixels[name]['auroc']) > LEAK
    ]


def rows(document: dict[str, Any], measured: str) -> list[list[str]]:
    """Make one row a category: one figure with its interval for each contender."""
    def cell(contender: str, category: str) -> str:
        f = document['contenders'][contender][category]
        return f'{f[measured]:.2f} ({f[measured + "_low"]:.2f}-{f[measured + "_high"]:.2f})'

    names = list(document['contenders'])
    return [
        [category, *(cell(name, category) for name in names)]
        for category in (*VIOLATIONS, 'overall')
    ]


def to_markdown(document: dict[str, Any]) -> str:
    """Render the page of results."""
    parts = [INTRO.format(**document)]
    for title, measured in (('Pairs', 'pairs'), ('AUROC', 'auroc')):
        head = ['category', *document['contenders']]
        lines = [head, ['---'] * len(head), *rows(document, measured)]
        table = '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines)
        parts.append(f'## {title}\n\n{table}\n')
    variants = '\n'.join(
        f'| {name} | {variant} | {won} of {count} |' for name in VIOLATIONS
        for variant, (won, count) in
        document['contenders'][TRAINED][name]['variants'].items()
    )
    parts.append(
        '## Variants of the video predictor\n\n`a` and `b` are the two pairs of a scene.\n\n'
        f'| category | variant | pairs |\n| --- | --- | --- |\n{variants}\n'
    )
    leaking = ', '.join(document['leaks']) or 'none'
    parts.append(
        f'Categories in which raw pixels exceed {LEAK}: {leaking}.\n\n'
        f'`{document["command"]}`, {document["machine"]}\n'
    )
    return '\n'.join(parts)


def shown(document: dict[str, Any]) -> Table:
    """Return the pair figures for the terminal."""
    table = Table('category', *document['contenders'], title='pairs', box=SIMPLE)
    for row in rows(document, 'pairs'):
        table.add_row(*row)
    return table
