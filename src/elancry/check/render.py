"""Findings shown: as text like a good compiler's, as stable JSON, and as SARIF 2.1.0 for editors and code hosts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from elancry import __version__
from elancry.check.coding import natural_key
from elancry.findings import CATALOGUE, Finding, Severity, printable

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
        noun = "note" if hidden == 1 else "notes"
        blocks.append(f"{hidden} {noun} not shown; --verbose shows everything.")
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
                rest = f"{total[item.code] - most} more of these"
                where = "; `elancry check --format json` lists them all" if verbose else ""
                yield f"{margin}{item.severity.value} {item.code}: {rest}{where}"
            continue
        place = _place(item)
        yield margin + printable(f"{item.severity.value} {item.code}{f' at {place}' if place else ''}: {item.message}")
        if item.hint:
            yield f"{margin}    {printable(item.hint)}"


def _place(item: Finding) -> str:
    """Where inside the file, or whose where there is no file."""
    inside = item.where.removeprefix(item.file or "").lstrip(", ")
    if item.line is not None:
        inside = "line " + inside.removeprefix(":")
    if item.file is None:
        about = [f"session {item.session}" if item.session else "", item.rater or ""]
        inside = ", ".join(part for part in (*about, inside) if part and part not in item.message)
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
            "shortDescription": {"text": CATALOGUE[code].title},
            "fullDescription": {"text": CATALOGUE[code].explanation},
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
        "message": {"text": item.message if item.hint is None else f"{item.message}. {item.hint}"},
    }
    location: dict[str, Any] = {}
    if item.file is not None:
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(item.file)}}
        if item.line is not None:
            location["physicalLocation"]["region"] = {"startLine": item.line}
    place = _place(item)
    if place:
        location["logicalLocations"] = [{"fullyQualifiedName": place}]
    if location:
        result["locations"] = [location]
    known = {"session": item.session, "rater": item.rater, "start_ms": item.start_ms, "end_ms": item.end_ms}
    properties = {name: value for name, value in known.items() if value is not None}
    if properties:
        result["properties"] = properties
    return result


def _uri(name: str) -> str:
    from urllib.parse import quote

    return quote(name)
