"""Every example runs as it stands, and is short."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from foresight.files import root

EXAMPLES = sorted((root() / 'examples').glob('*.py'))
WRITES = {'plan_a_push': ('plan.png', 'latents.png')}
"""What an example leaves."""
NEEDS = {'my_environment': 'gymnasium'}
"""Package of an extra that an example needs."""


@pytest.mark.parametrize('path', EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(path: Path, tmp_path):
    if path.stem in NEEDS:
        pytest.importorskip(NEEDS[path.stem])
    ended = subprocess.run(
        [sys.executable, path], cwd=tmp_path, capture_output=True, text=True, timeout=280,
        env={**os.environ, 'PYTHONPATH': str(root() / 'src')},
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout
    assert all((tmp_path / name).stat().st_size > 1000 for name in WRITES.get(path.stem, ()))


@pytest.mark.parametrize('path', EXAMPLES, ids=lambda path: path.stem)
def test_example_is_short(path: Path):
    assert len(path.read_text().splitlines()) < 40
