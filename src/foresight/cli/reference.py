"""Write the reference pages from the code: `python -m foresight.cli.reference docs`."""

import inspect
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

from typer.main import get_command

import foresight
from foresight.cli.flags import ADVANCED, allowed
from foresight.cli.main import COMMANDS, Command, build
from foresight.experiments.document import table as lines
from foresight.nodes.policy import policy
from foresight.nodes.topics import NODES, RECORDED, TOPICS
from foresight.settings import Checked

HEADER = '<!-- Written by `make docs` from the code: change it there. -->\n'
PARAMETERS_INTRO = """# Parameters

Each setting is a field of a dataclass beside its component; the same name is a ROS parameter of
the nodes that use it and an option of the commands that use it (`tool_height` is `--tool-height`).
"""
TOPICS_INTRO = """# Nodes and topics

Names are relative; `planner/markers` is the private topic `~/markers` of the node `planner`.
The qualities are those of `nodes/qos.py`.
"""
COMMANDS_INTRO = """# Commands

`foresight COMMAND --help` says the same; `foresight --install-completion` teaches the shell.
Commands that measure take `--json PATH|-`: the document, alone on standard output where it is `-`.
"""
EXIT_CODES = (
    ('0', 'done'),
    ('1', 'what was tried failed: `demo` left the table uncleared, `doctor` says that it would'),
    ('2', 'the command line is wrong, or an expected error: one line that names the remedy'),
    ('130, 143', 'interrupted (Ctrl-C), terminated; what was finished is kept'),
)
OWN = 'foresight.experiments'
BAG_INTRO = """## A bag

These topics hold everything that training and debugging need:
"""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Render a Markdown table."""
    return '\n'.join(lines(head, rows)) + '\n'


def configurations() -> list[type[Checked]]:
    """List the configurations, file by file; those of experiments are options of one command."""
    source = Path(foresight.__path__[0])
    for path in sorted(source.rglob('*.py')):
        if '(Checked)' in path.read_text():
            import_module('.'.join(('foresight', *path.relative_to(source).with_suffix('').parts)))
    known = [kind for kind in _leaves(Checked) if not kind.__module__.startswith(OWN)]
    return sorted(known, key=_place)


def _leaves(kind: type[Checked]) -> list[type[Checked]]:
    """List what nothing else is built on."""
    parts = kind.__subclasses__()
    return [leaf for part in parts for leaf in _leaves(part)] if parts else [kind]


def _place(kind: type[Checked]) -> tuple[str, int]:
    return kind.__module__, inspect.getsourcelines(kind)[1]


def setting_rows(kind: type[Checked]) -> list[list[str]]:
    """Make one row a setting."""
    return [
        [
            f'`{item.name}`', f'`{item.default!r}`', item.metadata['unit'], allowed(item),
            item.metadata['description'],
        ]
        for item in fields(kind)  # type: ignore[arg-type]
    ]


def parameters() -> str:
    """Write the page of parameters."""
    head = ['setting', 'default', 'unit', 'allowed', 'meaning']
    sections = [
        f'## {kind.__name__}\n\n{inspect.getdoc(kind)}\n\n{table(head, setting_rows(kind))}'
        for kind in configurations()
    ]
    return '\n'.join([HEADER + PARAMETERS_INTRO, *sections])


def topic_rows() -> list[list[str]]:
    """Make one row a topic, with who writes and who reads it."""
    return [
        [
            f'`{name}`', f'`{topic.type}`', topic.qos.value,
            ', '.join(node.name for node in NODES.values() if name in node.publishes),
            ', '.join(node.name for node in NODES.values() if name in node.subscribes),
            topic.about,
        ]
        for name, topic in TOPICS.items()
    ]


def node_rows() -> list[list[str]]:
    """Make one row a node."""
    return [
        [
            f'`{node.name}`', 'lifecycle' if node.lifecycle else 'plain', node.about,
            '<br>'.join(f'`{name}` ({about})' for name, about in node.services.items()),
        ]
        for node in NODES.values()
    ]


def topics() -> str:
    """Write the page of nodes and topics."""
    nodes = table(['node', 'kind', 'does', 'services'], node_rows())
    listing = table(
        ['topic', 'type', 'quality', 'published by', 'read by', 'content'], topic_rows(),
    )
    return '\n'.join([
        HEADER + TOPICS_INTRO,
        f'## Nodes\n\n{nodes}', f'## Topics\n\n{listing}',
        BAG_INTRO + '\n```bash\nros2 bag record -s mcap ' + ' '.join(RECORDED) + '\n```\n',
    ])


def commands() -> str:
    """Write the page of commands."""
    sections = [_command(name, command) for name, command in COMMANDS.items()]
    codes = table(['exit status', 'means'], EXIT_CODES)
    return '\n'.join([HEADER + COMMANDS_INTRO, f'## Exit status\n\n{codes}', *sections])


def _command(name: str, command: Command) -> str:
    found: Any = get_command(build(name))
    for word in name.split():
        found = found.commands[word]
    rows = [_option(item) for item in found.params]
    usual = [row for panel, row in rows if not panel.startswith(ADVANCED)]
    more = [row[0] for panel, row in rows if panel.startswith(ADVANCED)]
    return '\n'.join([
        f'## {name}\n\n{command.summary}\n\n    {command.example}\n',
        table(['option', 'default', 'meaning'], usual),
        *([f'Advanced: {", ".join(more)}.\n'] if more else []),
    ])


def _option(item: Any) -> tuple[str, tuple[str, str, str]]:
    name = item.opts[0] if item.opts[0].startswith('-') else item.opts[0].upper()
    default = '' if item.default in (None, False, '') else f'`{item.default}`'
    help_text = ' '.join((item.help or '').split()).replace('|', '\\|')
    return item.rich_help_panel or '', (f'`{name}`', default, help_text)


PAGES = {
    'commands.md': commands, 'parameters.md': parameters, 'topics.md': topics,
    'sros2_policy.xml': policy,
}


def main() -> None:
    """Write every page into the folder named on the command line."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page())


if __name__ == '__main__':
    main()
