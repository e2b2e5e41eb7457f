"""Xacro: macros, properties, conditions and arithmetic in a robot description.

Python in such a file is not run, and what a file can grow to is bounded; files that need more of
xacro are expanded by `xacro` itself, by somebody who trusts them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element

from foresight.reading import read_bytes
from foresight.robots.arithmetic import Value, evaluate
from foresight.robots.xml import parse_xml

LARGEST_FILE, MOST_LETTERS, DEEPEST = 1 << 20, 1 << 20, 48
"""Bytes of a file, letters of what comes out, macros and files within one another."""
_PREFIX = re.compile(r'\{[^}]*xacro/?\}')
_PARTS = re.compile(r'\$\$+[{(]|\$\{[^}]*\}|\$\([^)]*\)|\$(?![{($])|[^$]+')
_PARAMETERS = re.compile(
    r"""([^\s:=]+)(?:\s*:?=\s*(\^\|?)?(\$\{[^}]*\}|\$\([^)]*\)|(?:'[^']*'|"[^"]*"|[^\s'"])*))?"""
)
_WORDS = {'true': True, 'True': True, 'false': False, 'False': False}


@dataclass
class _Scope:
    """What names stand for, here and around."""

    around: '_Scope | None' = None
    values: dict[str, Value] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    """Properties that nobody has asked for yet."""
    blocks: dict[str, list[Element]] = field(default_factory=dict)
    macros: dict[str, Element] = field(default_factory=dict)

    def chain(self) -> 'Iterator[_Scope]':
        """Yield this scope and those around it."""
        here: _Scope | None = self
        while here is not None:
            yield here
            here = here.around


