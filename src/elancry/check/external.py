"""Where do the vocabularies lie that a file only refers to, can they be read, and will ELAN find them there?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from elancry.eaf import Document
from elancry.eaf.addresses import is_file_url, local_path
from elancry.eaf.ecv import ExternalVocabularies, Referred, elan_loads, referred_files
from elancry.findings import Finding, finding
from elancry.texts import text


def external_vocabularies(document: Document, folders: Sequence[Path]) -> Iterator[Finding]:
    """Does every external vocabulary of a document lie where it says? `folders` are those it is looked for in.

    Addresses of the network are not opened.
    """
    for file in referred_files(document, folders):
        if file.path is None and local_path(file.address) is None:
            said = text("finding.vocabulary-remote.message", vocabularies=list(file.names), address=file.address)
            yield finding("vocabulary-remote", said, hint=text("finding.vocabulary-remote.hint"))
            continue
        if not elan_loads(file.address) and local_path(file.address) is not None:
            yield _not_there(file)
        if file.problem is not None:
            said = text(
                "finding.vocabulary-unreadable.message", vocabularies=list(file.names), reason=file.problem.message
            )
            yield finding("vocabulary-unreadable", said, hint=file.problem.hint)
        elif file.content is not None and file.path is not None:
            yield from _content(file.content, file.path.name, file.names)


def _not_there(file: Referred) -> Finding:
    content = file.content
    beside = content is not None and any(found.entries for name in file.names if (found := content.vocabulary(name)))
    variant = "relative" if file.path and not is_file_url(file.address) else "elsewhere" if beside else "nowhere"
    said = text(f"finding.vocabulary-not-found.message-{variant}", vocabularies=list(file.names), address=file.address)
    hint = (
        text("finding.vocabulary-not-found.hint-elsewhere", file=file.path.name)
        if file.path is not None and beside
        else text("finding.vocabulary-not-found.hint-relink")
    )
    return finding("vocabulary-not-found", said, hint=hint)


def _content(content: ExternalVocabularies, file: str, names: Sequence[str]) -> Iterator[Finding]:
    """Does the file hold the vocabularies, each once and with entries?"""
    held = Counter(vocabulary.id for vocabulary in content.vocabularies)
    missing = [name for name in names if content.vocabulary(name) is None]
    if missing:
        said = text("finding.vocabulary-not-found.message-not-in", file=file, vocabularies=missing, held=sorted(held))
        yield finding("vocabulary-not-found", said, hint=text("finding.vocabulary-not-found.hint-relink"))
    twice = [name for name, number in held.items() if number > 1 and name in names]
    if twice:
        said = text("finding.eaf-duplicate-vocabulary.message-in", file=file, vocabularies=twice)
        yield finding("eaf-duplicate-vocabulary", said, hint=text("finding.eaf-duplicate-vocabulary.hint-in"))
    empty = [name for name in names if (found := content.vocabulary(name)) is not None and not found.entries]
    if empty:
        said = text("finding.vocabulary-not-found.message-empty", file=file, vocabularies=empty)
        yield finding("vocabulary-not-found", said, hint=text("finding.vocabulary-not-found.hint-relink"))
