"""The recorder node: messages, as they are on the wire, to a rosbag2 MCAP."""

import shutil
from collections import deque
from functools import partial
from pathlib import Path

from foresight.data.bags.writer import BagWriter, free_folder
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

LASTING = (Qos.LATCHED, Qos.SAFETY)  # the last message holds until the next one


class RecorderNode(SurvivingNode):
    """Writes every message of the chosen topics while a bag is open.

    A bag calls them as the package does, whatever they are remapped to, so that all read it.
    The subscriptions last as long as the node: a bag has the latched messages that were sent
    before it was opened.
    """

    def __init__(self, name: str = 'recorder') -> None:
        super().__init__(name)
        self._config = declare(self, RecorderConfig())
        refuse_unknown(self)
        self._bag: BagWriter | None = None
        self._written: deque[Path] = deque()
        self.health = Health(self, lambda: self.get_clock().now().nanoseconds * 1e-9)
        self._latched: dict[str, bytes] = {}
        self._topics: dict[str, Topic] = {}
        for topic in self._config.topics:
            self._listen(topic)
        service(self, 'recorder/start', self._start)
        service(self, 'recorder/stop', self._stop)
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

    def _on_message(self, topic: str, latched: bool, data: bytes) -> None:
        if latched:
            self._latched[topic] = data
        self._write(topic, data)

    def _write(self, topic: str, data: bytes) -> None:
        """Append to the open bag; a full disk ends it but not the node."""
        if self._bag is None:
            return
        try:
            self._bag.write(topic, self.get_clock().now().nanoseconds, data)
        except DatasetError as error:
            self.get_logger().error(str(error))
            self._bag = None
            self._say(Status.IDLE, str(error))

    def _start(self) -> str:
        """Open a bag that begins with the latched messages."""
        self._stop()
        self._bag = BagWriter(free_folder(Path(self._config.folder), self._config.bag))
        self._rotate(self._bag.folder)
        for name, topic in self._topics.items():
            self._bag.add_topic(name, type_of(self, topic.name), topic.qos in LASTING)
        for name, data in self._latched.items():
            self._write(name, data)
        self.get_logger().info(f'recording {self._bag.folder}')
        self._say(Status.OK)
        return str(self._bag.folder)

    def _rotate(self, newest: Path) -> None:
        """Remove the oldest bag of this run if there are more than are kept."""
        self._written.append(newest)
        if len(self._written) > self._config.keep > 0:
            shutil.rmtree(self._written.popleft(), ignore_errors=True)

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
        """Say whether it records."""
        self.health.report(status, reason)
        self.health.figures({'phase': 'RECORDING' if status is Status.OK else 'IDLE'}, now=True)

    def destroy_node(self) -> None:
        """Finish the bag first."""
        self._close()
        super().destroy_node()


def main() -> None:
    """Run the node."""
    run(RecorderNode)


if __name__ == '__main__':
    main()
