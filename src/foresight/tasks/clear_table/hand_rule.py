"""The ceiling: a rule that sees true poses and pushes objects straight toward the bin."""

from itertools import product

import numpy as np
import torch
from scipy.spatial.transform import Rotation

from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.toward_bin import Footprints, TowardBin
from foresight.protocols import Guardrail, Plan
from foresight.robots.tool import Tool
from foresight.tasks.scene_view import ObjectStates, Policy, SceneView, chosen


class HandRule(Policy):
    """Pushes the object that is surest to come closer to the bin, of a few thousand candidates."""

    name = 'hand_rule'

    def __init__(self, action: PushAction, feasible: Guardrail, tool: Tool) -> None:
        self._pushes, self._feasible = TowardBin(action, tool), feasible

    def choose(self, scene: SceneView) -> Plan | None:
        """Choose the feasible push of highest value; None when nothing is on the table."""
        objects = footprints(scene.objects)
        if not len(objects.centres):
            return None
        pushes = self._pushes.candidates(objects)
        allowed = self._feasible(torch.from_numpy(pushes).float()).numpy()
        values = np.where(allowed, self._pushes.values(pushes, objects), -np.inf)
        best = int(values.argmax())
        if not np.isfinite(values[best]):
            return None
        return chosen(pushes[best], value=-float(values[best]))


def footprints(objects: ObjectStates) -> Footprints:
    """Return the footprints of the objects that are on the table."""
    chosen = np.array([status == 'table' for status in objects.status], bool)
    signs = np.array(list(product((-0.5, 0.5), repeat=3)))  # 8 3
    boxes = signs * objects.extents[chosen][:, None]  # object 8 3
    turns = Rotation.from_quat(objects.orientations[chosen].reshape(-1, 4)).as_matrix()
    corners = np.einsum('nij,nkj->nki', turns, boxes)
    return Footprints(objects.positions[chosen, :2], corners[..., :2])
