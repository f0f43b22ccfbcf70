"""Preferences (.pfsx): what ELAN shows of a file of the same name beside it: tier order, colours, shortcut keys."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from elancry.eaf.blank import XSI
from elancry.eaf.elements import make
from elancry.eaf.xml import serialise
from elancry.errors import UsageError
from elancry.files import write_bytes
from elancry.texts import text

PREFERENCES_SCHEMA = "http://www.mpi.nl/tools/elan/Prefs_v1.1.xsd"

Colour = tuple[int, int, int]
"""Red, green, blue, each 0-255."""
_PARTS, _MOST = 3, 255


@dataclass(frozen=True, slots=True)
class EntryPreference:
    """How a vocabulary entry looks and which key sets it; `key_code` is a Java key code (`ord` of A-Z and 0-9)."""

    colour: Colour | None = None
    key_code: int | None = None


@dataclass(frozen=True, slots=True)
class Preferences:
    """The preferences elancry writes; ELAN adds its own when a rater works with the file.

    `tier_order` lists tier names from top to bottom; `tier_colours` maps tier names to colours; `entries` maps a
    vocabulary id to a mapping from entry id (CVE_ID) to its preference; `font_size` is that of the timeline, in points.
    """

    tier_order: Sequence[str] = ()
    tier_colours: Mapping[str, Colour] = field(default_factory=dict)
    entries: Mapping[str, Mapping[str, EntryPreference]] = field(default_factory=dict)
    font_size: int | None = None

    def to_bytes(self) -> bytes:
        """The file, version 1.1; groups without content are left out.

        Raises UsageError for a colour that is not three numbers from 0 to 255.
        """
        root = etree.Element("preferences", nsmap={"xsi": XSI})
        root.set("version", "1.1")
        root.set(f"{{{XSI}}}noNamespaceSchemaLocation", PREFERENCES_SCHEMA)
        if self.tier_order:
            order = make("prefList", {"key": "MultiTierViewer.TierOrder"})
            order.extend([make("String", {}, name) for name in self.tier_order])
            root.append(order)
        if self.font_size is not None:
            root.append(_preference("TimeLineViewer.FontSize", make("Int", {}, str(self.font_size))))
        if self.entries:
            vocabularies = make("prefGroup", {"key": "CV.ML.Prefs"})
            vocabularies.extend([_vocabulary_group(name, entries) for name, entries in self.entries.items()])
            root.append(vocabularies)
        if self.tier_colours:
            colours = make("prefGroup", {"key": "TierColors"})
            colours.extend([_preference(tier, _colour(value)) for tier, value in self.tier_colours.items()])
            root.append(colours)
        etree.indent(root, "    ")
        return serialise(root)


def write_pfsx(preferences: Preferences, path: str | os.PathLike[str]) -> None:
    """Write a .pfsx file in one step; raises OutputRefused where that cannot be."""
    write_bytes(Path(path), preferences.to_bytes())


def read_entries(path: str | os.PathLike[str]) -> dict[str, dict[str, EntryPreference]]:
    """Vocabulary id -> entry id -> colour and key, from a .pfsx file; what cannot be read is as if it were not there.

    Preferences are a comfort: a file that is missing, damaged or of another kind is no reason to stop.
    """
    try:
        root = etree.parse(Path(path), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    except (OSError, etree.XMLSyntaxError):
        return {}
    return {
        vocabulary.get("key", ""): {entry.get("key", ""): _entry(entry) for entry in vocabulary.findall("prefGroup")}
        for vocabulary in root.iterfind("prefGroup[@key='CV.ML.Prefs']/prefGroup")
    }


def _entry(group: etree._Element) -> EntryPreference:
    key = (group.findtext("pref[@key='KeyCode']/Int") or "").strip()
    parts = (group.findtext("pref[@key='Color']/Object") or "").split(",")
    numbers = [int(part) for part in parts[:3] if part.strip().isdecimal() and int(part) <= _MOST]
    colour = (numbers[0], numbers[1], numbers[2]) if len(numbers) == _PARTS else None
    return EntryPreference(colour, int(key) if key.isdecimal() else None)


def _vocabulary_group(name: str, entries: Mapping[str, EntryPreference]) -> etree._Element:
    group = make("prefGroup", {"key": name})
    for entry_id, preference in entries.items():
        entry = make("prefGroup", {"key": entry_id})
        if preference.key_code is not None:
            entry.append(_preference("KeyCode", make("Int", {}, str(preference.key_code))))
        if preference.colour is not None:
            entry.append(_preference("Color", _colour(preference.colour)))
        group.append(entry)
    return group


def _preference(key: str, value: etree._Element) -> etree._Element:
    element = make("pref", {"key": key})
    element.append(value)
    return element


def _colour(colour: Colour) -> etree._Element:
    if len(colour) != 3 or not all(0 <= part <= 255 for part in colour):
        raise UsageError(text("eaf.not-a-colour", colour=str(colour)), hint=text("eaf.hint-colour"))
    return make("Object", {"class": "java.awt.Color"}, ",".join(str(part) for part in colour))
