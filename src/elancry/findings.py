"""Findings: what is wrong or odd in the input, as data.

A finding has a stable code from one catalogue (`finding_kinds`), a severity, a place (file, tier, annotation, time)
and, beside the message, a hint how to mend it. Message and hint are texts (see `elancry.texts`), put into words when
somebody reads them. The command line, the report and the docs page are three views of the same data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from elancry.finding_kinds import CATALOGUE, FindingKind, Severity
from elancry.spans import format_ms
from elancry.texts import Text, from_data, shown, text

__all__ = ("CATALOGUE", "Finding", "FindingKind", "Severity", "finding", "printable", "worst")


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. Times are milliseconds from the start of the medium; `None` means "does not apply"."""

    code: str
    severity: Severity
    said: Text | str
    advice: Text | str | None = None
    file: str | None = None
    line: int | None = None
    session: str | None = None
    rater: str | None = None
    tier: str | None = None
    annotation: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None

    @property
    def message(self) -> str:
        """What is wrong, in the language of messages."""
        return str(self.said)

    @property
    def hint(self) -> str | None:
        """How to mend it, in the language of messages."""
        return None if self.advice is None else str(self.advice)

    @property
    def where(self) -> str:
        """The place in words: `s01__R1.eaf, tier crying_form, annotation a12, 0:01:02.500`."""
        return self.place()

    @property
    def placed(self) -> str:
        """The place, and what is wrong there; a message that begins with the name of its file says both."""
        place, message = self.where, self.message
        return f"{place}: {message}" if place and not (place == self.file and message.startswith(place)) else message

    def place(self, language: str | None = None) -> str:
        """The place in `language` (the messages' one by default), the file with its line first."""
        file = self.file or ""
        within = self.inside(language, line=False)
        return ", ".join(part for part in (file if self.line is None else f"{file}:{self.line}", within) if part)

    def inside(self, language: str | None = None, *, line: bool = True) -> str:
        """The place inside the file: line, tier, annotation, time, as far as they are known."""
        parts = (
            text("where.line", line=self.line) if line and self.line is not None else None,
            text("where.tier", name=self.tier) if self.tier is not None else None,
            text("where.annotation", name=self.annotation) if self.annotation is not None else None,
            format_ms(self.start_ms) if self.start_ms is not None else None,
        )
        return shown([part for part in parts if part is not None], language)

    @property
    def blocking(self) -> bool:
        """Whether this finding forbids computing anything (see `FindingKind`)."""
        return CATALOGUE[self.code].blocking

    def as_dict(self) -> dict[str, Any]:
        """A JSON-ready mapping: every field, message and hint in English, and both as code and fields."""
        names = (field.name for field in fields(self) if field.name not in ("said", "advice"))
        return {
            **{name: getattr(self, name) for name in names},
            "severity": self.severity.value,
            "message": shown(self.said, "en"),
            "hint": None if self.advice is None else shown(self.advice, "en"),
            "message_text": self.said.as_data() if isinstance(self.said, Text) else None,
            "hint_text": self.advice.as_data() if isinstance(self.advice, Text) else None,
        }

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Finding:
        """The finding that `as_dict` wrote; raises KeyError or ValueError where it cannot be that."""
        said, advice = (
            found[name] if found[f"{name}_text"] is None else from_data(found[f"{name}_text"])
            for name in ("message", "hint")
        )
        names = (field.name for field in fields(cls) if field.name not in ("said", "advice", "severity"))
        where = {name: found[name] for name in names}
        return cls(**where, severity=Severity(found["severity"]), said=said, advice=advice)


def finding(code: str, message: Text | str, *, hint: Text | str | None = None, **where: Any) -> Finding:
    """Make a finding of the catalogued kind `code`; its severity is the catalogue's.

    Raises KeyError for a code that the catalogue does not hold: an unknown code is itself an error.
    """
    return Finding(code=code, severity=CATALOGUE[code].severity, said=message, advice=hint, **where)


def printable(text: str) -> str:
    """The text on one line, without characters that do something to a terminal: a file can be called anything."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The gravest severity among `findings`, `None` if there are none."""
    present = {item.severity for item in findings}
    return next((severity for severity in Severity if severity in present), None)
