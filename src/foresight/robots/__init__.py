"""The arm: description, kinematics, joint level, guarding."""
