import pytest

from foresight.errors import ConfigError
from foresight.settings import SceneConfig
from foresight.sim.settings import CameraConfig, SimConfig
from foresight.sim.site import USUAL, load_site


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / 'attic.yaml'
        path.write_text(text)
        return path

    return write


def test_a_site_changes_what_it_names_and_nothing_else(write):
    site = load_site(write('scene:\n  table_width: 0.5\ncamera:\n  tilt: [0.1, 0.0, 0.0]\n'))
    assert site.name == 'attic'
    assert site.scene == SceneConfig(table_width=0.5)
    assert site.camera == CameraConfig(tilt=(0.1, 0.0, 0.0))
    assert site.sim == SimConfig()


def test_no_name_is_the_usual_site():
    assert load_site('') is USUAL
    assert (USUAL.scene, USUAL.camera, USUAL.sim) == (SceneConfig(), CameraConfig(), SimConfig())


@pytest.mark.parametrize(('text', 'message'), [
    ('table: {}', 'unknown table; known are scene, camera, sim'),
    ('scene:\n  table_widht: 0.5', 'unknown table_widht'),
    ('scene:\n  table_width: 1', 'decimal point'),
    ('camera:\n  tilt: [0.1, 0.0]', 'a list of 3 numbers'),
    ('camera:\n  tilt: [0.1, 0, 0.0]', 'a list of 3 numbers'),
    ('camera:\n  tilt: [2.0, 0.0, 0.0]', 'must be <= 1'),
    ('sim:\n  object_set: unsen', 'choose one of seen'),
    ('sim: [', 'cannot be read as YAML'),
])
def test_what_is_wrong_in_a_file_is_named(write, text, message):
    with pytest.raises(ConfigError, match=message):
        load_site(write(text))


def test_an_unknown_site_says_which_there_are():
    known = "no site 'mooved': choose one of kitchen, moved, tray, workbench"
    with pytest.raises(ConfigError, match=known):
        load_site('mooved')
