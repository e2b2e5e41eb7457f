"""A wheel of the package works outside the checkout: code, commands, models and settings."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from foresight.files import DISTRIBUTION, root, version

LOADS = """
import foresight
from foresight.files import root
model = foresight.load('clear_table')
print(root(), model.folder, len(foresight.load_task('clear_table').terms))
"""


def run(*words: str | Path, cwd: Path, **variables: str) -> str:
    ended = subprocess.run(
        words, cwd=cwd, capture_output=True, text=True, timeout=280,
        env={**{k: v for k, v in os.environ.items() if k != 'PYTHONPATH'}, **variables},
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope='module')
def installed(tmp_path_factory) -> Path:
    """A place with the wheel and nothing of the checkout."""
    place = tmp_path_factory.mktemp('wheel')
    listed = run('git', 'ls-files', cwd=root()).splitlines()
    for name in listed:
        if not name.startswith(('test/', 'docs/')) and (root() / name).is_file():
            (place / 'source' / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root() / name, place / 'source' / name)
    pip = [sys.executable, '-m', 'pip', '--quiet', '--disable-pip-version-check']
    run(*pip, 'wheel', '--no-deps', '--no-build-isolation', '-w', place, place / 'source',
        cwd=place)
    shutil.rmtree(place / 'source')
    (wheel,) = place.glob('*.whl')
    run(*pip, 'install', '--no-deps', '--ignore-installed', '--prefix', place / 'there', wheel,
        cwd=place)
    return place


def test_wheel_bears_the_name_that_is_free(installed):
    (wheel,) = installed.glob('*.whl')
    assert wheel.name.startswith(f'{DISTRIBUTION.replace("-", "_")}-{version()}-')


def test_wheel_finds_its_models_and_tasks(installed):
    (packages,) = installed.glob('there/lib/python*/site-packages')
    said = run(sys.executable, '-c', LOADS, cwd=installed, PYTHONPATH=str(packages)).split()
    assert said[0] == str(installed / 'there/share/foresight')
    assert said[1].startswith(said[0]) and int(said[2]) >= 1


def test_wheel_brings_the_command(installed):
    (packages,) = installed.glob('there/lib/python*/site-packages')
    command = installed / 'there/bin/foresight'
    assert version() in run(command, '--version', cwd=installed, PYTHONPATH=str(packages))
