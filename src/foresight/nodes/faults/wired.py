"""Faults of the wire, caused in a process that leaves this computer's network for good."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from multiprocessing import get_context
from multiprocessing.connection import Connection

from foresight.errors import ForesightError
from foresight.faults.fault import Fault, Outcome
from foresight.files import share
from foresight.nodes.faults.bench import play
from foresight.nodes.faults.options import BenchOptions, WiredOptions
from foresight.nodes.faults.wire import wire_to_model
from foresight.nodes.scheduling import PROFILES
from foresight.signals import die_with, terminating

Todo = Sequence[tuple[Fault, int]]


def play_wired(options: BenchOptions, todo: Todo) -> Iterator[Outcome]:
    """Cause faults, one after the other, with a wire before the model.

    Raises:
        ForesightError: If the system cannot be used.
    """
    context = get_context('spawn')
    heard, said = context.Pipe(duplex=False)
    process = context.Process(target=_play, args=(os.getpid(), said, options, todo))
    process.start()
    said.close()
    try:
        while True:
            found = heard.recv()
            if isinstance(found, ForesightError):
                raise found
            yield found
    except EOFError:
        process.join()
        if process.exitcode:
            raise ForesightError('the faults of the wire ended early: see above') from None
    finally:
        process.terminate()
        process.join()


def _play(parent: int, said: Connection, options: BenchOptions, todo: Todo) -> None:
    """Say what comes of each."""
    die_with(parent)
    os.environ.setdefault(PROFILES, str(share('config/fastdds_wire.xml')))
    values = {item.name: getattr(options, item.name) for item in fields(BenchOptions)}
    with suppress(KeyboardInterrupt), terminating(), wire_to_model() as wire:
        try:
            for outcome in play(WiredOptions(**values, wire=wire), todo):
                said.send(outcome)
        except ForesightError as error:
            said.send(error)
