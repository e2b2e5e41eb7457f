"""Claims about the pages on a robot, a site and a task: every command runs, cut short."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from foresight.files import share

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
SHORTER = {
    'calibrate': ('--count', '20'), 'evaluate': ('--episodes', '1', '--workers', '1'),
    'demo': ('--max-actions', '1', '--objects', '1'),
}


def page(name: str) -> str:
    """Read a page."""
    return share(f'docs/extend/{name}.md').read_text()


def commands(name: str) -> list[str]:
    """Return the lines of a page that begin with the command."""
    blocks = re.findall(r'```(?:bash|sh)\n(.*?)```', page(name), re.S)
    lines = (line.partition('#')[0].strip() for line in '\n'.join(blocks).splitlines())
    return [line for line in lines if line.startswith('foresight ')]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with what the pages tell the reader to write."""
    shutil.copytree(share('config/robots/xarm6'), tmp_path / 'my_robot')
    for name in ('site', 'task'):
        for text in re.findall(r'```yaml\n(.*?)```', page(name), re.S):
            if named := re.match(r'# (\w+\.yaml)', text):
                (tmp_path / named[1]).write_text(text)
    return tmp_path


def runs(command: str) -> object:
    """Return a case; one demo is enough for a gate, `make soak` runs them all."""
    more = command.startswith('foresight demo') and '--task' not in command
    skip = more and 'FORESIGHT_SOAK' not in os.environ
    reason = 'a demo takes a minute: `make soak` runs them all'
    return pytest.param(command, marks=pytest.mark.skipif(skip, reason=reason))


@pytest.mark.parametrize('command', [
    runs(each) for name in ('robot', 'site', 'task') for each in commands(name)
])
def test_a_command_of_the_page_runs(place: Path, command: str) -> None:
    words = shlex.split(command)[1:]
    done = subprocess.run(
        [sys.executable, '-m', 'foresight.cli.main', *words, *SHORTER[words[0]],
         '--json', 'told.json'],
        cwd=place, capture_output=True, text=True, check=False,
    )
    cut_short = words[0] == 'demo' and done.returncode == 1  # one push may not clear the table
    assert done.returncode == 0 or cut_short, done.stderr
    assert json.loads((place / 'told.json').read_text())
