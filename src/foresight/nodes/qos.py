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
LATCHED = QoSProfile(
    depth=1, reliability=RELIABLE, durability=DurabilityPolicy.TRANSIENT_LOCAL,
)

WRITE = {
    Qos.SENSOR: qos_profile_system_default,
    Qos.STATE: QoSProfile(depth=1, reliability=RELIABLE),
    Qos.COMMAND: QoSProfile(depth=1, reliability=RELIABLE),
    Qos.LATCHED: LATCHED,
    Qos.EVENT: QoSProfile(depth=10, reliability=RELIABLE),
    Qos.DEBUG: QoSProfile(depth=1, reliability=BEST_EFFORT),
}
"""Profile of the publisher of a topic."""

READ = {**WRITE, Qos.SENSOR: qos_profile_sensor_data}
"""Profile of a subscriber: sensors are read as sensor data (REP-2003)."""

RECORD = {
    **{purpose: QoSProfile(depth=200, reliability=BEST_EFFORT) for purpose in Qos},
    Qos.LATCHED: LATCHED,
}
"""Profile of a recorder: it loses nothing to a short queue and slows nobody down."""
