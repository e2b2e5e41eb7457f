"""The guardrail `reach`: can the arm carry out a push, told from its four numbers alone."""

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from foresight.actions.push.action import in_action_box, push_ends
from foresight.actions.push.settings import PushConfig
from foresight.robots.reach import Reach
from foresight.settings import BESIDE, SceneConfig, Zone

STRETCH = 0.004
"""So near to full stretch [m] the joints do not keep up where a push begins or ends."""


class PushFeasibility:
    """True for pushes inside the action box whose whole sweep the arm reaches.

    With the tool vertical the arm works in a ring around joint 1: start and end must lie in the
    ring of the clearance height, the part of the sweep nearest to joint 1 in that of the sweep
    height, and all of it in the sector that joint 1 turns through. `calibration` compares this
    with planning every command of a push.

    Attributes:
        name: Name of the guardrail.
        reach: The two rings and the sector.
    """

    name = 'reach'

    def __init__(self, scene: SceneConfig, config: PushConfig, reach: Reach) -> None:
        """Set up for a scene, push bounds and the reach of the arm."""
        self.scene, self.config, self.reach = scene, config, reach

    def __call__(self, actions: Float[Tensor, 'batch 4']) -> Bool[Tensor, ' batch']:
        """Return True where a push is allowed."""
        reach, centre = self.reach, actions.new_tensor(self.reach.centre)
        allowed = in_action_box(actions, self.scene, self.config)
        starts, ends = actions[:, :2] - centre, push_ends(actions) - centre
        for points in (starts, ends):
            radius = points.norm(dim=1)
            near = max(reach.near_high, reach.near_low)
            far = min(reach.far_high, reach.far_low) - STRETCH
            allowed = allowed & (radius >= near) & (radius <= far)
        allowed = allowed & (_nearest(starts, actions) >= reach.near_low)
        return allowed & self._turns(starts, ends)

    def _turns(
        self, starts: Float[Tensor, 'batch 2'], ends: Float[Tensor, 'batch 2'],
    ) -> Bool[Tensor, ' batch']:
        """Return True where joint 1 turns from start to end within its sector."""
        low, high = self.reach.sector
        begin = _around(torch.atan2(starts[:, 1], starts[:, 0]) - self.reach.ahead)
        stop = begin + _around(torch.atan2(ends[:, 1], ends[:, 0]) - self.reach.ahead - begin)
        return (torch.minimum(begin, stop) >= low) & (torch.maximum(begin, stop) <= high)

    def coverage(self, length: float = 0.2, spacing: float = 0.02) -> float:
        """Share of (table point, heading) that an allowed push passes over.

        Args:
            length: Of the push [m], where its bounds allow it.
            spacing: Of the table points [m].
        """
        length = min(max(length, self.config.length_low), self.config.length_high)
        (near, far), (right, left) = self.scene.table_x, self.scene.table_y
        grid = torch.cartesian_prod(
            torch.arange(near + spacing / 2, far, spacing),
            torch.arange(right + spacing / 2, left, spacing),
            torch.arange(24) * (2.0 * math.pi / 24),
        )
        passed = torch.zeros(len(grid), dtype=torch.bool)
        for before in torch.linspace(0.0, length, 11):
            pushes = torch.cat([grid, torch.full((len(grid), 1), length)], dim=1)
            pushes[:, 0] -= before * grid[:, 2].cos()
            pushes[:, 1] -= before * grid[:, 2].sin()
            passed |= self(pushes)
        return float(passed.float().mean())


def open_share(zone: Zone, feasible: PushFeasibility) -> float:
    """Return the share of the side of a bin over which the arm can push."""
    along = torch.arange(zone.along[0] + 0.01, zone.along[1], 0.02)
    angles, lengths = torch.tensor([-0.4, 0.0, 0.4]), torch.tensor([0.10, 0.16])
    place, angle, length = torch.cartesian_prod(along, angles, lengths).T
    end, beside = zone.edge + 0.02 * zone.outward, zone.side in BESIDE
    out = zone.outward * torch.cos(angle)
    heading = torch.atan2(out, torch.sin(angle)) if beside else torch.atan2(torch.sin(angle), out)
    ends = (place, torch.full_like(place, end)) if beside else (torch.full_like(place, end), place)
    pushes = torch.stack([
        ends[0] - length * heading.cos(), ends[1] - length * heading.sin(), heading, length,
    ], dim=1)
    return float(feasible(pushes).reshape(len(along), -1).any(dim=1).float().mean())


def _nearest(
    starts: Float[Tensor, 'batch 2'], actions: Float[Tensor, 'batch 4'],
) -> Float[Tensor, ' batch']:
    """Distance of each sweep from joint 1 at its nearest point [m]."""
    heading = actions[:, 2]
    direction = torch.stack([heading.cos(), heading.sin()], dim=1)
    along = -(starts * direction).sum(dim=1).clamp(max=0.0)
    along = torch.minimum(along, actions[:, 3])
    return torch.hypot(*(starts + along[:, None] * direction).unbind(1))


def _around(angles: Float[Tensor, ' batch']) -> Float[Tensor, ' batch']:
    """Bring angles to within half a turn of zero [rad]."""
    return torch.remainder(angles + math.pi, 2 * math.pi) - math.pi
