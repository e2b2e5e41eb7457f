"""What the agent is at."""

from enum import StrEnum


class Phase(StrEnum):
    """What the agent is at."""

    IDLE = 'IDLE'
    SETTLING = 'SETTLING'
    PLANNING = 'PLANNING'
    EXECUTING = 'EXECUTING'
    DONE = 'DONE'
