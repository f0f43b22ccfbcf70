"""`elancry plugin` as a person types it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from elancry.codebook.load import builtin_path


@pytest.fixture
def elans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two ELANs in a home folder with a blank and an umlaut; the machine's own ones are out of sight."""
    home = tmp_path / "Jörg Müller"
    folders = [home / name / "app" / "extensions" for name in ("ELAN_6.9", "ELAN_7.0")]
    for folder in folders:
        folder.mkdir(parents=True)
    import elancry.plugin.elans as places

    real = places.find_elans

    def only_here(**_: Any) -> Any:
        return real(platform="linux", environ={}, home=home, root=tmp_path / "nothing")

    monkeypatch.setattr(places, "find_elans", only_here)
    return folders


def test_install_status_uninstall(elancry: Callable[..., Any], elans: list[Path]):
    said = elancry("plugin", "status")
    assert (said.code, said.out.count("not installed")) == (0, 4)
    said = elancry("plugin", "install")
    assert said.code == 0
    assert "ELAN_6.9: installed in" in said.out
    assert "ELAN_7.0: installed in" in said.out
    assert "Recognizers tab" in said.out
    said = elancry("plugin", "status")
    assert (said.code, said.out.count("ready (elancry ")) == (0, 4)
    assert sys.executable in said.out
    said = elancry("plugin", "uninstall")
    assert (said.code, said.out) == (0, "ELAN_6.9: removed\nELAN_7.0: removed\n")
    assert [list(folder.iterdir()) for folder in elans] == [[], []]
    assert "nothing was installed" in elancry("plugin", "uninstall").out


def test_a_new_elan_beside_the_old_one_is_seen(elancry: Callable[..., Any], elans: list[Path]):
    assert elancry("plugin", "install", "--elan-dir", elans[0]).code == 0
    said = elancry("plugin", "status")
    assert (said.out.count("ready"), said.out.count("not installed")) == (2, 2)
    assert list(elans[1].iterdir()) == []


def test_codebooks(elancry: Callable[..., Any], elans: list[Path], tmp_path: Path):
    own = tmp_path / "Meine Studie.yaml"
    own.write_bytes(builtin_path("crying").read_bytes())
    said = elancry("plugin", "install", "--codebook", own, "--elan-dir", elans[0])
    assert "codebooks of 'check coding': Meine_Studie, automatic, attachment-crying" in said.out
    said = elancry("plugin", "install", "--codebook", "cryng")
    assert said.code == 2
    assert "Did you mean 'crying'?" in said.err
    assert list(elans[1].iterdir()) == []


def test_foreign_files(elancry: Callable[..., Any], elans: list[Path]):
    mine = elans[0] / "elancry-compare" / "run.sh"
    mine.parent.mkdir()
    mine.write_text("mine")
    said = elancry("plugin", "install")
    # The other ELAN gets its own all the same.
    assert said.code == 2
    assert "ELAN_7.0: installed" in said.out
    assert "contains files that elancry did not write, or that were changed since: run.sh" in said.err
    assert mine.read_text() == "mine"
    assert elancry("plugin", "install", "--force").code == 0
    (mine.parent / "notes.txt").write_text("mine too")
    said = elancry("plugin", "uninstall")
    assert said.code == 0
    assert f"kept, because elancry did not write it, or it was changed: {mine.parent / 'notes.txt'}" in said.out


def test_something_broken_shows_in_the_exit_code(elancry: Callable[..., Any], elans: list[Path]):
    elancry("plugin", "install")
    (elans[0] / "elancry-check" / "run.py").unlink()
    said = elancry("plugin", "status")
    assert said.code == 1
    assert "elancry: check coding: missing: run.py" in said.out
    assert "Run `elancry plugin install` to repair it, with --force if a file was changed since." in said.out
    elancry("plugin", "install")
    assert elancry("plugin", "status").code == 0


def test_an_old_form_that_elan_cannot_start(elancry: Callable[..., Any], elans: list[Path]):
    elancry("plugin", "install")
    path = elans[0] / "elancry-compare" / "elancry-compare.cmdi"
    path.write_bytes(path.read_bytes().replace(b">rater1<", b">R1<"))
    said = elancry("plugin", "status")
    assert said.code == 1
    assert (
        "ELAN cannot start it: Start would do nothing, because field names are shorter than 3 letters (R1)" in said.out
    )
    assert "Run `elancry plugin install` to repair it, with --force if a file was changed since." in said.out


def test_an_elan_that_is_running(elancry: Callable[..., Any], elans: list[Path], monkeypatch: pytest.MonkeyPatch):
    running = elans[0].parents[1]
    monkeypatch.setattr("elancry.plugin.elans._programs", lambda: [running / "bin" / "ELAN"])
    said = elancry("plugin", "install")
    # The other ELAN gets its own all the same.
    assert said.code == 2
    assert "ELAN_7.0: installed" in said.out
    assert "Error: ELAN_6.9 is running, and would keep using what it read when it started" in said.err
    assert "Close it, then run the command again." in said.err
    assert list(elans[0].iterdir()) == []


def test_no_permission(elancry: Callable[..., Any], elans: list[Path], monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "mkdir", refuse)
        said = elancry("plugin", "install", "--elan-dir", elans[0])
    assert said.code == 2
    assert "you have no write permission there" in said.err
    assert "Ask whoever installed ELAN" in said.err


def test_elan_dir_wrong(elancry: Callable[..., Any], tmp_path: Path):
    for command in ("install", "status", "uninstall"):
        said = elancry("plugin", command, "--elan-dir", tmp_path / "nowhere")
        assert said.code == 2
        assert "there is no folder" in said.err
        said = elancry("plugin", command, "--elan-dir", tmp_path)
        assert said.code == 2
        assert "is not ELAN's folder" in said.err


def test_no_elan(elancry: Callable[..., Any], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("elancry.plugin.elans.find_elans", lambda: ())
    said = elancry("plugin", "install")
    assert said.code == 2
    assert "ELAN was not found" in said.err
    assert "--elan-dir" in said.err


def test_home_is_not_needed(elancry: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "app" / "extensions").mkdir(parents=True)
    assert elancry("plugin", "status", "--elan-dir", tmp_path).code == 0
    assert os.environ.get("HOME") is None
