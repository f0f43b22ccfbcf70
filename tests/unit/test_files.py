"""Writes are whole or not at all: tested with real kills, a real full disk and real permissions."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from elancry import files
from elancry.errors import OutputRefused
from elancry.files import keep, noting_kept, sha256, write_bytes, write_text

OLD, NEW = b"old" * 100_000, b"new!" * 500_000


def test_content_is_replaced_and_no_temporary_file_stays(tmp_path: Path) -> None:
    target = tmp_path / "ä file.eaf"
    write_bytes(target, OLD)
    write_bytes(target, NEW)
    assert target.read_bytes() == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["ä file.eaf"]


def test_text_is_utf8_with_its_own_line_ends(tmp_path: Path) -> None:
    write_text(tmp_path / "t.csv", "ä\n\r\n")
    assert (tmp_path / "t.csv").read_bytes() == b"\xc3\xa4\n\r\n"


def test_sha256_is_the_published_test_vector(tmp_path: Path) -> None:
    """FIPS 180-2, appendix B.1: SHA-256 of `abc`."""
    write_bytes(tmp_path / "abc", b"abc")
    assert sha256(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_permissions_of_the_old_file_are_kept_and_new_files_follow_the_umask(tmp_path: Path) -> None:
    target = tmp_path / "shared.eaf"
    target.write_bytes(OLD)
    target.chmod(0o640)
    write_bytes(target, NEW)
    assert target.stat().st_mode & 0o777 == 0o640
    previous = os.umask(0o027)
    try:
        write_bytes(tmp_path / "fresh.eaf", NEW)
    finally:
        os.umask(previous)
    assert (tmp_path / "fresh.eaf").stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.eaf").write_bytes(OLD)
    (tmp_path / "link.eaf").symlink_to(tmp_path / "real.eaf")
    write_bytes(tmp_path / "link.eaf", NEW)
    assert (tmp_path / "link.eaf").is_symlink()
    assert (tmp_path / "real.eaf").read_bytes() == NEW


KILLED = """
import itertools, pathlib, sys
from elancry.files import write_bytes
target = pathlib.Path(sys.argv[1])
contents = [b"new!" * 500_000, b"old" * 100_000]
print("ready", flush=True)
for content in itertools.cycle(contents):
    write_bytes(target, content)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_kill_at_any_moment_leaves_the_old_content_or_the_new(tmp_path: Path) -> None:
    target = tmp_path / "a.eaf"
    target.write_bytes(OLD)
    seen = set()
    for round_ in range(12):
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(target)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.003 + 0.0037 * round_)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        content = target.read_bytes()
        assert content in (OLD, NEW), f"round {round_}: neither the old content nor the new, {len(content)} bytes"
        seen.add(content)
    assert seen, "no round was run"


FULL = """
import pathlib, resource, signal, sys
from elancry.errors import OutputRefused
from elancry.files import write_bytes
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    write_bytes(pathlib.Path(sys.argv[1]), b"new!" * 500_000)
except OutputRefused as refusal:
    print(refusal)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
def test_a_file_too_large_for_its_quota_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "a.eaf"
    target.write_bytes(OLD)
    run = subprocess.run([sys.executable, "-c", FULL, str(target)], capture_output=True, text=True, check=True)
    assert run.stdout.startswith(f"{target} cannot be written: the file is larger than this disk allows")
    assert target.read_bytes() == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["a.eaf"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    try:
        target = disk / "a.eaf"
        target.write_bytes(OLD)
        with pytest.raises(OutputRefused, match="the disk is full"):
            write_bytes(target, NEW)
        assert target.read_bytes() == OLD
        assert [path.name for path in disk.iterdir()] == ["a.eaf"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_refused_in_words(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputRefused, match="you have no write permission there"):
            write_bytes(tmp_path / "a.eaf", NEW)
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("missing/a.eaf", "the folder does not exist"),
        ("file/a.eaf", "part of the path is a file, not a folder"),
        ("folder", "there is already a folder of that name"),
        ("x" * 300, "the name is too long"),
    ],
)
def test_places_that_cannot_be_written_are_named_in_words(tmp_path: Path, place: str, words: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputRefused, match=words) as refusal:
        write_bytes(tmp_path / place, NEW)
    assert refusal.value.hint


def test_a_locked_file_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to replace an open file; here the refusal is played, then taken back."""
    target, locked = tmp_path / "a.eaf", threading.Event()
    target.write_bytes(OLD)
    locked.set()
    replace = Path.replace

    def refusing(self: Path, other: Path) -> Path:
        if locked.is_set():
            raise PermissionError(13, "locked")
        return replace(self, other)

    monkeypatch.setattr(Path, "replace", refusing)
    timer = threading.Timer(0.3, locked.clear)
    timer.start()
    write_bytes(target, NEW)
    timer.join()
    assert target.read_bytes() == NEW

    locked.set()
    monkeypatch.setattr(files, "RETRY_SECONDS", 0.2)
    with pytest.raises(OutputRefused, match="another program has it open"):
        write_bytes(target, OLD)
    assert target.read_bytes() == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["a.eaf"]


def test_what_a_kill_left_is_removed_after_an_hour_and_nothing_else(tmp_path: Path) -> None:
    old = time.time() - 3700
    orphan, young = tmp_path / ".elancry-abc_1234.tmp", tmp_path / ".elancry-abcd1234.tmp"
    others = [tmp_path / name for name in (".elancry-notes.tmp", "x.elancry-abc_1234.tmp", ".elancry-abc_1234.tmp.eaf")]
    for path in (orphan, young, *others):
        path.write_bytes(b"")
        if path != young:
            os.utime(path, (old, old))
    folder = tmp_path / ".elancry-folder_1.tmp"
    folder.mkdir()
    os.utime(folder, (old, old))
    write_bytes(tmp_path / "new.eaf", NEW)
    assert {path.name for path in tmp_path.iterdir()} == {
        path.name for path in (young, *others, folder, tmp_path / "new.eaf")
    }


def test_temporary_names_are_those_that_are_looked_for(tmp_path: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=files._TEMPORARY_PREFIX, suffix=files._TEMPORARY_SUFFIX, dir=tmp_path)
    os.close(handle)
    assert files._TEMPORARY_NAME.fullmatch(Path(name).name)


def test_what_is_kept_gets_the_first_free_number_and_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "a.eaf"
    contents = [b"first", b"first", b"second", b"first"]
    with noting_kept() as noted:
        for content in contents:
            path.write_bytes(content)
            keep(path)
    assert [file.name for file in noted] == ["a.eaf.kept-1", "a.eaf.kept-2", "a.eaf.kept-3"]
    assert [file.read_bytes() for file in noted] == [b"first", b"second", b"first"]
    assert path.read_bytes() == b"first"


def test_what_cannot_be_kept_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(OutputRefused, match=r"a\.eaf cannot be written"):
        keep(tmp_path / "a.eaf")
