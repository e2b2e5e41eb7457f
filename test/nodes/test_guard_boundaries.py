"""Claims about what the guard node keeps the arm out of, over real topics."""


import numpy as np
import pytest
from geometry_msgs.msg import Point32, Polygon, PolygonStamped
from std_msgs.msg import Header

from foresight.nodes.guard_node import GuardNode
from foresight.nodes.joint_convert import trajectory
from foresight.robots.kinematics import InverseKinematics
from foresight.robots.plan_window import PlanWindow
from foresight.robots.status import Status
from foresight.robots.tool_path import vertical_poses

HEARS = ('commands', '/diagnostics')


def follow(made, robot):
    """Be where the last command says."""
    robot.joints(np.array(made.heard['commands'][-1].position))


def ride_into(made, robot, ways, word):
    """Ride a straight plan from one place to another, x, y, z [m], until it is blocked."""
    start, end = (
        InverseKinematics(robot.arm, 0.02).reach(pose, np.array(robot.arm.retract))
        for pose in vertical_poses(*np.array(ways).T, np.zeros(2))
    )
    made.spin_until(lambda: made.heard['commands'], lambda: robot.joints(start))
    speed, times = (end - start) / 2.0, made.now() + np.array([0.0, 2.0])
    plan = PlanWindow(times, np.stack([start, end]), np.stack([speed, np.zeros(7)]))
    made.say('joint_plan', trajectory(plan, robot.arm.joint_names))
    made.spin_until(
        lambda: made.node.health.status is Status.BLOCKED, lambda: follow(made, robot),
    )
    assert word in made.node.health.reason
    made.spin_until(lambda: not made.node._guard.stopping, lambda: follow(made, robot))
    assert not np.any(made.heard['commands'][-1].velocity)


def test_plan_into_the_table_is_stopped_before_it_and_says_so(bench, stage):
    made = bench(GuardNode, HEARS, plan_timeout=5.0).up()
    robot = stage(made)
    ride_into(made, robot, [(0.5, -0.2, 0.12), (0.5, -0.2, -0.037)], 'leads tool0 into the table')
    heights = [
        robot.arm.tool_pose(np.array(each.position))[2, 3] for each in made.heard['commands']
    ]
    assert 0.0 < min(heights) < 0.1


def corners(x, y, frame='base_link'):
    """Say a zone to keep out of by its corners."""
    points = [Point32(x=float(a), y=float(b)) for a in x for b in y]
    return PolygonStamped(header=Header(frame_id=frame), polygon=Polygon(points=points))


def test_a_zone_that_comes_before_the_arm_or_in_mid_motion_is_kept_until_cleanup(bench, stage):
    made = bench(GuardNode, HEARS, plan_timeout=5.0)
    robot = stage(made)
    made.say('keep_out', corners((0.45, 0.55), (0.3, 0.4)))
    made.spin_until(lambda: made.node._zones._corners)
    made.up()
    made.say('keep_out', corners((0.45, 0.55), (-0.4, -0.3)))
    made.spin_until(lambda: len(made.node._zones._corners) == 2)
    made.node.trigger_deactivate()
    made.node.trigger_activate()
    ride_into(made, robot, [(0.5, -0.1, 0.05), (0.5, -0.35, 0.05)], 'into the zone added 2')
    made.node.trigger_deactivate()
    made.node.trigger_cleanup()
    assert not made.node._zones._corners


@pytest.mark.parametrize('zone', [
    corners((0.4, 0.5), (0.0, float('nan'))), corners((0.4, 0.4), (0.0, 0.1)),
    corners((0.4, 0.5), (0.0, 0.1), 'camera'), PolygonStamped(),
], ids=['not finite', 'no area', 'another frame', 'empty'])
def test_a_zone_of_no_use_stops_the_arm(guarded, zone):
    made, robot = guarded
    made.say('keep_out', zone)
    made.spin_until(lambda: made.node.health.status is Status.E_STOP, robot.joints)
    assert 'keep_out' in made.node.health.reason and 'release' in made.node.health.reason


def test_guard_of_an_unknown_site_is_left_unconfigured(bench, capfd):
    made = bench(GuardNode, HEARS, site='nowhere')
    assert made.node.trigger_configure().name == 'FAILURE'
    assert "there is no site 'nowhere'" in capfd.readouterr().err
