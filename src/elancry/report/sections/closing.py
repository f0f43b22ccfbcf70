"""How the numbers were made and from what: methods and provenance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from elancry.check.roster import passed_words
from elancry.report.blocks import Block, Bullets, Fold, Head, Heading, Section, Table, Text
from elancry.report.methods_text import methods_text
from elancry.report.references import in_words
from elancry.report.view import View

_METHODS = (
    "window",
    "time",
    "events",
    "ratings",
    "bootstrap",
    "levels",
    "cooccurrence",
    "regression",
    "many",
    "undefined",
)


def methods(view: View) -> Section:
    """What was chosen, what stood at its default, each method in a sentence or two, and paragraphs for a paper."""
    words, results = view.words, view.results
    blocks: list[Block] = [Text(words("methods.text"))]
    plan, file = results.provenance.plan, results.provenance.plan_file
    chosen = [name for name, entry in plan.items() if entry.get("chosen")]
    blocks.append(Text(words("methods.plan", file=file) if file else words("methods.no_plan")))
    blocks.append(Text(words("methods.chosen", names=words.listed(chosen)) if chosen else words("methods.all_default")))
    if plan:
        rows = tuple((name, _shown(entry.get("value"), view), _by_whom(entry, view)) for name, entry in plan.items())
        heads = (Head(words("head.setting")), Head(words("head.value")), Head(words("head.chosen")))
        strong = frozenset(index for index, entry in enumerate(plan.values()) if entry.get("chosen"))
        blocks.append(
            Fold(
                words("fold.settings", n=str(len(rows))),
                (Table("settings", words("table.settings"), heads, rows, strong=strong),),
            )
        )
    shown = [name for name in _METHODS if _concerns(name, view)]
    blocks.append(Bullets(tuple((words(f"method.{name}.title"), words(f"method.{name}")) for name in shown)))
    written = methods_text(view)
    blocks.append(Heading(written.heading))
    blocks += [Text(in_words(text, written.works, written.et_al), title=title) for title, text in written.paragraphs]
    blocks.append(Heading(words("references")))
    works = sorted(written.works.values(), key=lambda work: (work.long().casefold(), work.key))
    blocks.append(Bullets(tuple(("", work.long()) for work in works)))
    return Section("methods", words("section.methods"), tuple(blocks))


def _by_whom(entry: Mapping[str, Any], view: View) -> str:
    """Whether a setting was chosen, and where: in which line of the plan, or with the command."""
    if not entry.get("chosen"):
        return view.words("default")
    line, file = entry.get("line"), view.results.provenance.plan_file
    return view.words("chosen.line", file=file, line=str(line)) if line and file else view.words("chosen.command")


def _concerns(name: str, view: View) -> bool:
    table = {"cooccurrence": "cooccurrence", "regression": "regression"}.get(name)
    return table is None or table in view.results.tables


def _shown(value: Any, view: View) -> str:
    if value is None:
        return view.words("not_set")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def provenance(view: View) -> Section:
    """Who computed what from which bytes."""
    words, origin = view.words, view.results.provenance
    facts = Table(
        "provenance",
        words("table.provenance"),
        (Head(words("head.what")), Head(words("head.value"))),
        (
            (words("provenance.command"), origin.command),
            (words("provenance.created"), origin.created),
            (words("provenance.seed"), str(origin.seed)),
            (words("provenance.codebook"), f"{view.results.codebook.id} {view.results.codebook.version}"),
            *((name, version) for name, version in origin.versions.items()),
        ),
    )
    names = list(dict.fromkeys(key for entry in origin.inputs for key in entry))
    order: list[str] = [name for name in ("file", "session", "rater", "sha256") if name in names]
    order += [name for name in names if name not in order]
    inputs = Table(
        "inputs",
        words("table.inputs"),
        tuple(Head(words.get(f"head.{name}", name)) for name in order),
        tuple(tuple(str(entry.get(name, "")) for name in order) for entry in origin.inputs),
    )
    blocks: list[Block] = [Text(words("provenance.text")), facts]
    if origin.inputs:
        blocks.append(Fold(words("fold.inputs", n=str(len(origin.inputs))), (inputs,)))
    if origin.passed_over:
        blocks.append(Text(words("provenance.passed_over")))
        blocks.append(Bullets(tuple(("", words.said(reason)) for reason in passed_words(origin.passed_over))))
    return Section("provenance", words("section.provenance"), tuple(blocks))
