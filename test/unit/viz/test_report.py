"""Claims about the report."""

import re
from html.parser import HTMLParser

import numpy as np

from foresight.viz.report import Budget, Latency, Report, ReportAction, render

GREY = np.full((32, 48, 3), 90, np.uint8)


def report(success: bool = True, actions: int = 2) -> Report:
    terms = {'remaining': 0.4, 'goal': -0.1}
    action = ReportAction(GREY, GREY, terms, 12.0, '<behind> the cup', 0.2)
    return Report(
        title='clear_table, seed 0', success=success, verdict='3 of 3 in the bin.',
        facts={'Actions': str(actions)}, actions=(action,) * actions,
        latencies=(Latency('planner', (100.0, 120.0, 500.0), 500.0), Latency('idle', ())),
        budgets=(Budget('Task plan, p99', '500 ms', '120 ms', True),
                 Budget('Motion plan, p99', '50 ms', 'not measured', None)),
        command='make demo SEED=0',
    )


class Balance(HTMLParser):
    """Checks that every opened element is closed in order."""

    VOID = {'meta', 'link', 'img', 'line', 'rect', 'br'}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_report_needs_nothing_beside_it() -> None:
    text = render(report())
    sources = re.findall(r'(?:src|href)="([^"]*)"', text)
    assert sources
    assert all(source.startswith('data:') for source in sources)
    assert 'url(' not in text
    assert '@import' not in text


def test_report_is_well_formed_and_escapes_text() -> None:
    text = render(report())
    assert Balance(text).open == []
    assert '&lt;behind&gt; the cup' in text


def test_report_shows_every_action_and_its_cost() -> None:
    text = render(report(actions=3))
    assert text.count('<article') == 3
    assert text.count('<img ') == 6
    assert '+0.400' in text
    assert '-0.100' in text


def test_report_says_how_it_ended() -> None:
    assert 'class="verdict good">Done' in render(report())
    assert 'class="verdict bad">Not done' in render(report(success=False))


def test_report_without_actions_says_so() -> None:
    assert 'No action was made' in render(report(actions=0))


def test_budget_without_a_measurement_is_not_called_kept() -> None:
    text = render(report())
    assert text.count('>kept<') == 1
    assert 'not measured' in text
