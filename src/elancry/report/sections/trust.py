"""What limits trust in the numbers: the findings of the check, grouped."""

from __future__ import annotations

from elancry.findings import CATALOGUE, Finding, Severity
from elancry.report.blocks import Block, Fold, Head, Heading, Section, Table, Text
from elancry.report.numbers import clock
from elancry.report.phrases import findings_book
from elancry.report.view import View, slug

MOST = 300
"""Rows of a table of findings; the rest is counted and stands in results.json."""


def trust(view: View) -> Section:
    """Errors, warnings, then what is good to know; each kind with its number and its places."""
    words, findings = view.words, view.results.findings
    kinds: dict[Severity, dict[str, list[Finding]]] = {}
    for item in findings:
        kinds.setdefault(item.severity, {}).setdefault(item.code, []).append(item)
    counts = [
        words.count(severity.value, sum(map(len, kinds[severity].values())))
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
    title, explanation = _told(code, words.language)
    rows = tuple((_where(item, view), item.message, item.hint or "") for item in items[:MOST])
    hints = any(row[2] for row in rows)
    heads = (Head(words("head.where")), Head(words("head.message")), Head(words("head.hint")))
    notes = [words("note.english")] if words.language != "en" else []
    if len(items) > MOST:
        notes.append(words("note.cut", shown=str(MOST), all=str(len(items))))
    table = Table(
        slug("finding", code),
        f"{title} ({code})",
        heads if hints else heads[:2],
        rows if hints else tuple(row[:2] for row in rows),
        tuple(notes),
    )
    blocks: list[Block] = [table]
    if explanation:
        blocks.insert(0, Text(explanation))
    return Fold(f"{len(items)} × {title}", tuple(blocks))


def _told(code: str, language: str) -> tuple[str, str]:
    """What a kind of finding is called, and what it means; English where the language's book lacks it."""
    if found := findings_book(language).get(code):
        return found["title"], found["text"]
    kind = CATALOGUE.get(code)
    return (kind.title, kind.explanation) if kind is not None else (code, "")


def _where(item: Finding, view: View) -> str:
    """The place as `Finding.where` has it, its words in the language of the report."""
    words = view.words
    file = "" if item.file is None else item.file if item.line is None else f"{item.file}:{item.line}"
    tier = "" if item.tier is None else words("where.tier", name=item.tier)
    annotation = "" if item.annotation is None else words("where.annotation", name=item.annotation)
    return ", ".join(filter(None, (file, tier, annotation, clock(item.start_ms) if item.start_ms is not None else "")))
