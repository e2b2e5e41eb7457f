"""The core imports on a machine that has no ROS, no simulator and no plotting."""

import subprocess
import sys

from foresight.resources import share

EDGES = ('nodes', 'sim', 'viz')
BLOCKED = ('rclpy', 'pybullet', 'pybullet_data', 'matplotlib')
SCRIPT = """
import importlib, sys
for name in {blocked!r}:
    sys.modules[name] = None
for name in {modules!r}:
    importlib.import_module(name)
"""


def core_modules() -> list[str]:
    source = share('src')
    names = [
        '.'.join(path.relative_to(source).with_suffix('').parts).removesuffix('.__init__')
        for path in sorted(source.rglob('foresight/**/*.py'))
    ]
    return [name for name in names if name.split('.')[1:2] not in ([edge] for edge in EDGES)]


def test_core_imports_without_ros_simulator_and_plots():
    modules = [name for name in core_modules() if not name.startswith('foresight.cli.')]
    script = SCRIPT.format(blocked=BLOCKED, modules=modules)
    result = subprocess.run(
        [sys.executable, '-W', 'ignore', '-c', script],
        capture_output=True, text=True, timeout=100,
    )
    assert result.returncode == 0, result.stderr
