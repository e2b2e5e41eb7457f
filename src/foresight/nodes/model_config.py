"""Which world model a node loads; apart from other settings, for it needs torch."""

from dataclasses import dataclass

from foresight.actions.loading import load
from foresight.settings import SHIPPED, Checked, setting
from foresight.tasks.site_file import load_scene
from foresight.world_model.checkpoint import Checkpoint


@dataclass(frozen=True)
class ModelConfig(Checked):
    """World model that perception, predictor and planner load; give all three the same."""

    checkpoint: str = setting(str(SHIPPED), 'folder, by itself or inside this package')
    device: str = setting('auto', 'auto, cpu or cuda', choices=('auto', 'cpu', 'cuda'))

    def load(self, site: str) -> Checkpoint:
        """Load the world model for a site; empty = where it learned.

        Raises:
            CheckpointError: If it is missing, damaged or of another view.
            ConfigError: If there is no such site.
        """
        scene = load_scene(site) if site else None
        return load(self.checkpoint, self.device, scene)
