"""Settings of every test: quiet neighbours, this host only, arrays checked at every call."""

import dataclasses
import inspect
import os
from collections.abc import Callable
from functools import wraps
from typing import Any, get_args

import jaxtyping
import pytest

# Set before the first import of torch or rclpy in this process.
os.environ.setdefault('OMP_NUM_THREADS', '1')
os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
JAXTYPED = jaxtyping.jaxtyped


def names_an_array(hint: Any) -> bool:
    """Tell whether an annotation holds a shape, or words that only its module can read."""
    if isinstance(hint, type) and issubclass(hint, jaxtyping.AbstractArray):
        return True
    return isinstance(hint, str) or any(map(names_an_array, get_args(hint)))


def jaxtyped(made: Any = None, *, typechecker: Callable[[Any], Any] | None = None) -> Any:
    """Check arguments and result as jaxtyping does, once a call instead of twice.

    Half the time of the tests goes into the original: it binds each call's arguments to names,
    though no shape here needs them, and checks them again with the result. Where there is no
    shape to check it does so all the same.
    """
    if made is None:
        return lambda each: jaxtyped(each, typechecker=typechecker)
    if not callable(made) or inspect.isgeneratorfunction(made) or typechecker is None:
        return JAXTYPED(made, typechecker=typechecker) if callable(made) else JAXTYPED(made)
    if inspect.isclass(made):
        if dataclasses.is_dataclass(made) and '__init__' in vars(made):
            made.__init__ = jaxtyped(made.__init__, typechecker=typechecker)
        return made
    return checked(made, typechecker)


def checked(function: Callable[..., Any], typechecker: Callable[[Any], Any]) -> Any:
    """Check a function: its shapes in a scope of their own, whatever has none without one."""
    hints = list(inspect.get_annotations(function).values())
    if any(isinstance(hint, str) for hint in hints):
        return JAXTYPED(function, typechecker=typechecker)
    typed = typechecker(function)
    if not any(map(names_an_array, hints)):
        return typed

    @wraps(function)
    def scoped(*args: Any, **kwargs: Any) -> Any:
        with JAXTYPED('context'):
            return typed(*args, **kwargs)

    return scoped


jaxtyping.jaxtyped = jaxtyped  # what `--jaxtyping-packages` puts on every function


def pytest_sessionstart() -> None:
    """Take a DDS domain of its own: workers and other checkouts run on the same host."""
    from foresight.nodes.processes import free_domain

    os.environ['ROS_DOMAIN_ID'] = str(free_domain(low=1))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip `gpu` tests where there is no device, and say so."""
    marked = [item for item in items if item.get_closest_marker('gpu')]
    if not marked:
        return
    import torch

    if not torch.cuda.is_available():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason='needs a CUDA device'))


@pytest.fixture(autouse=True, scope='session')
def one_torch_thread() -> None:
    """Keep torch to one thread: workers and nodes share the cores."""
    import torch

    torch.set_num_threads(1)
