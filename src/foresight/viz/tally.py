"""What episodes played one after the other come to: successes, memory, deadlines."""

from collections.abc import Mapping

from foresight.viz.demo_result import COMMAND_MS, JITTER, DemoResult

SETTLED = 2  # episodes after which a process has allocated what it works with


class Tally:
    """Counts; it does not grow with the episodes.

    Attributes:
        episodes: Episodes played to their end.
        successes: Those that succeeded.
        objects: Objects there were.
        cleared: Objects cleared.
        dropped: Objects dropped.
        actions: Actions carried out.
        commands: Commands sent after another, at the rate of the guard.
        missed: Those that came a whole period late, or more.
        simulated: Simulated time [s].
        seconds: Wall-clock time, without what lies between episodes [s].
        resident: Resident memory of each process after the last episode [byte].
    """

    def __init__(self) -> None:
        self.episodes = self.successes = 0
        self.objects = self.cleared = self.dropped = self.actions = 0
        self.commands = self.missed = 0
        self.simulated = self.seconds = 0.0
        self.resident: dict[str, int] = {}
        self._settled: dict[str, int] = {}

    def add(self, result: DemoResult, resident: Mapping[str, int]) -> None:
        """Count an episode that ended with this memory of each process [byte]."""
        self.episodes += 1
        self.successes += result.success
        self.objects += result.objects
        self.cleared += result.cleared
        self.dropped += result.dropped
        self.actions += result.tried
        late = result.latencies[JITTER]
        self.commands += len(late)
        self.missed += sum(jitter > COMMAND_MS for jitter in late)
        self.simulated += result.simulated
        self.seconds += result.seconds
        self.resident = dict(resident)
        if self.episodes == SETTLED:
            self._settled = self.resident

    @property
    def growth(self) -> float | None:
        """Share by which the memory of all grew since the second episode; None before a third."""
        before, now = sum(self._settled.values()), sum(self.resident.values())
        return None if self.episodes <= SETTLED else now / before - 1.0

    @property
    def missed_share(self) -> float:
        """Share of commands that came a period late."""
        return self.missed / max(self.commands, 1)

    def document(self) -> dict[str, object]:
        """Return what `--json` writes."""
        return {
            'episodes': self.episodes, 'successes': self.successes, 'objects': self.objects,
            'cleared': self.cleared, 'dropped': self.dropped, 'actions': self.actions,
            'simulated_seconds': round(self.simulated, 1), 'seconds': round(self.seconds, 1),
            'commands': self.commands, 'missed_commands': self.missed,
            'resident_bytes_settled': self._settled, 'resident_bytes': self.resident,
            'memory_growth': self.growth,
        }
