"""How a process stands among others: nodes that keep time go first, the others let them."""

import os
from contextlib import suppress
from pathlib import Path

from foresight.files import share

ONE_THREAD = {'OMP_NUM_THREADS': '1', 'OPENBLAS_NUM_THREADS': '1', 'OPENCV_FOR_THREADS_NUM': '1'}
"""No library hands its work to threads that wait for a processor."""
PAUSE = 1.0  # before a node's process is started again [s]
PROFILES = 'FASTDDS_DEFAULT_PROFILES_FILE'
TRANSPORTS = 'FASTDDS_BUILTIN_TRANSPORTS'
DISCOVERY, LOCALHOST = 'ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST'
PRIORITY = 10  # among real-time processes; drivers and interrupts stay above


def node_environment() -> dict[str, str]:
    """Return what is put into the environment of a node; what the user chose stays.

    Nodes talk over UDP: a process that is killed may hold a lock in the shared memory of Fast DDS,
    and then some topics are silent until all others end. Nobody beyond this host finds them.
    """
    profiles = os.environ.get(PROFILES) or str(share('config/fastdds_nodes.xml'))
    transports = os.environ.get(TRANSPORTS) or 'UDPv4'
    reach = os.environ.get(DISCOVERY) or LOCALHOST
    return {**ONE_THREAD, PROFILES: profiles, TRANSPORTS: transports, DISCOVERY: reach}


def let_others_go_first(niceness: int) -> None:
    """Raise the niceness of this process, and of its session if that is its own.

    Linux shares the processor among sessions first (sched(7), autogroup): without the second,
    the niceness of a node that has a session of its own says nothing.
    """
    os.nice(niceness)
    if os.getsid(0) != os.getpid():
        return
    with suppress(OSError):  # a kernel without the feature needs nothing
        Path('/proc/self/autogroup').write_text(str(niceness))


def go_first() -> bool:
    """Ask for real-time scheduling of this thread and those it starts (sched(7), SCHED_FIFO).

    Returns:
        Whether the system grants it; `ulimit -r` says so.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except PermissionError:
        return False
    return True


def keep_up() -> None:
    """Ask the same for every thread that this process has, but for none that it starts."""
    with suppress(PermissionError):
        for thread in Path('/proc/self/task').iterdir():
            os.sched_setscheduler(
                int(thread.name), os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(PRIORITY),
            )


def take_turns() -> None:
    """Return this thread to ordinary scheduling: it is about to use all the time there is."""
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
