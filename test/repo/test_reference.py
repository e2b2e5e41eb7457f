"""The reference pages say what the code says."""

import os
import subprocess
import sys

import pytest

from foresight.cli.reference import PAGES
from foresight.files import share


@pytest.fixture(scope='module')
def written(tmp_path_factory):
    """Pages as the code writes them, in a process that checks no shapes."""
    folder = tmp_path_factory.mktemp('docs')
    environment = {**os.environ, 'PYTHONPATH': str(share('src'))}
    subprocess.run(
        [sys.executable, '-m', 'foresight.cli.reference', folder], check=True, env=environment,
    )
    return folder


@pytest.mark.parametrize('name', PAGES)
def test_page_is_that_of_the_code(name, written):
    assert share(f'docs/{name}').read_text() == (written / name).read_text(), 'run `make docs`'
