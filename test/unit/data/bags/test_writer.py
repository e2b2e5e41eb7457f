"""Claims about bags written without ROS."""

from pathlib import Path

import numpy as np
import pytest
from rosbags.rosbag2 import Reader
from rosbags.typesys import Stores, get_typestore

from foresight.data.bags.writer import BagWriter, free_folder
from foresight.errors import DatasetError

TYPES = get_typestore(Stores.ROS2_KILTED)
KIND = 'std_msgs/msg/Float32'


def message(value: float) -> bytes:
    """A serialized number."""
    made = TYPES.types[KIND](data=np.float32(value))
    return bytes(TYPES.serialize_cdr(made, KIND))


def test_messages_come_back_with_their_times(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as bag:
        bag.add_topic('/level', KIND)
        for index in range(5):
            bag.write('/level', index * 10**9, message(index))
    assert (tmp_path / 'bag' / 'metadata.yaml').is_file()
    with Reader(tmp_path / 'bag') as reader:
        records = list(reader.messages())
    assert [time for _, time, _ in records] == [index * 10**9 for index in range(5)]
    values = [TYPES.deserialize_cdr(data, KIND).data for _, _, data in records]
    assert values == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_bag_is_never_overwritten(tmp_path: Path) -> None:
    BagWriter(tmp_path / 'bag').close()
    with pytest.raises(DatasetError, match='bag'):
        BagWriter(tmp_path / 'bag')
    assert free_folder(tmp_path, 'bag') == tmp_path / 'bag_1'


def test_closing_twice_does_nothing(tmp_path: Path) -> None:
    bag = BagWriter(tmp_path / 'bag')
    bag.close()
    bag.close()
