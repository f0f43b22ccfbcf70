"""The reference pages are what the code says today."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """The pages as the code has them, made in a process of its own: tests may have catalogued findings of theirs."""
    code = "import json, make_reference; print(json.dumps(make_reference.pages()))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "docs", capture_output=True, encoding="utf-8", check=True
    )
    pages: dict[str, str] = json.loads(done.stdout)
    return pages


@pytest.mark.parametrize("name", ["commands.md", "tables.md", "findings.md", "undefined.md", "python.md"])
def test_reference_pages_are_up_to_date(made: dict[str, str], name: str):
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == made[name], "run: python docs/make_reference.py"


def test_every_command_shows_an_example():
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    for block in page.split("\n## ")[1:]:
        assert "Example" in block, block.splitlines()[0]
