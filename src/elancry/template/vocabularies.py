"""The codebook's categories and scales as ELAN's controlled vocabularies.

One entry per category; its id (CVE_ID) is the category's id, so that an annotation says what was meant even when
labels are reworded. Values and descriptions are given in every language of the codebook; the language of the tier
decides which one a rater sees. The description is the tooltip in ELAN's list: the first sentence of the definition, on
one line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from elancry.codebook.languages import elan_language
from elancry.codebook.model import Codebook, System
from elancry.eaf import ExternalVocabularies, Vocabulary, VocabularyEntry
from elancry.eaf.languages import label_of

LONGEST_DESCRIPTION = 240
# A file must have a DATE. Ours never changes, so that one codebook gives the same bytes; ELAN sets its own on saving.
WRITTEN = "2024-04-17T12:00:00+00:00"


def system_vocabularies(system: System, codebook: Codebook) -> tuple[Vocabulary, ...]:
    """The vocabulary of the system's categories and that of its rating scale, as far as it is coded that way."""
    vocabularies = []
    if system.has_intervals:
        vocabularies.append(_categories(system, codebook))
    if system.has_ratings and system.scale is not None:
        vocabularies.append(_scale(system, codebook))
    return tuple(vocabularies)


def vocabularies(codebook: Codebook) -> tuple[Vocabulary, ...]:
    """All vocabularies of the codebook, in its order."""
    return tuple(item for system in codebook.systems for item in system_vocabularies(system, codebook))


def build_ecv(codebook: Codebook) -> ExternalVocabularies:
    """The same vocabularies as an external file, for teams that share one."""
    names = [elan_language(code) for code in codebook.languages]
    return ExternalVocabularies(
        languages={name: label_of(name) for name in names},
        vocabularies=vocabularies(codebook),
        author="",
        date=WRITTEN,
    )


def _categories(system: System, codebook: Codebook) -> Vocabulary:
    return Vocabulary(
        id=system.id,
        entries=tuple(
            VocabularyEntry(
                id=category.id,
                values={elan_language(code): category.label(code) for code in codebook.languages},
                descriptions=_in_elan(category.definitions, codebook),
            )
            for category in system.categories
        ),
        descriptions=_in_elan(system.labels, codebook),
    )


def _scale(system: System, codebook: Codebook) -> Vocabulary:
    assert system.scale is not None  # has_ratings was asked; the loader refuses ratings without a scale
    return Vocabulary(
        id=system.rating_vocabulary,
        entries=tuple(
            VocabularyEntry(
                id=str(number),
                values={elan_language(code): str(number) for code in codebook.languages},
                descriptions=_in_elan(system.scale.anchors.get(number, {}), codebook),
            )
            for number in system.scale.values
        ),
        descriptions=_in_elan(system.labels, codebook),
    )


def _in_elan(texts: Mapping[str, str], codebook: Codebook) -> dict[str, str]:
    return {elan_language(code): first_sentence(texts[code]) for code in codebook.languages if texts.get(code)}


def first_sentence(text: str) -> str:
    """The first sentence of `text` on one line, cut at a word where it is very long."""
    line = " ".join(text.split())
    sentence = re.match(r".{20,}?[.!?](?=\s+[^\s\da-zäöü]|$)", line)
    found = sentence.group() if sentence else line
    if len(found) <= LONGEST_DESCRIPTION:
        return found
    return found[: LONGEST_DESCRIPTION - 3].rsplit(" ", 1)[0] + "..."
