"""The reference pages are what the code says today."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def generator():
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["commands.md", "tables.md", "findings.md"])
def test_reference_pages_are_up_to_date(name: str):
    made = generator().pages()[name]
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == made, "run: python docs/make_reference.py"


def test_every_command_shows_an_example():
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    for block in page.split("\n## ")[1:]:
        assert "Example" in block, block.splitlines()[0]
