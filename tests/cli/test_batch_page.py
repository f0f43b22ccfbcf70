"""The page about batch operations shows what its commands print today."""

from __future__ import annotations

import importlib.util
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_batch_page_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("make_batch_page", DOCS / "make_batch_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (DOCS / "batch.md").read_text(encoding="utf-8")
    assert "\n$ elancry batch" in page
    assert module.filled(page) == page, "run: python docs/make_batch_page.py"