class Xacro:
    """Expands one description."""

    def __init__(self, arguments: Mapping[str, str]) -> None:
        """Take the arguments, which `$(arg name)` stands for."""
        self._arguments, self._left = dict(arguments), MOST_LETTERS
        self._files: list[Path] = []

    def expand(self, path: Path) -> Element:
        """Return a file as plain URDF.

        Raises:
            OSError: If a file is not there.
            ValueError: If it is none, needs more than arithmetic, or grows too large.
        """
        root, scope = parse_xml(read_bytes(path, LARGEST_FILE)), _Scope()
        self._files = [path]
        found = Element(root.tag, self._attributes(root, scope))
        found.extend(self._children(root, scope))
        return found

    def _children(self, node: Element, scope: _Scope) -> list[Element]:
        """Expand what is inside an element."""
        return [found for child in node for found in self._element(child, scope)]

    def _element(self, node: Element, scope: _Scope) -> list[Element]:
        """Expand an element, to any number of others."""
        self._spend(64)
        word, special = _PREFIX.subn('', node.tag)
        if not special:
            found = Element(node.tag, self._attributes(node, scope))
            found.text = str(self._text(node.text or '', scope))
            found.extend(self._children(node, scope))
            return [found]
        if word in ('if', 'unless'):
            holds = _truth(self._text(_of(node, 'value'), scope))
            return self._children(node, scope) if holds == (word == 'if') else []
        if word == 'include':
            return self._included(node, scope)
        if word == 'insert_block':
            return self._block(_of(node, 'name'), scope)
        if word in ('property', 'macro', 'arg'):
            self._define(word, node, scope)
            return []
        return self._called(word, node, scope)

    def _define(self, word: str, node: Element, scope: _Scope) -> None:
        """Remember a property, a macro or the default of an argument."""
        name = str(self._text(_of(node, 'name'), scope))
        if word == 'macro':
            scope.macros[name.removeprefix('xacro:')] = node
        elif word == 'arg':
            self._arguments.setdefault(name, str(self._text(node.get('default', ''), scope)))
        elif 'value' in node.attrib:
            self._set(name, node, scope)
        elif 'default' not in node.attrib:
            scope.blocks[name] = self._children(node, scope)
        elif not any(name in here.values or name in here.texts for here in scope.chain()):
            scope.texts[name] = node.attrib['default']

    def _set(self, name: str, node: Element, scope: _Scope) -> None:
        """Remember a property; that of another scope is evaluated here."""
        chain = list(scope.chain())
        wanted = node.get('scope', '')
        if wanted in ('parent', 'global'):
            target = chain[-1] if wanted == 'global' else chain[min(1, len(chain) - 1)]
            target.values[name] = _literal(self._text(node.attrib['value'], scope))
        else:
            scope.values.pop(name, None)
            scope.texts[name] = node.attrib['value']

    def _called(self, word: str, node: Element, scope: _Scope) -> list[Element]:
        """Expand the call of a macro."""
        macro = next((here.macros[word] for here in scope.chain() if word in here.macros), None)
        if macro is None:
            raise ValueError(f'there is no macro {word}')
        self._check_depth(len(list(scope.chain())))
        inner, given = _Scope(scope), dict(node.attrib)
        blocks = iter(self._children(node, scope))
        for name, forwarded, default in _PARAMETERS.findall(macro.get('params', '')):
            if name.startswith('*'):
                block = next(blocks, None)
                if block is None:
                    raise ValueError(f'{word} lacks the block {name}')
                inner.blocks[name.lstrip('*')] = list(block) if name[1:2] == '*' else [block]
            elif name in given:
                inner.values[name] = _literal(self._text(given.pop(name), scope))
            else:
                inner.values[name] = self._default(f'{word}: {name}', name, forwarded, default,
                                                   scope)
        if given or next(blocks, None) is not None:
            raise ValueError(f'{word} does not take {", ".join(given) or "that block"}')
        return self._children(macro, inner)

    def _default(self, where: str, name: str, forwarded: str, default: str,
                 scope: _Scope) -> Value:
        """Return the value of a parameter that a call does not give."""
        if forwarded and any(name in here.values or name in here.texts for here in scope.chain()):
            return self._value(name, scope)
        if not default:
            raise ValueError(f'{where} is missing')
        return _literal(self._text(default, scope))

    def _included(self, node: Element, scope: _Scope) -> list[Element]:
        """Expand another file in the place where it is asked for."""
        path = self._files[-1].parent / str(self._text(_of(node, 'filename'), scope))
        if 'ns' in node.attrib:
            raise ValueError('an include with a namespace')
        self._check_depth(len(self._files))
        self._files.append(path)
        found = self._children(parse_xml(read_bytes(path, LARGEST_FILE)), scope)
        self._files.pop()
        return found

    def _block(self, name: str, scope: _Scope) -> list[Element]:
        """Return what a call or a property put into a block."""
        found = next((here.blocks[name] for here in scope.chain() if name in here.blocks), None)
        if found is None:
            raise ValueError(f'there is no block {name}')
        return [item for each in found for item in self._element(each, _Scope())]

    def _attributes(self, node: Element, scope: _Scope) -> dict[str, str]:
        """Return the attributes of an element, by name, as `xacro` writes them."""
        return {name: str(self._text(value, scope)) for name, value in sorted(node.items())
                if not _PREFIX.match(name)}

    def _text(self, text: str, scope: _Scope) -> Value:
        """Return what a text says; alone, an expression keeps its type."""
        self._spend(len(text) + 8)
        parts = [self._part(part, scope) for part in _PARTS.findall(text)]
        if sum(map(len, _PARTS.findall(text))) < len(text):
            raise ValueError(f'{text!r}: a brace that is not closed')
        return parts[0] if len(parts) == 1 else ''.join(map(str, parts))

    def _part(self, part: str, scope: _Scope) -> Value:
        """Return what a part of a text says."""
        if part.startswith('$$'):
            return part[1:]
        if part.startswith('${'):
            inner = str(self._text(part[2:-1], scope))
            return evaluate(inner, lambda name: self._value(name, scope))
        return self._substituted(part[2:-1].split()) if part.startswith('$(') else part

    def _substituted(self, words: list[str]) -> str:
        """Return what `$(...)` stands for."""
        match words:
            case ['arg', name] if name in self._arguments:
                return self._arguments[name]
            case ['dirname']:
                return str(self._files[-1].parent)
            case ['find', package]:
                return str(_share_of(package))
        raise ValueError(f'$({" ".join(words)}) is not known here')

    def _value(self, name: str, scope: _Scope) -> Value:
        """Return the value of a property or parameter; KeyError if there is none."""
        for here in scope.chain():
            if name in here.texts:
                text = here.texts.pop(name)  # a property that needs itself has no value
                here.values[name] = _literal(self._text(text, here))
            if name in here.values:
                return here.values[name]
        raise KeyError(name)

    def _spend(self, letters: int) -> None:
        """Refuse what grows without end."""
        self._left -= letters
        if self._left < 0:
            raise ValueError('it grows too large')

    def _check_depth(self, depth: int) -> None:
        """Refuse what contains itself."""
        if depth > DEEPEST:
            raise ValueError('macros or files within one another without end')


def _of(node: Element, name: str) -> str:
    """Return an attribute that must be there."""
    if name not in node.attrib:
        raise ValueError(f'{_PREFIX.sub("", node.tag)} lacks {name}')
    return node.attrib[name]


def _literal(value: Value) -> Value:
    """Return a number or a truth value where a text is one."""
    if not isinstance(value, str) or '_' in value:
        return value
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1]
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return _WORDS.get(value, value)


def _truth(value: Value) -> bool:
    """Return whether a condition holds."""
    found = _literal(value)
    if isinstance(found, str):
        raise ValueError(f'{value!r} is neither true nor false')
    return bool(found)


def _share_of(package: str) -> Path:
    """Return the share folder of a ROS package."""
    from ament_index_python.packages import get_package_share_directory  # only where ROS is

    return Path(get_package_share_directory(package))
