"""Claims about what names in files stand for."""

import pytest

from foresight import registry
from foresight.errors import ConfigError
from foresight.tasks.task_file import load_task

TASK = """
terms:
  {0}: 1.0
done:
  term: {0}
  below: 0.5
"""
SOURCE = """
class Sideways:
    name = 'sideways'

    def __init__(self, known):
        self.known = known

    def score(self, latents):
        return latents.flatten(1).sum(dim=1)
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a package that offers terms, as an installer leaves it."""
    def install(**offered):
        (tmp_path / 'sideways_terms.py').write_text(SOURCE)
        known = tmp_path / 'sideways-1.0.dist-info'
        known.mkdir()
        (known / 'METADATA').write_text('Metadata-Version: 2.1\nName: sideways\nVersion: 1.0\n')
        lines = ''.join(f'{name} = {value}\n' for name, value in offered.items())
        (known / 'entry_points.txt').write_text(f'[foresight.terms]\n{lines}')
        monkeypatch.syspath_prepend(tmp_path)

    return install


def test_a_term_of_an_installed_package_is_found_by_its_name(install, tmp_path):
    install(sideways='sideways_terms:Sideways')
    file = tmp_path / 'task.yaml'
    file.write_text(TASK.format('sideways'))
    assert load_task(file).terms == (('sideways', 1.0),)
    found = registry.find('cost term', 'sideways', {}, 'foresight.terms')
    assert registry.make('cost term', 'sideways', found, 'all', {}).known == 'all'


@pytest.mark.parametrize('value', ['sideways_trems:Sideways', 'sideways_terms:Upward'])
def test_an_entry_point_that_cannot_be_imported_names_the_package(install, tmp_path, value):
    install(sideways=value)
    file = tmp_path / 'task.yaml'
    file.write_text(TASK.format('sideways'))
    with pytest.raises(ConfigError, match=f"'sideways' cannot be imported .*as {value}"):
        load_task(file)


def test_an_unknown_name_lists_what_is_offered_too(install):
    install(sideways='sideways_terms:Sideways')
    with pytest.raises(ConfigError, match='choose one of here, sideways, or write module:Class'):
        registry.find('cost term', 'upward', {'here': int}, 'foresight.terms')


def test_what_this_package_has_wins_over_what_is_offered(install):
    install(here='sideways_terms:Sideways')
    assert registry.find('cost term', 'here', {'here': int}, 'foresight.terms') is int
