"""Some of the faults of the table, in a running system; what each needs has its test elsewhere."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from foresight.files import share
from foresight.nodes.faults.wire import can_lay_wire

pytestmark = [
    pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(900),
    pytest.mark.skipif('FORESIGHT_SOAK' not in os.environ, reason='it takes a minute: `make soak` '
                       'runs it, and then every fault'),
]
SAMPLE = 'joints frozen', 'camera frozen', 'rogue publisher of plans'
PARTED = 'wire: parted for 2 s', 'wire: planner is killed'


def cause(names: tuple[str, ...], out: Path) -> dict[str, Any]:
    """Cause faults once each, and return what was found."""
    subprocess.run(
        [sys.executable, '-m', 'foresight.cli.main', 'experiment', 'faults', '--repeats', '1',
         '--only', ','.join(names), '--lines', str(out / 'outcomes.jsonl'), '--out', str(out)],
        env={**os.environ, 'PYTHONPATH': str(share('src'))}, check=True,
    )
    return json.loads((out / 'faults.json').read_text())


def assert_kept(names: tuple[str, ...], found: dict[str, Any]) -> None:
    """Check that each was caused, and that its promise was kept."""
    assert {each['fault'] for each in found['faults']} == set(names)
    assert [(each['fault'], each['broken']) for each in found['faults'] if each['broken']] == []


def test_every_promise_of_a_sample_is_kept(tmp_path):
    assert_kept(SAMPLE, cause(SAMPLE, tmp_path))


@pytest.mark.skipif(not can_lay_wire(), reason='networks of its own need root, ip and unshare')
def test_a_robot_survives_that_its_wire_to_the_model_is_cut(tmp_path):
    before = subprocess.run(['ip', 'link'], capture_output=True, check=True).stdout
    assert_kept(PARTED, cause(PARTED, tmp_path))
    assert subprocess.run(['ip', 'link'], capture_output=True, check=True).stdout == before
