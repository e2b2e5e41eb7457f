"""What a node is doing, in one word; the words that appear in `/diagnostics`."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """State of a node.

    Attributes:
        OK: Works as asked.
        IDLE: Nothing to do; a trajectory that has been carried out ends here.
        STALE_IMAGE: No usable camera image.
        STALE_JOINTS: No usable joint states.
        NO_PLAN: Plans stopped arriving, or none that arrived can be used.
        LATE: A deadline was missed: the plan is already somewhere else.
        SURPRISED: What is seen goes on differing from what was imagined.
        E_STOP: An emergency stop is set and was not released.
        TRACKING: The arm does not go where it is told; somebody must look and release.
        JOINTS_JUMPED: The measured joints moved farther than the arm can; so must somebody.
        CLOCK_JUMPED: The clock jumped in mid-motion; so must somebody.
        RIVAL: More than one node sends plans: none is ridden.
        OUTSIDE: The arm stands outside its limits, where no command may begin.
        BLOCKED: The plan leads into the table, a zone, the end of the workspace or the arm.
        RESTORING: A node went down and is brought up again.
        NODE_LOST: A node does not stay up: all is stopped; somebody must look.
    """

    OK = 'OK'
    IDLE = 'IDLE'
    STALE_IMAGE = 'STALE_IMAGE'
    STALE_JOINTS = 'STALE_JOINTS'
    NO_PLAN = 'NO_PLAN'
    LATE = 'LATE'
    SURPRISED = 'SURPRISED'
    E_STOP = 'E_STOP'
    TRACKING = 'TRACKING'
    JOINTS_JUMPED = 'JOINTS_JUMPED'
    CLOCK_JUMPED = 'CLOCK_JUMPED'
    RIVAL = 'RIVAL'
    OUTSIDE = 'OUTSIDE'
    BLOCKED = 'BLOCKED'
    RESTORING = 'RESTORING'
    NODE_LOST = 'NODE_LOST'


@dataclass(frozen=True)
class Finding:
    """What a node is doing, and why in words (empty when all is well)."""

    status: Status
    reason: str
