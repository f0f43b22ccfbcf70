"""Findings shown: as text like a good compiler's, as stable JSON, and as SARIF 2.1.0 for editors and code hosts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from elancry import __version__
from elancry.check.coding import natural_key
from elancry.findings import CATALOGUE, Finding, Severity, printable
from elancry.texts import Text, shown, text

SHOWN_PER_KIND = 3
"""How many findings of one kind a file shows unless more is asked for."""
SHOWN_VERBOSE = 50
"""How many with --verbose: a tier coded twice over has thousands of overlaps; JSON and SARIF list them all."""

_SARIF_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render_text(findings: Sequence[Finding], *, verbose: bool = False) -> str:
    """One paragraph per file: `severity code  place: message` and the hint below.

    Errors come first. Without `verbose`, notes are counted only, except those about the whole study, and of each kind
    of warning and error a file shows the first three (with `verbose` the first fifty).
    """
    shown = [item for item in findings if verbose or item.severity is not Severity.INFO or _about_study(item)]
    by_file: dict[str, list[Finding]] = {}
    for item in shown:
        by_file.setdefault(item.file or "", []).append(item)
    blocks = [
        "\n".join([*([printable(name)] if name else []), *_lines(by_file[name], indented=bool(name), verbose=verbose)])
        for name in sorted(by_file, key=natural_key)
    ]
    hidden = len(findings) - len(shown)
    if hidden:
        blocks.append(str(text("finding.notes-hidden", n=hidden)))
    return "\n\n".join(blocks)


def _about_study(item: Finding) -> bool:
    return item.file is None and item.session is None and item.rater is None


def _lines(findings: Sequence[Finding], *, indented: bool, verbose: bool) -> Iterator[str]:
    margin = "  " if indented else ""
    order = list(Severity)
    most = SHOWN_VERBOSE if verbose else SHOWN_PER_KIND
    seen: Counter[str] = Counter()
    total = Counter(item.code for item in findings)
    for item in sorted(findings, key=lambda item: order.index(item.severity)):
        seen[item.code] += 1
        if seen[item.code] > most:
            if seen[item.code] == most + 1:
                rest = str(text("finding.more-of-these", n=total[item.code] - most))
                where = f"; {text('finding.listed-in-json')}" if verbose else ""
                yield f"{margin}{item.severity.shown} {item.code}: {rest}{where}"
            continue
        place = _place(item)
        if place:
            said = text("finding.at", severity=item.severity.shown, code=item.code, place=place, message=item.said)
            yield margin + printable(str(said))
        else:
            yield margin + printable(f"{item.severity.shown} {item.code}: {item.message}")
        if item.hint:
            yield f"{margin}    {printable(item.hint)}"


def _place(item: Finding, language: str | None = None) -> str:
    """Where inside the file, or whose where there is no file."""
    inside = item.inside(language)
    if item.file is None:
        session = shown(text("where.session", name=item.session), language) if item.session else ""
        return ", ".join(part for part in (session, item.rater or "", inside) if part and part not in item.message)
    return inside


def render_json(findings: Iterable[Finding]) -> str:
    """`{"elancry": version, "findings": [...]}` with every field of every finding; missing ones are null."""
    return json.dumps(
        {"elancry": __version__, "findings": [item.as_dict() for item in findings]}, ensure_ascii=False, indent=1
    )


def render_sarif(findings: Sequence[Finding]) -> str:
    """SARIF 2.1.0: one rule per code, one result per finding; tier, annotation and time are a logical location."""
    codes = sorted({item.code for item in findings})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CATALOGUE[code].title.into("en")},
            "fullDescription": {"text": CATALOGUE[code].explanation.into("en")},
            "defaultConfiguration": {"level": _SARIF_LEVEL[CATALOGUE[code].severity]},
        }
        for code in codes
    ]
    driver = {"name": "elancry", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": [_result(item, codes.index(item.code)) for item in findings]}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, ensure_ascii=False, indent=1)


def _result(item: Finding, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": rule,
        "level": _SARIF_LEVEL[item.severity],
        "message": {"text": ". ".join(shown(said, "en") for said in (item.said, item.advice) if said is not None)},
    }
    location: dict[str, Any] = {}
    if item.file is not None:
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(item.file)}}
        if item.line is not None:
            location["physicalLocation"]["region"] = {"startLine": item.line}
    place = _place(item, "en")
    if place:
        location["logicalLocations"] = [{"fullyQualifiedName": place}]
    if location:
        result["locations"] = [location]
    known = {"session": item.session, "rater": item.rater, "start_ms": item.start_ms, "end_ms": item.end_ms}
    properties: dict[str, Any] = {name: value for name, value in known.items() if value is not None}
    texts = {"message_text": item.said, "hint_text": item.advice}
    properties |= {name: said.as_data() for name, said in texts.items() if isinstance(said, Text)}
    if properties:
        result["properties"] = properties
    return result


def _uri(name: str) -> str:
    from urllib.parse import quote

    return quote(name)
