"""`foresight goal`: show a running planner what the table shall look like."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from jaxtyping import UInt8

from foresight.actions.loading import load
from foresight.agent.goals import check_size
from foresight.cli.output import CheckpointOption
from foresight.errors import FileError, ObservationError
from foresight.nodes.calls import ANSWER
from foresight.nodes.goal import calling, capture_goal, publish_goal
from foresight.pictures import LARGEST_FILE, unpack
from foresight.reading import damaged, read_bytes
from foresight.settings import SHIPPED


def goal(
    image: Annotated[Path | None, typer.Argument(
        metavar='[IMAGE]',
        help='A picture of `image_rectified`; left out: the table as it looks now.',
    )] = None,
    start: Annotated[bool, typer.Option('--start', help='Let the planner begin.')] = False,
    checkpoint: CheckpointOption = SHIPPED,
) -> None:
    """Show a running planner what the table shall look like."""
    picture = None if image is None else read_goal(image, checkpoint)
    with calling() as calls:
        if picture is None:
            capture_goal(calls)
        else:
            publish_goal(calls, picture)
        if start:
            calls.trigger('planner/start', ANSWER)
    typer.echo('the planner begins' if start else 'the planner has its goal: call planner/start')


def read_goal(path: Path, checkpoint: Path) -> UInt8[np.ndarray, 'height width 3']:
    """Read a goal image of the size that a world model sees.

    Raises:
        FileError: If it is no picture, or of another size.
    """
    with damaged(path, 'give a PNG or JPEG file', FileError):
        picture = unpack(read_bytes(path, LARGEST_FILE))
    try:
        check_size(picture, load(checkpoint, 'cpu').config.encoder)
    except ObservationError as error:
        raise FileError(f'{path}: {error}') from error
    return picture
