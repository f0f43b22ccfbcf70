"""Findings: what is wrong or odd in the input, as data.

A finding has a stable code from one catalogue, a severity, a place (file, tier, annotation, time) and, beside the
message, a hint how to mend it. The command line, the report and the docs page are three views of the same data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from elancry.spans import format_ms


class Severity(StrEnum):
    """How much a finding matters: an error keeps data out of the numbers, a warning limits trust in them."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class FindingKind:
    """An entry of the catalogue.

    `blocking` kinds stop merge, agree and analyze: going on would count somebody's work twice or under a wrong name.
    """

    code: str
    severity: Severity
    title: str
    explanation: str
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. Times are milliseconds from the start of the medium; `None` means "does not apply"."""

    code: str
    severity: Severity
    message: str
    hint: str | None = None
    file: str | None = None
    line: int | None = None
    session: str | None = None
    rater: str | None = None
    tier: str | None = None
    annotation: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None

    @property
    def where(self) -> str:
        """The place in words: `s01__R1.eaf, tier crying_form, annotation a12, 0:01:02.500`."""
        parts = [self.file or ""]
        if self.line is not None:
            parts[0] += f":{self.line}"
        if self.tier is not None:
            parts.append(f"tier {self.tier}")
        if self.annotation is not None:
            parts.append(f"annotation {self.annotation}")
        if self.start_ms is not None:
            parts.append(format_ms(self.start_ms))
        return ", ".join(part for part in parts if part)

    @property
    def blocking(self) -> bool:
        """Whether this finding forbids computing anything (see `FindingKind`)."""
        return CATALOGUE[self.code].blocking

    def as_dict(self) -> dict[str, Any]:
        """A JSON-ready mapping with every field, the severity as text."""
        return {**asdict(self), "severity": self.severity.value}


CATALOGUE: dict[str, FindingKind] = {}


def register(kinds: Iterable[FindingKind]) -> None:
    """Enter kinds in the catalogue; a code entered twice with different content is a programming error."""
    for kind in kinds:
        if CATALOGUE.get(kind.code, kind) != kind:
            raise ValueError(f"finding code {kind.code!r} stands twice in the catalogue")
        CATALOGUE[kind.code] = kind


def finding(code: str, message: str, **where: Any) -> Finding:
    """Make a finding of the catalogued kind `code`; its severity is the catalogue's.

    Raises KeyError for a code that the catalogue does not hold: an unknown code is itself an error.
    """
    return Finding(code=code, severity=CATALOGUE[code].severity, message=message, **where)


def printable(text: str) -> str:
    """The text on one line, without characters that do something to a terminal: a file can be called anything."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The gravest severity among `findings`, `None` if there are none."""
    present = {item.severity for item in findings}
    return next((severity for severity in Severity if severity in present), None)
