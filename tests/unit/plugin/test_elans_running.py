"""An ELAN that runs is seen; one that does not, is not, whatever else names its folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from elancry.errors import OutputRefused
from elancry.plugin.elans import Elan, is_running, refuse_running
from elancry.plugin.install import install, uninstall

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a copy of `sleep` stands for ELAN here")


@pytest.fixture
def elan(tmp_path: Path) -> Elan:
    extensions = tmp_path / "Müllers ELAN_6.9" / "lib" / "app" / "extensions"
    extensions.mkdir(parents=True)
    (extensions.parents[2] / "bin").mkdir()
    return Elan("ELAN_6.9", extensions)


@contextmanager
def started(program: Path, *arguments: str) -> Iterator[None]:
    shutil.copy(shutil.which("sleep") or "/bin/sleep", program)
    process = subprocess.Popen([str(program), *arguments])
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("extensions", "home"),
    [
        ("/home/me/ELAN_6.9/app/extensions", "/home/me/ELAN_6.9"),
        ("/opt/elan/lib/app/extensions", "/opt/elan"),
        ("/Applications/ELAN_6.9.app/Contents/app/extensions", "/Applications/ELAN_6.9.app"),
        ("/home/me/my extensions", None),
    ],
)
def test_the_folder_that_holds_all_of_an_elan(extensions: str, home: str | None):
    assert Elan("ELAN", Path(extensions)).home == (None if home is None else Path(home))


def test_an_elan_that_runs_is_neither_written_to_nor_removed_from(elan: Elan):
    assert elan.home is not None
    with started(elan.home / "bin" / "ELAN", "60"):
        with pytest.raises(OutputRefused, match=r"ELAN_6\.9 is running.*\n.*Close it"):
            install(elan)
        assert list(elan.extensions.iterdir()) == []
    install(elan)
    with started(elan.home / "bin" / "ELAN2", "60"), pytest.raises(OutputRefused, match="is running"):
        uninstall(elan)
    assert len(uninstall(elan)[0]) == 2


def test_a_program_elsewhere_that_names_the_folder_is_no_elan(elan: Elan, tmp_path: Path):
    assert elan.home is not None
    neighbour = tmp_path / "Müllers ELAN_6.9 old"
    neighbour.mkdir()
    with started(neighbour / "ELAN", "60"), started(tmp_path / "editor", "60", "0"):
        assert not is_running(elan.home)
    refuse_running(Elan("my extensions", tmp_path / "my extensions"))


def test_a_java_that_was_given_elans_jar_is_elan(elan: Elan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert elan.home is not None
    process = tmp_path / "proc" / "77"
    process.mkdir(parents=True)
    (process / "exe").symlink_to("/usr/lib/jvm/bin/java")
    monkeypatch.setattr("elancry.plugin.elans._PROCESSES", tmp_path / "proc")
    (process / "cmdline").write_bytes(b"java\0-cp\0/x.jar:" + bytes(elan.home / "lib" / "app" / "elan.jar") + b"\0")
    assert is_running(elan.home)
    (process / "cmdline").write_bytes(b"java\0-jar\0/x.jar\0")
    assert not is_running(elan.home)
