"""What each node may do on a network with SROS2: written from the table of nodes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from foresight.nodes.topics import NODES, RECORDED, SUPERVISOR, NodeEntry

ENCLAVE = '/foresight'
EVERY_NODE = ('describe_parameters', 'get_parameter_types', 'get_parameters', 'list_parameters',
              'set_parameters', 'set_parameters_atomically', 'get_type_description')
LIFECYCLE = ('change_state', 'get_available_states', 'get_available_transitions', 'get_state',
             'get_transition_graph')
NOTE = ' Written by `make docs` from src/foresight/nodes/topics.py: change it there. '


@dataclass(frozen=True)
class Rights:
    """What a node may do; a name with ~ before it is the node's own.

    Attributes:
        publish: Topics it may publish.
        subscribe: Topics it may read.
        reply: Services it may offer.
        request: Services it may call.
    """

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    reply: tuple[str, ...]
    request: tuple[str, ...]


def rights(entry: NodeEntry) -> Rights:
    """Return what a node needs, and no more."""
    own = (*EVERY_NODE, *(LIFECYCLE if entry.lifecycle else ()))
    events = ('~/transition_event',) if entry.lifecycle else ()
    reads = {*entry.subscribes, *(RECORDED if entry.name == 'recorder' else ())}
    frames = ('/tf', '/tf_static') if 'camera/image_raw' in entry.subscribes else ()
    return Rights(
        publish=_sorted(entry, ('/parameter_events', '/rosout', *events, *entry.publishes)),
        subscribe=_sorted(entry, ('/clock', '/parameter_events', *frames, *reads)),
        reply=_sorted(entry, (*(f'~/{name}' for name in own), *entry.services)),
        request=_sorted(entry, _calls(entry)),
    )


def _calls(entry: NodeEntry) -> Iterator[str]:
    """Yield the services that a node calls: only the supervisor calls others."""
    if entry.name == SUPERVISOR:
        for other in NODES.values():
            lifecycle = (f'{other.name}/change_state',) if other.lifecycle else ()
            yield from (name for name in (*lifecycle, other.resume, other.stop) if name)


def _sorted(entry: NodeEntry, names: Iterable[str]) -> tuple[str, ...]:
    """Write names as the node's own where they are, in order and once."""
    own = f'{entry.name}/'
    return tuple(sorted({
        f'~/{name.removeprefix(own)}' if name.startswith(own) else name for name in names
    }))


def policy() -> str:
    """Return the policy of all nodes, each in an enclave of its own (schema 0.2.0 of sros2)."""
    root = Element('policy', version='0.2.0')
    enclaves = SubElement(root, 'enclaves')
    for entry in NODES.values():
        enclave = SubElement(enclaves, 'enclave', path=f'{ENCLAVE}/{entry.name}')
        profiles = SubElement(enclave, 'profiles')
        _write(SubElement(profiles, 'profile', ns='/', node=entry.name), rights(entry))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!--{NOTE}-->\n' + tostring(
        root, encoding='unicode',
    ) + '\n'


def _write(profile: Element, granted: Rights) -> None:
    """Write the rights of one node."""
    rules = (
        ('topics', 'topic', 'publish', granted.publish),
        ('topics', 'topic', 'subscribe', granted.subscribe),
        ('services', 'service', 'reply', granted.reply),
        ('services', 'service', 'request', granted.request),
    )
    for several, one, right, names in rules:
        if names:
            group = SubElement(profile, several, {right: 'ALLOW'})
            for name in names:
                SubElement(group, one).text = name
