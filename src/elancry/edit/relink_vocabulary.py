"""Let files find their external vocabularies again after a study was moved: by the absolute URL that ELAN can load."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from elancry.eaf import Document, read_ecv
from elancry.edit.change import Change, Row
from elancry.edit.operation import option
from elancry.findings import Finding, finding
from elancry.paths import real_path
from elancry.template.media import file_url, refuse_unlinkable
from elancry.texts import text


@dataclass(frozen=True, slots=True)
class VocabularyFile:
    """An .ecv file: its URL, and the names of the vocabularies in it."""

    url: str
    vocabularies: frozenset[str]


def vocabulary_file(path: Path) -> VocabularyFile:
    """The .ecv file at `path`; UnreadableInput where it is none, UsageError where no URL can lead there."""
    held = frozenset(vocabulary.id for vocabulary in read_ecv(path).vocabularies)
    refuse_unlinkable(real_path(path))
    return VocabularyFile(file_url(real_path(path)), held)


@dataclass(frozen=True, slots=True)
class VocabularyLink:
    """The file that references to .ecv files are to lead to, where it holds their vocabularies."""

    file: VocabularyFile = option("--ecv", text("batch.relink-vocabulary.ecv"), metavar="FILE", read=vocabulary_file)


def relink_vocabulary(document: Document, choices: VocabularyLink) -> Change:
    """Let files find their external vocabularies (.ecv) again after these were moved.

    ELAN loads a vocabulary from an absolute URL only, so the files refer to FILE by that.

    Example:  elancry batch relink-vocabulary coded -o linked --ecv /data/study/codes.ecv
    """
    editor = document.edit()
    rows: list[Row] = []
    findings: list[Finding] = []
    referring, held = 0, choices.file.vocabularies
    for reference, (kind, address) in document.external_refs.items():
        wanted = [vocabulary.id for vocabulary in document.vocabularies if vocabulary.ext_ref == reference]
        if kind != "ecv" or not wanted:
            continue
        referring += 1
        missing = [name for name in wanted if name not in held]
        if missing:
            said = text("finding.batch-not-possible.message-vocabulary-file", vocabularies=missing, address=address)
            hint = text(
                "finding.batch-not-possible.hint-vocabulary-file", vocabularies=sorted(choices.file.vocabularies)
            )
            findings.append(finding("batch-not-possible", said, hint=hint))
        elif address != choices.file.url:
            editor.external_refs.set_value(reference, choices.file.url)
            rows.append(Row(text("change.vocabulary-linked"), before=address, after=choices.file.url))
    if not referring:
        findings.append(finding("batch-nothing-named", text("finding.batch-nothing-named.message-external")))
    return Change(editor.document() if rows else document, tuple(rows), tuple(findings))
