"""Sets of physics clips: made by several processes and kept on disk."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from foresight.arrays import load_arrays, save_arrays
from foresight.data.clips import ClipPairs, Clips, clips_of_play, joined
from foresight.rollout.workers import Crew
from foresight.settings import SceneConfig
from foresight.sim.clips.physics_clips import Frames, Matched, PhysicsSet
from foresight.sim.clips.quadruple import FRAMES
from foresight.sim.clips.violations import VIOLATIONS
from foresight.sim.settings import ClipsConfig
from foresight.world_model.encoder import EncoderConfig
from foresight.world_model.observation.rectification import Rectifier
from foresight.world_model.predictors.video import VideoConfig

FIRST_SEED = 100_000
"""Of the scenes that training watches."""
SECONDS_A_CLIP = 0.1 * FRAMES
"""Time that a clip shows [s]."""
Progress = Callable[[int], None]


def possible_clips(
    wanted: PhysicsSet, folder: Path, seeds: range, workers: int, progress: Progress,
    category: str = '',
) -> Clips:
    """Return the possible clips of a set.

    Args:
        wanted: Which clips.
        folder: Where they are kept.
        seeds: Two clips of each category for each.
        workers: Processes.
        progress: Called with the number of quadruples made so far.
        category: The only category; empty = all.
    """
    kind = category or 'possible'
    path = folder / f'{kind}_{wanted.name}_{seeds.start}_{len(seeds)}.npz'
    if path.exists():
        return load_arrays(Clips, path)
    frames: list[Frames] = []
    backgrounds: list[UInt8[np.ndarray, 'row column 3']] = []
    chosen = (category,) if category else tuple(VIOLATIONS)
    for made in _made(replace(wanted, impossible=False), seeds, workers, chosen):
        frames += made.possible
        backgrounds += [made.background] * 2
        progress(len(frames) // 2)
    clips = Clips(np.stack(frames), np.stack(backgrounds))
    save_arrays(clips, path)
    return clips


def matched_pairs(
    wanted: PhysicsSet, folder: Path, seeds: range, workers: int, progress: Progress,
) -> dict[str, ClipPairs]:
    """Return matched pairs by category.

    Args:
        wanted: Which clips.
        folder: Where they are kept.
        seeds: Two pairs of each category for each.
        workers: Processes.
        progress: Called with the number of quadruples made so far.
    """
    paths = {
        name: folder / f'pairs_{name}_{wanted.name}_{seeds.start}_{len(seeds)}.npz'
        for name in VIOLATIONS
    }
    if not all(path.exists() for path in paths.values()):
        made: dict[str, list[Matched]] = {name: [] for name in VIOLATIONS}
        for count, one in enumerate(_made(wanted, seeds, workers, tuple(VIOLATIONS))):
            made[one.category].append(one)
            progress(count + 1)
        for name, path in paths.items():
            save_arrays(_paired(made[name]), path)
    return {name: load_arrays(ClipPairs, path) for name, path in paths.items()}


def scenes_of(config: ClipsConfig) -> int:
    """Return how many scenes of free motion training watches."""
    return len(VIOLATIONS) * config.scenes + config.falls


def training_clips(
    config: ClipsConfig, encoder: EncoderConfig, video: VideoConfig, play: Path,
    progress: Progress,
) -> Clips:
    """Gather clips of free motion and of play; all are made once and kept.

    Args:
        config: How many, and where they are kept.
        encoder: Size of their images.
        video: What is watched.
        play: Folder of collected play.
        progress: Called with the scenes that are made.
    """
    wanted = PhysicsSet(held_out=False, encoder=encoder, video=video)
    most = len(VIOLATIONS) * config.scenes

    def gather(seeds: range, before: int, kind: str = '') -> Clips:
        return possible_clips(
            wanted, config.clips, seeds, config.workers, lambda made: progress(before + made),
            kind,
        )

    first = FIRST_SEED + config.scenes
    parts = [gather(range(FIRST_SEED, first), 0)]
    if config.falls:
        parts.append(gather(range(first, first + config.falls), most, 'gravity'))
    if config.play_clips:
        path = config.clips / f'play_{wanted.name}_{config.play_clips}.npz'
        if not path.exists():
            rectifier = Rectifier(video.scene(SceneConfig()), encoder)
            clips = clips_of_play(play, rectifier.rectify, config.play_clips, FRAMES)
            save_arrays(clips, path)
        parts.append(load_arrays(Clips, path))
    return joined(parts)


def _made(
    wanted: PhysicsSet, seeds: range, workers: int, categories: Sequence[str],
) -> Iterator[Matched]:
    """Make one quadruple of each category for each seed, in order."""
    jobs = ((category, seed) for seed in seeds for category in categories)
    with Crew(workers) as crew:
        yield from crew.run(wanted, PhysicsSet.make, jobs)


def _paired(made: list[Matched]) -> ClipPairs:
    """Lay the pairs of some quadruples in rows."""
    return ClipPairs(
        possible=np.stack([clip for one in made for clip in one.possible]),
        impossible=np.stack([clip for one in made for clip in one.impossible]),
        backgrounds=np.stack([one.background for one in made for _ in range(2)]),
        events=np.array([one.event for one in made for _ in range(2)]),
        variants=np.array([f'{one.variant} {turn}' for one in made for turn in 'ab']),
        groups=np.repeat(np.arange(len(made)), 2),
    )
