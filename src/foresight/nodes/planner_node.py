"""The planner node: from belief to push to joint motion; the optimiser has its own thread."""

from dataclasses import replace

import numpy as np
import torch
from sensor_msgs.msg import Image, JointState

from foresight.actions.push.skill import PushSkill
from foresight.agent.following import SurpriseConfig
from foresight.agent.phase import Phase
from foresight.errors import ObservationError, RobotError
from foresight.files import find_model
from foresight.nodes.convert import joint_values, latent_tensor, seconds, trajectory
from foresight.nodes.decision_display import DecisionDisplay, tell
from foresight.nodes.endpoints import publisher, service, subscription
from foresight.nodes.goal_switch import GoalSwitch, MakeTask, make_task
from foresight.nodes.parameters import declare, with_overrides
from foresight.nodes.push_worker import Decision, PushWorker
from foresight.nodes.run import run
from foresight.nodes.settings import EpisodeConfig, ModelConfig
from foresight.nodes.staged import StagedNode
from foresight.nodes.surprise_watch import SurpriseWatch
from foresight.protocols import Belief
from foresight.robots.arm import ArmModel, RobotConfig
from foresight.robots.homing import Homing
from foresight.robots.joint_level import JointLevelConfig
from foresight.robots.plan_stream import PlanStream
from foresight.robots.status import Status
from foresight.tasks.task_file import load_task
from foresight.world_model.checkpoint import load

RATE = 20.0  # of the plan windows [Hz]
AHEAD = 0.6  # reach of a plan window [s]
LEAD = 0.1  # a motion starts this long after it was planned [s]
STRAY = 0.4  # an arm this far from its path does not follow it [rad]
STRAYS = 1  # times in a row that a lost arm is brought home to go on
HOME = 0.05  # an arm this near the retract pose is there [rad]
PATIENCE = 2.0  # without joints or belief for so long something is wrong [s]


