"""Contracts: what a bag of somebody else calls things, `config/contracts/<name>.yaml`."""

from dataclasses import dataclass, fields
from pathlib import Path

from foresight.files import find_file
from foresight.settings import Checked, changed, read_mapping, setting

IMAGE, INFO, POSE = 'camera/image_raw', 'camera/camera_info', 'camera/pose'
JOINTS, ACTION, KIND = 'joint_states', 'macro_action', 'macro_action/kind'
EMPTY, STOP = 'image_background', 'e_stop'
TF, TF_STATIC = 'tf', 'tf_static'


@dataclass(frozen=True)
class Contract(Checked):
    """What a bag calls things: a name without a slash before it may have any namespace."""

    image: str = setting(IMAGE, 'topic of the camera, raw, compressed or as packets of video')
    camera_info: str = setting(INFO, 'topic of its camera_info')
    camera_pose: str = setting(
        POSE, 'topic of where it is in base_frame, a PoseStamped; empty or not in the bag = /tf')
    camera_frame: str = setting('', 'frame of the camera in /tf; empty = as camera_info says')
    base_frame: str = setting('base_link', 'frame of the base of the arm')
    joint_states: tuple[str, ...] = setting((JOINTS,), 'topics of joint states')
    joint_prefix: str = setting('', 'what stands before each joint name of the robot')
    action: str = setting(
        ACTION, 'topic of the tool poses of an action; empty = found by the way of the tool')
    action_kind: str = setting(KIND, 'topic of the kind of the actions')
    empty_table: str = setting(EMPTY, 'topic of the rectified image of the empty table')
    empty_at: float = setting(
        -1.0, 'the table is empty so long after the first image; below 0 = never', 's', -1.0)
    e_stop: str = setting(STOP, 'topic that is true in an e-stop')
    encoding: str = setting('', 'encoding of raw images; empty = as they say')
    stamps: str = setting(
        'header', 'what tells when a message was made: its header, or when it was received',
        choices=('header', 'receive'),
    )
    clock_offset: float = setting(0.0, 'added to the stamps of images', 's')

    def topics(self) -> dict[str, tuple[str, ...]]:
        """Return how the topics of each name of the package are called."""
        named = {
            IMAGE: (self.image,), INFO: (self.camera_info,), POSE: (self.camera_pose,),
            JOINTS: self.joint_states, ACTION: (self.action,), KIND: (self.action_kind,),
            EMPTY: (self.empty_table,), STOP: (self.e_stop,), TF: (TF,), TF_STATIC: (TF_STATIC,),
        }
        return {name: tuple(filter(None, topics)) for name, topics in named.items()}


OURS = Contract()


def load_contract(contract: str | Path) -> Contract:
    """Read a contract strictly.

    Args:
        contract: Name of a contract of the package, or path of a YAML file.

    Raises:
        ConfigError: If there is none, a key is unknown, or a value is out of its bounds.
    """
    path = find_file('contract', contract)
    content = read_mapping(path, tuple(item.name for item in fields(Contract)))
    return changed(OURS, content, f'{path}')
