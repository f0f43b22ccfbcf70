"""What is asked for by name: it is there, or it is refused with the nearest name and the list of those there are.

    require("rater", asked_for, coding.raters)

Conventions
-----------
A nearest name is one that a slip of the keyboard explains: letters left out, put in, exchanged or swapped with their
neighbour; one of them in names of 4 to 9 letters, two in longer ones. Another number is never a slip (`AU1` is not
`AU2`), nor is what is put before a whole name: `nomovement` is the opposite of `movement`. A test with 200 category
names of published coding schemes holds how often a name is offered that was not meant.

Each kind of name has its sentence in the catalogues, `name.none.KIND`.

References
----------
Distance: optimal string alignment (Damerau, 1964, Communications of the ACM 7, 171-176: single slips are four of five
misspellings).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from elancry.errors import UsageError
from elancry.texts import Text, some, text

_BETWEEN = re.compile(r"[;|/&+\s]+")
LISTED = 20
"""How many names a hint lists."""


def nearest(given: str, known: Iterable[str]) -> str | None:
    """The known name that `given` is most likely a slip of, `None` where none is near enough; the first of equals."""
    wanted = _plain(given)
    most = _slips(wanted)
    best: tuple[int, str] | None = None
    for name in known:
        other = _plain(name)
        far = most if best is None else best[0] - 1
        if far < 0 or abs(len(other) - len(wanted)) > far or not _may_be_slip(wanted, other):
            continue
        distance = _distance(wanted, other)
        if distance <= far:
            best = (distance, name)
    return None if best is None else best[1]


def did_you_mean(close: str | None) -> Text | None:
    """The hint that names the nearest known word; `None` where there is none."""
    return None if close is None else text("name.did-you-mean", name=close)


def unknown(kind: str, given: str, known: Sequence[str]) -> tuple[Text, Text]:
    """What to say of a name of that kind that is not there: the sentence, and the hint with nearest name and list."""
    return Text(f"name.none.{kind}", {"name": given}), there_are(given, known)


def there_are(given: str, known: Sequence[str]) -> Text:
    """The hint for a name that is not there: the nearest one, if any, and the list."""
    parts = [part for part in _BETWEEN.split(given) if part]
    if len(parts) > 1 and set(parts) <= set(known):
        return text("name.separate", names=tuple(parts))
    close = nearest(given, known)
    names = some(list(known), LISTED)
    return text("name.there-are", names=names) if close is None else text("name.nearest", close=close, names=names)


class UnknownName(UsageError):
    """A name of some `kind` was asked for and is not there."""

    def __init__(self, kind: str, given: str, known: Sequence[str]) -> None:
        said, hint = unknown(kind, given, known)
        super().__init__(said, hint=hint)
        self.kind = kind


def require(kind: str, given: Iterable[str], known: Sequence[str]) -> None:
    """Raise UnknownName for the first of `given` that is not among `known`."""
    for name in given:
        if name not in known:
            raise UnknownName(kind, name, known)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def _slips(name: str) -> int:
    if len(name) < 4:
        return 0
    return 1 if len(name) < 10 else 2


def _may_be_slip(one: str, other: str) -> bool:
    if one == other:
        return True
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    prefixed = len(longer) - len(shorter) > 1 and longer.endswith(shorter)
    return not prefixed and _numbers(one) == _numbers(other)


def _numbers(name: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", name)]


def _distance(one: str, other: str) -> int:
    """Fewest letters put in, left out, exchanged, or swapped with their neighbour, that make `other` of `one`."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        older, before, row = before, row, [place]
        for at, wanted in enumerate(other, 1):
            cost = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != wanted))
            if place > 1 and at > 1 and (letter, one[place - 2]) == (other[at - 2], wanted):
                cost = min(cost, older[at - 2] + 1)
            row.append(cost)
    return row[-1]
