"""Results of the memory: what was measured, as JSON and as Markdown."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from foresight.experiments.document import by_robot, closing, interval, table
from foresight.experiments.memory.permanence import FROZEN, MEMORY, NONE, Trial
from foresight.experiments.memory.spoil import Spoil
from foresight.experiments.results import PolicyResult, figures
from foresight.experiments.statistics import wilson
from foresight.settings import BY_COST_HEAD

RIGHT = 0.5  # error of an expected number of objects that still counts as right
VARIANTS = (MEMORY, FROZEN, NONE)


def to_document(
    trials: Sequence[Trial], spoils: Sequence[Spoil], episodes: Mapping[str, PolicyResult],
    about: Mapping[str, Any],
) -> dict[str, Any]:
    """Return one JSON document; `episodes` are by where the plans came from."""
    return {
        **about,
        'permanence': _permanence(trials),
        'spoil': _spoil(spoils) if spoils else {},
        'closed_loop': {name: figures(result.episodes) for name, result in episodes.items()},
    }


def _permanence(trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """Return one row for each occluder, event and delay, in the order they were tried."""
    keys = list(dict.fromkeys((t.occluder, t.event, t.seconds) for t in trials))
    order = {'still': 0, 'other pushed': 1, 'pushed': 2}
    rows = []
    for occluder, event, seconds in sorted(keys, key=lambda k: (k[0] == 'arm', order[k[1]], k[2])):
        chosen = [t for t in trials if (t.occluder, t.event, t.seconds) == (
            occluder, event, seconds)]
        rows.append({
            'occluder': occluder, 'event': event, 'seconds': seconds, 'scenes': len(chosen),
            'in_view': _share([abs(t.seen - t.truth) < RIGHT for t in chosen]),
            'found': {
                name: _share([abs(t.found[name] - t.truth) < RIGHT for t in chosen])
                for name in VARIANTS
            },
            'phantom': _believed([t.control for t in chosen]),
            'ghost': _believed([t.ghost for t in chosen]),
            'miscount': {
                name: round(float(np.mean([t.miscount[name] for t in chosen])), 3)
                for name in VARIANTS
            },
        })
    return rows


def _believed(objects: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Return how often an object is believed where none is, where that was tried."""
    return {name: _share([of[name] >= RIGHT for of in objects if of]) for name in VARIANTS}


def _share(answers: Sequence[bool]) -> dict[str, float | int]:
    """Return how often the answer is yes, with the Wilson interval."""
    share = wilson(sum(answers), len(answers))
    return {**share.figures('rate'), 'trials': share.trials}


def _spoil(spoils: Sequence[Spoil]) -> dict[str, Any]:
    """Average over scenes."""
    reaches = spoils[0].hidden
    return {
        'scenes': len(spoils),
        'change_by_cells': [_known_mean(values) for values in zip(*(s.change for s in spoils))],
        'object_change': round(float(np.mean([s.object_change for s in spoils])), 4),
        'by_reach': {
            name: {
                'hidden': round(float(np.mean([s.hidden[name] for s in spoils])), 4),
                'found': _share([
                    abs(value - truth) < RIGHT for s in spoils
                    for value, truth in zip(s.found[name], s.truth, strict=True)
                ]),
                'miscount': round(float(np.mean([s.miscount[name] for s in spoils])), 4),
            } for name in reaches
        },
    }


def _known_mean(values: Sequence[float]) -> float | None:
    """Average what is known; None if nothing is."""
    known = [value for value in values if math.isfinite(value)]
    return round(sum(known) / len(known), 4) if known else None


