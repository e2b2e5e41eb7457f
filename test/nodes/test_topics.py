"""The table of nodes says what the nodes do."""

import pytest

from foresight.data.bags.storage import TYPES
from foresight.nodes.endpoints import message_class
from foresight.nodes.guard_node import GuardNode
from foresight.nodes.perception_node import PerceptionNode
from foresight.nodes.planner_node import PlannerNode
from foresight.nodes.policy import rights
from foresight.nodes.predictor_node import PredictorNode
from foresight.nodes.recorder_node import RecorderNode
from foresight.nodes.sim_node import SimNode
from foresight.nodes.supervisor_node import SupervisorNode
from foresight.nodes.topics import NODES, RECORDED, TOPICS

CLASSES = {
    'sim': SimNode, 'perception': PerceptionNode, 'predictor': PredictorNode,
    'planner': PlannerNode, 'guard': GuardNode, 'recorder': RecorderNode,
    'supervisor': SupervisorNode,
}
OF_ROS = {'parameter_events', 'rosout'}
# What only some have: with simulated time, with a camera in /tf, of some releases of ROS.
SPARE = {'/clock', '/parameter_events', '/tf', '/tf_static'}


def names(pairs, node):
    """Relative names of what ROS does not add itself."""
    plain = {name.lstrip('/') for name, _ in pairs}
    return {
        name for name in plain
        if name not in OF_ROS and not name.startswith((f'{node}/transition_event',))
    }


@pytest.mark.parametrize('entry', NODES.values(), ids=NODES)
def test_node_publishes_reads_and_serves_what_the_table_says(bench, entry, tmp_path):
    extra = {'folder': tmp_path, 'record_at_once': 'false'} if entry.name == 'recorder' else {}
    made = bench(CLASSES[entry.name], (), **extra)
    node, own = made.node, (entry.name, made.node.get_namespace())
    assert node.get_name() == entry.name

    def written():
        return names(node.get_publisher_names_and_types_by_node(*own), entry.name)

    def read():
        found = names(node.get_subscriber_names_and_types_by_node(*own), entry.name)
        return set(entry.subscribes) if entry.name == 'recorder' else found - {'clock'}

    def served():
        return {
            name.lstrip('/') for name, kinds in node.get_service_names_and_types_by_node(*own)
            if 'std_srvs/srv/Trigger' in kinds
        }

    made.spin(0.3)  # the graph hears of new endpoints a little later
    made.spin_until(lambda: written() == {name.lstrip('/') for name in entry.publishes})
    made.spin_until(lambda: read() == {name.lstrip('/') for name in entry.subscribes})
    made.spin_until(lambda: served() == set(entry.services))


    check_policy(node, own, entry)


def check_policy(node, own, entry):
    """Check that the policy grants all that a node has, and nothing that it has not."""
    granted = rights(entry)
    for right, endpoints in (
        (granted.publish, node.get_publisher_names_and_types_by_node),
        (granted.subscribe, node.get_subscriber_names_and_types_by_node),
        (granted.reply, node.get_service_names_and_types_by_node),
        (granted.request, node.get_client_names_and_types_by_node),
    ):
        allowed = {name.replace('~', f'/{entry.name}') for name in right}
        allowed = {name if name.startswith('/') else f'/{name}' for name in allowed}
        used = {name for name, _ in endpoints(*own)}
        assert used <= allowed, f'{entry.name}: {used - allowed} not in the policy'
        assert allowed - used <= SPARE, f'{entry.name} has no {allowed - used - SPARE}'


@pytest.mark.parametrize('topic', TOPICS.values(), ids=TOPICS)
def test_topic_has_a_standard_message_type(topic):
    assert message_class(topic.type)()


def test_every_topic_has_a_writer_or_comes_from_outside():
    written = {name for entry in NODES.values() for name in entry.publishes}
    assert set(TOPICS) - written == {'goal_image', 'e_stop', 'keep_out', 'speed_scaling'}


def test_what_is_read_from_bags_is_what_the_recorder_writes():
    assert {name: TOPICS[name].type for name in TYPES} == TYPES
    assert set(TYPES) <= set(RECORDED)
