"""Errors a user can meet; each message names the remedy."""


class ForesightError(Exception):
    """Base of every error that Foresight raises on purpose."""


class ConfigError(ForesightError):
    """A setting is unknown, of the wrong type or outside its bounds."""


class CheckpointError(ForesightError):
    """A checkpoint is missing, damaged or belongs to another configuration."""


class ObservationError(ForesightError):
    """An image, camera pose or joint state cannot be used."""


class FileError(ForesightError):
    """A file cannot be written."""


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
