"""The notebook of the docs runs, and shows what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat

DOCS = Path(__file__).resolve().parents[2] / "docs"
RUN = """
import json, make_notebook as make, nbformat
committed = nbformat.read(make.NOTEBOOK, as_version=4)
nbformat.validate(committed)
page = make.page(committed)
print(json.dumps([list(make.CELLS), make.outputs(make.executed(make.notebook())), page]))
"""


def test_the_notebook_runs_and_its_outputs_are_true():
    # In a process of its own: the notebook's machinery leaves sockets open, and warnings are errors here.
    done = subprocess.run([sys.executable, "-c", RUN], cwd=DOCS, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    cells, outputs, page = json.loads(done.stdout)
    committed = nbformat.read(DOCS / "notebooks" / "study.ipynb", as_version=4)
    assert [cell["source"] for cell in committed.cells] == cells, "run docs/make_notebook.py"
    shown = [
        [item["text"] if item["output_type"] == "stream" else item["data"]["text/plain"] for item in cell["outputs"]]
        for cell in committed.cells
        if cell["cell_type"] == "code"
    ]
    assert shown == outputs, "run docs/make_notebook.py"
    assert page == (DOCS / "python.md").read_text(encoding="utf-8"), "run docs/make_notebook.py"
