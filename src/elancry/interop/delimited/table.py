"""Tables of annotations: CSV and TSV of our own, and ELAN's tab-delimited text as ELAN writes it.

Our table has a header and one row an annotation: `tier,participant,annotator,start_ms,end_ms,value`, in a table of many
recordings with `file` before them; texts are quoted where needed, so that line breaks, quotes and delimiters survive.
`elan-tab` is what ELAN's export writes with its own defaults (tier, participant, then begin, end and duration as
`hh:mm:ss.ms` and in seconds, then the value; no header, nothing quoted, line breaks become blanks); `elan-columns` is
its export with a column per tier. All are read by one reader (`elancry.interop.delimited.read`), which also reads the
`annotations.csv` of `elancry merge`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence

from elancry.choices import CsvForm
from elancry.defused import defuse
from elancry.eaf.document import Document
from elancry.eaf.parts import Tier
from elancry.findings import Finding
from elancry.interop.delimited.read import read
from elancry.interop.format import Choices, Format, Written
from elancry.interop.losses import Part, choice_findings, chosen_tiers, loss_findings, lost_in_words
from elancry.interop.text import Changes
from elancry.texts import text

COLUMNS = ("tier", "participant", "annotator", "start_ms", "end_ms", "value")
_FORMS = ("hh:mm:ss.ms", "ss.msec")
_BROKEN = "line-breaks"
_CARRIAGE = "carriage-returns"
_DEFUSED = "defused"

KEPT = frozenset({Part.PARTICIPANT, Part.ANNOTATOR, Part.EMPTY_VALUE, Part.ZERO_LENGTH})
KEPT_BY_ELAN = frozenset({Part.PARTICIPANT, Part.EMPTY_VALUE, Part.ZERO_LENGTH})
KEPT_IN_COLUMNS = frozenset({Part.ZERO_LENGTH, Part.EMPTY_TIER})


def write_csv(document: Document, choices: Choices) -> Written:
    """Write our table with commas."""
    return _one(document, choices, ",", ".csv")


def write_tsv(document: Document, choices: Choices) -> Written:
    """Write our table with tabs."""
    return _one(document, choices, "\t", ".tsv")


def gather_csv(documents: Mapping[str, Document], choices: Choices) -> Written:
    """Write one table of all recordings with commas."""
    return _many(documents, choices, ",", ".csv")


def gather_tsv(documents: Mapping[str, Document], choices: Choices) -> Written:
    """Write one table of all recordings with tabs."""
    return _many(documents, choices, "\t", ".tsv")


def _one(document: Document, choices: Choices, delimiter: str, suffix: str) -> Written:
    rows, findings = _rows(document, choices)
    return Written({suffix: _table([COLUMNS, *rows], delimiter, choices.csv_form)}, findings)


def _many(documents: Mapping[str, Document], choices: Choices, delimiter: str, suffix: str) -> Written:
    table: list[Sequence[object]] = [("file", *COLUMNS)]
    findings: list[Finding] = []
    for stem, document in documents.items():
        rows, found = _rows(document, choices)
        table += [(f"{stem}.eaf", *row) for row in rows]
        findings += found
    return Written({suffix: _table(table, delimiter, choices.csv_form)}, tuple(findings))


def _rows(document: Document, choices: Choices) -> tuple[list[Sequence[object]], tuple[Finding, ...]]:
    tiers = chosen_tiers(document, choices)
    changes = Changes(document.name)

    def plain(value: str) -> str:
        one = changes.note(value, value.replace("\r\n", "\n").replace("\r", "\n"), _CARRIAGE)
        return one if choices.csv_form is CsvForm.PLAIN else changes.note(one, defuse(one), _DEFUSED)

    rows: list[Sequence[object]] = []
    for tier in tiers:
        about = (plain(tier.id), plain(tier.participant or ""), plain(tier.annotator or ""))
        rows += [(*about, a.start_ms, a.end_ms, plain(a.value)) for a in document.annotations(tier.id)]
    losses = loss_findings(document, tiers, "CSV", KEPT)
    return rows, (*choice_findings(document, choices), *losses, *changes.findings())


def _table(rows: Sequence[Sequence[object]], delimiter: str, form: CsvForm) -> bytes:
    """The table; for Excel with a byte order mark and line ends of Windows, for German Excel with semicolons, too."""
    made = io.StringIO()
    plain = form is CsvForm.PLAIN
    own = ";" if form is CsvForm.EXCEL_DE and delimiter == "," else delimiter
    csv.writer(made, delimiter=own, lineterminator="\n" if plain else "\r\n").writerows(rows)
    return made.getvalue().encode("utf-8" if plain else "utf-8-sig")


def write_elan_tab(document: Document, choices: Choices) -> Written:
    """Write ELAN's tab-delimited text with ELAN's own defaults."""
    tiers = chosen_tiers(document, choices)
    changes = Changes(document.name)
    lines = [
        "\t".join([_flat(tier.id, changes), _flat(tier.participant or "", changes), *_times(a.start_ms, a.end_ms)])
        + f"\t{_flat(a.value, changes)}\n"
        for tier in tiers
        for a in document.annotations(tier.id)
    ]
    losses = loss_findings(document, tiers, text("format.title.elan-tab"), KEPT_BY_ELAN)
    findings = (*choice_findings(document, choices), *losses, *changes.findings())
    made = "".join(lines)
    # What looks like a byte order mark needs one before it.
    return Written({".txt": made.encode("utf-8-sig" if made.startswith("\ufeff") else "utf-8")}, findings)


def write_elan_columns(document: Document, choices: Choices) -> Written:
    """Write ELAN's tab-delimited text with a column per tier; annotations with equal times share a row."""
    tiers = chosen_tiers(document, choices)
    changes = Changes(document.name)
    names = [f"{field} - {form}" for field in ("Begin Time", "End Time", "Duration") for form in _FORMS]
    lines = ["\t".join([*names, *(_flat(tier.id, changes) for tier in tiers)])]
    for (start, end, _), cells in sorted(_by_times(document, tiers).items()):
        values = (_flat(cells.get(number, ""), changes) for number in range(len(tiers)))
        lines.append("\t".join([*_times(start, end), *values]))
    losses = loss_findings(document, tiers, text("format.title.elan-tab"), KEPT_IN_COLUMNS)
    findings = (*choice_findings(document, choices), *losses, *changes.findings())
    return Written({".txt": ("\n".join(lines) + "\n\n").encode("utf-8")}, findings)


