"""The one table of nodes: who publishes, reads and serves what. It needs no ROS installation.

The nodes take types and qualities of service from here; the launch files, `foresight demo` and
the documentation read it too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Qos(StrEnum):
    """What a topic is for; `qos.py` turns the purpose into a profile."""

    SENSOR = 'sensor'
    PICTURE = 'picture'
    STATE = 'state'
    COMMAND = 'command'
    LATCHED = 'latched'
    SAFETY = 'safety'
    EVENT = 'event'
    DEBUG = 'debug'


@dataclass(frozen=True)
class Topic:
    """One topic: relative name, message type and purpose."""

    name: str
    type: str
    qos: Qos
    about: str


@dataclass(frozen=True)
class NodeEntry:
    """One node: its name is also its executable, its file and its YAML.

    Attributes:
        lifecycle: Whether a launcher configures and activates it.
        subscribes: Names of topics it reads.
        publishes: Names of topics it writes.
        services: What each Trigger service does that it offers, by relative name.
        resume: Service by which it goes on with its work after a restart.
        stop: Service by which it stops the arm.
        restarts: Whether it may be started again while others work.
        moves: Whether the arm is moved through it; it ends before those that show or keep that.
        finishes: Whether it has something to finish when whoever started it is gone.
        niceness: How far it lets others go first; what keeps time is not nice.
    """

    name: str
    lifecycle: bool
    subscribes: tuple[str, ...]
    publishes: tuple[str, ...]
    services: Mapping[str, str]
    about: str
    niceness: int = 0
    resume: str = ''
    stop: str = ''
    restarts: bool = True
    moves: bool = True
    finishes: bool = False

    @property
    def module(self) -> str:
        """Python module that runs the node."""
        return f'foresight.nodes.{self.name}_node'

    @property
    def config(self) -> str:
        """Parameter file, relative to the package."""
        return f'config/{self.name}.yaml'


SUPERVISOR = 'supervisor'
IMAGE, COMPRESSED = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'

TOPICS = {topic.name: topic for topic in (
    Topic('/clock', 'rosgraph_msgs/msg/Clock', Qos.EVENT, 'simulated time'),
    Topic('camera/image_raw', IMAGE, Qos.PICTURE,
          'camera image; a CompressedImage if it is remapped to a topic called so'),
    Topic('camera/camera_info', 'sensor_msgs/msg/CameraInfo', Qos.SENSOR, 'camera intrinsics'),
    Topic('camera/pose', 'geometry_msgs/msg/PoseStamped', Qos.LATCHED,
          'camera_optical_frame in base_link'),
    Topic('joint_states', 'sensor_msgs/msg/JointState', Qos.SENSOR, 'measured joints'),
    Topic('speed_scaling', 'std_msgs/msg/Float64', Qos.SENSOR,
          "how fast the arm's own controller lets it go [%]; of a UR its speed slider"),
    Topic('robot_description', 'std_msgs/msg/String', Qos.LATCHED, 'URDF'),
    Topic('ground_truth/poses', 'geometry_msgs/msg/PoseArray', Qos.EVENT,
          'true object poses, for evaluation only'),
    Topic('latent', IMAGE, Qos.STATE, 'latent of each camera image'),
    Topic('image_rectified', IMAGE, Qos.EVENT, 'camera image on the table plane'),
    Topic('image_background', IMAGE, Qos.LATCHED, 'rectified image of the empty table'),
    Topic('belief', IMAGE, Qos.STATE, 'latent to plan from: what the arm hides is remembered'),
    Topic('predictor/memory', IMAGE, Qos.DEBUG,
          'time since each cell was seen [s] and confidence in it'),
    Topic('surprise', IMAGE, Qos.EVENT,
          'how far each cell that counts is from what was expected; 1 is the threshold'),
    Topic('surprise/level', 'std_msgs/msg/Float32', Qos.EVENT,
          'the worst cells of it; above 1 is an alarm'),
    Topic('goal_image', IMAGE, Qos.LATCHED, 'rectified image that shows what is wanted'),
    Topic('macro_action', 'nav_msgs/msg/Path', Qos.LATCHED,
          'tool poses that tell the macro-action; of an action where it starts and ends'),
    Topic('macro_action/kind', 'std_msgs/msg/String', Qos.LATCHED,
          'kind of the macro-actions; where nobody says it, they are actions'),
    Topic('joint_plan', 'trajectory_msgs/msg/JointTrajectory', Qos.COMMAND,
          'joint motion of at least the next 0.5 s, absolute stamps'),
    Topic('planner/tool_path', 'nav_msgs/msg/Path', Qos.DEBUG, 'tool path of the action'),
    Topic('planner/candidates', 'geometry_msgs/msg/PoseArray', Qos.DEBUG,
          'tool poses of the best actions it imagined, cheapest first; each as many as those of '
          'macro_action'),
    Topic('planner/markers', 'visualization_msgs/msg/MarkerArray', Qos.DEBUG, 'candidate actions'),
    Topic('planner/subgoal', IMAGE, Qos.DEBUG, 'latent that the action should produce'),
    Topic('commands', 'sensor_msgs/msg/JointState', Qos.COMMAND, 'joint commands'),
    Topic('e_stop', 'std_msgs/msg/Bool', Qos.SAFETY,
          'true stops the arm; heard from any publisher'),
    Topic('keep_out', 'geometry_msgs/msg/PolygonStamped', Qos.SAFETY,
          'corners of a zone to keep out of, in base_link: the rectangle around them is added'),
    Topic('/diagnostics', 'diagnostic_msgs/msg/DiagnosticArray', Qos.EVENT,
          'state and figures of each node'),
)}

NODES = {node.name: node for node in (
    NodeEntry(
        'sim', False, ('commands',),
        ('/clock', 'camera/image_raw', 'camera/camera_info', 'camera/pose', 'joint_states',
         'robot_description', 'ground_truth/poses', '/diagnostics'),
        {'sim/reset': 'place the objects of parameter `seed`'},
        'the simulated arm, table and camera', restarts=False, moves=False,
    ),
    NodeEntry(
        'perception', True,
        ('camera/image_raw', 'camera/camera_info', 'camera/pose', 'joint_states'),
        ('latent', 'image_rectified', 'image_background', '/diagnostics'),
        {'perception/capture_background': 'take the table now as empty'},
        'camera image to latent', niceness=5,
    ),
    NodeEntry(
        'predictor', True,
        ('latent', 'macro_action', 'joint_states', 'camera/camera_info', 'camera/pose'),
        ('belief', 'predictor/memory', 'surprise', 'surprise/level', '/diagnostics'),
        {'predictor/clear_memory': 'forget what was seen and predicted, on disk too'},
        'latents to belief and surprise', niceness=5,
    ),
    NodeEntry(
        'planner', True,
        ('belief', 'surprise', 'joint_states', 'goal_image', 'image_background', 'keep_out'),
        ('joint_plan', 'macro_action', 'macro_action/kind', 'planner/tool_path',
         'planner/candidates', 'planner/markers', 'planner/subgoal', '/diagnostics'),
        {'planner/start': 'start acting', 'planner/stop': 'finish this action, then stop',
         'planner/capture_goal': 'take the table as it looks now as the goal'},
        'belief to actions and joint motion', niceness=5, resume='planner/start',
    ),
    NodeEntry(
        'guard', True, ('joint_plan', 'joint_states', 'e_stop', 'keep_out', 'speed_scaling'),
        ('commands', '/diagnostics'),
        {'guard/e_stop': 'stop the arm',
         'guard/release': 'end an e-stop; refused while the arm moves'},
        'joint motion to safe commands', stop='guard/e_stop', finishes=True,
    ),
    NodeEntry(
        'recorder', False, (), ('/diagnostics',),
        {'recorder/start': 'start a bag', 'recorder/stop': 'finish the bag'},
        'topics to a rosbag2 MCAP', niceness=5, resume='recorder/start', moves=False,
        finishes=True,
    ),
    NodeEntry(
        SUPERVISOR, False, ('/diagnostics',), ('/diagnostics',), {},
        'brings up the nodes with a lifecycle, and up again those that die or fall silent',
    ),
)}

RECORDED = tuple(name for name, topic in TOPICS.items() if topic.qos is not Qos.DEBUG)
"""Topics worth a bag; debug topics are published only while somebody listens."""
