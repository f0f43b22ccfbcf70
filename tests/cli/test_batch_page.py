"""The page about batch operations shows what its commands print today."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def test_batch_page_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("make_batch_page", DOCS / "make_batch_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (DOCS / "batch.md").read_text(encoding="utf-8")
    assert "\n$ elancry batch" in page
    assert module.filled(page) == page, "run: python docs/make_batch_page.py"


def test_the_python_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "coded").mkdir()
    shutil.copy(ROOT / "sample_eaf" / "S01__R1.eaf", tmp_path / "coded")
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "batch.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    exec(code, {})
    said = re.findall(r"#\s+(.*)", code)
    assert capsys.readouterr().out.splitlines() == said
    assert (tmp_path / "S01__R1-renamed.eaf").exists()
