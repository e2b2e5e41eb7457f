"""Settings of single nodes."""

from dataclasses import dataclass

from foresight.nodes.drivers import GIVEN, ORIGIN
from foresight.nodes.topics import RECORDED
from foresight.settings import CLEAR_TABLE, Checked, setting


@dataclass(frozen=True)
class EpisodeConfig(Checked):
    """Planner node: what it does from start to stop."""

    task: str = setting(CLEAR_TABLE, 'task, or path of its YAML file')
    goal_task: str = setting(
        'push_to_goal', 'task that a goal_image switches to, unless `task` itself asks for one'
    )
    autostart: bool = setting(False, 'start when activated')
    max_actions: int = setting(10, 'actions before the planner stops', '', 1, 1_000_000)
    settle_time: float = setting(0.5, 'wait after an action for objects to rest', 's', 0.0, 10.0)


@dataclass(frozen=True)
class JudgeConfig(Checked):
    """Simulator node: who judges how an episode stands."""

    task: str = setting(
        CLEAR_TABLE, 'task, or path of its YAML file, whose success the figures tell'
    )


@dataclass(frozen=True)
class PerceptionConfig(Checked):
    """Perception node."""

    camera_pose: str = setting(
        'topic', 'where the pose of the camera comes from: camera/pose; or /tf and /tf_static, '
        'from the frame of camera_info to base_frame; or camera_at',
        choices=('topic', 'tf', GIVEN),
    )
    camera_at: tuple[float, float, float, float, float, float, float] = setting(
        ORIGIN, 'pose of a camera that was calibrated, in base_link: x, y, z [m], quaternion x, '
        'y, z, w'
    )
    base_frame: str = setting('base_link', 'what /tf calls the base of the arm')
    background: str = setting('', 'file of the empty table; read if it is there, else written')
    most_covered: float = setting(
        0.065, 'share of the view that may differ from the empty table while the arm is away; '
        'with more there is no latent, and the arm holds', '', 0.0, 1.0,
    )


@dataclass(frozen=True)
class RecorderConfig(Checked):
    """Recorder node."""

    topics: tuple[str, ...] = setting(RECORDED, 'topics to record, by relative name')
    folder: str = setting('out/bags', 'folder of the bags')
    bag: str = setting('bag', 'name of a bag; a number is added if it exists')
    record_at_once: bool = setting(True, 'start a bag with the node')
    keep: int = setting(
        0, 'newest bags of this run that are kept; older ones are removed; 0 = all', '', 0, 10_000
    )
    save_every: float = setting(0.5, 'a kill loses no more than this', 's', 0.05, 60.0)
    longest: float = setting(
        0.0, 'a bag that has lasted so long ends, and the next one begins; 0 = never', 's', 0.0)
    largest: float = setting(
        0.0, 'a bag that is so large ends, and the next one begins; 0 = never', 'MB', 0.0)
    quota: float = setting(0.0, 'all bags of the folder take no more; 0 = no bound', 'MB', 0.0)
    when_full: str = setting(
        'stop', 'what to do then: record no more, or remove the oldest bags of the folder',
        choices=('stop', 'oldest'),
    )
