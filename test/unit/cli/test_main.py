import subprocess
import sys

import pytest

from foresight.cli import main
from foresight.errors import ForesightError
from foresight.files import version

BLOCKED = ('torch', 'rclpy', 'pybullet', 'matplotlib', 'pinocchio')


def foresight(*arguments, before='pass'):
    code = f'import sys; {before}; sys.argv = ["foresight", *{arguments!r}];' \
        'from foresight.cli.main import main; main()'
    return subprocess.run(
        [sys.executable, '-c', code], capture_output=True, text=True, timeout=200,
    )


def test_help_needs_no_heavy_library():
    block = '; '.join(f'sys.modules[{name!r}] = None' for name in BLOCKED)
    result = foresight('--help', before=block)
    assert result.returncode == 0, result.stderr
    assert all(name in result.stdout for name in main.COMMANDS)


def test_version_is_that_of_the_manifest():
    assert foresight('--version').stdout.strip() == version()


def test_unknown_command_is_a_usage_error():
    result = foresight('levitate')
    assert result.returncode == 2
    assert 'levitate' in result.stderr


@pytest.mark.parametrize('error, message', [
    (ForesightError('the table is gone: bring it back'), 'the table is gone: bring it back'),
    (ModuleNotFoundError('x', name='pybullet'), "pip install 'foresight[sim]'"),
])
def test_expected_error_is_one_line_and_status_2(monkeypatch, capsys, error, message):
    def fail(called):
        raise error

    monkeypatch.setattr(main, 'build', fail)
    with pytest.raises(SystemExit) as stopped:
        main.main()
    assert stopped.value.code == 2
    printed = capsys.readouterr().err
    assert message in printed and printed.count('\n') == 1


def test_missing_module_of_our_own_is_not_hidden(monkeypatch):
    def fail(called):
        raise ModuleNotFoundError('x', name='foresight.cli.levitate')

    monkeypatch.setattr(main, 'build', fail)
    with pytest.raises(ModuleNotFoundError):
        main.main()


@pytest.mark.parametrize('name', main.COMMANDS)
def test_command_shows_its_help(name):
    result = foresight(name, '--help')
    assert result.returncode == 0, result.stderr
    assert 'Usage' in result.stdout
    assert name == 'demo' or '--json' in result.stdout


def test_the_two_words_of_a_command_are_joined():
    words = ['evaluate', 'uncertainty', '--json', '-']
    assert main.with_command(words) == ['evaluate uncertainty', '--json', '-']
    assert main.with_command(['evaluate', 'clear_table']) == ['evaluate', 'clear_table']
