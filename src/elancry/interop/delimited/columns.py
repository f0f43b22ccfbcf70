"""What the user says of a table's columns: `start=onset,end=offset,value=code,tier=coder,unit=s`.

A column is named as the table's header names it, or by its number from 1. In a table whose first row has a time in the
column of starts, there is no header: every row is data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from elancry.errors import UnreadableInput, UsageError
from elancry.names import unknown
from elancry.texts import text
from elancry.times import Unit, parse_time

MEANINGS: Mapping[str, str] = {
    "start": "begin",
    "end": "end",
    "duration": "duration",
    "value": "value",
    "tier": "tier",
    "participant": "participant",
    "rater": "annotator",
    "file": "file",
}
"""What a column can be: the user's word -> the word of `elancry.interop.delimited.header`."""
_UNITS = {"s": Unit.SECONDS, "ms": Unit.MS}
_UNIT = "unit"
_KEY = re.compile(rf"(?:^|,)\s*({'|'.join([*MEANINGS, _UNIT])})\s*=", re.IGNORECASE)
EXAMPLE = "start=onset,end=offset,value=code,tier=coder,unit=s"


@dataclass(frozen=True, slots=True)
class Columns:
    """Meaning (of `MEANINGS`' values) -> name or number of the column; `unit` is that of plain numbers."""

    named: Mapping[str, str] = field(default_factory=dict)
    unit: Unit | None = None

    def places(self, names: Sequence[str], label: str) -> dict[str, int]:
        """Where the columns are in a row whose header is `names`; raises UnreadableInput for one that is not there."""
        found = {}
        for meaning, name in self.named.items():
            number = int(name) if name.isdigit() and len(name) < 6 else 0
            if name in names:
                found[meaning] = names.index(name)
            elif 0 < number <= len(names):
                found[meaning] = number - 1
            else:
                said, hint = unknown("column", name, [one for one in names if one])
                raise UnreadableInput(text("format.in-file", file=label, said=said), hint=hint)
        return found

    def without_header(self, first: Sequence[str], places: Mapping[str, int]) -> bool:
        """Whether the first row is data: what should be the name of a column of times is a time."""
        at = places.get("begin", places.get("end"))
        cell = first[at] if at is not None and at < len(first) else ""
        return any(parse_time(cell, unit) is not None for unit in (Unit.CLOCK, Unit.SECONDS, Unit.SMPTE))


def parse_columns(given: str) -> Columns:
    """The columns that an option names; raises UsageError, with an example, for anything else."""
    marks = list(_KEY.finditer(given))
    if not marks or given[: marks[0].start()].strip():
        raise _refusal(given)
    named: dict[str, str] = {}
    unit: Unit | None = None
    for mark, following in zip(marks, [*(one.start() for one in marks[1:]), len(given)], strict=True):
        key, name = mark[1].lower(), given[mark.end() : following].strip()
        if key == _UNIT:
            unit = _UNITS.get(name.lower())
            if unit is None:
                raise _refusal(given)
        elif not name or MEANINGS[key] in named:
            raise _refusal(given)
        else:
            named[MEANINGS[key]] = name
    if len({"begin", "end", "duration"} & set(named)) < 2:
        raise _refusal(given)
    return Columns(named, unit)


def _refusal(given: str) -> UsageError:
    words = (*MEANINGS, _UNIT)
    return UsageError(
        text("convert.columns-unclear", given=given[:100]),
        hint=text("convert.columns-unclear-hint", words=words, example=EXAMPLE),
    )
