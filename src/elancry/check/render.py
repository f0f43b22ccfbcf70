"""Findings shown: as text like a good compiler's, as stable JSON, and as SARIF 2.1.0 for editors and code hosts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from elancry import __version__
from elancry.check.coding import natural_key
from elancry.findings import CATALOGUE, Finding, Severity, printable
from elancry.texts import Text, shown, some, text

SHOWN_PER_KIND = 3
"""How many findings of one kind a file shows unless more is asked for."""
SHOWN_VERBOSE = 50
"""How many with --verbose: a tier coded twice over has thousands of overlaps; JSON and SARIF list them all."""

_SARIF_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render_text(findings: Sequence[Finding], *, verbose: bool = False) -> str:
    """One paragraph per file: `severity code  place: message` and the hint below.

    Errors come first. Without `verbose`, notes are counted only, except those about the whole study; what is the same
    in many files is one line before them, what is the same several times in a file one line there; and of each kind of
    warning and error a file shows the first three (with `verbose` the first fifty).
    """
    shown = [item for item in findings if verbose or item.severity is not Severity.INFO or _about_study(item)]
    together = _in_many_files(shown) if not verbose else {}
    by_file: dict[str, list[Finding]] = {}
    for item in shown:
        if _same(item) not in together:
            by_file.setdefault(item.file or "", []).append(item)
    first = [*_lines(by_file.pop("", []), indented=False, verbose=verbose), *_of_many_files(together)]
    blocks = ["\n".join(first)] if first else []
    blocks += [
        "\n".join([printable(name), *_lines(by_file[name], indented=True, verbose=verbose)])
        for name in sorted(by_file, key=natural_key)
    ]
    hidden = len(findings) - len(shown)
    if hidden:
        blocks.append(str(text("finding.notes-hidden", n=hidden)))
    return "\n\n".join(blocks)


def _about_study(item: Finding) -> bool:
    return item.file is None and item.session is None and item.rater is None


def _same(item: Finding) -> tuple[object, ...]:
    """What findings have in common that say the same of several places."""
    return (item.code, item.tier, item.message, item.hint)


def _in_many_files(findings: Iterable[Finding]) -> dict[tuple[object, ...], list[Finding]]:
    """The findings that more files share than would be shown of one kind."""
    together: dict[tuple[object, ...], list[Finding]] = {}
    for item in findings:
        if item.file is not None:
            together.setdefault(_same(item), []).append(item)
    return {key: found for key, found in together.items() if len({item.file for item in found}) > SHOWN_PER_KIND}


def _of_many_files(together: dict[tuple[object, ...], list[Finding]]) -> Iterator[str]:
    order = list(Severity)
    for found in sorted(together.values(), key=lambda found: order.index(found[0].severity)):
        item = found[0]
        files = sorted({item.file or "" for item in found}, key=natural_key)
        place = some(files, 2)
        if item.tier is not None:
            place = text("finding.tier-of-files", tier=item.tier, files=place)
        said = text("finding.at", severity=item.severity.shown, code=item.code, place=place, message=item.said)
        yield printable(str(said))
        if item.hint:
            yield f"    {printable(item.hint)}"


def _lines(findings: Sequence[Finding], *, indented: bool, verbose: bool) -> Iterator[str]:
    margin = "  " if indented else ""
    order = list(Severity)
    most = SHOWN_VERBOSE if verbose else SHOWN_PER_KIND
    seen: Counter[str] = Counter()
    equal: dict[object, list[Finding]] = {}
    for number, item in enumerate(findings):
        apart = verbose or item.annotation is None
        equal.setdefault(number if apart else _same(item), []).append(item)
    total = Counter(found[0].code for found in equal.values())
    for item, *others in sorted(equal.values(), key=lambda found: order.index(found[0].severity)):
        seen[item.code] += 1
        if seen[item.code] > most:
            if seen[item.code] == most + 1:
                rest = str(text("finding.more-of-these", n=total[item.code] - most))
                where = f"; {text('finding.listed-in-json')}" if verbose else ""
                yield f"{margin}{item.severity.shown} {item.code}: {rest}{where}"
            continue
        place: Text | str = _place(item)
        if others:
            place = text("list.more", names=place, n=len(others))
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
