"""config/*.yaml says only what the dataclasses know, and only what differs from it."""

import dataclasses
import re
from typing import Any

import pytest
import yaml

from foresight.cli.reference import configurations
from foresight.files import share
from foresight.nodes.topics import NODES
from foresight.sim.site import USUAL, load_site
from foresight.tasks.task_file import load_task

DATACLASSES = configurations()


@pytest.mark.parametrize('item', DATACLASSES, ids=lambda item: item.__name__)
def test_every_setting_is_described_and_its_default_is_allowed(item):
    item()
    for entry in dataclasses.fields(item):
        assert entry.metadata.get('description'), f'{item.__name__}.{entry.name}'


@pytest.mark.parametrize('item', DATACLASSES, ids=lambda item: item.__name__)
def test_configurations_are_frozen(item):
    assert item.__dataclass_params__.frozen


def flatten(settings: dict[str, Any], prefix: str = '') -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in settings.items():
        inner = flatten(value, f'{prefix}{key}.') if isinstance(value, dict) else {
            prefix + key: value}
        flat.update(inner)
    return flat


@pytest.mark.parametrize('path', sorted(share('config').rglob('*.yaml')), ids=lambda p: p.name)
def test_yaml_is_a_mapping(path):
    assert isinstance(yaml.safe_load(path.read_text()), dict)


# What a task and a site hold by default.
HELD = {
    'task.planner': 'OptimiserConfig', 'task.spread': 'PushSpread', 'place.sim': 'SimConfig',
    'place.scene': 'SceneConfig', 'place.camera': 'CameraConfig',
}


def known_parameters(name: str) -> dict[str, Any]:
    """Parameters of a node and their defaults, told by what its source declares."""
    source = share(f'src/foresight/nodes/{name}_node.py').read_text()
    kinds = {item.__name__: item for item in DATACLASSES}
    known: dict[str, Any] = {}
    for what, prefix in re.findall(r"\bdeclare\(self, ([\w.]+)(?:\(\))?(?:, '([\w.]+)')?", source):
        kind = kinds[HELD.get(what, what)]
        known |= {f'{prefix}{item.name}': item.default for item in dataclasses.fields(kind)}
    return known


@pytest.mark.parametrize('name', NODES)
def test_every_node_has_a_yaml_that_sets_known_parameters_of_the_right_type(name):
    # The node itself refuses what it does not declare; this says so without starting it.
    content = yaml.safe_load(share(NODES[name].config).read_text())
    assert list(content) == ['/**'], 'a node that was renamed reads its file too'
    known = known_parameters(name)
    assert len(known) > 2
    for key, value in flatten(content['/**']['ros__parameters']).items():
        assert key in known, key
        wanted = type(known[key])
        assert isinstance(value, list if wanted is tuple else wanted), key
        assert value != known[key], f'{key} says what the code says'


@pytest.mark.parametrize('name', NODES)
def test_the_example_in_a_node_yaml_is_of_known_parameters(name):
    text = share(NODES[name].config).read_text()
    for example in re.findall(r'# such as (\{.*\})', text):
        assert set(yaml.safe_load(example)) <= set(known_parameters(name))


@pytest.mark.parametrize('path', sorted(share('config/tasks').glob('*')), ids=lambda p: p.name)
def test_task_file_loads(path):
    assert load_task(path.stem).terms


@pytest.mark.parametrize('path', sorted(share('config/sites').glob('*')), ids=lambda p: p.name)
def test_site_file_loads_and_differs(path):
    site = load_site(path.stem)
    assert (site.scene, site.camera, site.sim) != (USUAL.scene, USUAL.camera, USUAL.sim)
