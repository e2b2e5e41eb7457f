"""Qualities of service by purpose; no other file makes a profile."""

from rclpy.qos import (
    DurabilityPolicy,
    QoSProfile,
    ReliabilityPolicy,
    qos_profile_sensor_data,
    qos_profile_system_default,
)

from foresight.nodes.topics import Qos

RELIABLE, BEST_EFFORT = ReliabilityPolicy.RELIABLE, ReliabilityPolicy.BEST_EFFORT
LATCHED = QoSProfile(depth=1, reliability=RELIABLE, durability=DurabilityPolicy.TRANSIENT_LOCAL)

WRITE = {
    Qos.SENSOR: qos_profile_system_default,
    Qos.PICTURE: qos_profile_system_default,
    Qos.STATE: QoSProfile(depth=1, reliability=RELIABLE),
    Qos.COMMAND: QoSProfile(depth=1, reliability=RELIABLE),
    Qos.LATCHED: LATCHED,
    Qos.SAFETY: LATCHED,
    Qos.EVENT: QoSProfile(depth=10, reliability=RELIABLE),
    Qos.DEBUG: QoSProfile(depth=1, reliability=BEST_EFFORT),
}
"""Profile of the publisher of a topic."""

FRAMES = {
    '/tf': QoSProfile(depth=100, reliability=RELIABLE),
    '/tf_static': QoSProfile(
        depth=100, reliability=RELIABLE, durability=DurabilityPolicy.TRANSIENT_LOCAL),
}
"""Profiles for the tree of frames, those of tf2."""

SAFETY = (
    LATCHED, QoSProfile(depth=10, reliability=RELIABLE),
    QoSProfile(depth=10, reliability=BEST_EFFORT),
)
"""Readers that together hear whoever publishes, however; they may hear a message several times."""

READ = {
    **{purpose: (profile,) for purpose, profile in WRITE.items()},
    Qos.SENSOR: (qos_profile_sensor_data,),
    Qos.PICTURE: (QoSProfile(depth=5, reliability=RELIABLE),),
    Qos.SAFETY: SAFETY,
}
"""Profiles of the subscriptions to a topic: sensors are read as sensor data (REP-2003).

Not so pictures: of a large one that is read with best effort, one lost piece loses all, and most
are lost. They are read reliably where they are offered so, else with `LOOSE`.
"""
LOOSE = qos_profile_sensor_data

_BUSY = QoSProfile(depth=200, reliability=BEST_EFFORT)
RECORD = {
    **dict.fromkeys(Qos, (_BUSY,)), Qos.LATCHED: (LATCHED,), Qos.SAFETY: (LATCHED, _BUSY),
    Qos.PICTURE: (QoSProfile(depth=30, reliability=RELIABLE),),
}
"""Profiles of a recorder: it loses nothing to a short queue and slows nobody down."""
