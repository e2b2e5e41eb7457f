"""Following a plan while the world follows it, and knowing when to give up."""

from dataclasses import dataclass

from foresight.errors import ConfigError
from foresight.planning.levels.task import rest_of
from foresight.protocols import Plan
from foresight.settings import Checked, setting
from foresight.world_model.belief.surprise import load_scales
from foresight.world_model.checkpoint import Checkpoint


@dataclass(frozen=True)
class SurpriseConfig(Checked):
    """Surprise in the loop: when to follow a plan, to plan anew, to give up."""

    watch: bool = setting(
        False, 'let surprise decide; needs `foresight calibrate surprise` for the checkpoint'
    )
    follow: int = setting(
        2, 'actions of one plan that are carried out while nothing surprises; more than 1 needs '
        'a horizon as long', '', 1, 4,
    )
    alarms: int = setting(3, 'actions in a row that surprise before the planner stops', '', 1, 100)
    patience: float = setting(
        2.0, 'a resting view that surprises for so long stops the planner', 's', 0.2, 60.0
    )

    def check(self, checkpoint: Checkpoint, horizon: int) -> None:
        """Check that surprise can decide, if it is to.

        Raises:
            CheckpointError: If the checkpoint has no scales of surprise.
            ConfigError: If plans are too short to be followed.
        """
        if not self.watch:
            return
        load_scales(checkpoint)
        if self.follow > horizon:
            raise ConfigError(
                f'surprise.follow = {self.follow} needs plans as long: set horizon to '
                f'{self.follow} or surprise.follow to {horizon}'
            )


RESTLESS = (
    'what is seen goes on surprising: take your hands away; if the camera or the light changed, '
    'put it back, or clear the table, capture the background and clear the memory; then start'
)
ASTRAY = 'actions in a row went otherwise than imagined: check tool, table and checkpoint'


class Following:
    """Decides from surprise whether to follow the last plan, to plan anew, or to stop.

    Without `watch` it asks for nothing: no plan is followed, nothing is waited for.

    Attributes:
        readings: Readings taken since the episode began.
        skipped: Actions made without planning anew since the episode began.
    """

    def __init__(self, config: SurpriseConfig) -> None:
        self._config = config
        self.begin()

    def begin(self) -> None:
        """Begin an episode."""
        self._plan: Plan | None = None
        self._followed, self._row = 0, 0
        self._surprised = self._heard = self._alarmed = False
        self._since, self.readings, self.skipped = 0.0, 0, 0
        self._stop = ''

    @property
    def watches(self) -> bool:
        """Whether surprise decides at all."""
        return self._config.watch

    @property
    def alarmed(self) -> bool:
        """Whether to wait, because the newest view surprises."""
        return self.watches and self._alarmed

    @property
    def stop(self) -> str:
        """Why to stop; empty while there is no reason."""
        return self._stop if self.watches else ''

    def adopt(self, plan: Plan) -> None:
        """Carry out the first action of a plan; the others may follow."""
        self._plan, self._followed = plan, 1
        self._begin_action()

    def drop(self) -> None:
        """Forget the plan: it cannot be carried out."""
        self._plan = None

    def hear(self, level: float, stamp: float) -> None:
        """Take a reading of surprise, above 1 for an alarm, of a view of time `stamp` [s]."""
        self._heard, self.readings = True, self.readings + 1
        if level <= 1.0:
            self._alarmed = False
            return
        if not self._alarmed:
            self._alarmed, self._since = True, stamp
        self._plan = None
        if not self._surprised:
            self._surprised, self._row = True, self._row + 1
        if stamp - self._since >= self._config.patience:
            self._stop = RESTLESS
        elif self._row >= self._config.alarms:
            self._stop = f'{self._row} {ASTRAY}'

    def next(self) -> Plan | None:
        """Return the rest of the plan to follow; None if it is time to plan anew.

        A plan is followed only if its last action was seen to end as imagined.
        """
        plan = self._plan
        seen = self._heard and not self._surprised
        if not self.watches or plan is None or not seen or len(plan.actions) < 2:
            return None
        return plan if self._followed < self._config.follow else None

    def go_on(self) -> None:
        """Carry out the next action of the plan."""
        if self._plan is not None:
            self._plan = rest_of(self._plan)
            self._followed += 1
        self.skipped += 1
        self._begin_action()

    def _begin_action(self) -> None:
        """Count surprises anew; an action without one ends a row of those with one."""
        if not self._surprised:
            self._row = 0
        self._surprised = self._heard = False
