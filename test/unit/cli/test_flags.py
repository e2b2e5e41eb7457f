from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from foresight.cli.flags import Shown, expand_configs
from foresight.errors import ConfigError
from foresight.settings import Checked, setting


@dataclass(frozen=True)
class Wheel(Checked):
    radius: float = setting(0.3, 'distance from hub to rim', 'm', 0.1, 1.0)
    kind: str = setting('road', 'what it is for', choices=('road', 'rail'))
    spare: bool = setting(False, 'carried, not mounted')
    offset: tuple[float, float] = setting((0.0, 1.0), 'mounting point', 'm')
    seed: int = setting(0, 'seed of the wheel', '', 0)


@dataclass(frozen=True)
class Brake(Checked):
    seed: int = setting(1, 'seed of the brake', '', 0)


Fast = Annotated[bool, typer.Option('--fast', help='hurry')]


def run(function, *arguments):
    app = typer.Typer(add_completion=False)
    app.command()(expand_configs(function))
    return CliRunner().invoke(app, list(arguments))


def received(*arguments):
    seen = []

    def drive(name: str, wheel: Wheel = Wheel(radius=0.5)) -> None:  # noqa: B008
        """Drive."""
        seen.append((name, wheel))

    result = run(drive, *arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return seen[0]


def test_defaults_are_those_of_the_argument():
    assert received('car') == ('car', Wheel(radius=0.5))


def test_every_type_of_field_becomes_an_option():
    options = ['--radius', '0.2', '--kind', 'rail', '--spare', '--offset', '2', '3', '--seed', '7']
    assert received('car', *options)[1] == Wheel(0.2, 'rail', True, (2.0, 3.0), 7)


def test_out_of_range_value_raises_config_error():
    with pytest.raises(ConfigError, match='Wheel.radius'):
        received('car', '--radius', '2.0')


def test_help_states_unit_bounds_and_choices(monkeypatch):
    def drive(wheel: Wheel) -> None:
        """Drive."""

    monkeypatch.setenv('COLUMNS', '200')
    output = run(drive, '--help').output
    assert 'distance from hub to rim (m; 0.1 to 1.0)' in output
    assert 'what it is for (road, rail)' in output


def test_shared_field_takes_the_name_of_its_configuration():
    seen = []

    def drive(wheel: Wheel, brake: Brake) -> None:
        """Drive."""
        seen.append((wheel.seed, brake.seed))

    assert run(drive, '--wheel-seed', '3', '--brake-seed', '4').exit_code == 0
    assert seen == [(3, 4)]


def test_argument_of_the_command_keeps_its_name():
    seen = []

    def drive(brake: Brake, seed: int = 5) -> None:
        """Drive."""
        seen.append((seed, brake.seed))

    assert run(drive, '--seed', '6').exit_code == 0
    assert seen == [(6, 1)]


def test_help_has_usual_and_advanced_panels(monkeypatch):
    def drive(wheel: Annotated[Wheel, Shown(usual=('radius',))], fast: Fast = False) -> None:
        """Drive."""

    monkeypatch.setenv('COLUMNS', '100')
    usual, _, advanced = run(drive, '--help').output.partition('Advanced: ')
    assert all(option in usual for option in ('Usual', '--radius', '--fast'))
    assert all(option in advanced for option in ('--kind', '--spare', '--seed'))


def test_a_setting_can_be_given_without_its_name():
    seen = []

    def drive(wheel: Annotated[Wheel, Shown(argument='kind')]) -> None:
        """Drive."""
        seen.append(wheel)

    assert run(drive, 'rail', '--radius', '0.2').exit_code == 0
    assert seen == [Wheel(0.2, 'rail')]


def test_the_home_directory_is_what_a_shell_makes_of_it(monkeypatch, tmp_path):
    seen = []

    def drive(
        track: Annotated[Path, typer.Option()] = Path('here'),
        names: Annotated[list[Path] | None, typer.Option()] = None,
        json: Annotated[str, typer.Option()] = '-',
    ) -> None:
        """Drive."""
        seen.append((track, names, json))

    monkeypatch.setenv('HOME', str(tmp_path))
    assert run(drive, '--track=~/a', '--names=~/b', '--names', 'c', '--json=~/d').exit_code == 0
    assert seen == [(tmp_path / 'a', [tmp_path / 'b', Path('c')], str(tmp_path / 'd'))]
