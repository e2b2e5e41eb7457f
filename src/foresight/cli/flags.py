"""Turn configuration dataclasses into command line options."""

import inspect
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import Field, fields
from functools import wraps
from typing import Annotated, Any

import typer

from foresight.settings import Checked

Parameter = inspect.Parameter


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


def is_config(parameter: Parameter) -> bool:
    """Tell whether a parameter is a configuration to be expanded."""
    kind = parameter.annotation
    return isinstance(kind, type) and issubclass(kind, Checked)


def option_names(parameters: Iterable[Parameter]) -> dict[tuple[str, str], str]:
    """Name the option of each (configuration, field) pair.

    The field alone is the name, unless another configuration or an argument of the command
    has it too: then the configuration's own parameter name comes first (`planner_seed`).
    """
    parameters = list(parameters)
    pairs = [
        (item.name, entry.name) for item in parameters if is_config(item)
        for entry in fields(item.annotation)
    ]
    used = Counter(entry for _, entry in pairs)
    used.update(item.name for item in parameters if not is_config(item))
    return {pair: pair[1] if used[pair[1]] == 1 else '_'.join(pair) for pair in pairs}


def option(name: str, kind: type[Checked], entry: Field[Any], default: Any) -> Parameter:
    """Make the option of one setting; the help groups options by configuration."""
    panel = (inspect.getdoc(kind) or kind.__name__).splitlines()[0].rstrip('.')
    flag = '--' + name.replace('_', '-')
    declaration = f'{flag}/--no-{flag[2:]}' if entry.type is bool else flag
    described = typer.Option(declaration, help=describe(entry), rich_help_panel=panel)
    annotation = Annotated[entry.type, described]  # type: ignore[name-defined]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def expand_configs(function: Callable[..., Any]) -> Callable[..., Any]:
    """Replace each configuration argument of a command by one option per field.

    A default of the argument gives the defaults of the options; without one the dataclass does.

    Args:
        function: A command; arguments annotated with such a dataclass expand.

    Returns:
        The command as typer shall see it. Out-of-range values raise ConfigError when it runs.
    """
    signature = inspect.signature(function)
    configs = [item for item in signature.parameters.values() if is_config(item)]
    names = option_names(signature.parameters.values())

    @wraps(function)
    def command(**values: Any) -> Any:
        for item in configs:
            settings = {
                entry.name: values.pop(names[item.name, entry.name])
                for entry in fields(item.annotation)
            }
            values[item.name] = item.annotation(**settings)
        return function(**values)

    expanded = [
        item.replace(kind=Parameter.KEYWORD_ONLY)
        for item in signature.parameters.values() if not is_config(item)
    ]
    for item in configs:
        base = item.annotation() if item.default is Parameter.empty else item.default
        expanded += [
            option(names[item.name, entry.name], type(base), entry, getattr(base, entry.name))
            for entry in fields(base)
        ]
    command.__signature__ = signature.replace(parameters=expanded)  # type: ignore[attr-defined]
    command.__annotations__ = {item.name: item.annotation for item in expanded}
    return command
