"""Joint positions that reach one tool pose, for the ends of motions through the air."""

import numpy as np
import pinocchio as pin
from jaxtyping import Float

from foresight.errors import RobotError
from foresight.robots.arm import ArmModel

_ITERATIONS = 30
# Residual at which the pose counts as reached [m, rad].
_CLOSE = 1e-5
# Longest step of one iteration [rad]; the seed may be far away.
_STRIDE = 0.7
SPARE = 0.01
"""Kept beside the margin, so that a motion that ends here need not brake before a limit [rad]."""


class InverseKinematics:
    """Newton's method on the tool pose with the held joints where they are at retract.

    Seven joints reach a pose in infinitely many ways; holding some leaves one of them.
    """

    def __init__(self, arm: ArmModel, margin: float) -> None:
        """Set up for an arm and a margin to position limits [rad]."""
        self.arm, self._margin = arm, margin + SPARE
        self._held = np.array([arm.joint_names.index(name) for name in arm.held], dtype=int)
        self._data = arm.model.createData()
        self._tool = arm.model.getFrameId(arm.tool_frame)

    def reach(
        self, pose: Float[np.ndarray, '4 4'], seed: Float[np.ndarray, ' joint'],
    ) -> Float[np.ndarray, ' joint']:
        """Joint positions [rad] that bring the tool to `pose`, searched from `seed`.

        Raises:
            RobotError: If none is found within the position limits.
        """
        positions, target = np.array(seed, dtype=float), pin.SE3(pose)
        for _ in range(_ITERATIONS):
            residual, jacobian = self._residual(positions, target)
            if float(np.abs(residual).max()) < _CLOSE:
                return self._inside(positions, pose)
            normal = jacobian.T @ jacobian + 1e-8 * np.eye(len(positions))
            step = np.linalg.solve(normal, jacobian.T @ residual)
            positions -= step * min(1.0, _STRIDE / max(float(np.abs(step).max()), 1e-12))
        raise RobotError(_message(pose))

    def _residual(
        self, positions: Float[np.ndarray, ' joint'], target: pin.SE3,
    ) -> tuple[Float[np.ndarray, ' row'], Float[np.ndarray, 'row joint']]:
        """Pose error in the tool frame and held joints, with the derivative of both."""
        model, data = self.arm.model, self._data
        pin.computeJointJacobians(model, data, positions)
        pose = pin.updateFramePlacement(model, data, self._tool)
        jacobian = pin.getFrameJacobian(model, data, self._tool, pin.LOCAL)
        error = target.actInv(pose)
        held = np.eye(len(positions))[self._held]
        rows = np.vstack([pin.Jlog6(error) @ jacobian, held])
        astray = positions[self._held] - self.arm.retract[self._held]
        return np.concatenate([pin.log6(error).vector, astray]), rows

    def _inside(
        self, positions: Float[np.ndarray, ' joint'], pose: Float[np.ndarray, '4 4'],
    ) -> Float[np.ndarray, ' joint']:
        """Return the positions if they respect the limits."""
        low, high = self.arm.position_low + self._margin, self.arm.position_high - self._margin
        # A joint of more than one turn stays within half a turn of where it rests.
        middle = np.where(high - low > 2.0 * np.pi, self.arm.retract, (low + high) / 2)
        positions = positions - 2.0 * np.pi * np.round((positions - middle) / (2.0 * np.pi))
        if np.any(positions < low) or np.any(positions > high):
            raise RobotError(_message(pose))
        return positions


def _message(pose: Float[np.ndarray, '4 4']) -> str:
    """Say what cannot be reached."""
    x, y, z = pose[:3, 3]
    return f'the tool cannot reach ({x:.3f}, {y:.3f}, {z:.3f}) m: choose another action'
