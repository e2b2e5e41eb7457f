"""The guard: holds the arm within its limits whatever arrives, and still when in doubt."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from foresight.errors import RobotError
from foresight.robots.e_stop import EStop
from foresight.robots.plan_window import REST, PlanWindow
from foresight.robots.ride import Ride
from foresight.robots.status import Status
from foresight.settings import Checked, setting


@dataclass(frozen=True)
class GuardConfig(Checked):
    """Guard: what it takes to hold the arm."""

    plan_timeout: float = setting(
        0.3, 'age of the last plan that makes the guard hold', 's', 0.05, 5.0
    )
    joint_timeout: float = setting(
        0.2, 'age of the joint states that makes the guard hold', 's', 0.05, 5.0
    )
    position_margin: float = setting(0.01, 'distance kept from joint limits', 'rad', 0.0, 0.5)
    velocity_scale: float = setting(1.0, 'share of the URDF velocity limits', '', 0.05, 1.0)
    jump_limit: float = setting(
        0.25, 'distance of a plan from the arm that makes the guard refuse it', 'rad', 0.01, 1.0
    )
    stop_deceleration: float = setting(
        8.0, 'joint deceleration while stopping', 'rad/s^2', 0.5, 50.0
    )
    rate: float = setting(100.0, 'command rate', 'Hz', 10.0, 1000.0)
    command_interface: str = setting(
        'joint_state', 'message type of commands',
        choices=('joint_state', 'float64_multi_array', 'joint_trajectory'),
    )


STILL = 0.02  # measured joints slower than this stand still [rad/s]
ROUNDING = 1.01  # share of a velocity limit that a plan may claim
STALL = 2.5  # commands catch up with at most so many periods at once


@dataclass(frozen=True)
class JointLimits:
    """Joint names and limits, in the order of the commands.

    Attributes:
        names: Joint names.
        low: Lowest positions [rad].
        high: Highest positions [rad].
        velocity: Highest speeds [rad/s].
    """

    names: tuple[str, ...]
    low: Float[np.ndarray, ' joint']
    high: Float[np.ndarray, ' joint']
    velocity: Float[np.ndarray, ' joint']

    def __post_init__(self) -> None:
        """Refuse joints whose speed has no bound that can be kept."""
        for name, speed in zip(self.names, self.velocity, strict=True):
            if not 0.0 < speed < np.inf:
                raise RobotError(f'{name} has a velocity limit of {speed:g} rad/s: give the joint '
                                 'its <limit velocity="..."/> above 0 in the URDF')


@dataclass(frozen=True)
class Command:
    """One command to the arm: already inside every limit.

    Attributes:
        positions: Joint positions [rad].
        velocities: Joint velocities of the step that ends at these positions [rad/s].
    """

    positions: Float[np.ndarray, ' joint']
    velocities: Float[np.ndarray, ' joint']

    @property
    def speed(self) -> float:
        """Speed of the fastest joint [rad/s]."""
        return float(np.abs(self.velocities).max())


@dataclass(frozen=True)
class Finding:
    """What the guard is doing, and why in words (empty when all is well)."""

    status: Status
    reason: str


NO_JOINTS = Finding(
    Status.STALE_JOINTS, 'no usable joint states: check the joint driver and its joint names'
)
PRESSED = Finding(Status.E_STOP, 'e-stop: clear its cause, then call release')
LEAVING = Finding(Status.IDLE, 'the guard ends: the arm stops first')
BY_HAND = Finding(
    Status.IDLE, 'the arm was moved by hand: the commands follow it within the velocity limits'
)
BEHIND = Finding(Status.LATE, 'the guard ran too late to follow the plan: free the processor')


class Guard:
    """State machine from joint states and plan windows to safe commands.

    When anything is wrong while a plan is ridden, the arm brakes from the speed that was commanded
    last and stops *on the path of the plan*; then the plan is dropped and the arm holds.

    Attributes:
        finding: What the guard is doing.
    """

    def __init__(self, limits: JointLimits, config: GuardConfig, e_stop: EStop) -> None:
        """Start without joints; the first command holds the first measured position."""
        self.finding = NO_JOINTS
        self._limits, self._config, self._e_stop = limits, config, e_stop
        self._low = limits.low + config.position_margin
        self._high = limits.high - config.position_margin
        self._speed = limits.velocity * config.velocity_scale
        self._period = 1.0 / config.rate
        self._measured = np.zeros(len(limits.names))
        self._measured_at, self._measured_speed = -np.inf, 0.0
        self._command = Command(self._measured, np.zeros(len(limits.names)))
        self._knows_joints, self._follows_hand = False, False
        self._ride: Ride | None = None
        self._ticked_at = -np.inf
        self._objection, self._leaving = '', False

    @property
    def moving(self) -> bool:
        """Whether the arm is commanded to move or measured to move."""
        return self._command.speed > REST or self._measured_speed > STILL

    def accept_joints(
        self, positions: Float[np.ndarray, ' joint'], velocities: Float[np.ndarray, ' joint'],
        now: float,
    ) -> None:
        """Take measured joints, in the order of the limits.

        Raises:
            RobotError: If they are not finite; they are ignored and soon count as stale.
        """
        if not (np.isfinite(positions).all() and np.isfinite(velocities).all()):
            raise RobotError('joint states are not finite; check the joint driver')
        self._measured, self._measured_at = positions, now
        self._measured_speed = float(np.abs(velocities).max())
        if not self._knows_joints:
            self._hold(positions)

    def accept_plan(self, window: PlanWindow, now: float) -> None:
        """Take a plan window; one that is behind, or far from the arm, is refused.

        Raises:
            RobotError: If it is refused; the plan before it stays.
        """
        self._objection = self._object(window, now)
        if self._objection:
            raise RobotError(self._objection)
        self._ride, self._follows_hand = Ride(window, now), False
        self.finding = Finding(Status.OK, '')

    def refuse_plan(self, reason: str) -> None:
        """Remember why a plan that could not even be read was refused."""
        self._objection = reason

    def leave(self) -> None:
        """Stop the arm for good: no plan moves it again."""
        self._leaving = True

    def drop(self) -> None:
        """Forget the plan and hold: what a deactivated guard does."""
        self._ride = None
        self._hold(self._command.positions)

    def tick(self, now: float) -> Command | None:
        """Advance to `now` [s] and return the command, or None before any joint state."""
        since = now - self._ticked_at if np.isfinite(self._ticked_at) else self._period
        since, self._ticked_at = max(0.0, since), now
        if not self._knows_joints:
            return None
        fault = self._find_fault(now)
        if self._ride is not None:
            self._advance(self._ride, now, since, fault)
        else:
            self._follow_hand(fault, since)
        self._report(fault)
        return self._command

    def _object(self, window: PlanWindow, now: float) -> str:
        """Return why this window must not be ridden, or an empty text."""
        if self._e_stop.is_set:
            return PRESSED.reason
        if self._leaving:
            return LEAVING.reason
        if now - self._measured_at > self._config.joint_timeout:
            return NO_JOINTS.reason
        if window.positions.shape[1] != len(self._limits.names):
            return f'the plan needs {len(self._limits.names)} joints'
        claimed = np.abs(window.velocities).max(axis=0)
        if (claimed > ROUNDING * self._limits.velocity).any():
            joint = int(np.argmax(claimed / self._limits.velocity))
            return (f'the plan claims {claimed[joint]:.3g} rad/s of {self._limits.names[joint]}, '
                    f'which turns at most {self._limits.velocity[joint]:.3g}: plan within limits')
        if window.end < now and not window.ends_at_rest:
            return f'the plan ended {now - window.end:.2f} s ago: check clocks and planner'
        gap = Ride(window, now).gap(self._command.positions, now)
        if gap > self._config.jump_limit:
            return f'the plan is {gap:.2f} rad away from the arm: plan again from where it is'
        return ''

    def _find_fault(self, now: float) -> Finding | None:
        """Return what is wrong now, the gravest first."""
        if self._e_stop.is_set:
            return PRESSED
        if now - self._measured_at > self._config.joint_timeout:
            return NO_JOINTS
        if self._leaving:
            return LEAVING
        ride, at = self._ride, self._command.positions
        if ride is None or ride.has_ended(at, now):
            return None
        if now - ride.accepted_at > self._config.plan_timeout:
            lost = self._objection or 'plans stopped arriving: check the planner'
            return Finding(Status.NO_PLAN, lost)
        if not ride.braking and ride.gap(at, now) > self._config.jump_limit:
            return BEHIND
        return None

    def _advance(self, ride: Ride, now: float, since: float, fault: Finding | None) -> None:
        """Move the command along the plan; once slowing down, stop before anything else."""
        if fault is None and not ride.braking:
            target = ride.follow(now)
        else:
            elapsed = min(since, STALL * self._period)
            speed = max(0.0, self._command.speed - self._config.stop_deceleration * elapsed)
            target = ride.brake(self._command.positions, speed * elapsed)
        self._command = self._limit(target, since)
        stopped = ride.braking and self._command.speed < REST
        if stopped or ride.has_ended(self._command.positions, now):
            self.drop()

    def _limit(self, target: Float[np.ndarray, ' joint'], since: float) -> Command:
        """Return the command nearest to `target` that keeps position and velocity limits."""
        elapsed = min(since, STALL * self._period)
        if elapsed == 0.0:
            return self._command
        before = self._command.positions
        step = np.clip(target, self._low, self._high) - before
        excess = float(np.max(np.abs(step) / self._speed))
        step *= min(1.0, elapsed / excess) if excess else 1.0
        return Command(before + step, np.clip(step / since, -self._speed, self._speed))

    def _follow_hand(self, fault: Finding | None, since: float) -> None:
        """Go to where an arm that was told to hold clearly is instead; with a fault, hold."""
        target = np.clip(self._measured, self._low, self._high)
        gap = float(np.abs(target - self._command.positions).max())
        near = REST if self._follows_hand else self._config.jump_limit
        self._follows_hand = fault is None and gap > near
        if self._follows_hand:
            self._command = self._limit(target, since)
        else:
            self._hold(self._command.positions)

    def _hold(self, positions: Float[np.ndarray, ' joint']) -> None:
        """Command these positions, standing still."""
        self._knows_joints = True
        inside = np.clip(positions, self._low, self._high)
        self._command = Command(inside, np.zeros_like(inside))

    def _report(self, fault: Finding | None) -> None:
        """Set the finding; a lost plan stays reported until the next one is accepted."""
        lost = self.finding.status in (Status.NO_PLAN, Status.LATE)
        if fault is not None:
            self.finding = fault
        elif self._ride is not None:
            riding = not self._ride.braking
            self.finding = Finding(Status.OK, '') if riding else self.finding
        elif self._follows_hand:
            self.finding = BY_HAND
        elif not lost:
            self.finding = Finding(Status.IDLE, self._objection)
