"""Meshes give way to primitives: a mesh visual costs a renderer more than all the rest."""

import os
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import coal
import numpy as np
import pinocchio as pin
from jaxtyping import Float

from foresight.errors import RobotError

_PACKAGE = 'package://'
Vector = Float[np.ndarray, ' 3']


def replace_meshes(link: Element, urdf: Path) -> None:
    """Draw a link in the primitives that it has, or in boxes around its meshes.

    Args:
        link: Link of a URDF; changed in place.
        urdf: File that it comes from; mesh paths may be relative to it.

    Raises:
        RobotError: If a mesh is not there and no primitive stands in for it.
    """
    drawn, solid = link.findall('visual'), link.findall('collision')
    for shapes, others in ((drawn, solid), (solid, drawn)):
        meshes = [shape for shape in shapes if _is_mesh(shape)]
        spare = [shape for shape in others if not _is_mesh(shape)]
        for shape in meshes:
            if spare:
                link.remove(shape)
            else:
                _box(shape, str(link.get('name')), urdf)
        for shape in spare if meshes else ():
            copy = SubElement(link, shapes[0].tag)
            copy.extend(part for part in shape if part.tag in ('origin', 'geometry'))


def _is_mesh(shape: Element) -> bool:
    """Tell a mesh from a primitive."""
    return shape.find('geometry/mesh') is not None


def _box(shape: Element, link: str, urdf: Path) -> None:
    """Turn a mesh into the box around it."""
    (geometry,) = shape.findall('geometry')
    (mesh,) = geometry
    corners = _vertices(mesh, link, urdf)
    low, high = corners.min(axis=0), corners.max(axis=0)
    origin = shape.find('origin')
    if origin is None:
        origin = SubElement(shape, 'origin')
    turn = pin.rpy.rpyToMatrix(_numbers(origin, 'rpy', '0 0 0'))
    centre = _numbers(origin, 'xyz', '0 0 0') + turn @ (low + high) / 2
    origin.set('xyz', ' '.join(map(str, centre)))
    geometry.remove(mesh)
    SubElement(geometry, 'box', size=' '.join(map(str, high - low)))


def _vertices(mesh: Element, link: str, urdf: Path) -> Float[np.ndarray, 'vertex 3']:
    """Read the corners of a mesh [m]."""
    name, scale = str(mesh.get('filename')), _numbers(mesh, 'scale', '1 1 1')
    path = next((path for path in _places(name, urdf) if path.is_file()), None)
    if path is None:
        raise RobotError(f'{link}: {name}: no such file: draw the link in primitives')
    try:
        return np.asarray(coal.MeshLoader().load(str(path), scale).vertices())
    except (ValueError, RuntimeError) as error:
        raise RobotError(f'{link}: {path} is no mesh: draw the link in primitives') from error


def _places(name: str, urdf: Path) -> list[Path]:
    """List where a mesh may be: its path, or a package around the URDF or of the environment."""
    if not name.startswith(_PACKAGE):
        return [urdf.parent / name.removeprefix('file://')]
    package, _, inside = name.removeprefix(_PACKAGE).partition('/')
    around = [folder for folder in urdf.resolve().parents if folder.name == package]
    prefixes = os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep)
    shares = [Path(prefix) / 'share' / package for prefix in prefixes if prefix]
    return [folder / inside for folder in around + shares]


def _numbers(element: Element, key: str, default: str) -> Vector:
    """Read three numbers of an attribute."""
    return np.array(element.get(key, default).split(), dtype=float)
