"""Claims about what is said of imported bags."""

import json
from collections import Counter

from foresight.data.bags.actions import NO_AFTER, STOPPED
from foresight.data.bags.summary import BagSummary, totals

SUMMARIES = [
    BagSummary('one', 1800.0, 18_000, 500, Counter({NO_AFTER: 2}), Counter(), 3, 1700.0),
    BagSummary('two', 1800.0, 9_000, 300, Counter({NO_AFTER: 1, STOPPED: 1}), Counter(), 1, 900.0),
]


def test_bags_are_added_up_by_reason() -> None:
    whole = totals(SUMMARIES)
    assert whole['dropped'] == {NO_AFTER: 3, STOPPED: 1}
    assert (whole['bags'], whole['actions'], whole['clips']) == (2, 800, 4)
    assert whole['robot_hours'] == 1.0 and whole['hours_of_video'] == 0.7222


def test_a_summary_can_be_written_as_json() -> None:
    text = json.dumps([vars(item) for item in SUMMARIES])
    assert json.loads(text)[1]['dropped'] == {NO_AFTER: 1, STOPPED: 1}