def _by_times(document: Document, tiers: Sequence[Tier]) -> dict[tuple[int, int, int], dict[int, str]]:
    """(start, end, number of the row with these times) -> number of the tier -> value."""
    rows: dict[tuple[int, int, int], dict[int, str]] = {}
    for number, tier in enumerate(tiers):
        for annotation in document.annotations(tier.id):
            if not annotation.value:
                continue
            place = 0
            while number in rows.setdefault((annotation.start_ms, annotation.end_ms, place), {}):
                place += 1
            rows[annotation.start_ms, annotation.end_ms, place][number] = annotation.value
    return rows


def _times(start_ms: int, end_ms: int) -> list[str]:
    """Begin, end and duration as `00:01:02.500` and as `62.5`."""
    return [form for ms in (start_ms, end_ms, end_ms - start_ms) for form in (_clock(ms), repr(ms / 1000))]


def _clock(ms: int) -> str:
    seconds, milli = divmod(ms, 1000)
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}.{milli:03d}"


def _flat(value: str, changes: Changes) -> str:
    return changes.note(value, re.sub(r"\r\n|[\r\n\t]", " ", value), _BROKEN)


_NOT_UNDERSTOOD = (
    text("format.ignores.table-columns"),
    text("format.ignores.table-frames"),
    text("format.ignores.table-empty"),
)
_TAKES = frozenset({"columns"})
_GIVES = frozenset({"excel"})
_CARRIAGES = text("format.loses.carriage-returns")
_FLATTENED = text("format.loses.flattened")
FORMAT = Format(
    "csv",
    text("format.title.csv"),
    (".csv",),
    read,
    write_csv,
    gather_csv,
    (*lost_in_words(KEPT), _CARRIAGES),
    _NOT_UNDERSTOOD,
    takes=_TAKES,
    gives=_GIVES,
)
TSV_FORMAT = Format(
    "tsv",
    text("format.title.tsv"),
    (".tsv",),
    read,
    write_tsv,
    gather_tsv,
    (*lost_in_words(KEPT), _CARRIAGES),
    _NOT_UNDERSTOOD,
    takes=_TAKES,
    gives=_GIVES,
)
ELAN_FORMAT = Format(
    "elan-tab",
    text("format.title.elan-tab"),
    (".txt",),
    read,
    write_elan_tab,
    None,
    (*lost_in_words(KEPT_BY_ELAN), _FLATTENED),
    _NOT_UNDERSTOOD,
    takes=_TAKES,
)
COLUMNS_FORMAT = Format(
    "elan-columns",
    text("format.title.elan-columns"),
    (),
    read,
    write_elan_columns,
    None,
    (*lost_in_words(KEPT_IN_COLUMNS), _FLATTENED),
    _NOT_UNDERSTOOD,
    takes=_TAKES,
    shared_suffixes=(".txt",),
)
