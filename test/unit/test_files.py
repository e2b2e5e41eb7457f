import re

import pytest

from foresight.errors import ConfigError
from foresight.files import root, share, version


def test_root_holds_the_manifest():
    assert share('package.xml') == root() / 'package.xml'
    assert '<name>foresight</name>' in share('package.xml').read_text()


def test_version_is_semantic():
    assert re.fullmatch(r'\d+\.\d+\.\d+', version())


def test_missing_file_names_the_remedy():
    with pytest.raises(ConfigError, match='config/unicorn.yaml.*install foresight again'):
        share('config/unicorn.yaml')
