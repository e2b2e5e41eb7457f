"""Critic learner: fitted value iteration in a frozen world model, on states seen in play."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from foresight.costs.critic import Critic, ExpectedCost
from foresight.costs.goal_energy import GoalEnergy
from foresight.data.transitions import Transitions
from foresight.errors import CollapseError, ConfigError, DatasetError
from foresight.learning.loop import descend, learning_rate
from foresight.learning.settings import CriticConfig
from foresight.planning.deadline import stopped_clock
from foresight.planning.levels.task import TaskLevel
from foresight.protocols import Belief
from foresight.robots.arm import ArmModel
from foresight.tasks.assembly import assemble
from foresight.tasks.clear_table.cost_head import Dropped
from foresight.tasks.heads import occupancy_of
from foresight.tasks.task_file import TaskConfig
from foresight.world_model.checkpoint import Checkpoint, joined

CHUNK = 64
WARMUP = 0.05
States = Float[Tensor, 'state channel height width']
Values = Float[Tensor, ' state']


@dataclass(frozen=True)
class Sweep:
    """One sweep: actions looked ahead after it, mean target, held-out variance explained."""

    index: int
    mean: float
    r2: float


class CriticLearner:
    """Learns V(z) = min over actions of [cost(z') - cost already incurred + discount V(z')].

    z' is the predicted latent after the action, and the minimum is taken by the planner itself at
    horizon 1: sampled actions, refined, averaged over action jitter. What lies on the floor
    already is not counted again. Only images of play are used; no action is executed, and what
    play did next is not followed, because a random action says little about what a good one costs.

    References:
        Ernst et al. 2005, Tree-based batch mode reinforcement learning, JMLR 6, section 3.1
        (fitted iteration); Lowrey et al., POLO, arXiv:1811.01848 (values from planning).
    """

    def __init__(self, transitions: Transitions, checkpoint: Checkpoint, arm: ArmModel,
                 task: TaskConfig, config: CriticConfig) -> None:
        """Prepare to look ahead at the terms of a task, on stills of play.

        Raises:
            ConfigError: If the task needs a goal image.
            DatasetError: If play has fewer stills than a sweep wants.
        """
        if GoalEnergy.name in {*dict(task.terms), task.done_term}:
            raise ConfigError(f'a critic for {task.name} is not supported: it has a goal image')
        if len(transitions) < config.states:
            raise DatasetError(
                f'{len(transitions)} actions: collect more, or ask for fewer --states'
            )
        self._transitions, self._task, self._config = transitions, task, config
        self._arm = arm
        self._weights = dict(task.terms)
        scored = replace(checkpoint.config, critic=asdict(config))
        self.checkpoint = joined(checkpoint, {}, scored)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            model = checkpoint.model
            self.critic = Critic(
                scored.encoder.channels, model.raster.scene_map, config.width,
            ).to(model.device)
        # Nothing is reached yet.
        grid, channels = scored.encoder.grid, scored.encoder.channels
        self._reached = torch.zeros(0, channels, *grid, device=model.device)

    def sweep(self, index: int, on_state: Callable[[], None]) -> Sweep:
        """Look one action further: plan from fresh states, then fit the critic to the costs.

        `index` sweeps were done before; `on_state` is called after each planned state.
        """
        generator = torch.Generator().manual_seed(self._config.seed * 1_000_003 + index)
        states = self._states(generator)
        level = self._level(with_critic=index > 0)
        targets = self._targets(states, level, on_state)
        r2 = self._fit(states, targets, generator)
        self.checkpoint = joined(self.checkpoint, {'critic': self.critic}, self.checkpoint.config)
        return Sweep(index + 1, float(targets.mean()), r2)

    def _level(self, with_critic: bool) -> TaskLevel:
        """Assemble the task level that looks one action ahead, and at the critic after it."""
        config = self._config
        terms = {name: w for name, w in self._weights.items() if name != ExpectedCost.name}
        if with_critic:
            terms[ExpectedCost.name] = 1.0
        planner = replace(
            self._task.planner, horizon=1, samples=config.samples, iterations=config.iterations,
            robust_top=config.robust_top, robust_samples=config.robust_samples,
            elites=min(self._task.planner.elites, config.samples),
        )
        return assemble(
            replace(self._task, terms=tuple(terms.items())), self.checkpoint, self._arm,
            planner=planner, clock=stopped_clock,
        )

    @torch.no_grad()
    def _states(self, generator: torch.Generator) -> States:
        """Encode stills of play, and add what the plans of the last sweep lead to."""
        count = self._config.states
        reached = self._reached[torch.randperm(len(self._reached), generator=generator)]
        reached = reached[: round(self._config.imagined * count)]
        count -= len(reached)
        rows = torch.randperm(len(self._transitions), generator=generator)[:count].sort().values
        sides = torch.randint(2, (count,), generator=generator)
        parts = zip(torch.split(rows, CHUNK), torch.split(sides, CHUNK), strict=True)
        stills = [self._encode(row.numpy(), side.numpy()) for row, side in parts]
        return torch.cat([*stills, reached])

    def _encode(self, rows: Int[np.ndarray, ' state'], sides: Int[np.ndarray, ' state']) -> States:
        """Encode the stills before (side 0) or after (side 1) some actions."""
        play, model = self._transitions, self.checkpoint.model
        images = play.stills[play.before_index[rows] + sides]
        pair = (images, play.backgrounds[play.episode[rows]])
        return model.encode(*(
            torch.from_numpy(np.ascontiguousarray(item)).to(model.device) for item in pair
        )).float()

    def _targets(self, states: States, level: TaskLevel, on_state: Callable[[], None]) -> Values:
        """Plan from each state; a finished table costs nothing more."""
        targets, reached = torch.zeros(len(states)), []
        with torch.inference_mode():
            encoder = self.checkpoint.config.encoder
            dropped = Dropped(occupancy_of(self.checkpoint), encoder).score(states).cpu()
        lost = self._weights.get(Dropped.name, 0.0) * dropped
        for index, latent in enumerate(states):
            level.reset(self._config.seed + index)
            plan = level.decide(Belief(latent, 0.0)).plan
            if plan is not None:
                targets[index] = plan.cost - lost[index]
                reached.append(plan.latents[1])
            on_state()
        self._reached = torch.stack([*reached, states[0]])
        return targets

    def _fit(self, states: States, targets: Values, generator: torch.Generator) -> float:
        """Fit the critic by squared error; return the explained variance of what was held out."""
        config = self._config
        order = torch.randperm(len(states), generator=generator)
        held = order[: round(config.holdout * len(states))]
        order = order[len(held):]
        targets = targets.to(states.device)
        optimizer = torch.optim.AdamW(self.critic.parameters(), config.learning_rate)
        steps = config.epochs * max(1, len(order) // config.batch)
        self.critic.requires_grad_(True).train()
        for step in range(steps):
            rows = order[torch.randint(len(order), (config.batch,), generator=generator)]
            loss = functional.mse_loss(self.critic(states[rows]), targets[rows])
            try:
                descend(optimizer, loss, learning_rate(step, steps, config.learning_rate, WARMUP))
            except CollapseError as error:
                raise CollapseError(
                    f'{error} at step {step} of the critic: lower learning_rate'
                ) from error
        self.critic.eval()
        return self._explained(states[held], targets[held])

    @torch.no_grad()
    def _explained(self, states: Tensor, targets: Tensor) -> float:
        """Return the share of the variance of the targets that the critic explains."""
        residual = (self.critic(states) - targets).square().sum()
        spread = (targets - targets.mean()).square().sum()
        return 1.0 - float(residual / spread.clamp(min=1e-9))
