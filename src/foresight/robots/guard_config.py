"""Settings of the guard, and what it commands."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

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
    tracking_limit: float = setting(
        0.15, 'distance of the arm from where it was told to be that stops it', 'rad', 0.01, 1.0
    )
    tracking_delay: float = setting(
        0.3, 'longest time that the arm may lag behind its commands', 's', 0.02, 2.0
    )
    tracking_latches: bool = setting(
        True, 'whether somebody must look at an arm that was led astray and release it; else it '
        'is released once it stands, for a simulated arm meets nobody'
    )
    table_margin: float = setting(
        0.0, 'distance kept from the table; pushes come down to 2 mm', 'm', 0.0, 0.05
    )
    rate: float = setting(100.0, 'command rate', 'Hz', 10.0, 1000.0)
    command_interface: str = setting(
        'joint_state', 'message type of commands',
        choices=('joint_state', 'float64_multi_array', 'joint_trajectory'),
    )
    trajectory_delay: float = setting(
        0.04, 'how much later than commanded a joint_trajectory is due; longer than it travels',
        's', 0.01, 0.5,
    )
    e_stop_file: str = setting(
        '', 'file that keeps an e-stop while the guard does not run; empty = none'
    )


@dataclass(frozen=True)
class Command:
    """One command to the arm: already inside every limit.

    Attributes:
        positions: Joint positions [rad].
        velocities: Joint velocities of the step that ends at these positions [rad/s].
    """

    positions: Float[np.ndarray, ' joint']
    velocities: Float[np.ndarray, ' joint']
