"""Tables of the ablation, by name."""

from foresight.errors import ConfigError
from foresight.experiments.ablation.labels import LABELS
from foresight.experiments.ablation.methods import METHODS, QUICK
from foresight.experiments.ablation.robot_hours import ROBOT_HOURS
from foresight.experiments.ablation.table import Table
from foresight.experiments.ablation.transfer import TRANSFER

TABLES = {table.name: table for table in (METHODS, QUICK, LABELS, TRANSFER, ROBOT_HOURS)}


def find_table(name: str) -> Table:
    """Return a table.

    Raises:
        ConfigError: If there is none of that name.
    """
    if name not in TABLES:
        raise ConfigError(f'--table {name!r} is unknown: choose one of {", ".join(TABLES)}')
    return TABLES[name]
