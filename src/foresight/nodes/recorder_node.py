"""The recorder node: messages, as they are on the wire, to a rosbag2 MCAP."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from rclpy.clock import Clock
from rclpy.clock_type import ClockType

from foresight.data.bags.shelf import Shelf
from foresight.data.bags.writer import BagWriter
from foresight.errors import ConfigError, DatasetError
from foresight.nodes.endpoints import service, subscription, type_of
from foresight.nodes.health import Health
from foresight.nodes.parameters import declare, refuse_unknown
from foresight.nodes.qos import RECORD
from foresight.nodes.run import run
from foresight.nodes.settings import RecorderConfig
from foresight.nodes.surviving import SurvivingNode
from foresight.nodes.topics import TOPICS, Qos, Topic
from foresight.robots.status import Status

MEGABYTE = 1e6
LASTING = (Qos.LATCHED, Qos.SAFETY)  # the last message holds until the next one


class RecorderNode(SurvivingNode):
    """Writes every message of the chosen topics while a bag is open.

    A bag calls them as the package does, whatever they are remapped to, so that all read it.
    The subscriptions last as long as the node: a bag has the latched messages that were sent
    before it was opened.

    Attributes:
        lost: Messages that were sent and did not arrive while a bag was open, by topic.
    """

    def __init__(self, name: str = 'recorder') -> None:
        super().__init__(name)
        self._config = config = declare(self, RecorderConfig())
        refuse_unknown(self)
        self._bag: BagWriter | None = None
        self._begun = 0.0
        self._shelf = Shelf(
            Path(config.folder), config.bag, config.keep, round(config.quota * MEGABYTE),
            config.when_full == 'oldest',
        )
        self.lost: Counter[str] = Counter()
        self._numbers: dict[bytes, int] = {}
        self.health = Health(self, lambda: self.get_clock().now().nanoseconds * 1e-9)
        self._latched: dict[str, bytes] = {}
        self._topics: dict[str, Topic] = {}
        for topic in self._config.topics:
            self._listen(topic)
        service(self, 'recorder/start', self._start)
        service(self, 'recorder/stop', self._stop)
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(config.save_every, self._tend, clock=self._steady)
        if self._config.record_at_once:
            self._start()

    def _listen(self, name: str) -> None:
        """Read one topic without decoding it."""
        if name not in TOPICS:
            raise ConfigError(f'recorder: unknown topic {name}: choose of {", ".join(TOPICS)}')
        topic, called = TOPICS[name], self.resolve_topic_name(name, only_expand=True)
        self._topics[called] = topic
        callback = partial(self._on_message, called, topic.qos in LASTING)
        subscription(self, name, callback, RECORD, raw=True)

    def _on_message(self, topic: str, latched: bool, data: bytes, info: Mapping[str, Any]) -> None:
        if latched:
            self._latched[topic] = data
        else:
            self._count(topic, info)
        self._write(topic, data)

    def _count(self, topic: str, info: Mapping[str, Any]) -> None:
        """Count what is missing since the last message of the same publisher."""
        sender, number = info['publisher_gid']['data'], info['publication_sequence_number']
        before = self._numbers.get(sender, number - 1)
        self._numbers[sender] = max(before, number)
        if self._bag is not None and number > before + 1:
            self.lost[topic] += number - before - 1

    def _write(self, topic: str, data: bytes) -> None:
        """Append to the open bag."""
        if self._bag is not None:
            try:
                self._bag.write(topic, self.get_clock().now().nanoseconds, data)
            except DatasetError as error:
                self._give_up(str(error))

    def _give_up(self, why: str) -> None:
        """Record no more; the node lives on."""
        self.get_logger().error(why)
        self._bag = None
        self._say(Status.IDLE, why)

    def _tend(self) -> None:
        """Save the open bag; end it where it is long or large enough, or there is no room."""
        bag, config = self._bag, self._config
        if bag is None:
            return
        try:
            size = bag.save()
        except DatasetError as error:
            self._give_up(str(error))
            return
        lasted = self._now() - self._begun
        if not self._shelf.has_room(bag.folder):
            self._close()
            self._give_up(f'{config.folder} holds {config.quota:g} MB of bags, which is the '
                          'quota: move some away, or set when_full to oldest')
        elif 0.0 < config.longest <= lasted or 0.0 < config.largest * MEGABYTE <= size:
            self._start()
        else:
            self.health.figures({'lost': self.lost.total()})

    def _now(self) -> float:
        """Now, whatever time is simulated [s]."""
        return float(self._steady.now().nanoseconds * 1e-9)

    def _start(self) -> str:
        """Open a bag that begins with the latched messages."""
        self._stop()
        self._bag, self._begun = BagWriter(self._shelf.begin()), self._now()
        for name, topic in self._topics.items():
            self._bag.add_topic(name, type_of(self, topic.name), topic.qos in LASTING)
        for name, data in self._latched.items():
            self._write(name, data)
        self.get_logger().info(f'recording {self._bag.folder}')
        self._say(Status.OK)
        return str(self._bag.folder)

    def _stop(self) -> str:
        bag = self._close()
        if bag is None:
            return 'nothing was recorded'
        self._say(Status.IDLE)
        return f'{bag.count} messages in {bag.folder}'

    def _close(self) -> BagWriter | None:
        """Finish the bag that is open, and return it."""
        bag, self._bag = self._bag, None
        if bag is not None:
            bag.close()
        return bag

    def _say(self, status: Status, reason: str = '') -> None:
        """Say whether it records, and what was lost."""
        self.health.report(status, reason)
        self.health.figures({
            'phase': 'RECORDING' if status is Status.OK else 'IDLE', 'lost': self.lost.total(),
        }, now=True)

    def destroy_node(self) -> None:
        """Finish the bag first."""
        self._close()
        super().destroy_node()


def main() -> None:
    """Run the node."""
    run(RecorderNode)


if __name__ == '__main__':
    main()
