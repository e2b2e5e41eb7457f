"""Version, changelog, licence and dependencies have one home each."""

import re
import tomllib
import xml.etree.ElementTree as ElementTree
from importlib.metadata import distribution

import pytest

from foresight.resources import share, version

MANIFEST = ElementTree.parse(share('package.xml')).getroot()


def test_version_is_stated_once():
    pattern = re.compile(rf'(?<![\w.]){re.escape(version())}(?![\w.])')
    places = ['setup.py', 'pyproject.toml', 'src/foresight/__init__.py', 'README.md']
    assert [place for place in places if pattern.search(share(place).read_text())] == []


def test_installed_metadata_comes_from_the_manifest():
    metadata = distribution('foresight').metadata
    assert metadata['Version'] == version()
    assert metadata['License'] == 'Apache-2.0'


def test_changelog_has_the_catkin_form():
    lines = share('CHANGELOG.rst').read_text().splitlines()
    assert lines[1] == 'Changelog for package foresight'
    assert len(lines[0]) >= len(lines[1]) and set(lines[0]) == {'^'}
    sections = [lines[i - 1] for i, line in enumerate(lines) if line and set(line) == {'-'}]
    assert sections[0] == 'Forthcoming'
    released = [re.fullmatch(r'\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)', name) for name in sections[1:]]
    assert all(released)


def test_licence_text_is_there():
    assert 'Apache License' in share('LICENSE').read_text()


def test_maintainer_address_is_one_that_colcon_accepts():
    # A malformed address makes colcon treat the package as plain Python, silently.
    address = MANIFEST.find('maintainer').get('email')
    assert re.fullmatch(r'[\w.-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}', address)


@pytest.mark.parametrize('extra', ['ros', 'sim', 'train', 'viz', 'dev', 'test'])
def test_extra_exists(extra):
    assert extra in distribution('foresight').metadata.get_all('Provides-Extra')


def test_every_dependency_is_pinned():
    def canonical(name: str) -> str:
        return re.sub('[-_.]+', '-', name).lower()

    text = share('constraints.txt').read_text()
    pinned = {canonical(name) for name in re.findall(r'^([\w.-]+)==', text, re.MULTILINE)}
    wanted = {re.match(r'[\w.-]+', line)[0] for line in distribution('foresight').requires}
    assert {canonical(name) for name in wanted} - pinned == set()


def test_pyproject_repeats_nothing_of_the_manifest():
    assert 'project' not in tomllib.loads(share('pyproject.toml').read_text())
