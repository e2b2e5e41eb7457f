"""The simulator: PyBullet scene, arm, camera and objects. The only folder importing pybullet."""
