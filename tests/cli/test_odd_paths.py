"""Links to themselves, pipes and names in other bytes: one clear error for each, from every command, and no waiting."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from elancry.eaf import new_document, write_eaf
from elancry.eaf.parts import Vocabulary, VocabularyEntry

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pipes, links and names of any bytes")


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """A command that waits for a pipe fails its test instead of hanging for ever."""

    def stop(_number: int, _frame: object) -> None:
        raise TimeoutError("the command waits")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    """Two raters of one session; the smallest files that can be compared."""
    for rater in ("R1", "R2"):
        editor = new_document(author=rater).edit()
        editor.languages.add("eng")
        entries = tuple(VocabularyEntry(name, {"eng": name}) for name in ("smile", "frown"))
        editor.vocabularies.add(Vocabulary("mood", entries))
        editor.types.add("mood", vocabulary="mood")
        editor.tiers.add("mood", "mood")
        editor.annotations.add("mood", 0, 1000, "smile", cve_ref="smile")
        editor.annotations.add("mood", 2000, 3000, "frown", cve_ref="frown")
        path = tmp_path / "coded" / f"S01__{rater}.eaf"
        path.parent.mkdir(exist_ok=True)
        write_eaf(editor.document(), path)
    return tmp_path / "coded"


def odd(kind: str, path: Path) -> Path:
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "broken":
        path.symlink_to("gone")
    return path


SAID = {
    "pipe": "is a pipe or a device, not a file that can be read",
    "loop": "is a link that leads back to itself",
    "broken": "is a link to gone, which is not there",
}
ON_FILES = {
    "check": ["check", "{in}"],
    "merge": ["merge", "{in}", "-o", "{out}"],
    "agree": ["agree", "{in}", "-o", "{out}"],
    "analyze": ["analyze", "{in}", "-o", "{out}"],
    "extract": ["codebook", "extract", "{in}", "-o", "{out}.yaml"],
    "fix": ["check", "{in}", "--fix", "-o", "{out}"],
    "migrate": ["migrate", "crying-1", "crying", "{in}", "-o", "{out}"],
    "statistics": ["batch", "statistics", "{in}", "-o", "{out}"],
    "shift": ["batch", "shift-times", "{in}", "-o", "{out}", "--by", "100"],
    "convert": ["convert", "{in}", "{out}/", "--to", "csv"],
}


def filled(command: list[str], inside: Path, out: Path) -> list[str]:
    return [part.replace("{in}", str(inside)).replace("{out}", str(out)) for part in command]


@pytest.mark.parametrize("kind", list(SAID))
@pytest.mark.parametrize("command", list(ON_FILES))
def test_what_is_no_file_among_the_files_of_a_folder(elancry, coded, tmp_path, kind, command):
    odd(kind, coded / "S02__R1.eaf")
    said = elancry(*filled(ON_FILES[command], coded, tmp_path / "out"))
    assert said.code in (1, 2)
    assert SAID[kind] in said.all


@pytest.mark.parametrize("kind", list(SAID))
@pytest.mark.parametrize("command", list(ON_FILES))
def test_what_is_no_file_given_by_name(elancry, tmp_path, kind, command):
    path = odd(kind, tmp_path / "S02__R1.eaf")
    said = elancry(*filled(ON_FILES[command], path, tmp_path / "out"))
    assert said.code == 2
    assert SAID[kind] in said.all


IN_OTHER_PLACES = {
    "codebook": ["check", "{coded}", "--codebook", "{odd}.yaml"],
    "vocabularies": ["check", "{odd}.ecv"],
    "vocabularies extracted": ["codebook", "extract", "{odd}.ecv", "-o", "{out}.yaml"],
    "plan": ["check", "{coded}", "--study", "{odd}.yaml"],
    "codebook check": ["codebook", "check", "{odd}.yaml"],
    "template": ["template", "{odd}.yaml", "-o", "{out}"],
    "media": ["template", "crying", "-o", "{out}", "--media", "{odd}.mp4", "--raters", "R1"],
    "sessions": ["analyze", "{coded}", "-o", "{out}", "--set", "sessions={odd}.csv"],
    "key": ["merge", "{coded}", "-o", "{out}", "--pseudonymise", "--key", "{odd}.json"],
    "old codebook": ["migrate", "{odd}.yaml", "crying", "{coded}", "-o", "{out}"],
    "table": ["convert", "{odd}.csv", "{out}.eaf"],
    "subtitles": ["convert", "{odd}.srt", "{out}.eaf"],
    "source": ["batch", "set-vocabulary", "{coded}", "-o", "{out}", "--from", "{odd}.ecv"],
    "link": ["batch", "relink-vocabulary", "{coded}", "-o", "{out}", "--ecv", "{odd}.ecv"],
}


@pytest.mark.parametrize("kind", ["pipe", "loop"])
@pytest.mark.parametrize("place", list(IN_OTHER_PLACES))
def test_what_is_no_file_as_plan_codebook_or_table(elancry, coded, tmp_path, kind, place):
    command = IN_OTHER_PLACES[place]
    (suffix,) = {part.partition("{odd}")[2] for part in command if "{odd}" in part}
    path = odd(kind, tmp_path / f"odd{suffix}")
    filled_in = {"{coded}": str(coded), "{odd}": str(path.with_suffix("")), "{out}": str(tmp_path / "out")}
    arguments = []
    for part in command:
        for name, value in filled_in.items():
            part = part.replace(name, value)
        arguments.append(part)
    said = elancry(*arguments)
    assert said.code in (1, 2)
    assert SAID[kind] in said.all


@pytest.mark.skipif(sys.platform == "darwin", reason="the file system takes UTF-8 only")
@pytest.mark.parametrize("command", list(ON_FILES))
@pytest.mark.parametrize("given", ["folder", "file"])
def test_a_name_that_is_not_utf_8(elancry, coded, tmp_path, command, given):
    path = os.fsencode(coded) + b"/S\xe9__R1.eaf"
    shutil.copy(coded / "S01__R1.eaf", os.fsdecode(path))
    inside = coded if given == "folder" else Path(os.fsdecode(path))
    said = elancry(*filled(ON_FILES[command], inside, tmp_path / "out"))
    assert said.code == 2
    assert said.err.count("\\xe9__R1.eaf has bytes that are not UTF-8") == 1
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").glob("*.eaf"))


@pytest.mark.skipif(sys.platform == "darwin", reason="the file system knows no such twins")
def test_names_composed_and_decomposed_are_two_files(elancry, coded, tmp_path):
    for form in ("NFC", "NFD"):
        shutil.copy(coded / "S01__R1.eaf", coded / unicodedata.normalize(form, "Sé__R1.eaf"))
    said = elancry("merge", coded, "-o", tmp_path / "out")
    assert said.code == 1
    assert "file-session-twice: session 'Sé' by 'R1' is also in a second file" in said.err
    assert "composed differently" in said.err
    assert not (tmp_path / "out" / "merge.json").exists()


def test_one_file_by_two_links_is_one_file(elancry, coded):
    (coded / "S02__R1.eaf").symlink_to("S01__R1.eaf")
    said = elancry("check", coded, coded / "S01__R1.eaf")
    assert "2 files, 1 session, 2 raters" in said.out


def test_a_link_to_a_file_elsewhere_has_its_own_name(elancry, coded, tmp_path):
    """As git-annex and DataLad lay out data: the name is the link's, the content lies under a name of digits."""
    (tmp_path / "store").mkdir()
    for path in list(coded.iterdir()):
        path.rename(tmp_path / "store" / f"{path.stem[-1]}.dat")
        path.symlink_to(Path("..") / "store" / f"{path.stem[-1]}.dat")
    assert "2 files, 1 session, 2 raters (R1, R2)" in elancry("check", coded).out


