"""Broken and hostile files end in a line that says what to do; `make fuzz` reads many more."""

import subprocess
import sys
from pathlib import Path

from foresight.files import share


def test_no_broken_file_ends_in_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, share('test/fuzz/run.py'), '--inputs', '1500',
               '--out', tmp_path / 'failed']
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert ' 0 failures' in done.stdout.splitlines()[-1]
