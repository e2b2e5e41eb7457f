"""The table of faults, in the order of the page."""

from foresight.faults import arm, camera, processes, wire
from foresight.faults.fault import Fault

FAULTS: dict[str, Fault] = {
    each.name: each for each in (*camera.FAULTS, *arm.FAULTS, *processes.FAULTS, *wire.FAULTS)
}
