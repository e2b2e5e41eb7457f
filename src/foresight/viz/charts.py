"""Charts as HTML and inline SVG: they take their colours from the page."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

WIDTH, HEIGHT, BASE, CEILING = 320, 132, 110, 34
BINS = 28


def cost_bars(terms: Mapping[str, float]) -> str:
    """Draw each term's weighted share of a plan's cost, around a common zero."""
    values = [*terms.values(), 0.0]
    low, high = min(values), max(values)
    span = max(high - low, 1e-9)
    rows = []
    for name, value in terms.items():
        left, right = sorted(((0.0 - low) / span, (value - low) / span))
        kind = 'up' if value >= 0 else 'down'
        place = f'left:{100 * left:.2f}%;width:{max(100 * (right - left), 0.4):.2f}%'
        rows.append(
            f'<span>{escape(name.replace("_", " "))}</span>'
            f'<span class="bar"><span class="{kind}" style="{place}"></span></span>'
            f'<span class="number">{value:+.3f}</span>'
        )
    return f'<div class="terms">{"".join(rows)}</div>' if rows else ''


def histogram(values: Sequence[float], limit: float | None = None) -> str:
    """Draw how often each of some times [ms] occurred, with the median and the budget, if any."""
    top = _nice(max(float(np.percentile(values, 99.5)), 1.25 * limit if limit else 0.0))
    counts, _ = np.histogram(np.clip(values, 0.0, top), bins=BINS, range=(0.0, top))
    step, tallest = WIDTH / BINS, max(int(counts.max()), 1)
    bars = ''.join(
        f'<rect class="mark" x="{index * step + 0.75:.1f}" y="{BASE - height:.1f}" '
        f'width="{step - 1.5:.1f}" height="{height:.1f}" rx="1.5"/>'
        for index, count in enumerate(counts)
        if (height := max(1.5, (BASE - CEILING) * count / tallest) if count else 0.0)
    )
    median = float(np.median(values))
    marks = _line(median / top * WIDTH, 'middle', f'median {median:.3g}')
    if limit:
        marks += _line(limit / top * WIDTH, 'limit', f'budget {limit:g}')
    axis = (
        f'<line class="axis" x1="0" x2="{WIDTH}" y1="{BASE}" y2="{BASE}"/>'
        f'<text x="0" y="{BASE + 16}">0</text>'
        f'<text x="{WIDTH}" y="{BASE + 16}" text-anchor="end">{top:g} ms</text>'
    )
    label = f'Histogram of {len(values)} values, median {median:.3g} ms'
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(label)}">{bars}{axis}{marks}</svg>'
    )


def _line(place: float, kind: str, text: str) -> str:
    """Draw a labelled vertical line; the label stays inside the chart."""
    right = place > WIDTH * 0.6
    anchor, shift = ('end', -4) if right else ('start', 4)
    height = 10 if kind == 'limit' else 25
    return (
        f'<line class="{kind}" x1="{place:.1f}" x2="{place:.1f}" y1="0" y2="{BASE}"/>'
        f'<text x="{place + shift:.1f}" y="{height}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def _nice(value: float) -> float:
    """Round up to 1, 2, 2.5 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    steps = np.array([1.0, 2.0, 2.5, 5.0, 10.0]) * power
    return float(steps[steps >= value][0])
