"""`foresight calibrate`: does the feasibility test of pushes foretell their execution?"""

from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.table import Table

from foresight.actions.push import calibration
from foresight.cli.output import JsonOption, quiet_stdout, write_json
from foresight.robots.arm import ArmModel
from foresight.settings import PushConfig, SceneConfig

ROWS = (
    ('executable', 'random pushes that the joint level carries out', ''),
    ('false_accepts', 'accepted pushes that it does not', '<= 1 %'),
    ('false_rejects', 'executable pushes that the test rejects', '<= 5 %'),
    ('coverage', 'table points and headings that a 20 cm push passes', '>= 90 %'),
)
Count = Annotated[int, typer.Option(min=1, help='Random pushes to plan.')]
Seed = Annotated[int, typer.Option(min=0, help='Seed that draws them.')]


def calibrate(
    scene: SceneConfig, push: PushConfig,
    count: Count = 1000, seed: Seed = 0, json: JsonOption = None,
) -> None:
    """Compare the feasibility test of pushes with their execution."""
    torch.set_num_threads(1)
    with quiet_stdout(json):
        result = calibration.calibrate(count, seed, scene, push, ArmModel.load())
        Console().print(render(result))
    write_json({'calibration': result}, json)


def render(result: calibration.Calibration) -> Table:
    """Put what was measured beside what was asked."""
    table = Table('share', 'measured', 'asked', title=f'{result.count} pushes, seed {result.seed}')
    for name, meaning, asked in ROWS:
        table.add_row(meaning, f'{100 * getattr(result, name):.1f} %', asked)
    return table
