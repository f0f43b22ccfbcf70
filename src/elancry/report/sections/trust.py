"""What limits trust in the numbers: the findings of the check, grouped."""

from __future__ import annotations

from elancry.findings import CATALOGUE, Finding, Severity
from elancry.report.blocks import Block, Fold, Head, Heading, Section, Table, Text
from elancry.report.view import View, slug
from elancry.texts import shown

MOST = 300
"""Rows of a table of findings; the rest is counted and stands in results.json."""


def trust(view: View) -> Section:
    """Errors, warnings, then what is good to know; each kind with its number and its places."""
    words, findings = view.words, view.results.findings
    kinds: dict[Severity, dict[str, list[Finding]]] = {}
    for item in findings:
        kinds.setdefault(item.severity, {}).setdefault(item.code, []).append(item)
    counts = [
        severity.counted(sum(map(len, kinds[severity].values()))).into(words.language)
        for severity in Severity
        if severity in kinds
    ]
    if not findings:
        return Section("trust", words("section.trust"), (Text(words("trust.clean")),))
    blocks: list[Block] = [Text(words("trust.text", counts=words.listed(counts)))]
    for severity in Severity:
        if severity not in kinds:
            continue
        blocks.append(Heading(words(f"severity.{severity.value}")))
        blocks.append(Text(words(f"severity.{severity.value}.text"), tone="small"))
        for code, items in sorted(kinds[severity].items(), key=lambda pair: (-len(pair[1]), pair[0])):
            blocks.append(_kind(code, items, view))
    return Section("trust", words("section.trust"), tuple(blocks))


def _kind(code: str, items: list[Finding], view: View) -> Fold:
    words = view.words
    kind = CATALOGUE[code]
    title, explanation = kind.title.into(words.language), kind.explanation.into(words.language)
    language = words.language
    rows = tuple(
        (item.place(language), shown(item.said, language), shown(item.advice, language)) for item in items[:MOST]
    )
    hints = any(row[2] for row in rows)
    heads = (Head(words("head.where")), Head(words("head.message")), Head(words("head.hint")))
    notes = []
    if len(items) > MOST:
        notes.append(words("note.cut", shown=str(MOST), all=str(len(items))))
    table = Table(
        slug("finding", code),
        f"{title} ({code})",
        heads if hints else heads[:2],
        rows if hints else tuple(row[:2] for row in rows),
        tuple(notes),
    )
    return Fold(f"{len(items)} × {title}", (Text(explanation), table))
