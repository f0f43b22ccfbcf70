"""What could still tell who somebody is: every free text that goes out, and every word that resembles a name.

Nobody but a person can judge these; the list lies beside the key, because it holds names. It is one list for all that
is given away under the keys of a folder: a command replaces the lines about its own output.

Conventions
-----------
- A word resembles a word of a name where, folded (see `words`), they differ by one letter in four or more, or by two in
  eight or more; where one of four letters or more is part of the other; where it is a part of a name too short to be
  replaced; or where, in capitals, it is the initials of a name.
- Words of the codebook are looked through too: they go out as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from elancry.codebook.model import Codebook
from elancry.errors import OutputRefused
from elancry.files import keep, write_text
from elancry.locks import alone
from elancry.paths import read_regular, real_path
from elancry.pseudonyms.key import KINDS
from elancry.pseudonyms.names import Left, Names
from elancry.pseudonyms.words import fold, parts_of
from elancry.study.plan_keys import Plan
from elancry.texts import text

FILE = "leaks.csv"
COLUMNS = ("output", "reason", "what", "file", "tier", "text", "word", "resembles")
FREE_TEXT, SPELLING, PART, INITIALS, OTHER_FILE = "free text", "spelling", "part", "initials", "other file"
_SHORT, _LONG = 4, 8
_FREE = frozenset({"value", "description", "round", "tier", "type", "entry"})
"""Kinds of texts that somebody wrote freely, those of a written codebook apart; the others are listed only where they
resemble a name."""


@dataclass(frozen=True)
class Leak:
    """A text, and why a person should look at it: the `word` in it that `resembles` a name, or that it is free."""

    reason: str
    left: Left
    word: str = ""
    resembles: str = ""


def leaks_of(names: Names, plan: Plan) -> tuple[Leak, ...]:
    """Everything that a person should look at before the results are given away."""
    texts = [*names.left, *_of_codebook(names.codebook), *_of_plan(plan)]
    likeness = _Likeness(names)
    found: dict[Leak, None] = {}
    for left in texts:
        if left.kind in _FREE:
            found.setdefault(Leak(FREE_TEXT, left))
        for word in parts_of(left.text):
            for reason, name in likeness.of(word):
                found.setdefault(Leak(reason, left, word, name))
    return tuple(found)


def others_in(output: Path, written: Collection[Path]) -> tuple[Leak, ...]:
    """The files in an output folder that the command did not write: what they say is not known."""
    files = sorted(path for path in output.rglob("*") if path.is_file() and real_path(path) not in written)
    return tuple(Leak(OTHER_FILE, Left("file", path.relative_to(output).as_posix(), "", "")) for path in files)


def path_beside(key: Path) -> Path:
    """Where the list goes; OutputRefused where a file of that name is which is none, and for a key of that name."""
    path = key.parent / FILE
    hint = text("pseudonyms.not-a-list-hint")
    if key.name.casefold() == FILE:
        raise OutputRefused(text("pseudonyms.key-is-list", path=str(key)), hint=text("pseudonyms.hint-other-key"))
    if path.exists():
        try:
            first = read_regular(path).partition(b"\n")[0] if path.is_file() else b""
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputRefused(text("outputs.unreadable", path=str(path), reason=reason)) from error
        head = re.split(r"[,;\t]", first.decode("utf-8-sig", errors="replace").replace('"', "").strip())
        if not set(COLUMNS[1:]) <= set(head):
            raise OutputRefused(text("pseudonyms.not-a-list", path=str(path)), hint=hint)
    return path


def write_leaks(leaks: Iterable[Leak], key: Path, output: Path) -> Path:
    """Put what was found in `output` into the list beside the key; raises what `path_beside` does.

    What the list says of other outputs stays. Where people wrote into it, or where it said of this output what it no
    longer says (another run may have written other files there), it is first kept as `leaks.csv.kept-1`.
    """
    path = path_beside(key)
    of_output = real_path(output).as_posix()
    now = [
        (
            of_output,
            leak.reason,
            leak.left.kind,
            leak.left.file,
            leak.left.tier,
            leak.left.text,
            leak.word,
            leak.resembles,
        )
        for leak in leaks
    ]
    with alone(key.parent):
        before = _rows(path)
        others = [row for row in before or () if row[0] != of_output]
        if before is None or not {row for row in before if row[0] == of_output} <= set(now):
            keep(path)
        write_text(path, _as_csv([*others, *now]))
    return path


def _rows(path: Path) -> list[tuple[str, ...]] | None:
    """The lines of a list; none where there is no list, `None` where it is not as elancry wrote it."""
    if not path.exists():
        return []
    content = read_regular(path).decode("utf-8", errors="replace")
    rows = list(map(tuple, csv.reader(io.StringIO(content, newline=""))))[1:]
    return rows if _as_csv(rows) == content else None


def _as_csv(rows: Iterable[Sequence[str]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return stream.getvalue()


class _Likeness:
    """Which names of the key a word resembles."""

    def __init__(self, names: Names) -> None:
        key = names.key.names
        originals = [name for kind in KINDS for name in key[kind] if name not in names.roles]
        originals += list(names.authors)
        self._words: dict[str, str] = {}
        self._initials: dict[str, str] = {}
        for name in originals:
            parts = parts_of(PurePosixPath(name).stem if "." in name else name)
            for part in (part for part in parts if len(part) > 1):
                self._words.setdefault(fold(part), name)
            if len(parts) > 1:
                self._initials.setdefault("".join(part[0] for part in parts).upper(), name)
        self.of = cache(self._of)

    def _of(self, word: str) -> tuple[tuple[str, str], ...]:
        folded = fold(word)
        found: dict[tuple[str, str], None] = {}
        if folded in self._words:
            found[PART, self._words[folded]] = None
        for other, name in self._words.items():
            if other == folded:
                continue
            shorter = min(len(other), len(folded))
            if shorter >= _SHORT and (other in folded or folded in other):
                found[PART, name] = None
            elif shorter >= _SHORT and _distance(other, folded, 2 if shorter >= _LONG else 1):
                found[SPELLING, name] = None
        if word.isupper() and word in self._initials:
            found[INITIALS, self._initials[word]] = None
        return tuple(found)


def _distance(one: str, other: str, most: int) -> bool:
    """Whether one becomes the other by at most so many letters left out, put in or exchanged (Levenshtein 1966)."""
    if abs(len(one) - len(other)) > most:
        return False
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, start=1):
        above, row = row, [number]
        for place, second in enumerate(other, start=1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != second)))
    return row[-1] <= most


def _of_codebook(codebook: Codebook) -> Iterator[Left]:
    def every(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                yield from (*every(key), *every(inner))
        elif isinstance(value, tuple):
            for inner in value:
                yield from every(inner)
        elif hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                yield from every(getattr(value, name))

    if not codebook.extracted:
        for found in dict.fromkeys(every(codebook)):
            yield Left("codebook", "", "", found)


def _of_plan(plan: Plan) -> Iterator[Left]:
    for name, setting in plan.settings().items():
        values = setting["value"] if isinstance(setting["value"], list) else [setting["value"]]
        if setting["chosen"]:
            for value in values:
                if isinstance(value, str):
                    yield Left("setting", "", name, value)
