"""Every call of the package is checked in the tests, for shapes and for everything else."""

from collections.abc import Iterator
from dataclasses import dataclass

import jaxtyping
import numpy as np
import pytest
from beartype import beartype
from beartype.roar import BeartypeCallHintViolation
from jaxtyping import Float

from foresight.actions.push.action import push_ends

Row = Float[np.ndarray, ' row']
checked = jaxtyping.jaxtyped(typechecker=beartype)


@checked
def joined(one: Row, other: Row, more: int = 0) -> Row:
    inner(other[1:])
    return np.concatenate([one, np.zeros(more)])


@checked
def inner(row: Row) -> None:
    """A name of an axis means what it means within one call."""


@checked
def each(rows: list[Row]) -> Iterator[Row]:
    yield from rows


@checked
@dataclass(frozen=True)
class Pair:
    one: Row
    other: Row


ONE, TWO = np.zeros(1), np.zeros(2)


def test_what_fits_passes():
    assert joined(TWO, TWO).shape == (2,)
    assert Pair(TWO, TWO).one is TWO and list(each([TWO, TWO])) == [TWO, TWO]


@pytest.mark.parametrize('call', [
    lambda: joined(ONE, TWO), lambda: joined(TWO, TWO, more=1), lambda: joined(TWO, TWO, more='1'),
    lambda: joined(TWO, TWO.astype(int)), lambda: joined(TWO, TWO[None]),
    lambda: joined(one=ONE, other=TWO), lambda: Pair(ONE, TWO),
])
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(BeartypeCallHintViolation):
        call()


def test_the_package_is_checked():
    with pytest.raises(BeartypeCallHintViolation):
        push_ends(np.zeros((1, 4)))
