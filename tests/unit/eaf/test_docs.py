"""The page for pympi users runs as it stands, and its comments say what is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "from-pympi.md"
EXPECTED = re.compile(r"print\(.*\)  # (.*)$", re.MULTILINE)


def test_the_page_for_pympi_users_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), {})
        printed = capsys.readouterr().out.splitlines()
        promised = [promise.split(":")[0] for promise in EXPECTED.findall(block)]
        assert printed == promised
