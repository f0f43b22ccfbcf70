"""Whose file is it? Session, rater and round from file names, raters from tier names; copies that nobody wanted.

Patterns are written with `{session}`, `{rater}`, `{round}` and, for tiers, `{tier}`. A file pattern matches the end of
the relative path without `.eaf`; each field takes as much as it can from the left, so `{session}__{rater}` splits at
the last `__`. A name without a round fits a pattern that ends with one, or has a folder for it: a gold rater codes
once. All names are Unicode NFC.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass

from elancry.check.coding import RESERVED_RATERS
from elancry.choices import DEFAULT_PATTERN
from elancry.errors import UsageError
from elancry.names import there_are
from elancry.texts import Text, text

UNNAMED = "unnamed"
"""The rater of a file that names nobody."""

_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class FileName:
    """What a file's name says; `rater` and `round` are `None` where it does not say."""

    session: str
    rater: str | None = None
    round: str | None = None


class FilePattern:
    """A compiled `--pattern`; raises UsageError for an unknown field or one without `{session}`."""

    def __init__(self, pattern: str = DEFAULT_PATTERN) -> None:
        pattern = pattern.strip("/").removesuffix(".eaf")
        self._patterns = [one for one in (pattern, _without_round(pattern)) if one]
        self._regexes = [
            (one.count("/") + 1, _compile(one, ("session", "rater", "round"), "--pattern", required="session"))
            for one in self._patterns
        ]
        self.names_rater = "{rater}" in pattern
        """Whether the pattern has a place for the rater."""

    def match(self, name: str, path: str = "") -> FileName:
        """The fields of a relative name; where it has too few folders for the pattern, those of the whole `path`.

        A name that does not fit is a session of its own: the file name without suffix.
        """
        stem = _stem(name)
        for n_parts, regex in self._regexes:
            for candidate in (stem, _stem(path)):
                parts = candidate.split("/")
                if len(parts) >= n_parts:
                    found = regex.fullmatch("/".join(parts[-n_parts:]))
                    if found is None:
                        break
                    fields = found.groupdict()
                    return FileName(fields["session"], fields.get("rater"), fields.get("round"))
        return FileName(stem.split("/")[-1])

    def name_of(self, fields: FileName) -> str:
        """The shortest name, without `.eaf`, from which `match` reads these fields."""
        given = {"session": fields.session, "rater": fields.rater, "round": fields.round}
        for pattern in self._patterns:
            if all(given[field] is not None for field in _FIELD.findall(pattern)):
                return _FIELD.sub(lambda found: given[found[1]] or "", pattern.replace("*", "x"))
        return fields.session


class TierPattern:
    """A compiled `--tier-pattern` for files that hold all raters; raises UsageError without `{tier}` and `{rater}`."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._regex = _compile(pattern, ("tier", "rater"), "--tier-pattern", required="tier")
        if "{rater}" not in pattern:
            raise UsageError(
                text("check.pattern-lacks", option="--tier-pattern", pattern=pattern, field="{rater}"),
                hint=text("check.hint-tier-pattern"),
            )

    def match(self, tier: str) -> tuple[str, str] | None:
        """(tier, rater) of a tier's name, `None` where it does not fit."""
        found = self._regex.fullmatch(unicodedata.normalize("NFC", tier))
        return None if found is None else (found["tier"], found["rater"])

    def name_of(self, tier: str, rater: str) -> str:
        """The shortest name from which `match` reads these fields."""
        given = {"tier": tier, "rater": rater}
        return _FIELD.sub(lambda found: given[found[1]], self._pattern.replace("*", "x"))


def literals_changed(pattern: str, change: Callable[[str], str]) -> str:
    """A pattern with `change` applied to what stands between its fields."""
    pieces = _FIELD.split(pattern)
    return "".join(f"{{{piece}}}" if index % 2 else change(piece) for index, piece in enumerate(pieces))


def _without_round(pattern: str) -> str | None:
    """The pattern of names that hold no round; None where there is no such pattern."""
    kept = []
    for part in pattern.split("/"):
        if "{round}" not in part:
            kept.append(part)
        elif _FIELD.findall(part) != ["round"]:
            if not part.endswith("{round}"):
                return None
            kept.append(re.sub(r"[^{}]*\{round\}$", "", part))
    shorter = "/".join(kept)
    return shorter if shorter != pattern and "{session}" in shorter else None


def _compile(pattern: str, fields: tuple[str, ...], option: str, *, required: str) -> re.Pattern[str]:
    pieces = _FIELD.split(unicodedata.normalize("NFC", pattern))
    used = pieces[1::2]
    allowed = tuple(f"{{{field}}}" for field in fields)
    where = {"option": option, "pattern": pattern}
    for field in used:
        if field not in fields:
            said = text("check.pattern-unknown-field", field=f"{{{field}}}", **where)
            raise UsageError(said, hint=there_are(field, fields))
    if required not in used:
        said = text("check.pattern-lacks", field=f"{{{required}}}", **where)
        raise UsageError(said, hint=text("name.there-are", names=allowed))
    if len(set(used)) < len(used):
        raise UsageError(text("check.pattern-field-twice", **where))
    expression = "".join(
        f"(?P<{piece}>[^/]+)" if index % 2 else re.escape(piece).replace(r"\*", "[^/]*")
        for index, piece in enumerate(pieces)
    )
    return re.compile(expression)


def _stem(name: str) -> str:
    name = unicodedata.normalize("NFC", name.replace("\\", "/"))
    return re.sub(r"\.(merged\.)?eaf$", "", name, flags=re.IGNORECASE)


# Copies that Windows, macOS, OneDrive, Dropbox and Google Drive make when two versions of a file meet.
_COPY = re.compile(
    r"(?P<original>.+?)(?:"
    r"\s*\(\d+\)"
    r"|\s+-\s+(?:Kopie|Copy|Copie|Copia|Cópia)(?:\s*\(\d+\))?"
    r"|\s+(?:Kopie|copy)(?:\s*\d+)?"
    r"|\s*\((?:[^()]*\bconflict[^()]*|[^()]*\bKonflikt[^()]*|[^()]*in Konflikt stehende Kopie[^()]*)\)"
    r"|[-_ ]conflict(?:ed copy)?\b.*"
    r")",
    re.IGNORECASE,
)
# OneDrive appends the name of the computer: capitals, digits and hyphens.
_COMPUTER = re.compile(r"(?P<original>.+?)-(?P<computer>[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*)")


def original_of_copy(stem: str, others: Collection[str]) -> str | None:
    """The name that `stem` (a file name without suffix) is a conflict copy of, `None` where it is none.

    `R1 (1)` and `R1 - Kopie` are always copies. `R1-LAPTOP7` is one only where the original is among `others`: the
    hyphen may as well belong to a name.
    """
    found = _COPY.fullmatch(stem)
    if found is not None:
        return found["original"]
    found = _COMPUTER.fullmatch(stem)
    if found is not None and found["original"] in others and len(found["computer"]) >= 3:
        return found["original"]
    return None


def reserved(rater: str) -> Text | None:
    """Why `rater` cannot be a rater's name, in words that continue "the rater name ..."; `None` where it can."""
    if "@" in rater:
        return text("rater.reserved-at")
    if rater.casefold() in RESERVED_RATERS:
        return text("rater.reserved-name")
    if "|" in rater:
        return text("rater.reserved-bar")
    return None
