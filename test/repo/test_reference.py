"""The reference pages say what the code says."""

import pytest

from foresight.cli.reference import PAGES
from foresight.files import share


@pytest.mark.parametrize('name', PAGES)
def test_page_is_that_of_the_code(name):
    assert share(f'docs/{name}').read_text() == PAGES[name](), 'run `make docs`'
