"""`foresight doctor`: what is installed, what is missing, and whether the demo can run."""

import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from foresight.cli.output import JsonOption, RobotOption, quiet_stdout
from foresight.errors import ForesightError
from foresight.experiments.document import write_json
from foresight.files import DISTRIBUTION, version
from foresight.robots.robot_file import RobotConfig
from foresight.settings import SHIPPED

CORE = 'torch', 'numpy', 'pin', 'daqp', 'opencv-python-headless', 'typer'
EXTRAS = {
    'ros': ('ros-rclpy', 'rosbags'), 'sim': ('pybullet',), 'train': ('tensorboard',),
    'viz': ('av', 'matplotlib'), 'gym': ('gymnasium',),
}
"""Packages that an extra of `pip install` brings."""
DEMO = {
    'ros': 'foresight.nodes.session', 'sim': 'foresight.sim.clear_table',
    'viz': 'foresight.viz.demo_pages',
}
"""Modules that the demo needs, by the extra that brings what they import."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: Its name.
        found: What it is.
        remedy: What to do about it; empty where nothing is wrong.
        needed: Whether the demo needs it.
    """

    what: str
    found: str
    remedy: str = ''
    needed: bool = False


LiveOption = Annotated[bool, typer.Option(
    '--live', help='Look at the topics of a running arm and camera instead.')]
CameraOption = Annotated[str, typer.Option(
    help='Camera of --live: a name in config/cameras, or a YAML file.')]
NamespaceOption = Annotated[str, typer.Option(
    help='Namespace of --live, such as arm1: topics that begin without / are looked for in it.')]
SecondsOption = Annotated[float, typer.Option(
    help='How long --live watches.', min=1.0, max=600.0)]


def doctor(
    live: LiveOption = False, robot: RobotOption = RobotConfig.robot, camera: CameraOption = '',
    seconds: SecondsOption = 5.0, namespace: NamespaceOption = '', json: JsonOption = None,
) -> None:
    """Say what is installed, what is missing and whether the demo can run."""
    if live:
        examine_live(robot, camera, seconds, namespace, json)
        return
    with quiet_stdout(json):
        findings = [*packages(), *demo_parts(), checkpoint(), *machine()]
    runs = not any(item.needed and item.remedy for item in findings)
    if json is None:
        show(findings)
        print('the demo can run' if runs else 'the demo cannot run: see above what to do')
    write_json({'demo': runs, 'findings': [asdict(item) for item in findings]}, json)
    if not runs:
        raise typer.Exit(1)


def examine_live(
    robot: str, camera: str, seconds: float, namespace: str, json: str | None,
) -> None:
    """Say what is wrong with the topics of an arm and a camera, in the order to mend it."""
    from foresight.nodes.live import LiveConfig, examine  # needs the extra `ros`

    with quiet_stdout(json):
        found = examine(LiveConfig(robot, camera, seconds, namespace))
    findings = [Finding(item.what, item.found, item.remedy) for item in found]
    wrong = any(item.remedy for item in findings)
    if json is None:
        show(findings)
        print('mend the above in this order' if wrong else 'the nodes can work with this')
    write_json({'live': not wrong, 'findings': [asdict(item) for item in findings]}, json)
    if wrong:
        raise typer.Exit(1)


def packages() -> list[Finding]:
    """Look for packages and extras."""
    found = [Finding('foresight', version()), Finding('Python', platform.python_version())]
    found += [Finding(name, installed(name) or 'missing') for name in CORE]
    for extra, names in EXTRAS.items():
        known = {name: installed(name) for name in names}
        words = ', '.join(f'{name} {known[name] or "missing"}' for name in names)
        found.append(Finding(f'extra {extra}', words, '' if all(known.values()) else how(extra)))
    return found


def installed(package: str) -> str:
    """Return the version of a package; empty where it is missing."""
    try:
        return version_of(package)
    except PackageNotFoundError:
        return ''


def how(extra: str) -> str:
    """Say how to get an extra."""
    return f"pip install '{DISTRIBUTION}[{extra}]'"


def demo_parts() -> list[Finding]:
    """Import what the demo needs: a package that is there may still not load."""
    return [_part(module, how(extra)) for extra, module in DEMO.items()]


def _part(module: str, remedy: str) -> Finding:
    try:
        import_module(module)
    except ImportError as error:
        return Finding(module, str(error), remedy, needed=True)
    return Finding(module, 'loads', needed=True)


def checkpoint() -> Finding:
    """Load the checkpoint that ships."""
    from foresight.actions.loading import load
    from foresight.world_model.checkpoint import digest

    try:
        return Finding(
            f'checkpoint {SHIPPED}', f'loads, {digest(load(SHIPPED, "cpu"))[:16]}',
            needed=True,
        )
    except ForesightError as error:
        return Finding(f'checkpoint {SHIPPED}', 'does not load', str(error), needed=True)


def machine() -> list[Finding]:
    """Look at what decides how fast plans are, and who hears the nodes."""
    import torch

    from foresight.world_model.precision import has_fast_bf16

    cuda = torch.cuda.is_available()
    amx = has_fast_bf16(torch.device('cpu'))
    return [
        Finding('threads', f'{torch.get_num_threads()} of {os.cpu_count()} cores, '
                f'OMP_NUM_THREADS {os.environ.get("OMP_NUM_THREADS", "not set")}'),
        Finding('matrix tiles (AMX)', 'yes, bfloat16' if amx else 'no, single precision'),
        Finding('GPU', torch.cuda.get_device_name() if cuda else 'none'),
        *(Finding(name, os.environ.get(name, usual)) for name, usual in ROS.items()),
    ]


ROS: Mapping[str, Any] = {
    'ROS_DOMAIN_ID': '0, not set', 'RMW_IMPLEMENTATION': 'not set: the usual one',
    'ROS_AUTOMATIC_DISCOVERY_RANGE': 'not set: the usual one',
}
"""What ROS is told by the environment, and what holds otherwise."""


def show(findings: list[Finding]) -> None:
    """Show one line a finding, and below them what to do: to be copied, so never wrapped."""
    shown = Table('what', 'found')
    for item in findings:
        shown.add_row(item.what, item.found)
    Console().print(shown, markup=False)
    for item in findings:
        if item.remedy:
            print(f'{item.what}: {item.remedy}')
