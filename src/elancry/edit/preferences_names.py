"""ELAN's preferences beside a file (.pfsx): their name, and the names of tiers in them.

They know tiers by name: colours, fonts, order, what is hidden.

Keys as ELAN 6.9 writes them (schema Prefs_v1.1.xsd; keys from the .pfsx of real projects).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath, PurePosixPath
from typing import TypeVar

from lxml import etree

SUFFIX = ".pfsx"
P = TypeVar("P", bound=PurePath)

_GROUPS = frozenset({"TierColors", "TierHighlightColors", "TierFonts"})
"""Groups with an entry per tier."""
_NAMED = frozenset(
    {
        "MultiTierViewer.TierOrder", "MultiTierViewer.HiddenTiers", "MultiTierViewer.ActiveTierName",
        "TranscriptionTable.HiddenTiers", "TranscriptionTable.NonEditableTiers", "GridViewer.TierName",
        "TextViewer.TierName",
    }
)  # fmt: skip
"""Lists and single values that are names of tiers."""


def preferences_name(name: str) -> str:
    """The name of the preferences that ELAN keeps beside the file `name`, with the folders that `name` has."""
    return preferences_beside(PurePosixPath(name)).as_posix()


def preferences_beside(path: P) -> P:
    """The same of a path."""
    return path.with_suffix(SUFFIX)


def with_renamed_tiers(data: bytes, renames: Mapping[str, str]) -> bytes:
    """The preferences with tiers under their new names; what is no preferences file comes back as it is."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return data
    changed = False
    for element in root.iter("prefGroup", "prefList", "pref"):
        key = element.get("key", "")
        if element.tag == "prefGroup" and key in _GROUPS:
            for entry in element.iterchildren("pref"):
                name = entry.get("key", "")
                if name in renames:
                    entry.set("key", renames[name])
                    changed = True
        elif key in _NAMED:
            for text in element.iterchildren("String"):
                if text.text in renames:
                    text.text = renames[str(text.text)]
                    changed = True
    if not changed:
        return data
    result: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)
    return result
