"""Errors a user can meet; each message names the remedy."""

LONGEST = 1000
"""Letters of a message; of a longer one the middle is left out."""


class ForesightError(Exception):
    """Base of every error that Foresight raises on purpose."""

    def __str__(self) -> str:
        """Return the message on one line, whatever a file has put into it."""
        words = ' '.join(super().__str__().split())
        line = ''.join(each if each.isprintable() else ascii(each)[1:-1] for each in words)
        half = LONGEST // 2
        return line if len(line) <= LONGEST else f'{line[:half]} ... {line[-half:]}'


class ConfigError(ForesightError):
    """A setting is unknown, of the wrong type or outside its bounds."""


class CheckpointError(ForesightError):
    """A checkpoint is missing, damaged or belongs to another configuration."""


class ObservationError(ForesightError):
    """An image, camera pose or joint state cannot be used."""


class FileError(ForesightError):
    """A file cannot be read or written."""


class MemoryFileError(ForesightError):
    """A memory on disk is damaged or belongs to another model."""


class RobotError(ForesightError):
    """Joint names, limits or a motion do not fit the robot."""


class DatasetError(ForesightError):
    """Recorded data is missing or damaged, or does not fit."""


class CollapseError(ForesightError):
    """Training produced a representation that carries no information."""


class PlanningError(ForesightError):
    """No candidate action satisfies the guardrails."""


class WorkerError(ForesightError):
    """A worker process ended before its work did."""


class NodeDiedError(ForesightError):
    """A node ended although nobody asked it to, or cannot be brought up."""
