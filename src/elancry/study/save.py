"""Results -> files: results.json and drawing.json, the CSV tables, the report and its figures."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files as resources
from typing import TYPE_CHECKING

from elancry.choices import CsvForm
from elancry.study.saved import DRAWING, RESULTS, drawing_json, results_json

if TYPE_CHECKING:
    from pathlib import Path

    from elancry.outputs import OutputFolder
    from elancry.study.results import Results


CHECK_SCRIPT = "check.R"


ALWAYS = (RESULTS, DRAWING, "report.html", "methods.md", "methods.bib")
"""Files of every run, whatever the data allow."""


def refuse_earlier(folder: OutputFolder) -> None:
    """Raise OutputRefused, before anything is computed, if somebody's files stand where results would go."""
    found = [
        path.relative_to(folder.folder).as_posix()
        for part, suffixes in (("tables", (".csv",)), ("figures", (".svg", ".pdf", ".png")))
        for path in (folder.folder / part).glob("*")
        if path.suffix in suffixes
    ]
    folder.refuse_foreign([RESULTS, DRAWING, "report.html", "methods.md", "methods.bib", "tables.docx", *found])


def save_results(
    results: Results,
    folder: OutputFolder,
    *,
    csv_form: CsvForm,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write everything to `folder`, or nothing where a file of it would be refused.

    Returns the report's path. `progress` gets (timelines drawn, timelines in all) where they are drawn for print.
    """
    from elancry.report.write import report_files
    from elancry.table.export import csv_bytes

    files: dict[str, bytes | str] = {
        f"tables/{name}.csv": csv_bytes(table, csv_form.for_tables) for name, table in results.tables.items()
    }
    if "regression" in results.tables and csv_form is not CsvForm.EXCEL_DE:
        files[CHECK_SCRIPT] = check_script()
    files[RESULTS], files[DRAWING] = results_json(results), drawing_json(results)
    files.update(report_files(results, jobs=jobs, progress=progress))
    folder.write_all(files)
    folder.finish()
    return folder.folder / "report.html"


def check_script() -> str:
    """The script that reruns every regression in R, from the CSV tables (plain form) beside it."""
    return (resources("elancry.study.associate") / CHECK_SCRIPT).read_text(encoding="utf-8")
