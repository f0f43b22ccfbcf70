"""Text files of other programs: from bytes to text and back, with what had to be guessed or changed as findings."""

from __future__ import annotations

import codecs
from collections import Counter

from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.texts import text

MOST_BYTES = 200_000_000
"""Files above this are refused: no recording has so many annotations, and memory has an end."""


def decode_text(data: bytes, name: str, kind: str) -> tuple[str, tuple[Finding, ...]]:
    r"""The text of a file, its line ends as `\n`; `kind` says what was expected.

    UTF-8 with or without a byte order mark, UTF-16 with one, else Windows cp1252, which is told. Raises UnreadableInput
    for files that are empty, too large or no text.
    """
    label = name or "the data"
    if len(data) > MOST_BYTES:
        raise UnreadableInput(f"{label} is larger than {MOST_BYTES:,} bytes; {kind} was expected")
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableInput(
            f"{label} is empty ({len(data)} bytes); {kind} was expected",
            hint="If it lies in a cloud folder (OneDrive, Dropbox), it may not be downloaded yet: open it there.",
        )
    if data.startswith(b"PK\x03\x04"):
        raise UnreadableInput(
            f"{label} is an Excel workbook or another zip file; {kind} was expected",
            hint="In Excel: Save as, 'CSV UTF-8'.",
        )
    findings: tuple[Finding, ...] = ()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            decoded = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise UnreadableInput(f"{label} begins like UTF-16 text, but is not ({error.reason})") from None
    elif b"\0" in data[:4096]:
        raise UnreadableInput(f"{label} is not a text file; {kind} was expected")
    else:
        try:
            decoded = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            decoded = data.decode("cp1252", errors="replace")
            line = data.count(b"\n", 0, error.start) + 1
            message = text("finding.convert-encoding-guessed.message")
            findings = (finding("convert-encoding-guessed", message, file=name or None, line=line),)
    return decoded.replace("\r\n", "\n").replace("\r", "\n"), findings


def line_of(text: str, position: int) -> int:
    """The number of the line in which `position` lies, from 1."""
    return text.count("\n", 0, position) + 1


class Changes:
    """Counts what a writer had to change in texts, by what it did, and says it as findings at the end."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._counts: Counter[str] = Counter()

    def note(self, text: str, changed: str, what: str) -> str:
        """`changed`, counted under `what` (`line breaks became blanks`) where it differs from `text`."""
        self._counts[what] += changed != text
        return changed

    def findings(self) -> tuple[Finding, ...]:
        """One finding for each kind of change that happened."""
        return tuple(
            finding(
                "convert-text-changed",
                text("finding.convert-text-changed.message-in-texts", n=number, what=what),
                file=self._name or None,
            )
            for what, number in self._counts.items()
            if number
        )
