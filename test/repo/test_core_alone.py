"""The core and its tests import on a machine that has no ROS, no simulator and no plotting."""

import subprocess
import sys

from foresight.files import share

SIMULATED = tuple(
    f'rollout.{name}'
    for name in ('clips', 'collect', 'filming', 'play', 'recording', 'repeat', 'sites')
)
EDGES = ('nodes', 'sim', *SIMULATED, 'viz', 'experiments', 'cli')
BLOCKED = ('gymnasium', 'rclpy', 'pybullet', 'pybullet_data', 'matplotlib')
BLOCK = f'import sys; sys.modules.update(dict.fromkeys({BLOCKED!r}))\n'
IMPORT_ALL = 'import importlib; [importlib.import_module(name) for name in {!r}]'
# Plainly: neither assertions nor annotations are of interest here.
COLLECT = 'import pytest; sys.exit(pytest.main(["--collect-only", "-qq", "--assert=plain", ' \
    '"-o", "addopts=--import-mode=importlib", {!r}]))'


def run_without_edges(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python with every edge library made unimportable."""
    return subprocess.run(
        [sys.executable, '-W', 'ignore', '-c', BLOCK + code],
        cwd=share('.'), capture_output=True, text=True, timeout=280,
    )


def core_modules() -> list[str]:
    """Everything but the edges and the commands, which load only when they are called."""
    source = share('src')
    paths = [path.relative_to(source) for path in sorted(source.rglob('foresight/**/*.py'))]
    names = ['.'.join(path.with_suffix('').parts).removesuffix('.__init__') for path in paths]
    edges = tuple(f'foresight.{edge}' for edge in EDGES)
    return [name for name in names if not name.startswith(edges)]


def test_core_imports_without_ros_simulator_and_plots():
    result = run_without_edges(IMPORT_ALL.format(core_modules()))
    assert result.returncode == 0, result.stderr


def test_unit_tests_import_without_ros_simulator_and_plots():
    result = run_without_edges(COLLECT.format(str(share('test/unit'))))
    assert result.returncode == 0, result.stdout
