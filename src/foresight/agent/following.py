"""Following a plan while the world follows it, and knowing when to give up."""


from dataclasses import dataclass

from foresight.planning.levels.task import rest_of
from foresight.protocols import Plan
from foresight.settings import Checked, setting


@dataclass(frozen=True)
class SurpriseConfig(Checked):
    """Surprise in the loop: when to follow a plan, to plan anew, to give up."""

    watch: bool = setting(
        False, 'let surprise decide; needs `foresight calibrate alarm` for the checkpoint'
    )
    follow: int = setting(
        2, 'pushes of one plan that are carried out while nothing surprises; more than 1 needs '
        'a horizon as long', '', 1, 4,
    )
    alarms: int = setting(3, 'pushes in a row that surprise before the planner stops', '', 1, 100)
    patience: float = setting(
        2.0, 'a resting view that surprises for so long stops the planner', 's', 0.2, 60.0
    )


RESTLESS = (
    'what is seen goes on surprising: take your hands away; if the camera or the light changed, '
    'put it back, or clear the table, capture the background and clear the memory; then start'
)
ASTRAY = 'pushes in a row went otherwise than imagined: check tool, table and checkpoint'


class Following:
    """Decides from surprise whether to follow the last plan, to plan anew, or to stop.

    Attributes:
        stop: Why to stop; empty while there is no reason.
        alarmed: Whether the newest view surprises.
        readings: Readings taken since the episode began.
    """

    def __init__(self, config: SurpriseConfig) -> None:
        """Keep the limits."""
        self._config = config
        self.begin()

    def begin(self) -> None:
        """Begin an episode."""
        self._plan: Plan | None = None
        self._followed, self._row = 0, 0
        self._surprised = self._heard = self.alarmed = False
        self._since, self.readings = 0.0, 0
        self.stop = ''

    def adopt(self, plan: Plan) -> None:
        """Carry out the first push of a plan; the others may follow."""
        self._plan, self._followed = plan, 1
        self._begin_push()

    def hear(self, level: float, stamp: float) -> None:
        """Take a reading of surprise, above 1 for an alarm, of a view of time `stamp` [s]."""
        self._heard, self.readings = True, self.readings + 1
        if level <= 1.0:
            self.alarmed = False
            return
        if not self.alarmed:
            self.alarmed, self._since = True, stamp
        self._plan = None
        if not self._surprised:
            self._surprised, self._row = True, self._row + 1
        if stamp - self._since >= self._config.patience:
            self.stop = RESTLESS
        elif self._row >= self._config.alarms:
            self.stop = f'{self._row} {ASTRAY}'

    def next(self) -> Plan | None:
        """Return the rest of the plan to follow; None if it is time to plan anew.

        A plan is followed only if the last push was seen to end as imagined.
        """
        plan = self._plan
        if plan is None or not self._heard or self._surprised or len(plan.actions) < 2:
            return None
        return plan if self._followed < self._config.follow else None

    def go_on(self) -> None:
        """Carry out the next push of the plan."""
        if self._plan is not None:
            self._plan = rest_of(self._plan)
            self._followed += 1
        self._begin_push()

    def _begin_push(self) -> None:
        """Count surprises anew; a push without one ends a row of those with one."""
        if not self._surprised:
            self._row = 0
        self._surprised = self._heard = False
