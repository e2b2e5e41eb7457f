"""Configuration dataclasses as ROS parameters: declared, described, bounded, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import Field, fields, replace
from functools import partial
from typing import Any, TypeVar

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.exceptions import InvalidParameterTypeException, InvalidParameterValueException
from rclpy.node import Node
from rclpy.parameter import Parameter

from foresight.errors import ConfigError
from foresight.files import at_home

Config = TypeVar('Config')
FREE = ('use_sim_time', 'start_type_description_service', 'qos_overrides.')
LARGEST = {int: 2**62, float: 1e300}


def declare(
    node: Node, config: Config, prefix: str = '', changeable: tuple[str, ...] = (),
) -> Config:
    """Declare one parameter a field and return the configuration the overrides ask for.

    Args:
        node: Node that gets the parameters.
        config: The defaults.
        prefix: Put before each name, such as `action.`.
        changeable: Fields that may be set while the node runs; the others only when it starts.

    Raises:
        ConfigError: If a value has the wrong type or is outside its bounds.
    """
    values = {}
    for item in fields(config):  # type: ignore[arg-type]
        default = getattr(config, item.name)
        descriptor = _descriptor(default, item, item.name not in changeable)
        value = _value(node, prefix + item.name, default, descriptor)
        values[item.name] = tuple(value) if isinstance(default, tuple) else at_home(value)
    made: Config = replace(config, **values)  # type: ignore[type-var]
    if changeable:
        names = {prefix + name: name for name in changeable}
        node.add_on_set_parameters_callback(partial(_judge, made, names))
    return made


def _judge(
    config: Any, names: Mapping[str, str], asked: Sequence[Parameter[Any]],
) -> SetParametersResult:
    """Refuse values that the configuration refuses, with its reason."""
    changed = {names[item.name]: item.value for item in asked if item.name in names}
    try:
        replace(config, **changed)
    except (ConfigError, TypeError) as error:
        return SetParametersResult(successful=False, reason=str(error))
    return SetParametersResult(successful=True)


def with_overrides(node: Node, config: Config, declared: Config) -> Config:
    """Return a configuration with what the user set when the node started.

    Its defaults are others than those that were declared, without a prefix, as `declared`.
    """
    given = {
        item.name: getattr(declared, item.name) for item in fields(config)  # type: ignore[arg-type]
        if item.name in node._parameter_overrides
    }
    return replace(config, **given)  # type: ignore[type-var]


def refuse_unknown(node: Node) -> None:
    """Refuse overrides that nobody declared; rclpy would ignore them.

    Raises:
        ConfigError: If there is one.
    """
    # rclpy has no public list of the overrides a node was started with.
    given = set(node._parameter_overrides)
    known = set(node._parameters)
    unknown = sorted(n for n in given - known if not n.startswith(FREE))
    if unknown:
        raise ConfigError(
            f'{node.get_name()} has no parameter {", ".join(unknown)}: '
            f'it has {", ".join(sorted(known))}'
        )


def _descriptor(default: Any, item: Field[Any], read_only: bool) -> ParameterDescriptor:
    """Describe a field: what it is, its unit, bounds and choices."""
    meta = item.metadata
    unit = f' [{meta["unit"]}]' if meta.get('unit') else ''
    choices = ', '.join(meta.get('choices') or ())
    descriptor = ParameterDescriptor(
        description=f'{meta["description"]}{unit}', read_only=read_only,
        additional_constraints=f'one of {choices}' if choices else '',
    )
    kind, low, high = type(default), meta.get('low'), meta.get('high')
    if kind in LARGEST and (low is not None or high is not None):
        ends = (-LARGEST[kind] if low is None else low, LARGEST[kind] if high is None else high)
        if kind is int:
            descriptor.integer_range = [IntegerRange(from_value=ends[0], to_value=ends[1])]
        else:
            span = FloatingPointRange(from_value=float(ends[0]), to_value=float(ends[1]))
            descriptor.floating_point_range = [span]
    return descriptor


def _value(node: Node, name: str, default: Any, descriptor: ParameterDescriptor) -> Any:
    """Declare a parameter and return its value, or say what is wrong with the override."""
    where = f'{node.get_name()}: parameter {name}'
    default = list(default) if isinstance(default, tuple) else default
    try:
        value = node.declare_parameter(name, default, descriptor).value
    except InvalidParameterTypeException as error:
        wanted = type(default).__name__
        hint = '; write 1.0, not 1' if isinstance(default, float) else ''
        raise ConfigError(f'{where} must be of type {wanted}{hint}') from error
    except InvalidParameterValueException as error:
        span = (*descriptor.integer_range, *descriptor.floating_point_range)
        bounds = f' in [{span[0].from_value}, {span[0].to_value}]' if span else ''
        raise ConfigError(f'{where} must be{bounds}: {descriptor.description}') from error
    return list(value) if hasattr(value, 'tolist') else value