class PlannerNode(StagedNode):
    """Decides a push when the arm is at its retract pose, and streams its motion.

    Attributes:
        phase: What the planner is at.
    """

    def __init__(self, name: str = 'planner') -> None:
        super().__init__(name)
        self.phase = Phase.IDLE
        self._worker: PushWorker | None = None
        self._stream: PlanStream | None = None
        self._joints = np.zeros(0)
        self._joints_at = self._belief_at = self._ready_at = -np.inf
        self._pushes, self._strays, self._stopping = 0, 0, False
        self._plan = publisher(self, 'joint_plan')
        self._display = DecisionDisplay(self)
        self._goal = GoalSwitch(self, self._task, self._goal_task, self._use_task)
        subscription(self, 'belief', self._on_belief)
        self._watch = SurpriseWatch(self, self._on_alarm)
        subscription(self, 'joint_states', self._on_joints)
        service(self, 'planner/start', self._start)
        service(self, 'planner/stop', self._stop)
        self.create_timer(1.0 / RATE, self._tick)

    def declare(self) -> None:
        """Declare task, model, robot, optimiser and joint level."""
        self._episode = declare(self, EpisodeConfig())
        self._model = declare(self, ModelConfig())
        self._robot = declare(self, RobotConfig())
        task, goal_task = load_task(self._episode.task), load_task(self._episode.goal_task)
        self._config = declare(self, task.planner, changeable=('seed',))
        self._task = replace(task, planner=self._config)
        # What the user sets holds for both tasks, what a task sets for that task alone.
        own = with_overrides(self, goal_task.planner, self._config)
        self._goal_task = replace(goal_task, planner=own)
        self._level = declare(self, JointLevelConfig(), 'joint_level.')
        self._surprise = declare(self, SurpriseConfig(), 'surprise.')

    def configure(self) -> None:
        """Load the world model and the task, and warm them up."""
        torch.set_num_threads(self._config.threads)
        checkpoint = load(find_model(self._model.checkpoint), self._model.device)
        known, self._model_device = checkpoint.config, checkpoint.model.device
        self._watch.configure(self._surprise, checkpoint, self._config.horizon)
        self._arm = ArmModel.load(self._robot.robot)
        skill = PushSkill(self._arm, known.scene, known.push, self._level)
        # Without its goal yet, the task is tried on a blank one.
        blank = np.zeros((known.encoder.rows, known.encoder.columns, 3), np.uint8)
        level = make_task(self._task, checkpoint, self._arm, blank, blank)
        worker = PushWorker(level, skill, Homing(skill.joint_level, known.push))
        shape = known.encoder.channels, *known.encoder.grid
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(0))
        worker.warm_up(Belief(noise.to(self._model_device), 0.0), np.array(self._arm.retract))
        self._worker = worker
        self._goal.connect(checkpoint, self._arm)

    def activate(self) -> None:
        """Start at once if so configured."""
        if self._episode.autostart:
            self._start()

    def deactivate(self) -> None:
        """Send no more plans: the guard stops the arm."""
        self._stream, self.phase = None, Phase.IDLE

    def cleanup(self) -> None:
        """Free the world model and end the thread."""
        self._goal.disconnect()
        if self._worker is not None:
            self._worker.close()
        self._worker = None

    def destroy_node(self) -> None:
        """End the thread first."""
        self.cleanup()
        super().destroy_node()

    def _use_task(self, make: MakeTask) -> None:
        """Change the task before the next decision."""
        if self._worker is not None:
            self._worker.set_task(make)
            self._watch.begin()

    def _start(self) -> str:
        """Begin an episode."""
        if self._worker is None:
            raise RobotError('the planner is not configured: configure and activate it first')
        if self.phase in (Phase.PLANNING, Phase.EXECUTING):
            raise RobotError('the planner works already: call stop first')
        self._worker.restart(self.get_parameter('seed').value)
        self._pushes, self._strays, self._stopping = 0, 0, False
        self._watch.begin()
        self._wait(self.time)
        self.health.figures({'phase': self.phase, 'pushes': 0}, now=True)
        return f'{self._goal.task.name}: at most {self._episode.max_pushes} pushes'

    def _stop(self) -> str:
        """Finish the push under way, then stop; a push that is only planned is not made."""
        self._stopping = True
        if self.phase is Phase.SETTLING:
            self._end(Phase.IDLE, Status.IDLE, 'stopped')
        return 'stopped' if self._stream is None else 'stops after this push'

    def _on_joints(self, message: JointState) -> None:
        if self._worker is None:
            return
        try:
            self._joints, _ = joint_values(message, self._arm.joint_names)
        except RobotError as error:
            self.get_logger().error(str(error), throttle_duration_sec=1.0)
            return
        self._joints_at = min(seconds(message.header.stamp), self.time)

    def _on_alarm(self) -> None:
        """Forget a plan that the world did not follow."""
        if self._worker is not None:
            self._worker.drop_warm_start()

    def _on_belief(self, message: Image) -> None:
        """Plan from it, if the planner waits for one."""
        if not self.active or self._worker is None or self._goal.missing:
            return
        stamp, self._belief_at = seconds(message.header.stamp), self.time
        if self.phase is not Phase.SETTLING or stamp < self._ready_at or self._watch.alarmed:
            return
        if self._watch.stop or not self._is_home():
            return
        try:
            belief = Belief(latent_tensor(message).to(self._model_device), stamp)
        except ObservationError as error:
            self.health.report(Status.STALE_IMAGE, str(error))
            return
        self.phase = Phase.PLANNING
        self._worker.decide(belief, self._joints, self._watch.next())

    def _is_home(self) -> bool:
        """Return whether the arm is known to be at its retract pose."""
        known = self.time - self._joints_at <= PATIENCE
        return known and bool(np.abs(self._joints - self._arm.retract).max() < HOME)

    def _tick(self) -> None:
        """Go on with whatever the planner is at."""
        if not self.active or self._worker is None:
            return
        if self.phase is Phase.PLANNING:
            decision = self._worker.take()
            if decision is not None:
                self._begin(decision)
        elif self._stream is not None:
            self._go_on(self._stream)
        elif self.phase is Phase.SETTLING:
            self._look(self._worker)
        self.health.figures({'phase': self.phase})

    def _begin(self, decision: Decision) -> None:
        """Carry out what was decided."""
        if self._stopping:
            self._end(Phase.IDLE, Status.IDLE, 'stopped')
            return
        if self._watch.alarmed:
            self._wait(self.time)  # what was decided is about a world that is gone
            return
        self._pushes += decision.push is not None
        tell(self.health, decision, self._pushes, self._goal.task)
        if decision.done:
            self._end(Phase.DONE, Status.IDLE, 'nothing is left to do')
        elif decision.motion is None:
            self._fail(decision)
        else:
            self._stream = PlanStream(decision.motion, self.time + LEAD, AHEAD)
            self.phase = Phase.EXECUTING
            self._display.show(decision)
            self._watch.carry_out(decision, self.health)
            self._go_on(self._stream)

    def _fail(self, decision: Decision) -> None:
        """Try another push if only this one cannot be done; else hold."""
        if decision.push is not None and self._may_push():
            self.get_logger().warning(decision.error)
            self._wait(self.time)
        else:
            self._end(Phase.IDLE, Status.NO_PLAN, decision.error)

    def _go_on(self, stream: PlanStream) -> None:
        """Send the next window, unless the arm does not follow or has arrived."""
        now = self.time
        if now - self._joints_at > PATIENCE:
            self._end(Phase.IDLE, Status.STALE_JOINTS, 'no joint states: check the joint driver')
        elif stream.gap(self._joints, self._joints_at) > STRAY:
            self._lose_arm()
        elif now < stream.end + LEAD:
            self._plan.publish(trajectory(stream.window(now), self._arm.joint_names))
            self.health.report(Status.OK)
        elif self._may_push():
            self._strays = 0
            self._wait(stream.end + self._episode.settle_time)
        else:
            self._end(Phase.DONE, Status.IDLE, f'{self._pushes} pushes are done')

    def _lose_arm(self) -> None:
        """Give up an arm that does not follow, unless this is the first time in a row.

        A processor that stalls makes the guard stop once; an e-stop or a broken arm lasts.
        """
        reason = 'the arm does not follow the plan: see the guard, then call start'
        self._strays += 1
        if self._strays > STRAYS or self._stopping:
            self._end(Phase.IDLE, Status.LATE, reason)
        else:
            self.health.report(Status.LATE, reason)
            self._wait(self.time)

    def _may_push(self) -> bool:
        """Return whether another push is allowed."""
        return self._pushes < self._episode.max_pushes and not self._stopping

    def _wait(self, until: float) -> None:
        """Wait for a belief of `until` [s] or later."""
        self._stream, self.phase, self._ready_at = None, Phase.SETTLING, until
        self._belief_at = max(self.time, until)  # what was before says nothing about now

    def _look(self, worker: PushWorker) -> None:
        """Say what is missing while waiting; bring the arm home if it is elsewhere."""
        now = self.time
        if self._watch.stop:
            self._end(Phase.IDLE, Status.SURPRISED, self._watch.stop)
        elif now - self._joints_at > PATIENCE:
            self.health.report(Status.STALE_JOINTS, 'no joint states: check the joint driver')
        elif not self._is_home() and now > self._ready_at + PATIENCE:
            self.phase = Phase.PLANNING
            worker.go_home(self._joints, now)
        elif self._goal.missing:
            self.health.report(Status.NO_PLAN, self._goal.missing)
        elif now - self._belief_at > PATIENCE:
            self.health.report(Status.STALE_IMAGE, 'no belief: check perception and predictor')
        else:
            self.health.report(Status.OK)

    def _end(self, phase: Phase, status: Status, reason: str) -> None:
        """Stop planning until the next start."""
        self._stream, self.phase = None, phase
        self.health.figures({'phase': phase})
        self.health.report(status, reason)


def main() -> None:
    """Run the node."""
    run(PlannerNode)


if __name__ == '__main__':
    main()