def test_an_unreadable_file_is_named_before_the_tier_that_may_be_in_it(elancry, coded):
    (coded / "S02__R1.eaf").write_bytes(b"")
    said = elancry("check", coded, "--tiers", "gaze")
    assert said.code == 2
    assert said.err.startswith("Error: S02__R1.eaf: the file is empty (0 bytes)")
    assert "gaze" not in said.err


@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_a_file_saved_between_check_and_merge(quiet, elancry, coded, tmp_path, monkeypatch):
    """Its session is left out of everything, with the reason; the other one is merged."""
    import elancry.merge.study as study

    for rater in ("R1", "R2"):
        text = (coded / f"S01__{rater}.eaf").read_text(encoding="utf-8")
        (coded / f"S02__{rater}.eaf").write_text(text.replace("2000", "2500"), encoding="utf-8")
    merge_study = study.merge_study

    def after_saving(*arguments, **options):
        path = coded / "S01__R1.eaf"
        path.write_text(path.read_text(encoding="utf-8").replace(">smile<", ">frown<"), encoding="utf-8")
        return merge_study(*arguments, **options)

    monkeypatch.setattr(study, "merge_study", after_saving)
    said = elancry("merge", coded, "-o", tmp_path / "out", *quiet)
    assert said.code == 1
    assert "file-changed" in said.err
    assert "S01__R1.eaf" in said.err
    assert bool(said.out) is not bool(quiet)
    assert sorted(path.name for path in (tmp_path / "out").glob("*.eaf")) == ["S02.merged.eaf"]
    assert "S01" not in (tmp_path / "out/annotations.csv").read_text(encoding="utf-8")
    assert '"refused": [{"session": "S01", "file": "S01__R1.eaf"' in (tmp_path / "out/merge.json").read_text("utf-8")


def test_a_file_saved_between_two_readings_of_a_check(coded, monkeypatch):
    """Large studies are read once for the codebook and once for the coding."""
    import elancry.check.study as study

    extract_codebook = study.extract_codebook

    def then_saved(views, **options):
        book = extract_codebook(views, **options)
        path = coded / "S01__R2.eaf"
        path.write_text(path.read_text(encoding="utf-8").replace(">smile<", ">frown<"), encoding="utf-8")
        return book

    monkeypatch.setattr(study, "extract_codebook", then_saved)
    monkeypatch.setattr(study, "KEEP_IN_MEMORY", 0)
    coding = study.check_files([coded])
    assert [(item.code, item.file) for item in coding.findings if item.blocking] == [("file-changed", "S01__R2.eaf")]
    assert [file.name for file in coding.files] == ["S01__R1.eaf"]
