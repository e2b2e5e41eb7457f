"""The documentation builds without a warning: links, anchors, docstrings."""

import subprocess
import sys

import pytest

from foresight import HOMES
from foresight.files import root


def test_documentation_builds_without_a_warning(tmp_path):
    ended = subprocess.run(
        [sys.executable, '-m', 'mkdocs', 'build', '--strict', '--site-dir', tmp_path / 'site'],
        cwd=root(), capture_output=True, text=True, timeout=280,
    )
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / 'site/api/index.html').is_file()


@pytest.mark.parametrize('name', HOMES)
def test_public_name_has_its_docstring_on_the_page(name):
    assert f'::: foresight.{HOMES[name]}.{name}\n' in (root() / 'docs/api.md').read_text()
