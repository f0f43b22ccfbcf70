"""EAF documents, external vocabularies and preferences: read, looked into, edited, written; nothing is lost on the way.

    document = read_eaf("s01__R1.eaf")
    for annotation in document.annotations("crying_form"):
        print(annotation.start_ms, annotation.end_ms, annotation.value)
    editor = document.edit()
    editor.header.set_author("R1")
    write_eaf(editor.document(), "s01__R1.eaf")

The names below are imported on first use, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from elancry.eaf.blank import new_document as new_document
    from elancry.eaf.document import Document as Document
    from elancry.eaf.document import Editor as Editor
    from elancry.eaf.ecv import ExternalVocabularies as ExternalVocabularies
    from elancry.eaf.ecv import parse_ecv as parse_ecv
    from elancry.eaf.ecv import read_ecv as read_ecv
    from elancry.eaf.ecv import write_ecv as write_ecv
    from elancry.eaf.parts import Annotation as Annotation
    from elancry.eaf.parts import Constraint as Constraint
    from elancry.eaf.parts import Media as Media
    from elancry.eaf.parts import Tier as Tier
    from elancry.eaf.parts import TierType as TierType
    from elancry.eaf.parts import Vocabulary as Vocabulary
    from elancry.eaf.parts import VocabularyEntry as VocabularyEntry
    from elancry.eaf.pfsx import Preferences as Preferences
    from elancry.eaf.pfsx import write_pfsx as write_pfsx
    from elancry.eaf.read import parse_eaf as parse_eaf
    from elancry.eaf.read import read_eaf as read_eaf
    from elancry.eaf.write import write_eaf as write_eaf

_HOME = {
    "new_document": "blank",
    "Document": "document",
    "ExternalVocabularies": "ecv",
    "parse_ecv": "ecv",
    "read_ecv": "ecv",
    "write_ecv": "ecv",
    "Editor": "document",
    "Annotation": "parts",
    "Constraint": "parts",
    "Media": "parts",
    "Tier": "parts",
    "TierType": "parts",
    "Vocabulary": "parts",
    "VocabularyEntry": "parts",
    "Preferences": "pfsx",
    "write_pfsx": "pfsx",
    "parse_eaf": "read",
    "read_eaf": "read",
    "write_eaf": "write",
}

__all__ = sorted(_HOME)  # noqa: PLE0605 (one list, not two)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
