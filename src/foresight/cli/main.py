"""Entry point of `foresight`; a command's module is imported only when it runs."""

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer

from foresight.cli.flags import expand_configs
from foresight.errors import ForesightError
from foresight.experiments.experiment import EXPERIMENTS
from foresight.files import DISTRIBUTION, version


class Command(NamedTuple):
    """A command as the help lists it.

    Attributes:
        home: Module and function; of an experiment the module alone.
        summary: What it does.
        example: A call of it.
    """

    home: str
    summary: str
    example: str


GROUPS = {
    'data': 'Collect, import and look at training data.',
    'train': 'Train the world model and what goes with it.',
    'models': 'List checkpoints, tell where they come from, let a better one stand.',
    'experiment': 'Measure what a results page is made of; --list names the experiments.',
    'calibrate': 'Measure thresholds, the feasibility test, and where camera and table are.',
}
"""Words that begin several commands."""
COMMANDS = {
    'demo': Command(
        'demo:demo', 'Clear a simulated table over ROS 2 and write a report.',
        'foresight demo --seed 3 --task left_half',
    ),
    'goal': Command(
        'goal:goal', 'Show a running planner what the table shall look like.',
        'foresight goal tidy.png --start',
    ),
    'data collect': Command(
        'data:collect', 'Collect play in simulation for training.',
        'foresight data collect --actions 2000 --out data/play',
    ),
    'data import': Command(
        'data:import_bags', 'Turn recorded bags into training data, and say what is in them.',
        'foresight data import out/bags',
    ),
    'data check': Command(
        'bag_check:check', 'Say what is wrong with bags and what to do about it.',
        'foresight data check out/bags --html bags.html',
    ),
    'data repair': Command(
        'data:repair', 'Bring back what is whole of a bag that was cut off or damaged.',
        'foresight data repair out/bags/run --out out/bags/run_whole',
    ),
    'data info': Command(
        'data:info', 'Say what is in a folder of episodes or bags.',
        'foresight data info data/play --json -',
    ),
    'train world-model': Command(
        'train:world_model', 'Train the world model and its cost head.',
        'foresight train world-model --data data/play --out runs/train',
    ),
    'train critic': Command(
        'train:critic', 'Learn what the rest of a task costs, on a trained world model.',
        'foresight train critic --checkpoint runs/train --out runs/critic',
    ),
    'train video': Command(
        'train:video', 'Train the video predictor, which only watches.',
        'foresight train video --out runs/video',
    ),
    'evaluate': Command(
        'evaluate:evaluate', 'Measure success over episodes and write a results page.',
        'foresight evaluate clear_table --policy planner --episodes 20 --seed 2000',
    ),
    'models list': Command(
        'models:list_models', 'List the checkpoints of some folders.', 'foresight models list',
    ),
    'models show': Command(
        'models:show_model', 'Tell where a checkpoint comes from.',
        'foresight models show runs/mine',
    ),
    'models promote': Command(
        'models:promote_model', 'Let a checkpoint take the place of another, if it is no worse.',
        'foresight models promote runs/mine --over models/clear_table --report compare.json',
    ),
    **{
        f'experiment {name}': Command(
            'experiment', summary, f'foresight experiment {name} --json -',
        ) for name, summary in EXPERIMENTS.items()
    },
    'calibrate push': Command(
        'calibrate:push', 'Compare the feasibility test of actions with their execution.',
        'foresight calibrate push --count 1000',
    ),
    'calibrate surprise': Command(
        'calibrate:surprise', 'Measure on undisturbed play what counts as a surprise.',
        'foresight calibrate surprise --checkpoint runs/train --hours 1',
    ),
    'calibrate board': Command(
        'calibrate_arm:board', 'Draw the chessboard that the tool carries.',
        'foresight calibrate board board.png',
    ),
    'calibrate capture': Command(
        'calibrate_arm:capture', 'Take captures at a running arm, one with each Enter.',
        'foresight calibrate capture seen --robot ur5e --camera realsense',
    ),
    'calibrate camera': Command(
        'calibrate_arm:camera', 'Find where the camera is, from a board or from touches.',
        'foresight calibrate camera seen --robot ur5e --camera realsense --square 0.025',
    ),
    'calibrate table': Command(
        'calibrate_arm:table', 'Find the table from touches, or from the board on it.',
        'foresight calibrate table touched --robot ur5e --out my_table.yaml',
    ),
    'calibrate paddle': Command(
        'calibrate_arm:paddle', 'Find how long the tool is, from touches of one point.',
        'foresight calibrate paddle turned --robot ur5e --out my_robot',
    ),
    'doctor': Command(
        'doctor:doctor', 'Say what is installed, what is missing and whether the demo can run.',
        'foresight doctor --json -',
    ),
}
EXTRAS = {
    'rclpy': 'ros', 'rosbags': 'ros', 'pybullet': 'sim', 'pybullet_data': 'sim',
    'gymnasium': 'gym', 'tensorboard': 'train', 'matplotlib': 'viz', 'av': 'viz',
}
"""Extra of `pip install` that brings a package."""


