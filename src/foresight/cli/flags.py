"""Turn settings dataclasses into command line options."""

import inspect
from collections import Counter
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import Field, dataclass, fields
from functools import wraps
from typing import Annotated, Any, get_args, get_origin

import typer

from foresight.files import at_home
from foresight.settings import Checked

Parameter = inspect.Parameter
USUAL, ADVANCED = 'Usual', 'Advanced'
"""Panels of the help."""


@dataclass(frozen=True)
class Shown:
    """How the help shows settings.

    Attributes:
        usual: Fields that most users set; empty = all. The others stand under ADVANCED.
        argument: Field that is given without a name.
    """

    usual: tuple[str, ...] = ()
    argument: str = ''

    def panel(self, kind: type[Checked], name: str) -> str:
        """Return the panel of a field."""
        if not self.usual or name in self.usual:
            return USUAL
        about = (inspect.getdoc(kind) or kind.__name__).splitlines()[0].rstrip('.')
        return f'{ADVANCED}: {about}'


def allowed(item: Field[Any]) -> str:
    """Say what a setting may be, as far as it is bounded."""
    low, high, choices = (item.metadata[key] for key in ('low', 'high', 'choices'))
    if choices:
        return ', '.join(choices)
    if low is not None and high is not None:
        return f'{low} to {high}'
    return f'>= {low}' if low is not None else f'<= {high}' if high is not None else ''


def describe(item: Field[Any]) -> str:
    """Say in one line what a setting is, its unit and what it may be."""
    known = '; '.join(fact for fact in (item.metadata['unit'], allowed(item)) if fact)
    # Not in square brackets: rich takes them for markup.
    description: str = item.metadata['description']
    return f'{description} ({known})' if known else description


def settings_of(parameter: Parameter) -> type[Checked] | None:
    """Return the dataclass that a parameter expands to; None for any other parameter."""
    annotation = parameter.annotation
    kind = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    return kind if isinstance(kind, type) and issubclass(kind, Checked) else None


def shown(parameter: Parameter) -> Shown:
    """Return how the help shows the settings of a parameter."""
    return next((mark for mark in get_args(parameter.annotation) if isinstance(mark, Shown)),
                Shown())


def option_names(parameters: Iterable[Parameter]) -> dict[tuple[str, str], str]:
    """Name the option of each (parameter, field) pair.

    The field alone is the name, unless other settings or an argument of the command
    have it too: then the parameter's own name comes first (`planner_seed`).
    """
    parameters = list(parameters)
    pairs = [
        (item.name, entry.name) for item in parameters if (kind := settings_of(item))
        for entry in fields(kind)  # type: ignore[arg-type]
    ]
    used = Counter(entry for _, entry in pairs)
    used.update(item.name for item in parameters if not settings_of(item))
    return {pair: pair[1] if used[pair[1]] == 1 else '_'.join(pair) for pair in pairs}


def option(
    name: str, kind: type[Checked], entry: Field[Any], default: Any, look: Shown,
) -> Parameter:
    """Make the option of one setting, or the argument."""
    if entry.name == look.argument:
        described: Any = typer.Argument(help=describe(entry))
    else:
        flag = '--' + (entry.metadata['flag'] or name).replace('_', '-')
        declaration = f'{flag}/--no-{flag[2:]}' if entry.type is bool else flag
        panel = look.panel(kind, entry.name)
        described = typer.Option(declaration, help=describe(entry), rich_help_panel=panel)
    annotation = Annotated[entry.type, described]  # type: ignore[name-defined]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def own(parameter: Parameter) -> Parameter:
    """Show an option of the command itself among the usual ones."""
    annotation = parameter.annotation
    kind, *marks = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    marks = [copy(mark) for mark in marks]
    for mark in marks:
        if isinstance(mark, typer.models.OptionInfo):
            mark.rich_help_panel = USUAL
    shown_so = Annotated[kind, *marks] if marks else kind
    return parameter.replace(kind=Parameter.KEYWORD_ONLY, annotation=shown_so)


def expand_configs(function: Callable[..., Any]) -> Callable[..., Any]:
    """Replace each argument of a command that is a settings dataclass by one option per field.

    A default of the argument gives the defaults of the options; without one the dataclass does.

    Args:
        function: A command; arguments annotated with such a dataclass expand, `Annotated` with
            `Shown` says how.

    Returns:
        The command as typer shall see it. Out-of-range values raise ConfigError when it runs.
    """
    signature = inspect.signature(function)
    known = {item: kind for item in signature.parameters.values() if (kind := settings_of(item))}
    names = option_names(signature.parameters.values())

    @wraps(function)
    def command(**values: Any) -> Any:
        values = {name: at_home(value) for name, value in values.items()}
        for item, kind in known.items():
            settings = {
                entry.name: values.pop(names[item.name, entry.name])
                for entry in fields(kind)  # type: ignore[arg-type]
            }
            values[item.name] = kind(**settings)
        return function(**values)

    expanded = [own(item) for item in signature.parameters.values() if item not in known]
    for item, kind in known.items():
        base = kind() if item.default is Parameter.empty else item.default
        expanded += [
            option(names[item.name, entry.name], kind, entry, getattr(base, entry.name),
                   shown(item))
            for entry in fields(kind)  # type: ignore[arg-type]
        ]
    command.__signature__ = signature.replace(parameters=expanded)  # type: ignore[attr-defined]
    command.__annotations__ = {item.name: item.annotation for item in expanded}
    return command
