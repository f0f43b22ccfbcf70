"""What a recognizer and ELAN say to each other: lines of text one way, a report and tiers the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from elancry.plugin.xml_input import Segment


class Gone(Exception):
    """Nobody reads the output any more: ELAN was closed, or the run was cancelled."""


class Host:
    """ELAN, as the recognizer sees it: a stream that takes lines."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def say(self, text: str = "") -> None:
        """One line of the report; raises Gone where nobody listens."""
        line = " ".join(text.splitlines()).rstrip()
        self._send(f" {line}" if len(line) == 1 else line)

    def progress(self, share: float, text: str) -> None:
        """Move ELAN's bar to `share` in [0, 1)."""
        self._send(f"PROGRESS: {min(share, 0.99):.2f} {text}")

    def _send(self, line: str) -> None:
        try:
            self._stream.write(line.encode("utf-8", errors="replace") + b"\n")
            self._stream.flush()
        except (OSError, ValueError) as error:
            raise Gone from error


@dataclass(frozen=True)
class Outcome:
    """What a recognizer found: the lines of its report and the new tiers by name."""

    report: Sequence[str]
    tiers: Mapping[str, Sequence[Segment]] = field(default_factory=dict)
