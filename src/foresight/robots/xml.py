"""XML from a file: no entities, no document types, and not deep."""

from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

DEEPEST = 64
"""Elements within one another."""


class _Plain(TreeBuilder):
    """Builds a tree, and refuses what a description does not need."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> Element:  # type: ignore[override]
        """Begin an element."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError('elements nested too deep')
        return super().start(tag, attributes)

    def end(self, tag: str) -> Element:
        """End an element."""
        self._depth -= 1
        return super().end(tag)

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Refuse a document type, which may define entities."""
        raise ValueError('a document type: leave it out')


def parse_xml(text: bytes | str) -> Element:
    """Return the root of an XML text.

    Raises:
        ValueError: If it is none, or has entities of its own.
    """
    parser = XMLParser(target=_Plain())
    try:
        parser.feed(text)
        return parser.close()  # type: ignore[no-any-return]
    except (ParseError, LookupError) as error:
        raise ValueError(str(error)) from error
