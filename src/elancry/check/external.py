"""Where do the vocabularies lie that a file only refers to, and will ELAN find them there?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from elancry.eaf import Document, read_ecv
from elancry.eaf.addresses import is_file_url, local_path
from elancry.eaf.ecv import elan_loads, find_ecv
from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.texts import text


def external_vocabularies(document: Document, folder: Path, study: Path) -> Iterator[Finding]:
    """Does every external vocabulary of a document in `folder` lie where it says? `study` is the folder of all files.

    Addresses of the network are not opened.
    """
    wanted: dict[str, list[str]] = {}
    for vocabulary in document.vocabularies:
        kind, address = document.external_refs.get(vocabulary.ext_ref or "", ("", ""))
        if kind == "ecv":
            wanted.setdefault(address, []).append(vocabulary.id)
    for address, names in wanted.items():
        found = find_ecv(address, folder, study)
        if found is None and local_path(address) is None:
            yield finding(
                "vocabulary-remote", text("finding.vocabulary-remote.message", vocabularies=names, address=address)
            )
            continue
        if not elan_loads(address) and local_path(address) is not None:
            code = (
                "finding.vocabulary-not-found.message-nowhere"
                if is_file_url(address)
                else "finding.vocabulary-not-found.message-relative"
            )
            hint = (
                text("finding.vocabulary-not-found.hint-relink")
                if found is None
                else text("finding.vocabulary-not-found.hint-elsewhere", file=found.name)
            )
            yield finding("vocabulary-not-found", text(code, vocabularies=names, address=address), hint=hint)
        if found is not None:
            yield from _content(found, names)


def _content(path: Path, names: list[str]) -> Iterator[Finding]:
    """Can the file be read, and does it hold the vocabularies?"""
    try:
        held = {vocabulary.id for vocabulary in read_ecv(path).vocabularies}
    except UnreadableInput as error:
        said = text("finding.vocabulary-unreadable.message", vocabularies=names, reason=error.message)
        yield finding("vocabulary-unreadable", said, hint=error.hint)
        return
    missing = [name for name in names if name not in held]
    if missing:
        said = text(
            "finding.vocabulary-not-found.message-not-in", file=path.name, vocabularies=missing, held=sorted(held)
        )
        yield finding("vocabulary-not-found", said, hint=text("finding.vocabulary-not-found.hint-relink"))
