"""Results -> files: results.json with its provenance, the CSV tables, the report."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from elancry.choices import CsvForm, Language
from elancry.study.associate.check_script import CHECK_SCRIPT, check_script

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from elancry.outputs import OutputFolder
    from elancry.study.results import Results

FORMAT_VERSION = 1


def refuse_earlier(folder: OutputFolder) -> None:
    """Raise OutputRefused, before anything is computed, if somebody's files stand where results would go."""
    found = [
        path.relative_to(folder.folder).as_posix()
        for part, suffixes in (("tables", (".csv",)), ("figures", (".svg", ".pdf", ".png")))
        for path in (folder.folder / part).glob("*")
        if path.suffix in suffixes
    ]
    folder.refuse_foreign(["results.json", "report.html", "methods.md", "methods.bib", "tables.docx", *found])


def save_results(
    results: Results,
    folder: OutputFolder,
    *,
    csv_form: CsvForm,
    language: Language,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write everything to `folder`, or nothing where a file of it would be refused; returns the report's path.

    `progress` gets (timelines drawn, timelines in all), which takes longest.
    """
    from elancry.report.write import report_files
    from elancry.table.export import csv_bytes

    files: dict[str, bytes | str] = {
        f"tables/{name}.csv": csv_bytes(table, csv_form.for_tables) for name, table in results.tables.items()
    }
    if "regression" in results.tables and csv_form is not CsvForm.EXCEL_DE:
        files[CHECK_SCRIPT] = check_script()
    files["results.json"] = results_json(results)
    files.update(report_files(results, language=language.value, jobs=jobs, progress=progress))
    folder.write_all(files)
    folder.finish()
    return folder.folder / "report.html"


def results_json(results: Results) -> str:
    """All results as JSON text with sorted keys; undefined numbers are null.

    Two runs on the same files with the same seed and versions differ in `created` only.
    """
    provenance = results.provenance
    content = {
        "format": FORMAT_VERSION,
        "created": provenance.created,
        "command": provenance.command,
        "versions": dict(provenance.versions),
        "seed": provenance.seed,
        "plan_file": provenance.plan_file,
        "plan": {name: dict(setting) for name, setting in provenance.plan.items()},
        "inputs": [dict(item) for item in provenance.inputs],
        "passed_over": dict(provenance.passed_over),
        "codebook": {
            "id": results.codebook.id,
            "version": results.codebook.version,
            "extracted": results.codebook.extracted,
            "systems": {
                system.id: [category.id for category in system.categories] for system in results.codebook.systems
            },
            "sources": {
                system.id: {
                    "citation": system.source.citation,
                    "status": system.source.status.value,
                    "note": system.source.note,
                }
                for system in results.codebook.systems
                if system.source is not None
            },
        },
        "design": {
            "sessions": list(results.design.sessions),
            "raters": list(results.design.raters),
            "sequences": [dict(item) for item in results.design.sequences],
            "coded": {session: list(raters) for session, raters in results.design.coded.items()},
            "whole_sessions": results.design.whole_sessions,
            "double_coded_share": results.design.double_coded_share,
            "coverage": [
                {
                    "system": item.system,
                    "coding": item.coding,
                    "by_rater": dict(item.by_rater),
                    "n_coded": item.n_coded,
                    "n_double": item.n_double,
                    "n_complete": item.n_complete,
                }
                for item in results.design.coverage
            ],
        },
        "findings": [item.as_dict() for item in results.findings],
        "omitted": dict(results.omitted),
        "tables": {name: _records(table) for name, table in results.tables.items()},
    }
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def _records(table: pd.DataFrame) -> list[Mapping[str, Any]]:
    columns = [str(name) for name in table.columns]
    return [dict(zip(columns, map(_cell, row), strict=True)) for row in table.itertuples(index=False, name=None)]


def _cell(value: Any) -> Any:
    import pandas as pd

    if isinstance(value, str):
        return value
    if value is None or value is pd.NA:
        return None
    if isinstance(value, bool):
        return value
    number = value.item() if hasattr(value, "item") else value
    return None if isinstance(number, float) and not math.isfinite(number) else number
