"""Methods table: each way against collapse, the autoencoder and labels, at equal budget."""

from foresight.experiments.ablation.rows import Budget, Row
from foresight.experiments.ablation.table import Table

REGULARIZERS = {
    'vicreg': 'variance and covariance (VICReg)', 'ema': 'self-distillation (EMA, DINO)',
    'infonce': 'contrastive (InfoNCE)', 'barlow': 'cross-correlation (Barlow Twins)',
    'sigreg': 'sketched isotropic Gaussian (SIGReg)', 'none': 'EMA target alone',
}
REFERENCE = Row(
    'vicreg_inverse', f'{REGULARIZERS["vicreg"]}, inverse dynamics', {'regularizer': 'vicreg'},
)
"""The row whose self-supervised world model ships, and on which a cost head alone learns."""
NONE = Row('none', REGULARIZERS['none'], {'regularizer': 'none', 'inverse_weight': 0.0})
AUTOENCODER = Row(
    'autoencoder', 'reconstruction autoencoder',
    {'objective': 'autoencoder', 'inverse_weight': 0.0},
)
SUPERVISED = Row(
    'supervised', 'labels alone, no self-supervised loss', {'objective': 'supervised'},
)
METHODS = Table(
    'Anti-collapse methods, the autoencoder and labels, at equal budget', 'ablation',
    rows=(
        *(Row(f'{name}_inverse', f'{meaning}, inverse dynamics', {'regularizer': name})
          for name, meaning in REGULARIZERS.items()),
        *(Row(name, meaning, {'regularizer': name, 'inverse_weight': 0.0})
          for name, meaning in REGULARIZERS.items()),
        AUTOENCODER,
        Row('autoencoder_inverse', f'{AUTOENCODER.meaning}, inverse dynamics',
            {'objective': 'autoencoder'}),
        Row('label_grounded', f'{REFERENCE.name} and the gradient of the labels',
            {'label_gradient': True}),
        SUPERVISED,
    ),
)
QUICK = Table(
    'The extremes of the methods, at a small budget', 'ablation_quick',
    rows=(REFERENCE, NONE, AUTOENCODER, SUPERVISED), budget=Budget(steps=1000, episodes=20),
)
