import json

import pytest
import typer

from foresight.cli import doctor as command


@pytest.fixture
def whole(monkeypatch):
    """A machine on which everything that the demo needs loads."""
    monkeypatch.setattr(command, 'import_module', lambda name: None)


def test_doctor_knows_packages_checkpoint_and_machine(whole, capfd):
    command.doctor(json='-')
    document = json.loads(capfd.readouterr().out)
    found = {item['what']: item for item in document['findings']}
    assert document['demo'] is True
    assert {'torch', 'extra ros', 'threads', 'matrix tiles (AMX)', 'GPU', 'ROS_DOMAIN_ID'} \
        < found.keys()
    assert found['checkpoint models/clear_table']['found'].startswith('loads')


def test_a_missing_extra_is_named_with_the_remedy_and_status_1(monkeypatch, capfd):
    def missing(name):
        raise ModuleNotFoundError("No module named 'pybullet'", name='pybullet')

    monkeypatch.setattr(command, 'import_module', missing)
    with pytest.raises(typer.Exit) as stopped:
        command.doctor()
    assert stopped.value.exit_code == 1
    said = ' '.join(capfd.readouterr().out.split())
    assert 'foresight-robotics[sim]' in said and 'the demo cannot run' in said


def test_a_package_that_only_training_needs_does_not_stop_the_demo(whole, monkeypatch, capfd):
    known = command.installed
    monkeypatch.setattr(
        command, 'installed', lambda name: '' if name == 'tensorboard' else known(name),
    )
    command.doctor(json='-')
    document = json.loads(capfd.readouterr().out)
    found = {item['what']: item for item in document['findings']}
    assert found['extra train']['remedy'] == "pip install 'foresight-robotics[train]'"


def test_a_checkpoint_that_does_not_load_stops_the_demo(whole, monkeypatch, tmp_path):
    monkeypatch.setattr(command, 'SHIPPED', tmp_path / 'nowhere')
    with pytest.raises(typer.Exit):
        command.doctor(json=str(tmp_path / 'found.json'))
    document = json.loads((tmp_path / 'found.json').read_text())
    remedies = [item['remedy'] for item in document['findings'] if item['needed']]
    assert not document['demo'] and any('nowhere' in remedy for remedy in remedies)
