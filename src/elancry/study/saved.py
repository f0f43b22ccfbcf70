"""What a run computed, as files that say all of it, and back: nothing is computed anew to show it again.

`results.json` holds what a program or a reader wants: provenance, plan, codebook, design, findings and every table.
`drawing.json` holds what only the figures need and what says more about the people in the recordings: the timelines,
the single points of some figures and the keys of the recordings. Both carry the number of their format.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elancry import __version__
from elancry.codebook.model import Codebook
from elancry.errors import UnreadableInput, UsageError
from elancry.findings import Finding
from elancry.paths import read_regular
from elancry.study.as_json import from_json, to_json
from elancry.study.results import Design, Provenance, Results
from elancry.table.columns import Column, Kind, TableSchema
from elancry.texts import Texts, from_data, text

if TYPE_CHECKING:
    import pandas as pd

    from elancry.align.timeline import Timeline

RESULTS, DRAWING = "results.json", "drawing.json"
FORMATS = {RESULTS: 2, DRAWING: 1}
"""File -> the format that is written and read here."""
_DOES_NOT_FIT = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What a value of another type or size raises; an infinite number is too large for a whole one."""


def results_json(results: Results) -> str:
    """Everything but what `drawing_json` holds, as JSON text.

    Undefined numbers are null, infinite ones "inf", "-inf"; reasons and warnings are lists of codes with their fields.
    `columns` gives the type of each table's columns, and each row is one line. Two runs on the same files with the same
    seed and versions differ in `created` only.
    """
    content = {
        "format": FORMATS[RESULTS],
        **to_json(results.provenance),
        "codebook": to_json(results.codebook),
        "design": to_json(results.design),
        "findings": [item.as_dict() for item in results.findings],
        "omitted": {part: _cell(why) for part, why in results.omitted.items()},
        "columns": {name: _columns(table) for name, table in results.tables.items()},
    }
    head = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    # With an indent json takes six times as long: only what people read gets one.
    line = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    tables = [
        "  " + line(name) + ": [" + ",".join(f"\n   {line(row)}" for row in _records(table)) + "]"
        for name, table in results.tables.items()
    ]
    return head.removesuffix("\n}") + ',\n "tables": {\n' + ",\n".join(tables) + "\n }\n}\n"


def drawing_json(results: Results) -> str:
    """Timelines, points of figures and recordings of a run as JSON text, one timeline a line.

    A timeline's `edges_ms` are the ends of its S segments (S + 1 numbers), `codes` a list of S indices into
    `categories` for each rater: -1 is none, -2 missing. Points are columns of a table each.
    """
    timelines = ",\n".join(json.dumps(_timeline(item), ensure_ascii=False) for item in results.timelines)
    rest = {
        "format": FORMATS[DRAWING],
        "run": _run(results.provenance),
        "media": to_json(results.media),
        "columns": {name: _columns(table) for name, table in results.plots.items()},
        "points": {
            name: {str(column): _cells(table[column]) for column in table} for name, table in results.plots.items()
        },
    }
    head = json.dumps(rest, ensure_ascii=False, allow_nan=False)
    return f'{head[:-1]},\n"timelines": [\n{timelines}\n]}}\n'


def load_results(folder: Path) -> Results:
    """The results that a run wrote to `folder`, without reading a coded file again.

    Raises UsageError where one of the two files is not there or of another format, or where they come from different
    runs; UnreadableInput where one is damaged.
    """
    content, drawing = (_read(folder, name) for name in FORMATS)
    try:
        found = Results(
            provenance=from_json(Provenance, content),
            codebook=from_json(Codebook, content["codebook"]),
            design=from_json(Design, content["design"]),
            findings=tuple(map(Finding.from_dict, content["findings"])),
            omitted={part: _said(why) for part, why in content["omitted"].items()},
            tables={name: _frame(name, content["columns"][name], rows) for name, rows in content["tables"].items()},
        )
    except _DOES_NOT_FIT as error:
        raise _damaged(folder / RESULTS, content.get("versions")) from error
    if drawing.get("run") != _run(found.provenance):
        raise UsageError(
            text("results.different-runs", results=RESULTS, drawing=DRAWING, folder=str(folder)),
            hint=text("results.different-runs-hint"),
        )
    try:
        return _with_drawing(found, drawing)
    except _DOES_NOT_FIT as error:
        raise _damaged(folder / DRAWING) from error


