"""How the numbers were made and from what: methods and provenance."""

from __future__ import annotations

import json
from typing import Any

from elancry.report.blocks import Block, Bullets, Fold, Head, Heading, Section, Table, Text
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
    """What was chosen, what stood at its default, and each method in a sentence or two."""
    words, results = view.words, view.results
    blocks: list[Block] = [Text(words("methods.text"))]
    plan = results.provenance.plan
    chosen = [name for name, entry in plan.items() if entry.get("chosen")]
    blocks.append(Text(words("methods.chosen", names=words.listed(chosen)) if chosen else words("methods.all_default")))
    if plan:
        rows = tuple(
            (name, _shown(entry.get("value"), view), words("yes") if entry.get("chosen") else words("default"))
            for name, entry in plan.items()
        )
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
    blocks.append(Heading(words("references")))
    blocks.append(Bullets(tuple(("", text) for text in words("references.list").split("\n"))))
    return Section("methods", words("section.methods"), tuple(blocks))


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
        blocks.append(Bullets(tuple((str(count), words.said(reason)) for reason, count in origin.passed_over.items())))
    return Section("provenance", words("section.provenance"), tuple(blocks))
