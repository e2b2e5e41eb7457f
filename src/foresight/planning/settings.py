"""Settings of the optimiser."""

from dataclasses import dataclass

from foresight.errors import ConfigError
from foresight.settings import Checked, setting


@dataclass(frozen=True)
class OptimiserConfig(Checked):
    """Task level: CEM with a mixture of elites."""

    horizon: int = setting(1, 'actions looked ahead', '', 1, 64)
    samples: int = setting(256, 'candidates an iteration', '', 8, 8192)
    iterations: int = setting(3, 'refinements', '', 1, 50)
    branches: int = setting(
        1, 'next actions tried after each beginning; more than 1 shares beginnings among '
        'candidates, which makes a longer horizon cheaper', '', 1, 16
    )
    elites: int = setting(24, 'candidates kept an iteration', '', 1, 1024)
    uniform_share: float = setting(0.2, 'share of fresh candidates an iteration', '', 0.0, 1.0)
    noise_decay: float = setting(0.6, 'factor on the std an iteration', '', 0.1, 1.0)
    temperature: float = setting(
        1.0, 'softmax temperature of elites over the std of their costs', '', 0.01, 100.0
    )
    proposal_share: float = setting(
        0.7, 'share of proposals (aimed, reactive) among fresh candidates', '', 0.0, 1.0
    )
    discount: float = setting(0.9, 'weight of each step relative to the one before', '', 0.01, 1.0)
    robust_top: int = setting(
        8, 'best candidates re-scored under action jitter; 0 = off', '', 0, 256
    )
    robust_samples: int = setting(6, 'jittered copies of each', '', 1, 64)
    risk: str = setting(
        'off', 'how the imagined futures of one of the best candidates count; off = only jitter',
        choices=('off', 'mean', 'cvar', 'worst'),
    )
    risk_samples: int = setting(16, 'futures imagined of each of the best candidates', '', 1, 256)
    risk_alpha: float = setting(
        0.25, 'share of the costliest futures that count for cvar', '', 0.01, 1.0
    )
    chunk: int = setting(64, 'candidates rolled out at once; bounds memory', '', 1, 8192)
    deadline: float = setting(
        0.42, 'when to stop searching, so that a plan takes half a second at most', 's', 0.01, 60.0
    )
    seed: int = setting(0, 'seed of the sampler', '', 0)
    threads: int = setting(1, 'torch threads', '', 1, 64)

    def __post_init__(self) -> None:
        """Check bounds and that there are candidates whose risk can be judged."""
        super().__post_init__()
        if self.risk != 'off' and self.robust_top == 0:
            raise ConfigError(
                f'OptimiserConfig.risk = {self.risk}: it is judged on the best candidates; set '
                'robust_top above 0'
            )


