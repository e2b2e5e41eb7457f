"""`foresight calibrate`: the feasibility test, and what counts as a surprise."""

from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.table import Table

from foresight.actions.push.calibration import Calibration
from foresight.actions.push.calibration import calibrate as calibrate_push
from foresight.actions.push.settings import PushConfig
from foresight.cli.flags import Shown
from foresight.cli.output import (
    CheckpointOption,
    JsonOption,
    RobotOption,
    SiteOption,
    quiet_stdout,
)
from foresight.experiments.document import write_json
from foresight.experiments.surprise.undisturbed import AlarmSettings, described, find_alarm
from foresight.robots.arm import ArmModel
from foresight.robots.robot_file import RobotConfig
from foresight.settings import SHIPPED
from foresight.tasks.site_file import load_scene

ROWS = (
    ('executable', 'random pushes that the joint level carries out', ''),
    ('false_accepts', 'accepted pushes that it does not', '<= 1 %'),
    ('false_rejects', 'executable pushes that the test rejects', '<= 5 %'),
    ('coverage', 'table points and headings that a 20 cm push passes', '>= 90 %'),
)


def push(
    push: Annotated[PushConfig, Shown(('length_low', 'length_high'))],
    robot: RobotOption = RobotConfig.robot,
    count: Annotated[int, typer.Option(min=1, help='Random pushes to plan.')] = 1000,
    seed: Annotated[int, typer.Option(min=0, help='Seed that draws them.')] = 0,
    site: SiteOption = '', json: JsonOption = None,
) -> None:
    """Compare the feasibility test of pushes with their execution."""
    torch.set_num_threads(1)
    with quiet_stdout(json):
        scene = load_scene(site)
        arm = ArmModel.load(robot, scene.stand)
        result = calibrate_push(count, seed, scene, push, arm)
    if json is None:
        Console().print(render(result))
    write_json({'calibration': result}, json)


def render(result: Calibration) -> Table:
    """Put what was measured beside what was asked."""
    table = Table('share', 'measured', 'asked', title=f'{result.count} pushes, seed {result.seed}')
    for name, meaning, asked in ROWS:
        table.add_row(meaning, f'{100 * getattr(result, name):.1f} %', asked)
    return table


def surprise(
    settings: AlarmSettings, checkpoint: CheckpointOption = SHIPPED, json: JsonOption = None,
) -> None:
    """Play aimed macro-actions that nobody disturbs and measure what counts as a surprise."""
    with quiet_stdout(json):
        console = Console(stderr=True)
        scales, levels = find_alarm(settings, checkpoint, console)
    if json is None:
        Console().print(described(scales, levels))
    write_json({'scales': scales, 'levels': levels}, json)
