"""Package Foresight for pip and colcon; the version and description live in package.xml."""

import os
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).resolve().parent
MANIFEST = ElementTree.parse(ROOT / 'package.xml').getroot()
NAME = 'foresight'
DISTRIBUTION = 'foresight-robotics'  # `foresight` is somebody else's on PyPI
NODES = ('sim', 'perception', 'predictor', 'planner', 'guard', 'recorder', 'supervisor', 'episode')
SHARED_FOLDERS = ('launch', 'config', 'urdf', 'rviz', 'models')


def tag(name: str) -> str:
    """Read one field of package.xml."""
    return ' '.join((MANIFEST.findtext(name) or '').split())


def shared_files() -> list[tuple[str, list[str]]]:
    """List what goes to share/foresight, folder by folder."""
    listing: list[tuple[str, list[str]]] = []
    for top in SHARED_FOLDERS:
        for folder, _, names in os.walk(top):
            paths = sorted(f'{folder}/{name}' for name in names if not name.endswith('.pyc'))
            if paths:
                listing.append((f'share/{NAME}/{folder}', paths))
    return sorted(listing)


os.chdir(ROOT)
setup(
    name=DISTRIBUTION,
    version=tag('version'),
    description=tag('description'),
    author=tag('maintainer'),
    author_email=MANIFEST.find('maintainer').get('email'),
    maintainer=tag('maintainer'),
    maintainer_email=MANIFEST.find('maintainer').get('email'),
    license=tag('license'),
    python_requires='>=3.11',
    package_dir={'': 'src'},
    packages=find_packages('src'),
    package_data={NAME: ['py.typed']},
    data_files=[
        ('share/ament_index/resource_index/packages', [f'src/resource/{NAME}']),
        (f'share/{NAME}', ['package.xml']),
        *shared_files(),
    ],
    install_requires=[
        'daqp',
        'jaxtyping',
        'numpy',
        'opencv-python-headless>=4.10,<6',
        'pin>=3',
        'pin-pink',
        'PyYAML',
        'qpsolvers',
        'rich',
        'safetensors',
        'scipy',
        'torch',
        'typer',
    ],
    extras_require={
        'ros': [
            'rosbags',
            'ros-rclpy',
            'ros-rmw-fastrtps-cpp',
            'ros-builtin-interfaces',
            'ros-diagnostic-msgs',
            'ros-geometry-msgs',
            'ros-lifecycle-msgs',
            'ros-nav-msgs',
            'ros-rcl-interfaces',
            'ros-rosgraph-msgs',
            'ros-sensor-msgs',
            'ros-std-msgs',
            'ros-std-srvs',
            'ros-trajectory-msgs',
            'ros-visualization-msgs',
        ],
        'gym': ['gymnasium>=1.0'],
        'sim': ['pybullet'],
        'train': ['tensorboard'],
        'viz': ['av', 'matplotlib', 'pillow>=10.1'],
        'docs': ['mkdocs-material', 'mkdocstrings-python'],
        # colcon runs pytest only for a package whose extra `test` names it.
        'test': ['pytest', 'pytest-timeout', 'beartype'],
        'dev': [
            'beartype',
            'colcon-common-extensions',
            'gymnasium>=1.0',
            'hypothesis',
            'mypy',
            'pre-commit',
            'pytest',
            'pytest-timeout',
            'pytest-xdist',
            'ruff',
            'types-PyYAML',
        ],
    },
    entry_points={
        'console_scripts': [
            f'{NAME} = {NAME}.cli.main:main',
            *(f'{node} = {NAME}.nodes.{node}_node:main' for node in NODES),
        ],
    },
    # `ros2 run` looks in lib/foresight; wheels ignore these and put the scripts on PATH.
    options={
        'develop': {'script_dir': f'$base/lib/{NAME}'},
        'install': {'install_scripts': f'$base/lib/{NAME}'},
    },
    zip_safe=False,
)
