"""What the README tells a newcomer to type exists."""

import re
import subprocess

import pytest

from foresight.cli.main import COMMANDS, GROUPS
from foresight.files import share

README = share('README.md').read_text()
MAKEFILE = share('Makefile').read_text()


def test_readme_is_short():
    assert len(README.splitlines()) < 100
    assert max(map(len, README.splitlines())) < 110


@pytest.mark.parametrize('target', sorted(set(re.findall(r'(?m)(?:^|`)make ([a-z]+)', README))))
def test_make_target_exists(target):
    assert re.search(rf'^{target}:', MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize(
    'words', sorted(set(re.findall(r'(?m)(?:^|`|/)foresight ([a-z]+(?: [a-z][a-z-]+)?)', README))),
)
def test_command_exists(words):
    group = words.split()[0] in GROUPS and words != 'experiment'
    assert words in COMMANDS or not group and words.split()[0] in {*COMMANDS, 'experiment'}


@pytest.mark.parametrize('path', sorted(set(re.findall(r'\]\(([^)#:]+)\)', README))))
def test_linked_file_is_tracked(path):
    result = subprocess.run(
        ['git', 'ls-files', '--error-unmatch', path],
        cwd=share('.'), capture_output=True, text=True, timeout=30,
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize('launch_file', sorted(set(re.findall(r'\w+\.launch\.py', README))))
def test_launch_file_exists(launch_file):
    assert share(f'launch/{launch_file}').is_file()
