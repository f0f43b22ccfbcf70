"""Controlled vocabularies of several files -> one set, every entry with the id that annotations refer to.

Vocabularies of one name are united where their entries do not contradict each other: an entry id means the same text
in every language, and a text has one id. Otherwise the second vocabulary stays beside the first as `NAME@RATER`, with
a finding, because renumbering its entries would change what annotations refer to. Entries of old files (EAF <= 2.7),
which have no ids and no language, get both, as ELAN gives them when it saves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from elancry.eaf import Vocabulary, VocabularyEntry
from elancry.eaf.languages import UNDETERMINED
from elancry.findings import Finding, finding
from elancry.merge.parts import Part
from elancry.texts import Text, text


@dataclass
class UnitedVocabularies:
    """The vocabularies so far, in order of first appearance; `taken` names are never given away again."""

    united: dict[str, Vocabulary] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, part: Part, external: Mapping[str, str], language: Callable[[str], str]) -> dict[str, str]:
        """Take over a part's vocabularies; returns old name -> name in the merged file.

        `external` maps the part's EXTERNAL_REF ids to those of the merged file, `language` its language ids.
        """
        rater = part.rater
        names: dict[str, str] = {}
        for vocabulary in part.document.vocabularies:
            name = vocabulary.id
            present = self.united.get(name)
            incoming = _modern(vocabulary, present, external, language)
            if present is None:
                self.united[name] = incoming
            elif (why := _contradiction(present, incoming)) is None:
                self.united[name] = _united(present, incoming)
            else:
                name = self._beside(incoming, rater)
                self.findings.append(
                    finding(
                        "merge-vocabulary-conflict",
                        text(
                            "finding.merge-vocabulary-conflict.message",
                            vocabulary=vocabulary.id,
                            rater=rater,
                            why=why,
                            name=name,
                        ),
                        hint=text("finding.merge-vocabulary-conflict.hint"),
                        file=part.name,
                        rater=rater,
                    )
                )
            names[vocabulary.id] = name
        return names

    def _beside(self, incoming: Vocabulary, rater: str) -> str:
        name, number = f"{incoming.id}@{rater}", 1
        while name in self.united and self.united[name] != replace(incoming, id=name):
            number += 1
            name = f"{incoming.id}@{rater}.{number}"
        self.united[name] = replace(incoming, id=name)
        return name


def _modern(
    vocabulary: Vocabulary, present: Vocabulary | None, external: Mapping[str, str], language: Callable[[str], str]
) -> Vocabulary:
    """The vocabulary as EAF 3.0 can hold it: ids and languages everywhere, references translated.

    Nothing refers to an entry without id, so it takes the id that its text has in `present`, else a new one.
    """

    def texts(values: Mapping[str, str]) -> dict[str, str]:
        return {language(name or UNDETERMINED): text for name, text in values.items()}

    known = {} if present is None else {text: entry.id for entry in present.entries for text in entry.values.items()}
    taken = {entry.id for entry in vocabulary.entries} | set(known.values())
    entries: list[VocabularyEntry] = []
    seen: set[str | None] = set()
    for number, entry in enumerate(vocabulary.entries):
        values = texts(entry.values) or {language(UNDETERMINED): ""}
        identity = entry.id or next((known[text] for text in values.items() if text in known), None)
        if not identity or identity in seen:
            identity = f"cveid{number}"
            while identity in taken or identity in seen:
                identity += "x"
        seen.add(identity)
        described = {name: text for name, text in texts(entry.descriptions).items() if name in values}
        reference = None if entry.ext_ref is None else external.get(entry.ext_ref)
        entries.append(VocabularyEntry(identity, values, described, reference))
    # Entries that were read out of an .ecv file go into the merged file, which is to work wherever it is put.
    reference = None if vocabulary.ext_ref is None or entries else external.get(vocabulary.ext_ref)
    return Vocabulary(vocabulary.id, tuple(entries), texts(vocabulary.descriptions), reference)


def _contradiction(first: Vocabulary, second: Vocabulary) -> Text | None:
    """Why the two cannot be one, in words; `None` where they can."""
    if first.ext_ref != second.ext_ref:
        return text("finding.merge-vocabulary-conflict.why-external")
    by_id = {entry.id: entry for entry in first.entries}
    by_text = {(name, value): entry.id for entry in first.entries for name, value in entry.values.items() if value}
    for entry in second.entries:
        present = by_id.get(entry.id)
        for name, value in entry.values.items():
            known = None if present is None else present.values.get(name)
            if known is not None and known != value:
                return text("finding.merge-vocabulary-conflict.why-entry", entry=entry.id, value=value, other=known)
            if by_text.get((name, value), entry.id) != entry.id:
                other = by_text[name, value]
                return text("finding.merge-vocabulary-conflict.why-value", value=value, entry=entry.id, other=other)
    return None


def _united(first: Vocabulary, second: Vocabulary) -> Vocabulary:
    entries = {entry.id: entry for entry in first.entries}
    for entry in second.entries:
        present = entries.get(entry.id)
        if present is None:
            entries[entry.id] = entry
        elif entry != present:
            entries[entry.id] = VocabularyEntry(
                entry.id,
                {**entry.values, **present.values},
                {**entry.descriptions, **present.descriptions},
                present.ext_ref or entry.ext_ref,
            )
    descriptions = {**second.descriptions, **first.descriptions}
    return replace(first, entries=tuple(entries.values()), descriptions=descriptions)
