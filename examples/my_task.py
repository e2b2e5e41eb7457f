"""A task of your own with a cost term of your own: bring everything to the near edge."""

from pathlib import Path

import foresight as fs
from foresight.rollout.loop import evaluate
from foresight.rollout.players import ClearTablePlayers
from foresight.world_model.scene_map import cell_centres

TASK = """
terms:
  my_task:NearEdge: 1.0
  kept: 2.0  # less for each object on the table: what falls off is lost
  dropped: 5.0
done: {term: my_task:NearEdge, below: 0.05}
success: {rule: in_region, x: [0.30, 0.45]}
planner: {robust_top: 24, robust_samples: 8}
"""


class NearEdge:
    """Expected way of the objects on the table to a line near the arm, in table depths."""
    name = 'near_edge'

    def __init__(self, known):
        x, _ = cell_centres(known.scene, known.encoder.grid)
        self.way = ((x - 0.41).clamp(min=0.0) / known.scene.table_depth)[:, None]
        self.occupancy = known.occupancy  # what is on the table, and what on the floor

    def score(self, latents):
        """Score each latent; lower is better."""
        return (self.occupancy(latents)[:, 0] * self.way).sum(dim=(1, 2))


if __name__ == '__main__':
    Path('near_edge.yaml').write_text(TASK)
    players = ClearTablePlayers('planner', 'near_edge.yaml', fs.SimConfig(), 'clear_table')
    for end in evaluate(players, seeds=range(2000, 2003)):
        print(f'seed {end.seed}: {"done" if end.success else "not done"}, {end.actions} pushes')
