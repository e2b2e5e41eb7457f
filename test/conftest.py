"""Settings of every test: quiet neighbours, this host only."""

import os

import pytest

# Set before the first import of torch or rclpy in this process.
os.environ.setdefault('OMP_NUM_THREADS', '1')
os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'


def pytest_sessionstart() -> None:
    """Take a DDS domain of its own: workers and other checkouts run on the same host."""
    from foresight.nodes.processes import free_domain

    os.environ['ROS_DOMAIN_ID'] = str(free_domain(low=1))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip `gpu` tests where there is no device, and say so."""
    marked = [item for item in items if item.get_closest_marker('gpu')]
    if not marked:
        return
    import torch

    if not torch.cuda.is_available():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason='needs a CUDA device'))


@pytest.fixture(autouse=True, scope='session')
def one_torch_thread() -> None:
    """Keep torch to one thread: workers and nodes share the cores."""
    import torch

    torch.set_num_threads(1)