def load(name: str) -> Callable[..., Any]:
    """Import a command and give it the options of its settings."""
    module, _, function = COMMANDS[name].home.partition(':')
    home = import_module(f'foresight.cli.{module}')
    command: Callable[..., Any] = (
        getattr(home, function) if function else home.command(name.split()[1])
    )
    return expand_configs(command)


def listed() -> None:
    """Stand for a command that the help lists but that is not called."""


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(version())
        raise typer.Exit


def foresight(
    version_wanted: Annotated[bool, typer.Option(
        '--version', callback=show_version, is_eager=True, help='Show the version and exit.',
    )] = False,
) -> None:
    """Plan in the latent space of a learned world model."""


def list_experiments(wanted: bool) -> None:
    """Print one line an experiment and stop."""
    if wanted:
        for name, summary in EXPERIMENTS.items():
            typer.echo(f'{name:<12} {summary}')
        raise typer.Exit


def experiments(
    wanted: Annotated[bool, typer.Option(
        '--list', callback=list_experiments, is_eager=True, help='Name the experiments and exit.',
    )] = False,
) -> None:
    """Stand for the group `experiment`, which has an option of its own."""


def build(called: str) -> typer.Typer:
    """Make the application; of its commands only `called` is imported."""
    new = partial(typer.Typer, no_args_is_help=True, pretty_exceptions_enable=False)
    app = new(callback=foresight)
    groups = {name: new(add_completion=False) for name in GROUPS}
    for name, command in COMMANDS.items():
        *group, word = name.split()
        function = load(name) if name == called else listed
        (groups[group[0]] if group else app).command(
            word, short_help=command.summary, epilog=f'Example: {command.example}',
        )(function)
    groups['experiment'].callback()(experiments)
    for name, part in groups.items():
        app.add_typer(part, name=name, help=GROUPS[name])
    return app


def called_by(words: Sequence[str]) -> str:
    """Return the command that words call; empty if they call none."""
    names = [word for word in words if not word.startswith('-')][:2]
    return next((name for name in (' '.join(names), *names[:1]) if name in COMMANDS), '')


def typed() -> list[str]:
    """Return the words on the command line, or those before what a shell asks to complete."""
    words = os.environ.get('COMP_WORDS') or os.environ.get('_TYPER_COMPLETE_ARGS')
    if '_FORESIGHT_COMPLETE' not in os.environ or not words:
        return sys.argv[1:]
    place = os.environ.get('COMP_CWORD')
    known = words.split()
    return known[1:int(place)] if place else known[1:] if words.endswith(' ') else known[1:-1]


def explain(error: ModuleNotFoundError) -> str | None:
    """Name the extra that brings a missing third-party package."""
    package = (error.name or '').partition('.')[0]
    if package not in EXTRAS:
        return None
    return f"{package} is not installed: pip install '{DISTRIBUTION}[{EXTRAS[package]}]'"


def main() -> None:
    """Run `foresight`; an expected error is one line on standard error and status 2."""
    try:
        build(called_by(typed()))(prog_name='foresight')
    except ForesightError as error:
        message = str(error)
    except ModuleNotFoundError as error:
        if (remedy := explain(error)) is None:
            raise
        message = remedy
    else:
        return
    print(f'foresight: {message}', file=sys.stderr)
    sys.exit(2)


if __name__ == '__main__':
    main()
