"""The planner node: from belief to macro-action to joint motion; the optimiser has its thread."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from sensor_msgs.msg import Image

from foresight.agent.agent import Agent
from foresight.agent.assembly import make_tasks, make_thinker, noise
from foresight.agent.following import SurpriseConfig
from foresight.agent.goals import REMEDIES, Goals, MakeTask
from foresight.agent.step import Limits
from foresight.data.images import image_array
from foresight.data.joint_messages import seconds
from foresight.data.messages import latent_tensor
from foresight.errors import ObservationError, RobotError
from foresight.nodes.decision_display import DecisionDisplay, tell
from foresight.nodes.endpoints import publisher, service, subscription
from foresight.nodes.joint_convert import trajectory
from foresight.nodes.joint_reader import JointReader
from foresight.nodes.model_config import ModelConfig
from foresight.nodes.parameters import declare, with_overrides
from foresight.nodes.run import run
from foresight.nodes.settings import EpisodeConfig
from foresight.nodes.staged import StagedNode
from foresight.nodes.zone_reader import ZoneReader
from foresight.protocols import Belief
from foresight.robots.arm import ArmModel
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.pace import PaceConfig
from foresight.robots.plan_window import Joints
from foresight.robots.robot_file import RobotConfig
from foresight.robots.status import Status
from foresight.robots.workspace import Workspace
from foresight.robots.zones import Zone
from foresight.tasks.site_file import PlaceConfig
from foresight.tasks.task_file import load_task
from foresight.world_model.belief.surprise import worst_cells

RATE = 20.0  # of the plan windows [Hz]
FRESH = 1.0  # a belief older than this says nothing about now [s]


class PlannerNode(StagedNode):
    """Lets the agent decide and move: messages in, plan windows and decisions out."""

    def __init__(self, name: str = 'planner') -> None:
        super().__init__(name)
        self._agent: Agent[Belief] | None = None
        self._seen: Belief | None = None
        self._thread = ThreadPoolExecutor(1, 'optimiser')
        self._plan = publisher(self, 'joint_plan')
        self._display = DecisionDisplay(self)
        self._goals = Goals(
            self._task, self._goal_task, self._use_task, lambda why: self.get_logger().error(why),
        )
        for picture in REMEDIES:
            subscription(self, picture, partial(self._on_picture, picture))
        subscription(self, 'belief', self._on_belief)
        subscription(self, 'surprise', self._on_surprise)
        self._joints = JointReader(self, self._on_joints)
        self._zones = ZoneReader(self, self._on_zone, self.get_logger().error)
        service(self, 'planner/start', self._start)
        service(self, 'planner/stop', self._stop)
        service(self, 'planner/capture_goal', self._capture_goal)
        self.create_timer(1.0 / RATE, self._tick)

    def declare(self) -> None:
        """Declare task, model, robot, optimiser and joint level."""
        self._episode = declare(self, EpisodeConfig())
        self._model = declare(self, ModelConfig())
        self._site = declare(self, PlaceConfig()).site
        self._robot = declare(self, RobotConfig())
        task, goal_task = load_task(self._episode.task), load_task(self._episode.goal_task)
        self._config = declare(self, task.planner, changeable=('seed',))
        spread = declare(self, task.spread)
        self._task = replace(task, planner=self._config, spread=spread)
        # What the user sets holds for both tasks, what a task sets for that task alone.
        self._goal_task = replace(
            goal_task, planner=with_overrides(self, goal_task.planner, self._config),
            spread=with_overrides(self, goal_task.spread, spread),
        )
        self._level = declare(self, JointLevelConfig(), 'joint_level.')
        self._surprise = declare(self, SurpriseConfig(), 'surprise.')
        self._pace = declare(self, PaceConfig())

    def configure(self) -> None:
        """Load the world model and the task, and warm them up."""
        torch.set_num_threads(self._config.threads)
        checkpoint = self._model.load(self._site)
        self._surprise.check(checkpoint, self._config.horizon)
        arm = ArmModel.load(self._robot.robot, checkpoint.config.scene.stand)
        self._arm, self._workspace = arm, Workspace(arm, checkpoint.config.scene)
        self._zones.follow(arm)
        tasks, home = make_tasks(checkpoint, arm), np.array(arm.retract)
        self._make_task: MakeTask = partial(tasks.try_out, self._task)
        thinker = make_thinker(
            tasks.try_out(self._task), checkpoint, arm, self._level, self._workspace,
        )
        self._thread.submit(thinker.warm_up, noise(checkpoint), home).result()
        limits = Limits(
            self._episode.max_actions, self._episode.settle_time, pace=self._pace.share,
            stray=np.inf if self._pace.dry_run else Limits.stray,
        )
        self._agent = Agent(thinker, home, limits, self._surprise, self._thread.submit)
        self._device = checkpoint.model.device
        self._joints.follow(arm.joint_names, self._robot.joint_prefix)
        self._goals.connect(tasks)
        self._display.introduce(checkpoint.action, arm.table_from_base)

    def activate(self) -> None:
        """Start at once if so configured."""
        if self._episode.autostart:
            self._start()

    def deactivate(self) -> None:
        """Send no more plans: the guard stops the arm."""
        if self._agent is not None:
            self._agent.halt()
        self.health.report(Status.IDLE)

    def cleanup(self) -> None:
        """Free the world model."""
        self._goals.connect(None)
        self._agent = self._seen = None
        self._zones.forget()
        self._joints.follow(())

    def destroy_node(self) -> None:
        """End the thread first."""
        self._thread.shutdown()
        super().destroy_node()

    def _configured(self) -> Agent[Belief]:
        if self._agent is None:
            raise RobotError('the planner is not configured: configure and activate it first')
        return self._agent

    def _use_task(self, make: MakeTask) -> None:
        self._configured().set_task(make)
        self._make_task = make

    def _start(self) -> str:
        agent = self._configured()
        agent.start(self.get_parameter('seed').value, self.time)
        self.health.figures({'phase': agent.phase, 'actions': 0}, now=True)
        return f'{self._goals.task.name}: at most {self._episode.max_actions} actions'

    def _stop(self) -> str:
        return self._configured().stop()

    def _capture_goal(self) -> str:
        """Take the newest belief as the goal, if the arm is out of the picture."""
        agent, now = self._configured(), self.time
        if agent.stream is not None or not agent.is_home(now):
            raise RobotError(
                'the arm is not known to be at its retract pose: call planner/stop, wait until it '
                'is back, then capture'
            )
        if self._seen is None or now - self._seen.stamp > FRESH:
            raise ObservationError('no fresh belief: activate perception and predictor first')
        return f'{self._goals.capture(self._seen.latent)}: the table as it looks now'

    def _on_picture(self, name: str, message: Image) -> None:
        try:
            self._goals.show(name, image_array(message))
        except ObservationError as error:
            self._goals.refuse(name, error)

    def _on_joints(self, positions: Joints, velocities: Joints, stamp: float) -> None:
        self._configured().feel(positions, min(stamp, self.time))

    def _on_zone(self, name: str, zone: Zone) -> None:
        """Keep out of one more zone from the next decision on."""
        self._arm.forbid(name, zone)
        self._thread.submit(self._workspace.add, name, zone).result()  # it may look at it now
        if self._agent is not None:
            self._agent.set_task(self._make_task)

    def _on_surprise(self, message: Image) -> None:
        if self._agent is not None:
            level = float(worst_cells(latent_tensor(message))[0])
            self._agent.hear(level, seconds(message.header.stamp))

    def _on_belief(self, message: Image) -> None:
        """Plan from it, if the agent waits for one."""
        if self.active and self._agent is not None:
            latent = latent_tensor(message).to(self._device)
            self._seen = Belief(latent, seconds(message.header.stamp))
            if not self._goals.missing:
                self._agent.see(self._seen, self.time)

    def _tick(self) -> None:
        """Let the agent go on, and send and show what it says."""
        if not self.active or self._agent is None:
            return
        step = self._agent.tick(self.time, self._goals.missing)
        if step.decision is not None:
            tell(self.health, step, self._goals.task, self._agent.following)
            self._display.show(step.decision)
        if step.window is not None:
            self._plan.publish(trajectory(step.window, self._joints.names))
        self.health.report(step.status, step.reason)
        self.health.figures({'phase': step.phase})


def main() -> None:
    """Run the node."""
    run(PlannerNode)


if __name__ == '__main__':
    main()
