"""Entry point of `foresight`; a command's module is imported only when it runs."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from foresight.cli.flags import expand_configs
from foresight.errors import ForesightError
from foresight.files import version

COMMANDS = {
    'demo': 'Clear a simulated table over ROS 2 and write a report.',
    'collect': 'Collect pushes in simulation for training.',
    'import-bags': 'Turn recorded bags into training data, and say what is in them.',
    'train': 'Train the world model and its cost head.',
    'critic': 'Learn what the rest of a task costs, on a trained world model.',
    'train-video': 'Train the video predictor, which only watches.',
    'evaluate': 'Measure success over episodes and write a results table.',
    'ablate': 'Compare training methods, or numbers of labels, at equal budget.',
    'horizon': 'Measure what looking further than one push is worth.',
    'evaluate memory': 'Measure what is known of hidden objects, and plan with the arm in view.',
    'evaluate physics': 'Compare surprise at the impossible with that at the possible.',
    'evaluate uncertainty': 'Compare imagined outcomes of a push with those of repeating it.',
    'evaluate risk': 'Compare how the imagined futures of a push may count, in closed loop.',
    'evaluate surprise': 'Measure surprise in the loop: who notices what, how soon, and success.',
    'calibrate': 'Compare the feasibility test of pushes with their execution.',
    'calibrate alarm': 'Measure on undisturbed play what counts as a surprise.',
}
EXTRAS = {
    'rclpy': 'ros', 'rosbags': 'ros', 'pybullet': 'sim', 'pybullet_data': 'sim',
    'tensorboard': 'train', 'matplotlib': 'viz', 'av': 'viz',
}


def load(name: str) -> Callable[..., Any]:
    """Import the command `name` and give it the options of its configurations."""
    module = name.split()[-1].replace('-', '_')
    function: Callable[..., Any] = getattr(import_module(f'foresight.cli.{module}'), module)
    return expand_configs(function)


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


def build(called: str | None) -> typer.Typer:
    """Make the application; of its commands only `called` is imported."""
    app = typer.Typer(
        callback=foresight, no_args_is_help=True, add_completion=False,
        pretty_exceptions_enable=False,
    )
    for name, summary in COMMANDS.items():
        app.command(name, short_help=summary)(load(name) if name == called else listed)
    return app


def with_command(words: Sequence[str]) -> list[str]:
    """Join the two words of a command such as `evaluate uncertainty`."""
    two = ' '.join(words[:2])
    return [two, *words[2:]] if two in COMMANDS else list(words)


def explain(error: ModuleNotFoundError) -> str | None:
    """Name the extra that brings a missing third-party package."""
    package = (error.name or '').partition('.')[0]
    if package not in EXTRAS:
        return None
    return f"{package} is not installed: pip install 'foresight[{EXTRAS[package]}]'"


def main() -> None:
    """Run `foresight`; an expected error is one line on standard error and status 2."""
    words = with_command(sys.argv[1:])
    called = next((word for word in words if not word.startswith('-')), None)
    try:
        build(called)(words)
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
