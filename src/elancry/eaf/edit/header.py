"""Editing what a file says of itself: author, date, properties."""

from __future__ import annotations

from lxml import etree

from elancry.eaf.edit.placing import HEADER_ORDER, insert_ordered, remove_element
from elancry.eaf.edit.tree import Tree
from elancry.eaf.elements import make, set_attribute, set_text


class HeaderEditor:
    """Changes the attributes of the root and the properties of the HEADER."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def set_author(self, text: str) -> None:
        """Set AUTHOR."""
        set_attribute(self._tree.root, "AUTHOR", text)

    def set_date(self, text: str) -> None:
        """Set DATE, an xsd:dateTime such as `2024-04-17T12:00:00+02:00`."""
        set_attribute(self._tree.root, "DATE", text)

    def set_property(self, name: str, value: str | None) -> None:
        """Set the first HEADER property of that name, or add one; `None` removes all of that name."""
        root = self._tree.root
        present = [element for element in root.iterfind("HEADER/PROPERTY") if element.get("NAME") == name]
        if value is None:
            for element in present:
                remove_element(element)
        elif present:
            set_text(present[0], value)
        else:
            insert_ordered(header_of(self._tree), make("PROPERTY", {"NAME": name}, value), HEADER_ORDER)


def header_of(tree: Tree) -> etree._Element:
    """The HEADER, which is added where the file has none."""
    found = tree.root.find("HEADER")
    if found is None:
        found = make("HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
        tree.insert(found)
    return found
