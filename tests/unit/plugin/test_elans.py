"""Where ELAN lies on each system, and what --elan-dir may name."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.errors import UsageError
from elancry.plugin.elans import elan_at, find_elans


def make(folder: Path, app: str = "app", *, extensions: bool = True) -> Path:
    target = folder / app
    target.mkdir(parents=True)
    if extensions:
        (target / "extensions").mkdir()
    else:
        (target / "elan-6.9.jar").write_bytes(b"")
    return target / "extensions"


def test_windows(tmp_path: Path):
    local = tmp_path / "Jörg Müller" / "AppData" / "Local"
    own = make(local / "ELAN_6.9")
    older = make(local / "ELAN_6.10", extensions=False)
    shared = make(tmp_path / "Program Files" / "ELAN_7.0")
    (local / "ELAN_notes").mkdir()
    (local / "ELAN.txt").write_text("")
    environ = {"LOCALAPPDATA": str(local), "ProgramFiles": str(tmp_path / "Program Files")}
    found = find_elans(platform="win32", environ=environ, home=tmp_path)
    assert [(item.name, item.extensions) for item in found] == [
        ("ELAN_6.9", own),
        ("ELAN_6.10", older),
        ("ELAN_7.0", shared),
    ]
    assert find_elans(platform="win32", environ={}, home=tmp_path) == ()


def test_macos(tmp_path: Path):
    home = tmp_path / "Users" / "jörg"
    shared = make(tmp_path / "Applications" / "ELAN_6.9.app" / "Contents")
    nested = make(tmp_path / "Applications" / "ELAN_6.8" / "ELAN_6.8.app" / "Contents")
    own = make(home / "Applications" / "ELAN_7.0.app" / "Contents")
    found = find_elans(platform="darwin", environ={}, home=home, root=tmp_path)
    assert [(item.name, item.extensions) for item in found] == [
        ("ELAN_6.8.app", nested),
        ("ELAN_6.9.app", shared),
        ("ELAN_7.0.app", own),
    ]


def test_linux(tmp_path: Path):
    home = tmp_path / "home" / "jörg"
    own = make(home / "ELAN_6-9")
    opt = make(tmp_path / "opt" / "elan-7.0", "lib/app")
    local = make(tmp_path / "usr" / "local" / "ELAN_6.7")
    (home / "opt").mkdir()
    (home / "opt" / "ELAN_6-9").symlink_to(home / "ELAN_6-9")
    found = find_elans(platform="linux", environ={}, home=home, root=tmp_path)
    # The link leads to an ELAN that is already there.
    assert [(item.name, item.extensions) for item in found] == [
        ("elan-7.0", opt),
        ("ELAN_6-9", own),
        ("ELAN_6.7", local),
    ]


def test_what_elan_dir_may_name(tmp_path: Path):
    extensions = make(tmp_path / "ELAN_6.9.app" / "Contents")
    ways = [
        tmp_path,
        tmp_path / "ELAN_6.9.app",
        tmp_path / "ELAN_6.9.app" / "Contents" / "app",
        extensions,
        extensions / ".." / "extensions",
    ]
    for way in ways:
        found = elan_at(way)
        assert found.extensions.resolve() == extensions.resolve()
        assert found.name == "ELAN_6.9.app"


def test_a_folder_of_ones_own_for_extensions(tmp_path: Path):
    own = tmp_path / "my extensions"
    (own / "voxseg").mkdir(parents=True)
    (own / "voxseg" / "voxseg.cmdi").write_text("<CMD/>")
    assert elan_at(own).extensions == own


def test_what_is_not_elan_is_refused_in_words(tmp_path: Path):
    with pytest.raises(UsageError, match="there is no folder"):
        elan_at(tmp_path / "gone")
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="there is no folder"):
        elan_at(tmp_path / "file")
    with pytest.raises(UsageError, match="is not ELAN's folder"):
        elan_at(tmp_path)
    make(tmp_path / "ELAN_6.9")
    make(tmp_path / "ELAN_7.0")
    with pytest.raises(UsageError, match=r"contains several: ELAN_6\.9, ELAN_7\.0"):
        elan_at(tmp_path)


def test_a_quoted_path_may_begin_with_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    extensions = tmp_path / "ELAN 6.9" / "app" / "extensions"
    extensions.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert elan_at(Path("~/ELAN 6.9")).extensions == extensions
