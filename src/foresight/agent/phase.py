"""What the planner node is at."""

from enum import StrEnum


class Phase(StrEnum):
    """What the planner is at."""

    IDLE = 'IDLE'
    SETTLING = 'SETTLING'
    PLANNING = 'PLANNING'
    EXECUTING = 'EXECUTING'
    DONE = 'DONE'
