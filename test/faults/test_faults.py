"""Some of the faults of the table, in a running system; what each needs has its test elsewhere."""

import json
import os
import subprocess
import sys

import pytest

from foresight.files import share

pytestmark = [
    pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(900),
    pytest.mark.skipif('FORESIGHT_SOAK' not in os.environ, reason='it takes a minute: `make soak` '
                       'runs it, and then every fault'),
]
SAMPLE = 'joints frozen', 'camera frozen', 'rogue publisher of plans'


def test_every_promise_of_a_sample_is_kept(tmp_path):
    subprocess.run(
        [sys.executable, '-m', 'foresight.cli.main', 'experiment', 'faults', '--repeats', '1',
         '--only', ','.join(SAMPLE), '--lines', str(tmp_path / 'outcomes.jsonl'),
         '--out', str(tmp_path)],
        env={**os.environ, 'PYTHONPATH': str(share('src'))}, check=True,
    )
    found = json.loads((tmp_path / 'faults.json').read_text())['faults']
    assert {each['fault'] for each in found} == set(SAMPLE)
    assert [(each['fault'], each['broken']) for each in found if each['broken']] == []
