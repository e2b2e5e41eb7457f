import json
from dataclasses import asdict

import pytest

from foresight.data.collected import MANIFEST, collected_scene
from foresight.errors import DatasetError
from foresight.settings import SceneConfig


def test_a_folder_tells_the_table_it_was_collected_at(tmp_path):
    scene = SceneConfig(table_width=0.5)
    (tmp_path / MANIFEST).write_text(json.dumps({'scene': asdict(scene)}))
    assert collected_scene(tmp_path) == scene


def test_a_setting_newer_than_the_folder_has_its_default(tmp_path):
    (tmp_path / MANIFEST).write_text(json.dumps({'scene': {'table_width': 0.5}}))
    assert collected_scene(tmp_path) == SceneConfig(table_width=0.5)


def test_a_folder_without_a_manifest_is_of_the_usual_table(tmp_path):
    assert collected_scene(tmp_path) == SceneConfig()


@pytest.mark.parametrize('text', [
    '{', '{}', '[]', '{"scene": {"talbe": 1.0}}', '{"scene": {"table_width": 9.0}}',
])
def test_a_damaged_manifest_is_refused(tmp_path, text):
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(DatasetError, match='is damaged'):
        collected_scene(tmp_path)
