"""An .ecv file read by itself: the codebook that its vocabularies amount to.

Such a file has no tiers, so each vocabulary stands for the tier of its name. A vocabulary of whole numbers called
`SYSTEM.rating`, as templates write it, is the scale on which each category of `SYSTEM` is rated.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from elancry.codebook.extract import DEFAULT_SEQUENCE_TIER, extract_codebook
from elancry.codebook.model import Codebook
from elancry.codebook.observed import is_whole_number
from elancry.eaf import Constraint, Document, ExternalVocabularies, Vocabulary, read_ecv
from elancry.eaf.blank import new_document

ECV = ".ecv"
_RATING = ".rating"


def is_ecv(source: str | Path) -> bool:
    """Whether a path names a file of vocabularies."""
    return Path(source).suffix.lower() == ECV


def codebook_of_ecv(path: Path) -> Codebook:
    """The codebook that the vocabularies in an .ecv file amount to; raises UnreadableInput."""
    return extract_codebook([vocabulary_document(read_ecv(path))])


def vocabulary_document(content: ExternalVocabularies) -> Document:
    """A document with a tier for each vocabulary of the file, for `extract_codebook`; of equal names the first."""
    vocabularies = {item.id: item for item in reversed(content.vocabularies) if item.id and item.entries}
    ordered = list(dict.fromkeys(item.id for item in content.vocabularies if item.id in vocabularies))
    rated = {name: list(_rated(name, vocabularies)) for name in ordered}
    editor = new_document().edit()
    sequence = next(name for name in _names() if name not in vocabularies)
    if any(rated.values()):
        editor.types.add(sequence)
        editor.tiers.add(sequence, sequence)
    for name in ordered:
        editor.vocabularies.add(Vocabulary(name))
        if not rated[name]:
            editor.types.add(name, vocabulary=name)
            editor.tiers.add(name, name)
            continue
        editor.types.add(name, constraint=Constraint.SYMBOLIC_ASSOCIATION, vocabulary=name)
        for tier in rated[name]:
            editor.tiers.add(tier, name, parent=sequence)
    return Document(editor.document().root, "", vocabularies)


def _names() -> Iterator[str]:
    yield DEFAULT_SEQUENCE_TIER
    yield from (f"{DEFAULT_SEQUENCE_TIER}-{number}" for number in count(2))


def _rated(name: str, vocabularies: dict[str, Vocabulary]) -> Iterator[str]:
    """The tiers that have the vocabulary `name` as their scale."""
    system = vocabularies.get(name.removesuffix(_RATING)) if name.endswith(_RATING) else None
    numbers = (value.strip() for entry in vocabularies[name].entries for value in entry.values.values())
    if system is None or not all(map(is_whole_number, numbers)):
        return
    for entry in system.entries:
        category = entry.id or next(iter(entry.values.values()), "")
        tier = f"{system.id}.{category}{_RATING}"
        if category and tier not in vocabularies:
            yield tier
