"""Version, changelog, licence and dependencies have one home each."""

import ast
import re
import tomllib
import xml.etree.ElementTree as ElementTree
from importlib.metadata import distribution

import pytest

from foresight.files import DISTRIBUTION, share, version
from foresight.nodes.topics import NODES, TOPICS

MANIFEST = ElementTree.parse(share('package.xml')).getroot()


def test_version_is_stated_once():
    pattern = re.compile(rf'(?<![\w.]){re.escape(version())}(?![\w.])')
    places = ['setup.py', 'pyproject.toml', 'src/foresight/__init__.py', 'README.md']
    assert [place for place in places if pattern.search(share(place).read_text())] == []


def test_installed_metadata_comes_from_the_manifest():
    metadata = distribution(DISTRIBUTION).metadata
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


@pytest.mark.parametrize('extra', ['ros', 'sim', 'train', 'viz', 'docs', 'dev', 'test'])
def test_extra_exists(extra):
    assert extra in distribution(DISTRIBUTION).metadata.get_all('Provides-Extra')


def test_every_dependency_is_pinned():
    def canonical(name: str) -> str:
        return re.sub('[-_.]+', '-', name).lower()

    text = share('constraints.txt').read_text()
    pinned = {canonical(name) for name in re.findall(r'^([\w.-]+)==', text, re.MULTILINE)}
    wanted = {re.match(r'[\w.-]+', line)[0] for line in distribution(DISTRIBUTION).requires}
    assert {canonical(name) for name in wanted} - pinned == set()


def test_pyproject_repeats_nothing_of_the_manifest():
    assert 'project' not in tomllib.loads(share('pyproject.toml').read_text())


def ros_imports() -> set[str]:
    """Top-level names of the ROS packages that the nodes import."""
    names = set()
    for path in share('src/foresight/nodes').glob('*.py'):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                names.add((node.module or '').partition('.')[0])
            elif isinstance(node, ast.Import):
                names.update(alias.name.partition('.')[0] for alias in node.names)
    names.update(topic.type.partition('/')[0] for topic in TOPICS.values())
    return {name for name in names if re.search('(_msgs|_srvs|_interfaces)$|^rclpy$', name)}


def test_every_ros_package_is_a_dependency_in_both_worlds():
    keys = {item.text for item in MANIFEST.findall('exec_depend')}
    wheels = set(re.findall(r'^ros-[\w-]+', '\n'.join(distribution(DISTRIBUTION).requires), re.M))
    assert ros_imports() - keys == set()
    assert {f'ros-{name.replace("_", "-")}' for name in ros_imports()} - wheels == set()


def test_every_node_is_an_executable():
    scripts = {item.name for item in distribution(DISTRIBUTION).entry_points}
    files = {path.stem for path in share('src/foresight/nodes').glob('*_node.py')}
    assert {f'{name}_node' for name in scripts - {'foresight'}} == files
    assert scripts >= set(NODES)
