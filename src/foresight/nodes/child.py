"""How a node's process begins: `python -m foresight.nodes.child PARENT NICENESS END COMMAND...`.

It lets others go first, ends when its parent is gone, and then becomes the command.
"""

import os
import signal
import sys

from foresight.nodes.scheduling import let_others_go_first
from foresight.nodes.topics import NodeEntry
from foresight.signals import die_with

FINISHES = 'finishes'


def begin(entry: NodeEntry) -> list[str]:
    """Return what goes before the command of a node; this process is its parent."""
    return [
        sys.executable, '-m', __name__, str(os.getpid()), str(entry.niceness),
        FINISHES if entry.finishes else 'ends',
    ]


def main() -> None:
    """Become the command."""
    parent, niceness, finishes, *command = sys.argv[1:]
    let_others_go_first(int(niceness))
    die_with(int(parent), signal.SIGHUP if finishes == FINISHES else signal.SIGKILL)
    os.execvp(command[0], command)


if __name__ == '__main__':
    main()
