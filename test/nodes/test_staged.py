"""Claims about the stages of every lifecycle node, and about faults."""

import pytest
import torch
from std_msgs.msg import Bool
from std_srvs.srv import Trigger

from foresight.errors import RobotError
from foresight.nodes.convert import latent_message
from foresight.nodes.endpoints import service, subscription
from foresight.nodes.guard_node import GuardNode
from foresight.nodes.perception_node import PerceptionNode
from foresight.nodes.planner_node import PlannerNode
from foresight.nodes.predictor_node import PredictorNode
from foresight.nodes.staged import StagedNode
from foresight.settings import BY_COST_HEAD

ONCE = ('configure', 'activate', 'deactivate', 'cleanup')
ORDERS = {
    'twice': ONCE + ONCE,
    'back and forth': ('configure', 'cleanup', 'configure', 'activate', 'deactivate', 'activate',
                       'deactivate', 'activate', 'shutdown'),
    'at once': ('shutdown',),
    'configured only': ('configure', 'shutdown'),
}


LATENT = torch.zeros(16, 16, 24)


def talk(made, robot):
    """Publish what the node listens to."""
    def each():
        robot.joints()
        if isinstance(made.node, PerceptionNode):
            robot.camera()
        elif not isinstance(made.node, GuardNode):
            name = 'latent' if isinstance(made.node, PredictorNode) else 'belief'
            made.say(name, latent_message(LATENT, made.now()))

    return each


@pytest.fixture(params=[GuardNode, PerceptionNode, PredictorNode, PlannerNode])
def staged(request, bench, stage, checkpoint):
    """Each lifecycle node, and a robot."""
    more = {} if request.param is GuardNode else {'checkpoint': checkpoint, 'device': 'cpu'}
    if request.param is PlannerNode:
        more |= {
            'samples': 16, 'iterations': 1, 'robust_top': 0, 'elites': 4, 'task': BY_COST_HEAD,
        }
    made = bench(request.param, (), **more)
    return made, stage(made)


@pytest.mark.parametrize('order', ORDERS.values(), ids=ORDERS)
def test_stages_come_in_any_order(staged, order, capfd):
    made, robot = staged
    for name in order:
        assert getattr(made.node, f'trigger_{name}')().name == 'SUCCESS'
        made.spin(0.1, talk(made, robot))
    assert 'ERROR' not in capfd.readouterr().err


def test_a_stage_out_of_turn_is_refused_and_the_node_lives_on(staged):
    made, _ = staged
    for name in ('activate', 'deactivate', 'cleanup'):
        assert getattr(made.node, f'trigger_{name}')().name != 'SUCCESS'
    made.up()


class Fragile(StagedNode):
    """Breaks wherever it is told to."""

    def __init__(self) -> None:
        super().__init__('fragile')
        self.breaks, self.cleaned, self.ticks, self.heard = '', 0, 0, 0
        subscription(self, 'e_stop', self._hear)
        service(self, 'guard/release', self._serve)
        self.create_timer(0.02, self._tick)

    def _reach(self, place: str) -> None:
        if self.breaks == place:
            raise KeyError(f'joint of {place}')

    def configure(self) -> None:
        self._reach('configure')

    def activate(self) -> None:
        self._reach('activate')

    def deactivate(self) -> None:
        self._reach('deactivate')

    def cleanup(self) -> None:
        self.cleaned += 1
        self._reach('cleanup')

    def _hear(self, message: Bool) -> None:
        self.heard += 1
        self._reach('hear')

    def _serve(self) -> str:
        self._reach('serve')
        return 'served'

    def _tick(self) -> None:
        self.ticks += 1
        self._reach('tick')


@pytest.fixture
def fragile(bench):
    """A node that breaks."""
    return bench(Fragile)


def test_a_configure_that_breaks_says_what_and_where_and_can_be_tried_again(fragile, capfd):
    fragile.node.breaks = 'configure'
    assert fragile.node.trigger_configure().name == 'FAILURE'
    said = capfd.readouterr().err
    assert "not configured: KeyError: 'joint of configure'" in said
    assert 'test_staged.py:' in said and 'configure again' in said
    assert fragile.node.cleaned == 1
    fragile.node.breaks = ''
    fragile.up()


def test_an_activate_that_breaks_leaves_the_node_inactive(fragile, capfd):
    fragile.node.breaks = 'activate'
    assert fragile.node.trigger_configure().name == 'SUCCESS'
    assert fragile.node.trigger_activate().name == 'FAILURE'
    assert 'not activated: KeyError' in capfd.readouterr().err
    assert not fragile.node.active
    fragile.node.breaks = ''
    assert fragile.node.trigger_activate().name == 'SUCCESS'


@pytest.mark.parametrize('place', ['deactivate', 'cleanup'])
def test_a_way_down_that_breaks_is_gone_all_the_same(fragile, capfd, place):
    fragile.up()
    fragile.node.breaks = place
    assert fragile.node.trigger_deactivate().name == 'SUCCESS'
    assert fragile.node.trigger_cleanup().name == 'SUCCESS'
    assert f"KeyError: 'joint of {place}'" in capfd.readouterr().err


def test_callbacks_that_break_are_logged_and_the_node_lives_on(fragile, capfd):
    fragile.up()
    fragile.node.breaks = 'tick'
    fragile.spin_until(lambda: fragile.node.ticks >= 3)
    assert "timer: KeyError: 'joint of tick'" in capfd.readouterr().err
    fragile.node.breaks = 'hear'
    fragile.spin_until(
        lambda: fragile.node.heard >= 2, lambda: fragile.say('e_stop', Bool(data=False)),
    )
    fragile.node.breaks = 'serve'
    answer = fragile.call('fragile/release')
    assert not answer.success and 'see the log of fragile' in answer.message
    fragile.node.breaks = ''
    assert fragile.call('fragile/release').message == 'served'


def test_a_foreseen_error_is_logged_as_it_is(fragile, capfd):
    assert not fragile.node.attempt('not moved', lambda: refuse(Trigger))
    said = capfd.readouterr().err
    assert 'not moved: no way: take another' in said and 'Trigger' not in said


def refuse(_):
    raise RobotError('no way: take another')
