"""The arm: description, kinematics, joint level, and the macro-action `push`."""
