"""Does the video predictor expect what physics allows? Matched clips, one of them impossible."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console

from foresight.data.clips import ClipPairs
from foresight.experiments.document import Document, interval, table
from foresight.experiments.experiment import Experiment
from foresight.experiments.physics.separation import (
    Curves,
    Separation,
    by_variant,
    overall,
    separation,
    watch,
)
from foresight.learning.probes.clip_surprise import (
    Contender,
    latent_surprise,
    persistence_error,
    pixel_surprise,
    plain_error,
    relative_error,
)
from foresight.progress import bars
from foresight.rollout.clips import matched_pairs
from foresight.settings import Checked, setting
from foresight.sim.clips.physics_clips import PhysicsSet
from foresight.sim.clips.violations import VIOLATIONS
from foresight.world_model.checkpoint import load_video
from foresight.world_model.predictors.video import VideoJepa

PIXELS = 'raw pixels'
TRAINED = 'video predictor'
LEAK = 0.7
"""What raw pixels may reach before a generator must be mended."""
INTRO = """# Intuitive physics

{pairs} pairs a category, seeds from {seed}; objects and camera poses that training never saw.
*Pairs*: share of pairs whose impossible clip has the higher average surprise, Wilson 95 %.
*AUROC*: single clips by maximum surprise, bootstrap over quadruplets, 95 %. Chance is 0.50.
Errors of latents are means over four mirror images of a clip, relative to the motion foreseen and
seen; *its plain error* is not relative.
"""


@dataclass(frozen=True)
class PhysicsSettings(Checked):
    """Pairs of clips, and what watches them."""

    pairs: int = setting(400, 'pairs of each category', '', 2)
    seed: int = setting(10_000, 'first seed; nothing is tuned on 10000-19999', '', 0)
    checkpoint: Path = setting(Path('models/video'), 'folder of the video predictor')
    clips: Path = setting(Path('data/physics'), 'folder where clips are kept')
    workers: int = setting(2, 'processes that make clips', '', 1)


class Physics(Experiment[PhysicsSettings, Document]):
    """Compares surprise at impossible clips with that at their possible twins."""

    settings = PhysicsSettings()

    def measure(self, settings: PhysicsSettings, console: Console) -> Document:
        """Make the clips that are not there yet and let every contender watch them."""
        begin = time.perf_counter()
        model, config = load_video(settings.checkpoint)
        seeds = range(settings.seed, settings.seed + (settings.pairs + 1) // 2)
        wanted = PhysicsSet(held_out=True, encoder=config.encoder, video=config.video)
        with bars(console) as progress:
            bar = progress.add_task('making clips', total=len(seeds) * len(VIOLATIONS), rate='')
            clips = matched_pairs(
                wanted, settings.clips, seeds, settings.workers,
                lambda count: progress.update(bar, completed=count),
            )
        found = {
            name: figures for contender in contenders(model)
            for name, figures in score(contender, clips).items()
        }
        return {
            'pairs': 2 * len(seeds),  # Every scene makes two.
            'prediction': config.scores, 'contenders': found, 'leaks': leaks(found[PIXELS]),
            'seconds': round(time.perf_counter() - begin, 1),
        }

    def document(self, settings: PhysicsSettings, measured: Document) -> Document:
        """Return the figures as they are."""
        return measured

    def page(self, document: Document) -> str:
        """Return the page, with the command that makes it again."""
        variants = document['contenders'][TRAINED]
        leaking = ', '.join(document['leaks']) or 'none'
        return '\n'.join([
            INTRO.format(**document),
            '## Pairs', '', *_drawn(document, 'pairs'), '',
            '## AUROC', '', *_drawn(document, 'auroc'), '',
            '## Variants of the video predictor', '',
            '`a` and `b` are the two pairs of a scene.', '',
            *table(('category', 'variant', 'pairs'), (
                [name, variant, f'{won} of {count}'] for name in VIOLATIONS
                for variant, (won, count) in variants[name]['variants'].items()
            )), '',
            f'Categories in which raw pixels exceed {LEAK}: {leaking}.', '',
            f'`{document["command"]}`, {document["machine"]}', '',
        ])


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
    curves = {category: watch(contender, pairs) for category, pairs in clips.items()}
    names = list(next(iter(curves.values())))
    return {
        name: _scored({category: of[name] for category, of in curves.items()}, clips)
        for name in names
    }


def _scored(curves: dict[str, Curves], clips: dict[str, ClipPairs]) -> dict[str, Any]:
    """Score one surprise."""
    return {
        **{
            category: {
                **_figures(separation(curve)),
                'variants': {
                    variant: [part.successes, part.trials]
                    for variant, part in by_variant(curve, clips[category]).items()
                },
            } for category, curve in curves.items()
        },
        'overall': _figures(overall(curves)),
    }


def _figures(found: Separation) -> dict[str, float]:
    """Flatten a score for the document."""
    return {**found.pairs.figures('pairs'), **found.auroc.figures('auroc')}


def leaks(pixels: Mapping[str, Any]) -> list[str]:
    """Name the categories in which raw pixels tell too much."""
    return [
        name for name in VIOLATIONS if max(pixels[name]['pairs'], pixels[name]['auroc']) > LEAK
    ]


def _drawn(document: Document, measured: str) -> list[str]:
    """Draw one row a category: one figure with its interval for each contender."""
    contenders = document['contenders']
    return table(('category', *contenders), (
        [category, *(
            interval(of[category], measured) for of in contenders.values()
        )] for category in (*VIOLATIONS, 'overall')
    ))


EXPERIMENTS = {'physics': Physics()}
