"""Write docs/notebooks/study.ipynb with its real outputs, and docs/python.md, the same as a page. A test runs it."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from base64 import b64decode
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

DOCS = Path(__file__).resolve().parent
NOTEBOOK = DOCS / "notebooks" / "study.ipynb"
PAGE = DOCS / "python.md"
IMAGE = DOCS / "images" / "python-figure.svg"
STUDY = "sample_eaf"
FIGURE = re.compile(r'<figure[^>]*><img [^>]*alt="([^"]*)" src="data:image/svg\+xml;base64,([^"]+)"')

# Text and code, in turn.
CELLS = (
    "# A study in Python\n\nThe whole path in ten lines, on the synthetic study that comes with elancry. Objects show "
    "themselves as tables and figures. Nothing leaves your computer.",
    "import elancry",
    "What raters open in ELAN: template, vocabularies, colours and shortcut keys, coding manual.",
    '[path.name for path in elancry.write_templates("crying", "templates")]',
    "What raters sent back, read and checked. Any setting of the study plan can be given; fewer resamples and "
    "permutations than the defaults (2000 and 9999) make this page quick.",
    f'study = elancry.open_study("{STUDY}", resamples=500, permutations=999)\nstudy',
    "What is wrong in the files, with file, tier, annotation and how to mend it.",
    'study.findings[["severity", "code", "file", "tier"]]',
    "One row per annotation, ready for pandas.",
    'study.annotations.groupby(["system", "rater"])["annotation_id"].count().unstack()',
    "One file per session for the consensus meeting, with every rater's tiers; it opens in ELAN.",
    'study.merge("merged")',
    "The numbers: agreement, co-occurrence, sequences of events, regressions.",
    "results = study.analyze()\nresults",
    "Every table is a DataFrame with the columns of the CSV files; an undefined number is missing and "
    "`undefined_reason` says why.",
    "agreement = results[\"agreement\"].query(\"measure == 'time_fleiss_kappa' and aggregate == 'pooled'\")\n"
    'agreement[agreement["scope"] == "overall"][["system", "variant", "estimate", "ci_low", "ci_high"]]',
    'Every figure of the report; `.save("figure.pdf")` writes one.',
    'results.figures["agreement-crying_form"]',
    "Everything at once, as the command line writes it: report, tables, figures, Word tables, methods text.",
    'results.save("results")',
    "A file by itself: nothing of it is lost on the way through Python.",
    f'document = elancry.read_eaf("{STUDY}/S01__R1.eaf")\ndocument',
    "When something is wrong, the error says what and how to mend it.",
    'try:\n    elancry.open_study("sample_eaf", resample=500)\nexcept elancry.ElancryError as error:\n    print(error)',
)


def notebook() -> Any:
    """The notebook without outputs."""
    made = nbformat.v4.new_notebook()
    for number, source in enumerate(CELLS):
        cell = nbformat.v4.new_markdown_cell(source) if number % 2 == 0 else nbformat.v4.new_code_cell(source)
        cell["id"] = f"cell-{number}"
        made.cells.append(cell)
    made.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return made


def executed(sheet: Any) -> Any:
    """`sheet` run from top to bottom in an empty folder that holds the sample study."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(DOCS.parent / STUDY, Path(folder) / STUDY)
        # Over files, not over the network: nothing listens on a port.
        kernel = AsyncKernelManager(transport="ipc", ip=str(Path(folder) / "kernel"))
        client = NotebookClient(
            sheet, km=kernel, timeout=600, resources={"metadata": {"path": folder}}, record_timing=False
        )
        client.execute()
    sheet.metadata.pop("language_info", None)
    return sheet


def outputs(sheet: Any) -> list[list[str]]:
    """Per cell, what it shows as text."""
    return [
        [item["text"] if item["output_type"] == "stream" else item["data"]["text/plain"] for item in cell["outputs"]]
        for cell in sheet.cells
        if cell["cell_type"] == "code"
    ]


def page(sheet: Any) -> str:
    """The notebook as a page of the docs."""
    parts = ["<!-- Made by docs/make_notebook.py; do not edit. -->"]
    for cell in sheet.cells:
        if cell["cell_type"] == "markdown":
            parts.append(cell["source"])
            continue
        parts.append(f"```python\n{cell['source']}\n```")
        for item in cell["outputs"]:
            shown = item.get("data", {}).get("text/html", "")
            figure = FIGURE.search(shown)
            if figure is not None:
                parts.append(f"![{figure[1]}](images/{IMAGE.name})")
            else:
                text = item["text"] if item["output_type"] == "stream" else item["data"]["text/plain"]
                parts.append("```text\n" + "\n".join(line.rstrip() for line in text.splitlines()) + "\n```")
    parts.append(
        "The same as a notebook: {download}`study.ipynb <notebooks/study.ipynb>`. Every name with its arguments: "
        "[reference](reference/python.md)."
    )
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Run the notebook, write it and the page."""
    sheet = executed(notebook())
    NOTEBOOK.parent.mkdir(exist_ok=True)
    NOTEBOOK.write_text(json.dumps(sheet, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    drawn = (
        item["data"].get("text/html", "") for cell in sheet.cells for item in cell.get("outputs", ()) if "data" in item
    )
    figure = next(found for found in map(FIGURE.search, drawn) if found is not None)
    IMAGE.write_bytes(b64decode(figure[2]))
    PAGE.write_text(page(sheet), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
