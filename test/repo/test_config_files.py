"""config/*.yaml says only what config.py knows, and only what differs from it."""

import dataclasses
import inspect
from typing import Any

import pytest
import yaml

from foresight import config
from foresight.nodes.topics import NODES
from foresight.resources import share
from foresight.robot.arm_model import ArmModel
from foresight.training.task_file import load_task

DATACLASSES = [
    item for _, item in inspect.getmembers(config, dataclasses.is_dataclass)
    if issubclass(item, config.Checked)
]


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


@pytest.mark.parametrize('name', NODES)
def test_node_yaml_sets_known_parameters_of_the_right_type(name):
    # The node itself refuses what it does not declare; this says so without starting it.
    path = share('config') / f'{name}.yaml'
    if not path.is_file():  # every default of this node is the right one
        return
    source = share(f'src/foresight/nodes/{path.stem}_node.py').read_text()
    defaults = {
        entry.name: entry.default for item in DATACLASSES for entry in dataclasses.fields(item)
    }
    (node,) = yaml.safe_load(path.read_text()).values()
    for key, value in flatten(node['ros__parameters']).items():
        field = key.rpartition('.')[2]
        assert field in defaults or f"'{key}'" in source, key
        wanted = type(defaults.get(field, value))
        assert isinstance(value, list if wanted is tuple else wanted), key


@pytest.mark.parametrize('path', sorted(share('config/tasks').glob('*')), ids=lambda p: p.name)
def test_task_file_loads(path):
    assert load_task(path.stem).terms


@pytest.mark.parametrize('path', sorted(share('config/robots').glob('*')), ids=lambda p: p.name)
def test_robot_file_loads(path):
    assert len(ArmModel.load(path).joint_names) == 7
