"""How a node's process begins: `python -m foresight.nodes.child PARENT NICENESS COMMAND...`.

It lets others go first, ends when its parent is gone, and then becomes the command.
"""

import os
import sys

from foresight.nodes.scheduling import let_others_go_first
from foresight.signals import die_with


def main() -> None:
    """Become the command."""
    parent, niceness, *command = sys.argv[1:]
    let_others_go_first(int(niceness))
    die_with(int(parent))
    os.execvp(command[0], command)


if __name__ == '__main__':
    main()
