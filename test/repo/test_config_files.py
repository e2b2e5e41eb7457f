"""config/*.yaml says only what config.py knows, and only what differs from it."""

import dataclasses
import inspect

import pytest
import yaml

from foresight import config
from foresight.resources import share

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


@pytest.mark.parametrize('path', sorted(share('config').rglob('*.yaml')), ids=lambda p: p.name)
def test_yaml_is_readable_and_has_one_meaning(path):
    assert isinstance(yaml.safe_load(path.read_text()), dict)
