"""What the guard finds wrong, each with a sentence that says what helps."""

from foresight.robots.status import Finding, Status

FINE = Finding(Status.OK, '')
NO_JOINTS = Finding(
    Status.STALE_JOINTS, 'no usable joint states: check the joint driver and its joint names'
)
LEAVING = Finding(Status.IDLE, 'the guard ends: the arm stops first')
BY_HAND = Finding(
    Status.IDLE, 'the arm was moved by hand: the commands follow it within the limits'
)
BEHIND = Finding(Status.LATE, 'the guard ran too late to follow the plan: free the processor')
RIVALS = Finding(
    Status.RIVAL, 'more than one node publishes joint_plan: end all but one; one that was killed '
    'is forgotten after half a minute'
)
FULL = 99.5  # from so much on a speed slider does not slow down [%]
STANDS = ('the arm stands in a protective stop or an e-stop, or its program does not run: clear '
          'it at the pendant, and start the program')
RELEASE = ': look at the arm, then call release'


def outside(name: str, value: float, low: float, high: float) -> Finding:
    """Say which joint stands where no command may begin."""
    return Finding(Status.OUTSIDE, f'{name} stands at {value:.3f} rad, outside [{low:.3f}, '
                   f"{high:.3f}]: move it inside by hand or with the maker's tool")


def blocked(part: str, boundary: str) -> Finding:
    """Say what a plan runs into."""
    return Finding(Status.BLOCKED, f'the plan leads {part} into {boundary}: plan around it; the '
                   "site says where the table is, the robot's file where the arm may be")


def bad_zone(why: str) -> Finding:
    """Say why a zone to keep out of is of no use: nobody knows where the arm may be."""
    return Finding(Status.E_STOP, why + RELEASE)


def astray(gap: float, name: str) -> Finding:
    """Say which joint does not go where it is told."""
    return Finding(Status.TRACKING, f'{name} is {gap:.2f} rad from where it was told to be (a '
                   'protective stop, a reflex, a speed slider, or something in the way)'
                   + RELEASE)


def scaled(percent: float) -> str:
    """Say how fast the arm's own controller lets it go, if that is not as fast as it is asked."""
    if not percent < FULL:
        return ''
    if percent < 1.0:
        return STANDS
    return f'the speed slider of the arm stands at {percent:.0f} %: set it to 100 %'


def jumped(way: float, name: str) -> Finding:
    """Say which joint was measured to move faster than it can."""
    return Finding(Status.JOINTS_JUMPED, f'{name} was measured {way:.2f} rad away from one '
                   'message to the next, farther than it can move: check the joint driver'
                   + RELEASE)


def clock(seconds: float) -> Finding:
    """Say how far the clock jumped in mid-motion."""
    way = 'ahead' if seconds > 0.0 else 'back'
    return Finding(Status.CLOCK_JUMPED, f'the clock jumped {way} by {abs(seconds):.1f} s in '
                   'mid-motion: check time synchronisation' + RELEASE)


def lost(objection: str) -> Finding:
    """Say why no plan is there to ride."""
    return Finding(Status.NO_PLAN, objection or 'plans stopped arriving: check the planner')
