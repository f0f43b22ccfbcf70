"""Into ELAN and out again: what is ours goes, what is somebody's stays."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from elancry.codebook.load import builtin_path
from elancry.errors import InvalidInput, OutputRefused, UsageError
from elancry.plugin.codebooks import codebooks_in
from elancry.plugin.elans import Elan
from elancry.plugin.install import install, status, this_python, uninstall, version_in
from elancry.plugin.installed import MANIFEST, read_manifest


@pytest.fixture
def elan(tmp_path: Path) -> Elan:
    extensions = tmp_path / "Müllers ELAN_6.9" / "app" / "extensions"
    extensions.mkdir(parents=True)
    (extensions / "readme.txt").write_text("ELAN's own")
    return Elan("ELAN_6.9", extensions)


def everything(elan: Elan) -> dict[str, bytes]:
    return {
        path.relative_to(elan.extensions).as_posix(): path.read_bytes()
        for path in sorted(elan.extensions.rglob("*"))
        if path.is_file()
    }


def said(elan: Elan) -> tuple[str, ...]:
    """What does not work with *compare raters*, in words."""
    return tuple(map(str, status(elan)[0].problems))


def test_install_and_uninstall_leave_the_folder_as_it_was(elan: Elan):
    before = everything(elan)
    assert install(elan)[0] == "automatic"
    assert {name.split("/")[0] for name in everything(elan)} == {"readme.txt", "elancry-compare", "elancry-check"}
    assert (elan.extensions / "elancry-compare" / "run.sh").stat().st_mode & 0o111 == 0o111
    assert [(item.installed is not None, item.problems) for item in status(elan)] == [(True, ()), (True, ())]
    cleared, kept = uninstall(elan)
    assert ([path.name for path in cleared], kept) == (["elancry-compare", "elancry-check"], [])
    assert everything(elan) == before
    assert sorted(path.name for path in elan.extensions.iterdir()) == ["readme.txt"]
    assert uninstall(elan) == ([], [])


def test_an_elan_without_a_folder_for_extensions_has_none_afterwards(tmp_path: Path):
    elan = Elan("ELAN_7.0", tmp_path / "ELAN_7.0" / "app" / "extensions")
    elan.extensions.parent.mkdir(parents=True)
    install(elan)
    install(elan)
    uninstall(elan)
    assert list(elan.extensions.parent.iterdir()) == []


def test_installing_twice_changes_nothing(elan: Elan):
    install(elan)
    once = everything(elan)
    install(elan)
    assert everything(elan) == once


def old_names(elan: Elan) -> None:
    """Make the installation one of elancry 0.1.0 before its fields had longer names: R1 to R6, T1 to T4."""
    for folder in elan.extensions.glob("elancry-*"):
        path = folder / f"{folder.name}.cmdi"
        old = re.sub(rb">(?:rater|tier)(\d)<", lambda match: b">R" + match[1] + b"<", path.read_bytes())
        path.write_bytes(old)
        known = json.loads((folder / MANIFEST).read_text())
        known["files"][path.name] = [hashlib.sha256(old).hexdigest()]
        (folder / MANIFEST).write_text(json.dumps(known))


def test_a_form_that_elan_never_could_start_is_told_and_replaced(elan: Elan):
    install(elan)
    good = everything(elan)
    old_names(elan)
    assert [tuple(map(str, item.problems)) for item in status(elan)] == [
        (
            "ELAN cannot start it: Start would do nothing, because field names are shorter than 3 letters "
            f"({', '.join(f'R{number}' for number in range(1, most + 1))})",
        )
        for most in (6, 4)
    ]
    install(elan)
    assert everything(elan) == good
    assert [item.problems for item in status(elan)] == [(), ()]


def test_where_one_folder_cannot_be_written_to_the_other_is_not_written_either(
    elan: Elan, monkeypatch: pytest.MonkeyPatch
):
    (elan.extensions / "elancry-compare").mkdir()

    def refused(**where: Path) -> Any:
        if where["dir"].name == "elancry-compare":
            raise PermissionError(13, "Permission denied")
        return tempfile.SpooledTemporaryFile()

    monkeypatch.setattr("elancry.plugin.installed.tempfile.TemporaryFile", refused)
    before = everything(elan)
    with pytest.raises(OutputRefused, match=r"compare: you have no write permission there\n.*Ask whoever installed"):
        install(elan)
    assert everything(elan) == before
    assert not (elan.extensions / "elancry-check").exists()


def test_foreign_and_edited_files_are_kept_and_named(elan: Elan):
    install(elan, codebooks=["crying", str(builtin_path("crying"))][:1])
    folder = elan.extensions / "elancry-compare"
    (folder / "notes.txt").write_text("mine")
    (folder / "run.sh").write_text("#!/bin/sh\nmine\n")
    assert said(elan) == ("changed since: run.sh",)
    with pytest.raises(OutputRefused, match=r"changed since: run\.sh"):
        install(elan)
    cleared, kept = uninstall(elan)
    assert len(cleared) == 2
    assert kept == [folder / "notes.txt", folder / "run.sh"]
    assert (folder / "notes.txt").read_text() == "mine"
    assert not (folder / MANIFEST).exists()
    assert not (elan.extensions / "elancry-check").exists()


def test_force_replaces_what_was_changed(elan: Elan):
    install(elan)
    script = elan.extensions / "elancry-check" / "run.sh"
    good = script.read_bytes()
    script.write_text("mine")
    install(elan, force=True)
    assert script.read_bytes() == good


def test_nothing_is_written_where_one_of_the_two_is_refused(elan: Elan):
    folder = elan.extensions / "elancry-check"
    folder.mkdir()
    (folder / "run.py").write_text("somebody's")
    with pytest.raises(OutputRefused, match=r"did not write.*run\.py"):
        install(elan)
    assert not (elan.extensions / "elancry-compare").exists()


def test_a_folder_of_that_name_with_somebody_elses_manifest(elan: Elan):
    folder = elan.extensions / "elancry-compare"
    folder.mkdir()
    (folder / MANIFEST).write_text('{"files": {"../readme.txt": ["x"]}}')
    assert read_manifest(folder) is None
    assert uninstall(elan) == ([], [])
    with pytest.raises(OutputRefused):
        install(elan)


def test_a_manifest_that_names_files_elsewhere_removes_none(elan: Elan):
    install(elan)
    path = elan.extensions / "elancry-compare" / MANIFEST
    known = json.loads(path.read_text())
    digest = hashlib.sha256((elan.extensions / "readme.txt").read_bytes()).hexdigest()
    known["files"]["../readme.txt"] = [digest]
    path.write_text(json.dumps(known))
    uninstall(elan)
    assert (elan.extensions / "readme.txt").exists()


def test_a_manifest_cannot_remove_through_a_link(elan: Elan, tmp_path: Path):
    install(elan)
    outside = tmp_path / "my codebooks"
    outside.mkdir()
    (outside / "x.yaml").write_text("mine")
    folder = elan.extensions / "elancry-check"
    (folder / "codebooks").symlink_to(outside, target_is_directory=True)
    known = json.loads((folder / MANIFEST).read_text())
    known["files"]["codebooks/x.yaml"] = [hashlib.sha256(b"mine").hexdigest()]
    (folder / MANIFEST).write_text(json.dumps(known))
    with pytest.raises(OutputRefused, match="link to another place"):
        install(elan, codebooks=[str(builtin_copy(tmp_path))], force=True)
    _, kept = uninstall(elan)
    assert kept == [folder / "codebooks"]
    assert [path.name for path in outside.iterdir()] == ["x.yaml"]


def builtin_copy(folder: Path) -> Path:
    path = folder / "x.yaml"
    path.write_bytes(builtin_path("five-reasons-to-cry").read_bytes())
    return path


def test_a_folder_that_is_a_link_is_not_ours(elan: Elan, tmp_path: Path):
    install(elan)
    folder = elan.extensions / "elancry-check"
    elsewhere = tmp_path / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere, target_is_directory=True)
    before = sorted(elsewhere.iterdir())
    cleared, _ = uninstall(elan)
    assert [path.name for path in cleared] == ["elancry-compare"]
    assert sorted(elsewhere.iterdir()) == before
    with pytest.raises(OutputRefused, match="link to another place"):
        install(elan, force=True)
    assert sorted(elsewhere.iterdir()) == before


@pytest.mark.parametrize("name", ["run.sh", MANIFEST])
def test_force_replaces_a_link_and_not_what_it_leads_to(elan: Elan, tmp_path: Path, name: str):
    install(elan)
    link = elan.extensions / "elancry-check" / name
    precious = tmp_path / "precious"
    precious.write_bytes(link.read_bytes())
    link.unlink()
    link.symlink_to(precious)
    precious.chmod(0o600)
    before = precious.read_bytes(), precious.stat().st_mode
    with pytest.raises(OutputRefused):
        install(elan)
    install(elan, force=True)
    assert not link.is_symlink()
    assert (precious.read_bytes(), precious.stat().st_mode) == before
    assert status(elan)[1].problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"program": "elancry", "version": "1", "python": "x", "files": ["a"]}',
        '{"program": "elancry", "version": "1", "python": "x", "files": {}}' + " " * 2**20,
        "\0",
    ],
)
def test_a_manifest_that_is_none(elan: Elan, text: str):
    folder = elan.extensions / "elancry-compare"
    folder.mkdir()
    (folder / MANIFEST).write_text(text)
    assert read_manifest(folder) is None
    assert uninstall(elan) == ([], [])


@pytest.mark.parametrize("python", ["a\0b", "python", "/bin", "\x1b[2J/python"])
def test_odd_names_in_a_manifest(elan: Elan, python: str):
    install(elan)
    path = elan.extensions / "elancry-compare" / MANIFEST
    known = json.loads(path.read_text())
    known["python"] = python
    for name in ("", ".", "a\0b", "\x1b[2J", "codebooks/../../../readme.txt"):
        known["files"][name] = ["x"]
    path.write_text(json.dumps(known))
    (problem,) = said(elan)
    assert problem.startswith("the Python that it starts no longer exists: ")
    assert problem.isprintable()
    uninstall(elan)
    assert [item.name for item in elan.extensions.iterdir()] == ["readme.txt"]


def test_a_folder_of_somebodys_is_named(elan: Elan):
    install(elan)
    mine = elan.extensions / "elancry-compare" / "mine"
    mine.mkdir()
    assert uninstall(elan)[1] == [mine]


def test_what_a_mac_leaves_beside_a_codebook_is_no_codebook(elan: Elan, tmp_path: Path):
    install(elan, codebooks=[str(builtin_copy(tmp_path))])
    folder = elan.extensions / "elancry-check"
    (folder / "codebooks" / "._x.yaml").write_bytes(b"\0\5\x16\7")
    assert "._x" not in codebooks_in(folder)
    assert "x" in codebooks_in(folder)


def test_codebooks_stay_when_elancry_is_upgraded_and_others_go(elan: Elan, tmp_path: Path):
    own = tmp_path / "Meine Studie.yaml"
    own.write_bytes(builtin_path("five-reasons-to-cry").read_bytes())
    assert install(elan, codebooks=[str(own)])[0] == "Meine_Studie"
    kept = elan.extensions / "elancry-check" / "codebooks" / "Meine_Studie.yaml"
    assert kept.read_bytes() == own.read_bytes()
    own.unlink()
    assert install(elan)[0] == "Meine_Studie"
    assert kept.exists()
    assert install(elan, codebooks=["crying"])[0] == "crying"
    assert not kept.parent.exists()
    assert install(elan)[0] == "crying"
    uninstall(elan)
    assert not kept.parent.parent.exists()


def test_a_broken_codebook_installs_nothing(elan: Elan, tmp_path: Path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("id: x\nsystems: 7\n")
    with pytest.raises(InvalidInput):
        install(elan, codebooks=[str(bad)])
    assert sorted(path.name for path in elan.extensions.iterdir()) == ["readme.txt"]


def test_status_says_what_does_not_work(elan: Elan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert [item.installed for item in status(elan)] == [None, None]
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", str(python))
        install(elan)
    assert said(elan) == (f"the Python that it starts no longer has elancry: {python}",)
    python.write_text("#!/bin/sh\necho 9.9.9\n")
    assert "it starts elancry 9.9.9" in said(elan)[0]
    python.unlink()
    (elan.extensions / "elancry-compare" / "run.py").unlink()
    assert said(elan) == (
        f"the Python that it starts no longer exists: {python}",
        "missing: run.py",
    )
    install(elan)
    assert said(elan) == ()


def test_the_interpreter_keeps_its_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    link = tmp_path / "pipx venvs" / "elancry" / "bin" / "python"
    link.parent.mkdir(parents=True)
    link.symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(link))
    assert this_python() == str(link)


@pytest.mark.parametrize("place", ["uv/archive-v0/Xy12/bin", ".cache/pipx/1a2b/bin", "pipx/.cache/1a2b/bin"])
def test_a_fleeting_environment_is_refused(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    python = tmp_path / place / "python"
    python.parent.mkdir(parents=True)
    python.write_text("")
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(UsageError, match="will soon be deleted"):
        this_python()


def test_no_interpreter_at_all(monkeypatch: pytest.MonkeyPatch):
    for name in ("", "/gone/python"):
        monkeypatch.setattr(sys, "executable", name)
        with pytest.raises(UsageError):
            this_python()
    assert version_in("/gone/python3") is None
