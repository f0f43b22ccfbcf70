"""Documents with the times of their medium, for formats that have no place for where a file's time 0 is in it.

    file    0        1 s       2 s            TIME_ORIGIN of the first medium: 2000
            |         |---A----|
    medium  0        1 s       2 s       3 s       4 s
            |                             |---A----|

Everything else counts from the start of the medium: players of subtitles, Praat, BORIS, and another rater's file whose
offset is another one.
"""

from __future__ import annotations

from elancry.eaf.document import Document
from elancry.findings import Finding, finding
from elancry.interop.format import Choices, Times
from elancry.spans import format_ms
from elancry.texts import text


def offset_ms(document: Document) -> int:
    """Where the annotations' time 0 is in the first medium, in ms; 0 where there is no medium."""
    return document.time_in_medium(0) if document.media else 0


def on_medium(document: Document, choices: Choices) -> tuple[Document, tuple[Finding, ...]]:
    """The document with the times that are asked for, and that they are not the file's or not the medium's.

    Annotations that lie before the start of the medium, as a negative offset has them, are left out, and those that
    cross it begin at 0; both are findings. `document` stays as it is.
    """
    by_ms, file = offset_ms(document), document.name or None
    if not by_ms:
        return document, ()
    if choices.times is Times.FILE:
        kept = text("finding.convert-medium-offset.message-file", offset=format_ms(by_ms))
        return document, (finding("convert-medium-offset", kept, file=file),)
    own = [item for tier in document.tiers for item in document.annotations(tier.id) if item.parent is None]
    early = [item for item in own if item.start_ms + by_ms < 0]
    editor = document.edit()
    editor.annotations.remove(*[item.id for item in early if item.id and item.end_ms + by_ms <= 0])
    editor.annotations.shift(by_ms)
    moved = editor.document()
    moved.name = document.name
    said = text("finding.convert-medium-offset.message", offset=format_ms(by_ms))
    findings = [finding("convert-medium-offset", said, hint=text("finding.convert-medium-offset.hint"), file=file)]
    if early:
        message = text("finding.convert-row-skipped.message-before-medium", n=len(early))
        findings.append(finding("convert-row-skipped", message, file=file))
    return moved, tuple(findings)
