"""Arithmetic as robot files have it, `${pi / 2}`: numbers, words and comparisons; never Python."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

Value = bool | int | float | str
LONGEST, LARGEST, MOST = 500, 1 << 64, 1 << 12
"""Letters of an expression, a whole number, letters of a word that comes out."""
NUMBERS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}
COMPARED: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}
SIGNS: Mapping[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_,
}
CONSTANTS: Mapping[str, float] = {'pi': math.pi, 'e': math.e, 'tau': math.tau, 'inf': math.inf}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(math, name) for name in (
        'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sqrt', 'radians', 'degrees',
        'hypot', 'floor', 'ceil', 'fabs', 'exp', 'log',
    )},
    'abs': abs, 'min': min, 'max': max, 'round': round, 'int': int, 'float': float,
}


def evaluate(text: str, name: Callable[[str], Value]) -> Value:
    """Return the value of an expression.

    Args:
        text: The expression.
        name: Returns the value of a name; KeyError if it has none.

    Raises:
        ValueError: If it is anything but arithmetic, or has no value.
    """
    if len(text) > LONGEST:
        raise ValueError(f'an expression of {len(text)} letters')
    try:
        return _value(ast.parse(text.strip(), mode='eval').body, name)
    except (SyntaxError, TypeError, ArithmeticError, KeyError, RecursionError) as error:
        raise ValueError(f'{text!r} is no arithmetic ({error})') from error


def _value(node: ast.expr, name: Callable[[str], Value]) -> Value:
    """Return the value of a part of an expression."""
    of = partial(_value, name=name)
    match node:
        case ast.Constant(value=bool() | int() | float() | str() as found):
            return found
        case ast.Name(id=called):
            return _named(called, name)
        case ast.Attribute(value=ast.Name(id='math'), attr=called) if called in CONSTANTS:
            return CONSTANTS[called]
        case ast.UnaryOp(op=sign, operand=part) if type(sign) in SIGNS:
            return _bounded(SIGNS[type(sign)](of(part)))
        case ast.BinOp(left=left, op=sign, right=right):
            return _bounded(_joined(of(left), type(sign), of(right)))
        case ast.BoolOp(op=word, values=parts):
            holds = [bool(of(part)) for part in parts]
            return all(holds) if isinstance(word, ast.And) else any(holds)
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in COMPARED:
            return bool(COMPARED[type(sign)](of(left), of(right)))
        case ast.IfExp(test=test, body=body, orelse=other):
            return of(body) if of(test) else of(other)
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(
            value=ast.Name(id='math'), attr=called), args=parts, keywords=[],
        ) if called in FUNCTIONS:
            return _bounded(FUNCTIONS[called](*map(_number, map(of, parts))))
    raise ValueError(f'{ast.unparse(node)!r} is no arithmetic')


def _named(called: str, name: Callable[[str], Value]) -> Value:
    """Return the value of a name; what a file calls so comes before what everybody does."""
    try:
        return name(called)
    except KeyError:
        return CONSTANTS[called]


def _joined(left: Value, sign: type, right: Value) -> Value:
    """Join two values: words can only be put together."""
    if sign is ast.Add and isinstance(left, str) and isinstance(right, str):
        return left + right
    one, other = _number(left), _number(right)
    if sign is ast.Add:
        return one + other
    if sign is ast.Pow:
        large = abs(other) > 64 or abs(one) > 1e6
        return _number(float(one) ** float(other) if large else one ** other)
    return _number(NUMBERS[sign](one, other))


def _number(value: Any) -> int | float:
    """Return a number; a complex one is none."""
    if not isinstance(value, (int, float)):
        raise TypeError(f'{value!r} is no number')
    return value


def _bounded(value: Any) -> Value:
    """Refuse what grows without end."""
    if isinstance(value, str):
        if len(value) > MOST:
            raise ValueError('a word that is too long')
        return value
    number = _number(value)
    if isinstance(number, int) and abs(number) > LARGEST:
        raise ValueError('a number that is too large')
    return number
