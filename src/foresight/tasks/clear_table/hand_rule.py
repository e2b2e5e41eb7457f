"""The ceiling: a rule that sees true poses and pushes objects straight toward a bin."""

from itertools import product
from operator import itemgetter

import numpy as np
import torch
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from foresight.actions.push.macro_action import PushAction
from foresight.actions.push.toward_bin import Footprints, TowardBin
from foresight.protocols import Guardrail, Plan
from foresight.robots.tool import Tool
from foresight.tasks.scene_view import ObjectStates, Policy, SceneView, chosen


class HandRule(Policy):
    """Pushes the object that is surest to come closer to a bin, of a few thousand candidates."""

    name = 'hand_rule'

    def __init__(self, action: PushAction, feasible: Guardrail, tool: Tool) -> None:
        self._bins = tuple(TowardBin(action, tool, zone) for zone in action.scene.zones)
        self._feasible = feasible

    def choose(self, scene: SceneView) -> Plan | None:
        """Choose the feasible push of highest value; None when nothing is on the table."""
        objects = footprints(scene.objects)
        if not len(objects.centres):
            return None
        best = (self._best(toward, objects) for toward in self._bins)
        push, value = max(best, key=itemgetter(1))
        return chosen(push, value=-value) if np.isfinite(value) else None

    def _best(
        self, toward: TowardBin, objects: Footprints,
    ) -> tuple[Float[np.ndarray, ' 4'], float]:
        """Return the best push toward one bin and its value, -inf if none is feasible."""
        pushes = toward.candidates(objects)
        allowed = self._feasible(torch.from_numpy(pushes).float()).numpy()
        values = np.where(allowed, toward.values(pushes, objects), -np.inf)
        best = int(values.argmax())
        return pushes[best], float(values[best])


def footprints(objects: ObjectStates) -> Footprints:
    """Return the footprints of the objects that are on the table."""
    chosen = np.array([status == 'table' for status in objects.status], bool)
    signs = np.array(list(product((-0.5, 0.5), repeat=3)))  # 8 3
    boxes = signs * objects.extents[chosen][:, None]  # object 8 3
    turns = Rotation.from_quat(objects.orientations[chosen].reshape(-1, 4)).as_matrix()
    corners = np.einsum('nij,nkj->nki', turns, boxes)
    return Footprints(objects.positions[chosen, :2], corners[..., :2])
