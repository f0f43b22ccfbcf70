"""What a recognizer and ELAN say to each other: lines of text one way, a report and tiers the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from elancry.plugin.xml_input import Segment
from elancry.texts import Text

_IN_ASCII = {
    **{"Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"},
    **{"„": '"', "“": '"', "”": '"', "‚": "'", "‘": "'", "’": "'", "–": "-", "…": "...", "±": "+/-"},
}
_HIDDEN = {letter: chr(0xE000 + number) for number, letter in enumerate(_IN_ASCII)}
_HIDE, _SHOW = str.maketrans(_HIDDEN), str.maketrans({hidden: letter for letter, hidden in _HIDDEN.items()})
SPELLED = str.maketrans(_IN_ASCII)
"""For `str.translate`: every letter of our catalogues that is not ASCII, as it is spelled for ELAN's report."""


def in_ascii(line: Text | str) -> str:
    """A line in the language of messages with `ä` spelled `ae` and so on; what fills in its fields stays as it is.

    On an older Java ELAN's report window shows other letters than ASCII only if they are in the system's code page.
    That must not make our sentences unreadable; what raters wrote is theirs and is not respelled.
    """
    if isinstance(line, str):
        return line
    return str(line.changed(lambda given: given.translate(_HIDE))).translate(SPELLED).translate(_SHOW)


class Gone(Exception):
    """Nobody reads the output any more: ELAN was closed, or the run was cancelled."""


class Host:
    """ELAN, as the recognizer sees it: a stream that takes lines."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def say(self, text: Text | str = "") -> None:
        """One line of the report; raises Gone where nobody listens."""
        line = " ".join(in_ascii(text).splitlines()).rstrip()
        self._send(f" {line}" if len(line) == 1 else line)

    def progress(self, share: float, text: Text | str) -> None:
        """Move ELAN's bar to `share` in [0, 1)."""
        self._send(f"PROGRESS: {min(share, 0.99):.2f} {in_ascii(text)}")

    def _send(self, line: str) -> None:
        try:
            self._stream.write(line.encode("utf-8", errors="replace") + b"\n")
            self._stream.flush()
        except (OSError, ValueError) as error:
            raise Gone from error


@dataclass(frozen=True)
class Outcome:
    """What a recognizer found: the lines of its report and the new tiers by name."""

    report: Sequence[Text | str]
    tiers: Mapping[str, Sequence[Segment]] = field(default_factory=dict)
