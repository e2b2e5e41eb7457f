"""The results page of surprise at the impossible."""

from foresight.experiments.document import Document
from foresight.experiments.tables import interval, table
from foresight.sim.clips.violations import VIOLATIONS

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


def to_markdown(document: Document) -> str:
    """Return the page, with the command that makes it again."""
    variants = document['contenders'][TRAINED]
    leaking = ', '.join(document['leaks']) or 'none'
    return '\n'.join([
        INTRO.format(**document),
        '## Pairs', '', *_figures(document, 'pairs'), '',
        '## AUROC', '', *_figures(document, 'auroc'), '',
        '## Variants of the video predictor', '', '`a` and `b` are the two pairs of a scene.', '',
        *table(('category', 'variant', 'pairs'), (
            [name, variant, f'{won} of {count}'] for name in VIOLATIONS
            for variant, (won, count) in variants[name]['variants'].items()
        )), '',
        f'Categories in which raw pixels exceed {LEAK}: {leaking}.', '',
        f'`{document["command"]}`, {document["machine"]}', '',
    ])


def _figures(document: Document, measured: str) -> list[str]:
    """Draw one row a category: one figure with its interval for each contender."""
    contenders = document['contenders']
    return table(('category', *contenders), (
        [category, *(
            interval(of[category], measured) for of in contenders.values()
        )] for category in (*VIOLATIONS, 'overall')
    ))
