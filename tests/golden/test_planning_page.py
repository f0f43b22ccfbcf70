"""The page on planning shows what the commands print today."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_output_on_the_page_is_what_the_commands_print():
    spec = importlib.util.spec_from_file_location("make_planning_page", ROOT / "docs" / "make_planning_page.py")
    assert spec is not None
    assert spec.loader is not None
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    page = make.PAGE.read_text(encoding="utf-8")
    assert len(make.OUTPUT.findall(page)) == 1
    assert make.filled(page) == page, "run docs/make_planning_page.py"
