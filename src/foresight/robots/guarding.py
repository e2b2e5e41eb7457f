"""The guard: holds the arm within its limits whatever arrives, and still when in doubt."""

from copy import copy

import numpy as np

from foresight.errors import RobotError
from foresight.robots import findings
from foresight.robots.admission import Admission
from foresight.robots.e_stop import EStop
from foresight.robots.guard_config import Command, GuardConfig
from foresight.robots.limits import JointLimits
from foresight.robots.lookahead import Lookahead
from foresight.robots.measured import Measured
from foresight.robots.motion import Motion
from foresight.robots.plan_window import REST, Joints, PlanWindow
from foresight.robots.ride import Pace, Ride
from foresight.robots.status import Finding, Status
from foresight.robots.workspace import Workspace
from foresight.robots.zones import Zone

OFF = 0.01  # so far from where the plan is, the arm does not follow it [rad]
BACK, AHEAD = 0.05, 1.0  # a clock that moves so far between two ticks jumped [s]
SPEED_UP = 0.5  # share of the deceleration of a stop at which a plan is resumed
ARRIVED = 1e-6  # so near to its end a plan has been carried out [rad]


class Guard:
    """State machine from joint states and plan windows to safe commands.

    When anything is wrong while a plan is ridden, the arm brakes from the speed that was commanded
    last and stops *on the path of the plan*; then the plan is dropped and the arm holds. Whatever
    is wanted, `Motion` commands no step that breaks a limit.

    Attributes:
        finding: What the guard is doing.
        rivals: How many others send plans.
    """

    def __init__(
        self, limits: JointLimits, config: GuardConfig, e_stop: EStop,
        workspace: Workspace | None = None,
    ) -> None:
        """Start without joints; the first command holds the first measured position.

        Args:
            limits: Limits of the joints.
            config: Settings.
            e_stop: What latches.
            workspace: What plans must not run into; None looks at joints alone.
        """
        self.finding, self.rivals = findings.NO_JOINTS, 0
        self._limits, self._config, self._e_stop = limits, config, e_stop
        self._period = 1.0 / config.rate
        self._measured = Measured(limits, max(round(config.tracking_delay * config.rate), 1))
        self._motion = Motion(
            limits, config.position_margin, config.velocity_scale, self._period,
        )
        self._admission = Admission(limits, config)
        self._lookahead = None if workspace is None else Lookahead(workspace)
        self._started, self._follows_hand, self._was_set = False, False, e_stop.is_set
        self._ride: Ride | None = None
        self._ticked_at = -np.inf
        self._objection, self._leaving = '', False

    @property
    def moving(self) -> bool:
        """Whether the arm is commanded to move or measured to move."""
        return not self._motion.at_rest or self._measured.moving

    @property
    def stopping(self) -> bool:
        """Whether there are commands still to be sent until the arm is at rest."""
        return not self._motion.at_rest

    def accept_joints(self, positions: Joints, velocities: Joints, now: float) -> None:
        """Take measured joints, in the order of the limits.

        Raises:
            RobotError: If they are not finite; they are ignored and soon count as stale.
        """
        jump = self._measured.take(positions, velocities, now)
        if not self._started:
            self._start(positions)
        elif jump is not None:
            self._e_stop.trip(jump)

    def accept_plan(self, window: PlanWindow, now: float) -> None:
        """Take a plan window; one that is behind, or far from the arm, is refused.

        Raises:
            RobotError: If it is refused; the plan before it stays.
        """
        self._objection = self._object(window, now)
        if self._objection:
            raise RobotError(self._objection)
        self._ride, self._follows_hand = Ride(window, now, self._ride), False
        self.finding = findings.FINE

    def refuse_plan(self, reason: str) -> None:
        """Remember why a plan that could not even be read was refused."""
        self._objection = reason

    def keep_out(self, name: str, zone: Zone) -> None:
        """Keep out of one more zone."""
        if self._lookahead is not None:
            self._lookahead.add(name, zone)

    def leave(self) -> None:
        """Stop the arm for good: no plan moves it again."""
        self._leaving = True

    def drop(self) -> None:
        """Forget the plan; the ticks to come stop the arm."""
        self._ride, self._follows_hand = None, False

    def tick(self, now: float) -> Command | None:
        """Advance by one period and return the command; None before the arm is known.

        However late a tick is, the command moves no farther than in one period.
        """
        self._watch_clock(now)
        if not self._started:
            return None
        self._forgive()
        fault = self._find_fault(now)
        self._was_set, released = self._e_stop.is_set, self._was_set and not self._e_stop.is_set
        self._follows_hand |= released  # wherever the arm is now, the commands go there
        if self._ride is not None:
            self._advance(self._ride, now, fault)
        else:
            self._hold(fault)
        self._measured.told(self._motion.positions)
        self._report(fault)
        return Command(self._motion.positions, self._motion.velocities)

    def _start(self, positions: Joints) -> None:
        """Begin where the arm is, if it is within its limits."""
        low, high = self._limits.low, self._limits.high
        inside = np.clip(positions, low, high)
        joint = int(np.abs(inside - positions).argmax())
        if abs(inside[joint] - positions[joint]) > self._config.position_margin:
            self.finding = findings.outside(
                self._limits.names[joint], float(positions[joint]), low[joint], high[joint],
            )
            return
        self._motion.start(inside)
        self._started = True

    def _forgive(self) -> None:
        """Release an arm that was led astray and stands, where nobody needs to look."""
        finding = self._e_stop.finding
        astray = finding is not None and finding.status is Status.TRACKING
        if astray and not self._config.tracking_latches and not self.moving:
            self._e_stop.release(moving=False)

    def _watch_clock(self, now: float) -> None:
        """Notice a clock that jumps; in mid-motion somebody must look."""
        since, self._ticked_at = now - self._ticked_at, now
        if -BACK < since < AHEAD or not np.isfinite(since):
            return
        self._measured.at = -np.inf  # what was measured then says nothing about now
        if self._ride is not None:
            self._e_stop.trip(findings.clock(since))

    def _object(self, window: PlanWindow, now: float) -> str:
        """Return why this window must not be ridden, or an empty text."""
        if self._e_stop.finding is not None:
            return self._e_stop.finding.reason
        if self._leaving:
            return findings.LEAVING.reason
        if self.rivals:
            return findings.RIVALS.reason
        if not self._started or now - self._measured.at > self._config.joint_timeout:
            return findings.NO_JOINTS.reason
        return self._admission.object(window, self._motion.positions, now)

    def _find_fault(self, now: float) -> Finding | None:
        """Return what is wrong now, the gravest first."""
        ride, at = self._ride, self._motion.positions
        stale = now - self._measured.at > self._config.joint_timeout
        if ride is not None and not stale and not self._e_stop.is_set:
            astray = self._measured.astray(self._config.tracking_limit)
            if astray is not None:
                self._e_stop.trip(astray)
        if self._e_stop.finding is not None:
            return self._e_stop.finding
        if stale:
            return findings.NO_JOINTS
        if self._leaving:
            return findings.LEAVING
        if self.rivals:
            return findings.RIVALS
        if ride is None:
            return None
        if not ride.is_over(now) and now - ride.accepted_at > self._config.plan_timeout:
            return findings.lost(self._objection)
        if ride.pace is not Pace.BRAKES and ride.gap(at, now) > self._config.jump_limit:
            return findings.BEHIND
        return self._look(ride)

    def _advance(self, ride: Ride, now: float, fault: Finding | None) -> None:
        """Move the command along the plan; once slowing down, stop before anything else."""
        motion, period = self._motion, self._period
        if fault is None and ride.pace is Pace.RESUMES:
            faster = motion.speed + SPEED_UP * self._config.stop_deceleration * period
            self._go(ride, *ride.resume(now, period, motion.positions, faster * period))
        elif fault is None and ride.pace is Pace.CLOCK:
            self._go(ride, *ride.follow(now, period))
        else:
            braking = motion.deceleration(self._config.stop_deceleration)
            speed = max(0.0, motion.speed - braking * period)
            wanted = ride.brake(motion.positions, speed * period)
            self._go(ride, wanted, (wanted - motion.positions) / period)
        motion = self._motion
        arrived = ride.is_over(now) and ride.gap(motion.positions, now) < ARRIVED
        if motion.at_rest and ride.is_over(now) or (
            motion.speed < REST and (ride.pace is Pace.BRAKES or arrived)
        ):
            self.drop()

    def _look(self, ride: Ride) -> Finding | None:
        """Look whether the way ahead is clear."""
        if ride.pace is Pace.BRAKES or self._lookahead is None:
            return None
        motion = self._motion
        braking = motion.deceleration(self._config.stop_deceleration)
        stop = motion.speed / braking if braking > 0.0 else 0.0
        breach = self._lookahead.find(ride, motion.positions, stop)
        return None if breach is None else findings.blocked(breach.part, breach.boundary)

    def _go(self, ride: Ride, wanted: Joints, velocity: Joints) -> None:
        """Take a step to where the plan is.

        Where the arm cannot follow the plan, looking at the plan does not say where the arm comes
        to: then a step is taken only if the stop after it is clear, else the stop at hand.
        """
        before = copy(self._motion)
        self._motion.go(wanted, velocity)
        if self._lookahead is None or np.abs(self._motion.positions - wanted).max() <= OFF:
            return
        breach = self._lookahead.find_stop(self._motion, before.positions)
        if breach is not None:
            self._motion = before
            self._motion.halt()
            ride.pace = Pace.BRAKES
            self.finding = findings.blocked(breach.part, breach.boundary)

    def _hold(self, fault: Finding | None) -> None:
        """Stand still, or go to where an arm that was told to hold clearly is instead."""
        motion, measured = self._motion, self._measured.positions
        target = motion.positions if measured is None else motion.inside(measured)
        gap = float(np.abs(target - motion.positions).max())
        near = REST if self._follows_hand else self._config.jump_limit
        self._follows_hand = fault is None and gap > near
        if self._follows_hand:
            motion.go(target, np.zeros_like(target))
        else:
            motion.halt()

    def _report(self, fault: Finding | None) -> None:
        """Set the finding; a lost plan stays reported until the next one is accepted."""
        lost = self.finding.status in (Status.NO_PLAN, Status.LATE, Status.BLOCKED)
        if fault is not None:
            self.finding = fault
        elif self._ride is not None:
            riding = self._ride.pace is not Pace.BRAKES
            self.finding = findings.FINE if riding else self.finding
        elif self._follows_hand:
            self.finding = findings.BY_HAND
        elif not lost:
            self.finding = Finding(Status.IDLE, self._objection)
