"""Text files of other programs: from bytes to text and back, with what had to be guessed or changed as findings."""

from __future__ import annotations

import codecs
from collections import Counter

from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.texts import Text, text

MOST_BYTES = 200_000_000
"""Files above this are refused: no recording has so many annotations, and memory has an end."""


def decode_text(data: bytes, name: str, kind: Text) -> tuple[str, tuple[Finding, ...]]:
    r"""The text of a file, its line ends as `\n`; `kind` says what was expected.

    UTF-8 with or without a byte order mark, UTF-16 with one, else Windows cp1252, with a finding. Raises
    UnreadableInput for files that are empty, too large or no text.
    """
    label = called(name)
    if len(data) > MOST_BYTES:
        raise UnreadableInput(text("format.too-large", file=label, mb=MOST_BYTES // 1_000_000, kind=kind))
    if not data.strip(b"\0 \t\r\n"):
        message = text("format.empty", file=label, bytes=len(data), kind=kind)
        raise UnreadableInput(message, hint=text("format.empty-hint"))
    if data.startswith(b"PK\x03\x04"):
        raise UnreadableInput(text("format.zip", file=label, kind=kind), hint=text("format.zip-hint"))
    findings: tuple[Finding, ...] = ()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            decoded = data.decode("utf-16")
        except UnicodeDecodeError:
            raise UnreadableInput(text("format.not-utf-16", file=label)) from None
    elif b"\0" in data[:4096]:
        raise UnreadableInput(text("format.not-text", file=label, kind=kind))
    else:
        try:
            decoded = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            decoded = data.decode("cp1252", errors="replace")
            line = data.count(b"\n", 0, error.start) + 1
            message = text("finding.convert-encoding-guessed.message")
            findings = (finding("convert-encoding-guessed", message, file=name or None, line=line),)
    return decoded.replace("\r\n", "\n").replace("\r", "\n"), findings


def called(name: str) -> Text | str:
    """What messages call the file."""
    return name or text("format.the-data")


def refusal(name: str, line: int, kind: Text, why: Text, hint: Text | None = None) -> UnreadableInput:
    """A file that stops making sense as `kind` at `line`."""
    return UnreadableInput(text("format.refused", file=called(name), line=line, kind=kind, why=why), hint=hint)


def damaged(name: str, line: int, why: Text, hint: Text) -> UnreadableInput:
    """A damaged line, which may not be passed over: what was meant is not known."""
    return UnreadableInput(text("format.damaged", file=called(name), line=line, why=why), hint=hint)


def line_of(text: str, position: int) -> int:
    """The number of the line in which `position` lies, from 1."""
    return text.count("\n", 0, position) + 1


class Changes:
    """Counts what a writer had to change in texts, by what it did, and says it as findings at the end."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._counts: Counter[str] = Counter()

    def note(self, text: str, changed: str, what: str) -> str:
        """`changed`, counted under `what`, the end of a code `format.change.`, where it differs from `text`."""
        self._counts[what] += changed != text
        return changed

    def findings(self) -> tuple[Finding, ...]:
        """One finding for each kind of change that happened."""
        return tuple(
            finding(
                "convert-text-changed",
                text("finding.convert-text-changed.message-in-texts", n=number, what=Text(f"format.change.{what}")),
                file=self._name or None,
            )
            for what, number in self._counts.items()
            if number
        )
