from __future__ import annotations

from pathlib import Path

import pytest

from elancry.outputs import OutputFolder
from elancry.study.next_step import next_step


def test_what_comes_next_follows_from_what_is_there(tmp_path: Path):
    assert "elancry template crying" in str(next_step(tmp_path))
    (tmp_path / "S01.MP4").touch()
    assert "--media" in str(next_step(tmp_path))
    (tmp_path / "meine Dateien").mkdir()
    (tmp_path / "meine Dateien" / "S01__R1.eaf").touch()
    assert 'elancry check "meine Dateien"' in str(next_step(tmp_path))
    assert "There is 1 coded file." in str(next_step(tmp_path))
    (tmp_path / "merged").mkdir()
    for name in ("S01.merged.eaf", "worklist.html"):
        (tmp_path / "merged" / name).touch()
    said = str(next_step(tmp_path))
    assert "open the list merged/worklist.html in a browser" in said
    assert "elancry analyze merged -o results --aggregate consensus" in said
    OutputFolder(tmp_path / "results", command="analyze").write("report.html", "x")
    assert "results/report.html" in str(next_step(tmp_path))


def test_without_a_command_it_says_so(elancry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    said = elancry()
    assert said.code == 0
    assert "elancry --help" in said.out
