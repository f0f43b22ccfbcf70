"""A bundle for R: annotations, tiers and vocabularies as CSV, and a script in base R that reads them with factors.

The CSV files are those of RFC 4180: UTF-8, comma, quotes doubled, every text as it stands in ELAN. The script states
the class of every column and switches off what `read.csv` does unasked (`NA` as missing, `#` as comment, numbers out
of texts), so that a code `NA`, `01` or `#1` stays one. Categories are factors in the order of their vocabulary.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from elancry.eaf.document import Document
from elancry.findings import Finding, finding
from elancry.interop.format import Choices, Format, Written
from elancry.interop.losses import Part, choice_findings, chosen_tiers, loss_findings, lost_in_words
from elancry.interop.rbundle.script import SCRIPT
from elancry.texts import text

KEPT = frozenset(Part) - {
    Part.UNALIGNED,
    Part.TIER_LANGUAGE,
    Part.EXT_REF,
    Part.LANG_REF,
    Part.MEDIA,
    Part.LINKS,
    Part.HEADER,
}
ANNOTATIONS = (
    "session",
    "tier",
    "annotation",
    "start_ms",
    "end_ms",
    "value",
    "entry",
    "parent",
    "participant",
    "annotator",
)
TIERS = (
    "session",
    "tier",
    "parent",
    "type",
    "constraint",
    "participant",
    "annotator",
    "vocabulary",
    "annotations",
)
VOCABULARIES = ("vocabulary", "entry", "language", "value", "description")
_FIXED = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the bundle, so that equal documents give equal bytes."""

Row = Sequence[object]


def gather_bundle(documents: Mapping[str, Document], choices: Choices) -> Written:
    """One zip file of all documents; the session of a row is the stem of its file."""
    findings: list[Finding] = []
    annotations: list[Row] = []
    tiers: list[Row] = []
    vocabularies: dict[Row, None] = {}
    for stem in sorted(documents):
        document = documents[stem]
        chosen = chosen_tiers(document, choices)
        findings += choice_findings(document, choices)
        findings += loss_findings(document, chosen, text("format.name.r"), KEPT)
        for tier in chosen:
            kind = document.type_of(tier.id)
            items = document.annotations(tier.id)
            constraint = kind.constraint.value if kind is not None and kind.constraint is not None else ""
            vocabulary = kind.vocabulary or "" if kind is not None else ""
            who = (tier.participant or "", tier.annotator or "")
            tiers.append((stem, tier.id, tier.parent or "", tier.type_id, constraint, *who, vocabulary, len(items)))
            annotations += [
                (stem, tier.id, i.id, i.start_ms, i.end_ms, i.value, i.cve_ref or "", i.parent or "", *who)
                for i in sorted(items, key=lambda item: (item.start_ms, item.end_ms))
            ]
            vocabularies.update(dict.fromkeys(_entries(document, vocabulary)))
    returns = sum(isinstance(cell, str) and "\r" in cell for row in annotations for cell in row)
    if returns:
        said = text("finding.convert-text-changed.message-returns", n=returns)
        findings.append(finding("convert-text-changed", said))
    files = {
        "annotations.csv": _csv(ANNOTATIONS, annotations),
        "tiers.csv": _csv(TIERS, tiers),
        "vocabularies.csv": _csv(VOCABULARIES, vocabularies),
        "read.R": SCRIPT.encode("ascii"),
    }
    return Written({".r.zip": _zipped(files)}, tuple(findings))


def _entries(document: Document, name: str) -> Iterable[Row]:
    vocabulary = document.vocabulary(name) if name else None
    for entry in () if vocabulary is None else vocabulary.entries:
        for language, value in entry.values.items():
            yield name, entry.id or "", language, value, entry.descriptions.get(language, "")


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    buffer = io.StringIO()
    # Every text in quotes: R takes an unquoted empty cell for a missing one, and blanks at edges for nothing.
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8", "replace")


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _FIXED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, content)
    return buffer.getvalue()


FORMAT = Format(
    name="r",
    title=text("format.title.r"),
    suffixes=(".r.zip",),
    gather=gather_bundle,
    loses=lost_in_words(KEPT),
)
