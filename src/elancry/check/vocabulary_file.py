"""Is a file of vocabularies (.ecv) sound by itself: can raters tell its entries apart, and will ELAN keep them?"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from elancry.check.languages import FileLanguages, refused
from elancry.eaf import Vocabulary, read_ecv
from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.texts import Text, some, text

T = TypeVar("T")


@dataclass(frozen=True)
class VocabularyFile:
    """What an .ecv file holds, and what is wrong with it."""

    name: str
    vocabularies: tuple[Vocabulary, ...]
    findings: tuple[Finding, ...]

    def summary(self) -> Text:
        """`lab.ecv: 2 vocabularies, 9 entries.`"""
        entries = text("count.entries", n=sum(len(item.entries) for item in self.vocabularies))
        vocabularies = text("count.vocabularies", n=len(self.vocabularies))
        return text("check.vocabulary-file", file=self.name, vocabularies=vocabularies, entries=entries)


def check_vocabulary_file(path: Path) -> VocabularyFile:
    """Read and check one .ecv file; one that cannot be read is a finding."""
    name = path.name
    try:
        content = read_ecv(path)
    except UnreadableInput as error:
        return VocabularyFile(name, (), (finding("file-unreadable", error.message, hint=error.hint, file=name),))
    spoken = {
        item.id: frozenset(language for entry in item.entries for language, value in entry.values.items() if value)
        for item in content.vocabularies
    }
    definitions = {code: content.definitions.get(code, "") for code in content.languages}
    found = [*_vocabularies(name, content.vocabularies), *refused(FileLanguages(definitions, spoken))]
    return VocabularyFile(name, content.vocabularies, tuple(replace(item, file=name) for item in found))


def _vocabularies(file: str, vocabularies: tuple[Vocabulary, ...]) -> Iterator[Finding]:
    if not vocabularies:
        yield finding("vocabulary-entries", text("finding.vocabulary-entries.message-none"))
    twice = [name for name, number in Counter(item.id for item in vocabularies).items() if number > 1]
    if twice:
        said = text("finding.eaf-duplicate-vocabulary.message-in", file=file, vocabularies=twice)
        yield finding("eaf-duplicate-vocabulary", said, hint=text("finding.eaf-duplicate-vocabulary.hint-in"))
    for item in vocabularies:
        if not item.entries:
            yield finding("vocabulary-entries", text("finding.vocabulary-entries.message-empty", vocabulary=item.id))
        ids = _repeated(entry.id for entry in item.entries if entry.id)
        if ids:
            said = text("finding.vocabulary-entries.message-ids", vocabulary=item.id, ids=some(ids))
            yield finding("vocabulary-entries", said, hint=text("finding.vocabulary-entries.hint-ids"))
        texts = _repeated(
            (language, unicodedata.normalize("NFC", value).strip())
            for entry in item.entries
            for language, value in entry.values.items()
            if value.strip()
        )
        if texts:
            values = some([repr(value) for _, value in texts])
            said = text("finding.vocabulary-entries.message-texts", vocabulary=item.id, values=values)
            yield finding("vocabulary-entries", said, hint=text("finding.vocabulary-entries.hint-texts"))


def _repeated(names: Iterable[T]) -> list[T]:
    return [name for name, number in Counter(names).items() if number > 1]
