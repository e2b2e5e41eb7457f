"""Results of surprise in the loop: what was measured, as JSON and as Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from foresight.experiments.document import by_robot, closing, difference, interval, table
from foresight.experiments.results import compared
from foresight.experiments.statistics import bootstrap, poisson, wilson
from foresight.experiments.surprise.episode import DisturbedEpisode

HOUR = 3600.0
WITH, WITHOUT, EVERY = MODES = ('with surprise', 'without', 'plan every action')
AIMED = 'aimed play'
Episodes = Sequence[DisturbedEpisode]


def to_document(
    played: Mapping[tuple[str, str], Episodes], about: Mapping[str, Any],
) -> dict[str, Any]:
    """Return one JSON document of episodes by mode and kind of disturbance, empty for none."""
    kinds = list(dict.fromkeys(kind for _, kind in played if kind))
    return {
        **about,
        'false_alarms': {
            mode: _false_alarms(played[mode, '']) for mode in (WITH, AIMED)
            if (mode, '') in played
        },
        'noticing': {
            kind: {
                moment: _noticing([e for e in played[WITH, kind] if e.during is during])
                for moment, during in (('at rest', False), ('during an action', True))
            } for kind in kinds
        },
        'success': [
            {'disturbance': kind or 'none', 'mode': mode, **_success(episodes)}
            for (mode, kind), episodes in played.items() if mode != AIMED
        ],
        'with_minus_without': {
            kind or 'none': _paired(played[WITH, kind], played[WITHOUT, kind])
            for kind in ('', *kinds) if (WITHOUT, kind) in played
        },
        'episodes': [
            {'mode': mode, **asdict(episode)}
            for (mode, _), episodes in played.items() for episode in episodes
        ],
    }


def _false_alarms(episodes: Episodes) -> dict[str, Any]:
    """Return how often nothing was the matter."""
    hours = sum(episode.seconds for episode in episodes) / HOUR
    alarms = sum(episode.false_alarms for episode in episodes)
    return {
        'episodes': len(episodes), 'actions': sum(e.actions for e in episodes),
        'hours': round(hours, 3), 'alarms': alarms,
        **poisson(alarms, hours).figures('an_hour', 2),
        'stops': sum(bool(episode.stop) for episode in episodes),
    }


def _noticing(episodes: Episodes) -> dict[str, Any]:
    """Return how soon a disturbance was noticed, over the episodes in which it happened."""
    happened = [e for e in episodes if e.disturbed_at is not None]
    delays = np.array([e.delay for e in happened if e.delay is not None])
    found = wilson(len(delays), len(happened))
    soon = {}
    if len(delays):
        median = bootstrap(lambda draw: float(np.median(delays[draw])), len(delays))
        soon = {
            **median.figures('median', 2),
            'p90': round(float(np.percentile(delays, 90.0, method='inverted_cdf')), 2),
        }
    late = [e.late for e in happened if e.delay is not None]
    return {
        'happened': len(happened), **found.figures('noticed'), 'seconds': soon,
        'actions': round(float(np.mean(late)), 2) if late else None,
    }


def _success(episodes: Episodes) -> dict[str, Any]:
    """Return how the episodes went."""
    success = wilson(sum(e.success for e in episodes), len(episodes))
    actions = sum(e.actions for e in episodes)
    return {
        'episodes': len(episodes), **success.figures('success'),
        'dropped': sum(e.dropped for e in episodes),
        'stopped': sum(bool(e.stop) for e in episodes),
        'actions': round(actions / len(episodes), 2),
        'plans': round(sum(e.plans for e in episodes) / len(episodes), 2),
        'followed_share': round(sum(e.followed for e in episodes) / max(1, actions), 4),
        'seconds': round(sum(e.seconds for e in episodes) / len(episodes), 1),
    }


def _paired(first: Episodes, second: Episodes) -> dict[str, Any]:
    """Compare two modes on the seeds that both played."""
    others = {e.seed: e for e in second}
    pairs = [(e, others[e.seed]) for e in first if e.seed in others]
    ours, theirs = zip(*pairs)
    return compared(ours, theirs, 'success', 'dropped', 'actions', 'plans', 'seconds')


def to_markdown(document: Mapping[str, Any]) -> str:
    """Return the tables, with the command that makes them again."""
    first, scales = document['seed'], document['scales']
    return '\n'.join([
        f'# Surprise in the loop{by_robot(document)}', '',
        f'Seeds {first} to {first + document["episodes_a_row"] - 1} for each row, from '
        f'{document["aimed_seed"]} for aimed play; {document["objects"]} objects. Threshold: '
        f'{scales["false_alarms"]:g} false alarms an hour on {scales["hours"]:.2f} h '
        f'({scales["actions"]} aimed actions) of tuning seeds from {scales["seed"]}. A plan takes '
        f'{document["think"]} s of simulated time. Machine: {document["machine"]}. '
        f'Checkpoint: {document["checkpoint"]}.', '',
        '## False alarms', '',
        'Play that nobody disturbs; exact Poisson 95 % interval.', '',
        *table(('play', 'episodes', 'actions', 'hours', 'alarms', 'an hour', 'stops'), (
            [name, str(f['episodes']), str(f['actions']), f'{f["hours"]:.2f}', str(f['alarms']),
             interval(f, 'an_hour', 1), str(f['stops'])]
            for name, f in document['false_alarms'].items()
        )), '',
        '## Time to notice', '',
        'From the disturbance to the first alarm, in simulated time; share with Wilson, median '
        'with bootstrap 95 % interval. *Actions* begin between the two.', '',
        *table(
            ('disturbance', 'when', 'episodes', 'noticed', 'seconds (median)', '90 % within',
             'actions'),
            ([kind, moment, *_noticed(found)] for kind, moments in document['noticing'].items()
             for moment, found in moments.items()),
        ), '',
        '## Success', '',
        'The same seeds and disturbances. *With surprise*: the second action of a plan is carried '
        'out without planning anew while nothing surprises; a surprise plans anew, one that '
        'lasts stops. *Without*: the second action is always carried out. *Plan every action*: no '
        'action is carried out without planning. Dropped and stopped are counts; the rest are '
        'means of an episode.', '',
        *table(
            ('disturbance', 'mode', 'episodes', 'success', 'dropped', 'stopped', 'actions',
             'plans', 'followed', 'seconds'),
            ([f['disturbance'], f['mode'], str(f['episodes']),
              interval(f, 'success'), str(f['dropped']),
              str(f['stopped']), f'{f["actions"]:.1f}', f'{f["plans"]:.1f}',
              f'{f["followed_share"]:.0%}', f'{f["seconds"]:.1f}'] for f in document['success']),
        ), '',
        'With minus without, paired over seeds, bootstrap 95 %:', '',
        *table(('disturbance', 'success', 'dropped', 'actions', 'plans', 'seconds'), (
            [kind, *map(difference, scores.values())]
            for kind, scores in document['with_minus_without'].items()
        )), *closing(document),
    ])


def _noticed(found: Mapping[str, Any]) -> list[str]:
    """Return the cells of how soon a disturbance was noticed."""
    soon, actions = found['seconds'], found['actions']
    return [
        str(found['happened']), interval(found, 'noticed'),
        interval(soon, 'median', 1) if soon else '-',
        f'{soon["p90"]:.1f}' if soon else '-', '-' if actions is None else f'{actions:.1f}',
    ]
