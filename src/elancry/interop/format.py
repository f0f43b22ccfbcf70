"""What a format of another program is to elancry: how it is read into documents, how it is written from them.

Reading and writing are functions on bytes without a look at the disk. What a format cannot hold is said as findings,
per file, never dropped in silence; `loses` says the same once, for the docs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from elancry.choices import CsvForm
from elancry.eaf.document import Document
from elancry.findings import Finding
from elancry.interop.delimited.columns import Columns
from elancry.texts import Text
from elancry.times import Unit


class Times(StrEnum):
    """Which times are written: from the start of the medium, or as the .eaf has them (see TIME_ORIGIN)."""

    MEDIUM = "medium"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user may choose about a conversion; every format looks at what concerns it."""

    tiers: tuple[str, ...] | None = None
    """Only these tiers; `None` for all."""
    unit: Unit | None = None
    """Of plain numbers in tables' columns of times: seconds or milliseconds, whatever the columns are called."""
    columns: Columns | None = None
    """What the columns of a table are, where their names do not say it."""
    sheet: str | None = None
    """Which sheet of a workbook is read; `None` for the first one."""
    times: Times = Times.MEDIUM
    """What is written where a medium has an offset: times of the medium, or those of the file."""
    csv_form: CsvForm = CsvForm.PLAIN
    """How tables are written: as programs read them, or as Excel does."""
    encoding: str = "utf-8"
    """Of the text formats that are used in two encodings (TextGrid): `utf-8` or `utf-16` with a byte order mark."""


@dataclass(frozen=True, slots=True)
class Read:
    """What came out of a foreign file: documents by the stem of the .eaf to be, and what was lost or odd.

    A file of a program that keeps many recordings in one (a BORIS project, an SDIS file) gives several documents.
    """

    documents: Mapping[str, Document]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """Files to be written, by what follows the stem (`.TextGrid`, `.codes.vtt`), and what they cannot hold."""

    files: Mapping[str, bytes]
    findings: tuple[Finding, ...] = ()


Reader = Callable[[bytes, str, Choices], Read]
"""(content, name of the file for findings, choices); raises UnreadableInput for what is no file of this format."""
Writer = Callable[[Document, Choices], Written]
Gatherer = Callable[[Mapping[str, Document], Choices], Written]
"""(documents by stem, choices): for formats whose one file holds many recordings."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name for `--to` and `--from`, its suffixes, and the functions that exist for it."""

    name: str
    title: Text
    suffixes: tuple[str, ...]
    read: Reader | None = None
    write: Writer | None = None
    gather: Gatherer | None = None
    loses: Sequence[Text] = field(default=())
    """What the format cannot hold of an .eaf, in sentences for the docs."""
    not_understood: Sequence[Text] = field(default=())
    """What of the foreign format is not taken over into an .eaf, in sentences for the docs."""
    shared_suffixes: tuple[str, ...] = ()
    """Suffixes that its files share with those of others: in folders they are read if the format is asked for."""
    begins: re.Pattern[bytes] | None = None
    """How its files begin, so that whoever reads one as something else is told what it is."""
    takes: frozenset[str] = frozenset()
    """Choices that only some formats have: `columns`, `sheet`."""
    gives: frozenset[str] = frozenset()
    """Choices about what is written that only some formats have: `excel`."""
    keeps_offsets: bool = False
    """Whether it says itself where the file's time 0 is in the media; else it gets times of the medium."""
