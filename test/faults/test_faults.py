"""Some of the faults of the table, in a running system; `make soak` causes them all, often."""

import pytest

from foresight.cli.experiment import play_faults
from foresight.experiments.faults.measure import FaultsSettings
from foresight.faults.table import FAULTS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SAMPLE = (
    'joints frozen', 'camera frozen', 'rogue publisher of plans', 'e-stop best effort',
)


def test_every_promise_of_a_sample_is_kept(tmp_path):
    settings = FaultsSettings(lines=tmp_path / 'outcomes.jsonl')
    outcomes = list(play_faults(settings, [(FAULTS[name], 0) for name in SAMPLE]))
    assert [each.fault for each in outcomes] == list(SAMPLE)
    assert [each for each in outcomes if not each.kept] == []