def load_table(folder: Path, name: str) -> pd.DataFrame | None:
    """One table of the `results.json` in `folder`, which may lie there alone; `None` where the run made none.

    Raises UsageError where the file is not there or of another format, UnreadableInput where it is damaged.
    """
    content = _read(folder, RESULTS)
    try:
        if name not in content["tables"]:
            return None
        return _frame(name, content["columns"][name], content["tables"][name])
    except _DOES_NOT_FIT as error:
        raise _damaged(folder / RESULTS, content.get("versions")) from error


def _with_drawing(found: Results, drawing: Mapping[str, Any]) -> Results:
    points = {
        name: [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
        for name, table in drawing["points"].items()
    }
    return replace(
        found,
        timelines=tuple(map(_timeline_of, drawing["timelines"])),
        plots={name: _frame(name, drawing["columns"][name], rows) for name, rows in points.items()},
        media=from_json(tuple[tuple[str, str, int], ...], drawing["media"]),
    )


def _read(folder: Path, name: str) -> Mapping[str, Any]:
    """The content of one of the two files, of the format that is read here."""
    path = folder / name
    if not path.is_file():
        raise UsageError(
            text("results.file-missing", name=name, folder=str(folder)),
            hint=text("results.file-missing-hint", results=RESULTS, drawing=DRAWING),
        )
    try:
        content: Any = json.loads(read_regular(path))
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path) from error
    number = content.get("format") if isinstance(content, dict) else None
    if not isinstance(number, int):
        raise _damaged(path)
    if number != FORMATS[name]:
        raise UsageError(
            text("results.other-format", path=str(path), format=number, known=FORMATS[name]),
            hint=text("results.newer-format-hint" if number > FORMATS[name] else "results.older-format-hint"),
        )
    return dict(content)


def _damaged(path: Path, versions: object = None) -> UnreadableInput:
    """`versions` are those of the programs that wrote the file, where it says so."""
    version = versions.get("elancry") if isinstance(versions, dict) else None
    hint = text("results.damaged-hint")
    if isinstance(version, str) and version != __version__:
        hint = text("results.other-version-hint", version=version, own=__version__)
    return UnreadableInput(text("results.damaged", path=str(path)), hint=hint)


def _run(provenance: Provenance) -> str:
    """What tells runs apart: SHA-256 of their provenance without the time."""
    settings = {**to_json(provenance), "created": ""}
    return sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def _timeline(item: Timeline) -> Mapping[str, Any]:
    return {
        "session": item.session,
        "sequence": item.sequence,
        "system": item.system,
        "tier": item.tier,
        "raters": list(item.raters),
        "categories": list(item.categories),
        "edges_ms": [*item.start_ms[:1].tolist(), *item.end_ms.tolist()],
        "codes": item.codes.T.tolist(),
    }


def _timeline_of(found: Mapping[str, Any]) -> Timeline:
    import numpy as np

    from elancry.align.timeline import Timeline

    edges = np.array(found["edges_ms"], dtype=np.int64)
    codes = np.array(found["codes"], dtype=np.int16).reshape(len(found["raters"]), max(0, len(edges) - 1))
    names = (found["session"], found["sequence"], found["system"], found["tier"])
    return Timeline(*names, tuple(found["raters"]), tuple(found["categories"]), edges[:-1], edges[1:], codes.T)


def _columns(table: pd.DataFrame) -> Mapping[str, str]:
    kinds = {"i": Kind.INTEGER, "u": Kind.INTEGER, "f": Kind.NUMBER}
    return {str(name): kinds.get(dtype.kind, Kind.TEXT).value for name, dtype in table.dtypes.items()}


def _frame(name: str, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    schema = TableSchema(name, tuple(Column(one, Kind(kind)) for one, kind in columns.items()))
    return schema.frame({one: _said(cell) for one, cell in row.items()} for row in rows)


def _said(cell: Any) -> Any:
    """A cell as tables hold it: a list are texts with their codes."""
    return Texts(tuple(map(from_data, cell))) if isinstance(cell, list) else cell


def _records(table: pd.DataFrame) -> list[Mapping[str, Any]]:
    names = [str(name) for name in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*(_cells(table[name]) for name in table), strict=True)]


def _cells(column: pd.Series[Any]) -> list[Any]:
    missing = column.isna().tolist()
    return [None if gone else _cell(value) for value, gone in zip(column.tolist(), missing, strict=True)]


def _cell(value: Any) -> Any:
    if isinstance(value, Texts):
        return value.as_data()
    return str(value) if isinstance(value, float) and math.isinf(value) else value