def to_markdown(document: Mapping[str, Any]) -> str:
    """Return the tables, with the command that makes them again."""
    first = document['seed']
    lines = [
        f'# Memory: what the arm or a plate hides{by_robot(document)}', '',
        f'Seeds {first} to {first + document["scenes"] - 1} for hidden objects, {first} to '
        f'{first + document["episodes"] - 1} for episodes; {document["objects"]} objects. '
        f'Machine: {document["machine"]}. Checkpoint: {document["checkpoint"]}.', '',
        *_permanence_lines(document['permanence']),
        *_spoil_lines(document['spoil']), *_loop_lines(document['closed_loop']),
        *closing(document)[1:],
    ]
    return '\n'.join(lines)


def _permanence_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the table of hidden objects."""
    if not rows:
        return []
    head = (
        'hidden by', 'event', 'seconds', 'scenes', 'in view', 'memory', 'without prediction',
        'no memory', 'ghost: memory', 'ghost: without prediction', 'phantom: memory',
        'phantom: no memory', 'miscount: memory', 'miscount: no memory',
    )
    return [
        '## Hidden objects', '',
        'Share of the scenes in which the cost head counts the objects within one cell of the '
        f'true place of the hidden one rightly (error below {RIGHT}), Wilson 95 % interval. *In '
        'view* is the same with nothing before it. *Pushed*: the object itself is moved while '
        'hidden; *ghost* is the share in which it is still believed where it was. *Phantom* is '
        'the share in which an object is believed at a hidden place that is empty. Miscount is '
        'the mean error of the expected number of objects on the table.', '',
        *table(head, (
            [
                row['occluder'], row['event'],
                '-' if row['event'] == 'pushed' else f'{row["seconds"]:.0f}',
                str(row['scenes']), _shown(row['in_view']),
                *(_shown(row['found'][name]) for name in VARIANTS),
                *(_shown(row['ghost'][name]) for name in (MEMORY, FROZEN)),
                *(_shown(row['phantom'][name]) for name in (MEMORY, NONE)),
                *(f'{row["miscount"][name]:.2f}' for name in (MEMORY, NONE)),
            ] for row in rows
        )), '',
    ]


def _spoil_lines(spoil: Mapping[str, Any]) -> list[str]:
    """Return how far the arm spoils the latent."""
    if not spoil:
        return []
    change = spoil['change_by_cells']
    return [
        '## How far the arm spoils the latent', '',
        f'The arm stands above a random point of {spoil["scenes"]} scenes at rest. Mean distance '
        'of a cell from the latent of the same scene without the arm, by its distance from the '
        f'nearest cell that shows the arm; an object changes its cell by '
        f'{spoil["object_change"]:.2f}.', '',
        *table(
            ('cells from the arm', *map(str, range(len(change) - 1)), 'further'),
            [['change', *('-' if value is None else f'{value:.3f}' for value in change)]],
        ), '',
        'What counts as hidden beside the arm itself (`memory.reach`), and every object of these '
        'scenes looked for in the belief:', '',
        *table(('cells', 'hidden share of the view', 'objects counted rightly', 'miscount'), (
            [name, f'{row["hidden"]:.2f}', _shown(row['found']), f'{row["miscount"]:.3f}']
            for name, row in spoil['by_reach'].items()
        )), '',
    ]


def _loop_lines(episodes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the closed loop."""
    if not episodes:
        return []
    head = 'plans from', 'episodes', 'success', 'cleared', 'dropped', 'actions', 'outcomes'
    return [
        '## Planning with the arm in view', '',
        f'Episodes of `{BY_COST_HEAD}` in which the arm never leaves the picture: it hovers above '
        'a random point of the table while the planner plans, acts, and stops above the next. '
        '*Arm retracted* is the usual episode on the same seeds.', '',
        *table(head, (
            [name, str(f['episodes']), interval(f, 'success'), f'{f["cleared"]:.2f}',
             f'{f["dropped"]:.2f}', f'{f["actions"]:.1f}', f'`{f["digest"]}`']
            for name, f in episodes.items()
        )), '',
    ]


def _shown(share: Mapping[str, float]) -> str:
    """Return a rate with its interval."""
    return interval(share, 'rate') if share['trials'] else '-'
