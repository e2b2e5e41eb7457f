"""The house in numbers: rooms, circles and lengths of the code, `python test/repo/house.py`."""

import ast
import json
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[2] / 'src' / 'foresight'
RUNTIME, LEARNING = ('nodes', 'agent', 'tasks'), ('learning', 'experiments')
ACTION = 'push'


@dataclass(frozen=True)
class House:
    """What the code measures.

    Attributes:
        lines: Lines of all files.
        rooms: Lines of each folder at the top, the biggest first.
        circles: Modules that import one another in a circle.
        action_lines: Lines outside its folder that name the macro-action `push`.
        runtime_learns: Imports of learning or experiments by what runs on the robot.
        median_file: Lines of half of the files, at most.
        median_function: Lines of half of the functions, at most.
    """

    lines: int
    rooms: dict[str, int]
    circles: list[list[str]]
    action_lines: int
    runtime_learns: list[str]
    median_file: float
    median_function: float

    @property
    def biggest_share(self) -> float:
        """Share of all lines that the biggest room holds."""
        return max(self.rooms.values()) / self.lines


def measure(source: Path = SOURCE) -> House:
    """Measure the code under `source`."""
    texts = {path.relative_to(source): path.read_text() for path in sorted(source.rglob('*.py'))}
    trees = {path: ast.parse(text) for path, text in texts.items()}
    rooms: Counter[str] = Counter()
    for path, text in texts.items():
        rooms[path.parts[0]] += len(text.splitlines())
    imports = {name_of(path): set(imported(tree)) for path, tree in trees.items()}
    action = [
        line for path, text in texts.items() if path.parts[:2] != ('actions', ACTION)
        for line in text.splitlines() if ACTION in line.lower()
    ]
    return House(
        lines=sum(rooms.values()),
        rooms=dict(rooms.most_common()),
        circles=circles({name: seen & imports.keys() for name, seen in imports.items()}),
        action_lines=len(action),
        runtime_learns=sorted(
            f'{name} imports {other}' for name, seen in imports.items() for other in seen
            if name.split('.')[1:2] and name.split('.')[1] in RUNTIME
            and other.split('.')[1:2] and other.split('.')[1] in LEARNING
        ),
        median_file=statistics.median(len(text.splitlines()) for text in texts.values()),
        median_function=statistics.median(
            (node.end_lineno or node.lineno) - node.lineno + 1
            for tree in trees.values() for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
        ),
    )


def name_of(path: Path) -> str:
    """Return the module that a file is."""
    parts = ('foresight', *path.with_suffix('').parts)
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield what a module imports when it is imported itself, each name as a module too."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or '').startswith('foresight'):
            yield node.module or ''
            yield from (f'{node.module}.{alias.name}' for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that reach one another (Tarjan 1972)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = low[node] = len(order)
        stack.append(node)
        for other in sorted(graph[node] - {node}):
            if other not in order:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], order[other])
        if low[node] == order[node]:
            group = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(group) > 1:
                found.append(sorted(group))

    for node in graph:
        if node not in order:
            visit(node)
    return found


if __name__ == '__main__':
    house = measure(Path(sys.argv[1]) if sys.argv[1:] else SOURCE)
    print(json.dumps({**asdict(house), 'biggest_share': round(house.biggest_share, 3)}, indent=1))
