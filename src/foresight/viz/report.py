"""The report of a run: one HTML file that needs nothing beside it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import cv2
import numpy as np

from foresight.viz.charts import cost_bars, histogram
from foresight.viz.demo_result import Picture
from foresight.viz.style import CSS


@dataclass(frozen=True)
class ReportAction:
    """One action as the report shows it.

    Attributes:
        before: Picture before the action, with the planned action drawn.
        terms: Weighted share of each cost term.
        plan_ms: Planning time [ms].
        note: One line under the title: what the action was.
        surprise: Surprise level after the action, if it was measured.
    """

    before: Picture
    after: Picture | None
    terms: Mapping[str, float]
    plan_ms: float
    note: str
    surprise: float | None = None


@dataclass(frozen=True)
class Latency:
    """How long one part took, and its budget if it has one [ms]."""

    name: str
    values: tuple[float, ...]
    budget: float | None = None


@dataclass(frozen=True)
class Budget:
    """One budget beside what was measured, in words.

    Attributes:
        kept: Whether the budget was kept; None if it was not measured.
    """

    name: str
    limit: str
    measured: str
    kept: bool | None


@dataclass(frozen=True)
class Report:
    """Everything the report shows.

    Attributes:
        title: Task and seed.
        success: Whether the task was achieved.
        verdict: One line that says how it ended.
        facts: Short figures for the header, by name.
        command: Command that makes the run again.
        video: MP4 to embed, if there is one.
    """

    title: str
    success: bool
    verdict: str
    facts: Mapping[str, str]
    actions: tuple[ReportAction, ...]
    latencies: tuple[Latency, ...] = ()
    budgets: tuple[Budget, ...] = ()
    command: str = ''
    video: Path | None = None


def render(report: Report) -> str:
    """Return the report as one HTML page."""
    makers = (_header, _film, _actions, _latencies, _budgets, _footer)
    sections = ''.join(make(report) for make in makers)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(report.title)}</title><link rel="icon" href="data:,">'
        f'<style>{CSS}</style></head><body><main>{sections}</main></body></html>'
    )


def _header(report: Report) -> str:
    """Say how it went, and the figures."""
    kind = 'good' if report.success else 'bad'
    facts = ''.join(
        f'<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>'
        for name, value in report.facts.items()
    )
    word = 'Done' if report.success else 'Not done'
    return (
        f'<span class="verdict {kind}">{word}</span><h1>{escape(report.title)}</h1>'
        f'<p class="muted">{escape(report.verdict)}</p><dl class="facts">{facts}</dl>'
    )


def _film(report: Report) -> str:
    """Embed the film."""
    if report.video is None or not report.video.is_file():
        return ''
    data = base64.b64encode(report.video.read_bytes()).decode()
    return (
        '<h2>Film</h2><div class="card"><video controls muted playsinline preload="metadata" '
        f'src="data:video/mp4;base64,{data}"></video></div>'
    )


def _actions(report: Report) -> str:
    """Show each action: before, after, and why it was chosen."""
    if not report.actions:
        return '<h2>Actions</h2><p class="muted">No action was made.</p>'
    cards = ''.join(_action(index, action) for index, action in enumerate(report.actions, 1))
    return (
        '<h2>Actions</h2><p class="muted">Overhead view on the table plane. The orange line is '
        'the planned action with the paddle at both ends; the bars are each term’s share of its '
        f'predicted cost, lower is better.</p>{cards}'
    )


def _action(index: int, action: ReportAction) -> str:
    """Return the card of one action."""
    facts = [f'planned in {action.plan_ms:.0f} ms']
    if action.surprise is not None:
        facts.append(f'surprise {action.surprise:.2f}')
    before = _figure(
        action.before, f'Before action {index}, with the plan', 'Before, with the plan',
    )
    after = '' if action.after is None else _figure(action.after, f'After action {index}', 'After')
    return (
        f'<article class="card"><header><h3>Action {index}</h3><span>{escape(action.note)}</span>'
        f'<span class="muted">{" · ".join(facts)}</span></header><div class="pictures">'
        f'{before}{after}</div>{cost_bars(action.terms)}</article>'
    )


def _figure(picture: Picture, text: str, caption: str) -> str:
    """Embed a picture."""
    _, data = cv2.imencode('.jpg', picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
    source = base64.b64encode(data.tobytes()).decode()
    height, width = picture.shape[:2]
    return (
        f'<figure><img alt="{escape(text)}" width="{width}" height="{height}" '
        f'src="data:image/jpeg;base64,{source}"><figcaption>{escape(caption)}</figcaption></figure>'
    )


def _latencies(report: Report) -> str:
    """Show a histogram of each part's times."""
    cards = ''.join(
        f'<div class="card"><h3>{escape(item.name)}</h3><span class="muted">{len(item.values)} '
        f'times, p99 {np.percentile(item.values, 99):.3g} ms</span>'
        f'{histogram(item.values, item.budget)}</div>'
        for item in report.latencies if item.values
    )
    if not cards:
        return ''
    return (
        '<h2>Latency</h2><p class="muted">Wall-clock time. The dashed line is the budget.</p>'
        f'<div class="grid">{cards}</div>'
    )


def _budgets(report: Report) -> str:
    """List the budgets beside what was measured."""
    if not report.budgets:
        return ''
    words = {True: ('good', 'kept'), False: ('bad', 'over'), None: ('muted', '')}
    rows = ''.join(
        f'<tr><td>{escape(item.name)}</td><td class="number">{escape(item.limit)}</td>'
        f'<td class="number">{escape(item.measured)}</td>'
        f'<td class="{words[item.kept][0]}">{words[item.kept][1]}</td></tr>'
        for item in report.budgets
    )
    return (
        '<h2>Budgets</h2><div class="scroll"><table><thead><tr><th>what</th>'
        '<th class="number">budget</th><th class="number">measured</th><th></th></tr></thead>'
        f'<tbody>{rows}</tbody></table></div>'
    )


def _footer(report: Report) -> str:
    """Say how to make it again."""
    if not report.command:
        return ''
    return f'<footer class="muted">Made by <code>{escape(report.command)}</code></footer>'
