"""`elancry convert`: files and folders, what it refuses, what it says."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from elancry.eaf import Document, read_eaf, write_eaf
from elancry.interop.flat import FlatTier, build_document


def content(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    """Three files in two folders, with things beside them that are no coding."""
    folder = tmp_path / "coded"
    for number, name in enumerate(("r1/s01.eaf", "r1/s02.eaf", "s03.eaf")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [(number * 100, number * 100 + 50, f"v{number}"), (900, 950, "x")]
        document, _ = build_document([FlatTier("a", rows, participant="P")], name=name)
        write_eaf(document, path)
    (folder / "s03.eaf.001").write_text("backup")
    (folder / "._s03.eaf").write_text("hidden")
    (folder / "notes.txt").write_text("notes")
    return folder


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "conversion.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_file_to_a_file_and_back(coded: Path, tmp_path: Path, elancry):
    said = elancry("convert", coded / "s03.eaf", tmp_path / "x.TextGrid")
    assert said.code == 0
    assert said.out == f"{tmp_path / 'x.TextGrid'}: 1 tier, 2 annotations.\n"
    assert "warning convert-lost: s03.eaf: TextGrid does not keep participants of tiers (1 here)" in said.err
    assert "3 notes not shown" in said.err
    assert elancry("convert", tmp_path / "x.TextGrid", tmp_path / "y.eaf", "-q").all == ""
    assert content(read_eaf(tmp_path / "y.eaf")) == content(read_eaf(coded / "s03.eaf"))


def test_a_folder_to_a_folder_and_back(coded: Path, tmp_path: Path, elancry):
    before = snapshot(coded)
    said = elancry("convert", coded, tmp_path / "out", "--to", "webvtt", "--jobs", 2)
    assert said.code == 0
    assert "3 files: 3 converted. The outcome for each file is in" in said.out
    assert "participants of tiers (1 here) (and 2 more like it)" in said.err
    assert [(row["file"], row["state"], row["written"], row["annotations"]) for row in table(tmp_path / "out")] == [
        ("r1/s01.eaf", "converted", "r1/s01.vtt", "2"),
        ("r1/s02.eaf", "converted", "r1/s02.vtt", "2"),
        ("s03.eaf", "converted", "s03.vtt", "2"),
    ]
    assert elancry("convert", tmp_path / "out", tmp_path / "back").code == 0
    for name in ("r1/s01.eaf", "s03.eaf"):
        assert content(read_eaf(tmp_path / "back" / name)) == content(read_eaf(coded / name))
    assert snapshot(coded) == before


def test_verbose_names_every_file(coded: Path, tmp_path: Path, elancry):
    said = elancry("convert", coded, tmp_path / "out", "--to", "srt", "-v")
    assert "r1/s01.eaf -> r1/s01.srt\n" in said.out
    assert "note convert-left-behind: r1/s01.eaf" in said.err


def test_other_formats_among_each_other(coded: Path, tmp_path: Path, elancry):
    assert elancry("convert", coded / "s03.eaf", tmp_path / "x.vtt").code == 0
    assert elancry("convert", tmp_path / "x.vtt", tmp_path / "x.cha").code == 0
    assert elancry("convert", tmp_path / "x.cha", tmp_path / "x.csv").code == 0
    assert elancry("convert", tmp_path / "x.csv", tmp_path / "y.eaf").code == 0
    assert content(read_eaf(tmp_path / "y.eaf")) == content(read_eaf(coded / "s03.eaf"))


def test_many_files_into_one_and_apart_again(coded: Path, tmp_path: Path, elancry):
    said = elancry("convert", coded, tmp_path / "all.csv")
    assert said.code == 0
    assert f"{tmp_path / 'all.csv'}: 3 recordings." in said.out
    assert elancry("convert", tmp_path / "all.csv", tmp_path / "apart").code == 0
    assert sorted(path.name for path in (tmp_path / "apart").iterdir() if not path.name.startswith(".")) == [
        "conversion.csv", "s01.eaf", "s02.eaf", "s03.eaf"
    ]  # fmt: skip
    assert content(read_eaf(tmp_path / "apart" / "s02.eaf")) == content(read_eaf(coded / "r1" / "s02.eaf"))


def test_inputs_of_several_folders_keep_their_folders(coded: Path, tmp_path: Path, elancry):
    (coded / "r2").mkdir()
    (coded / "r2" / "s01.eaf").write_bytes((coded / "s03.eaf").read_bytes())
    assert elancry("convert", coded / "r1", coded / "r2", tmp_path / "out", "--to", "csv").code == 0
    assert [row["file"] for row in table(tmp_path / "out")] == ["r1/s01.eaf", "r1/s02.eaf", "r2/s01.eaf"]
    both = (coded / "r1" / "s01.eaf", coded / "r2" / "s01.eaf")
    assert elancry("convert", *both, tmp_path / "all.csv").code == 0
    assert {line.split(",")[0] for line in (tmp_path / "all.csv").read_text().splitlines()} == {
        "file", "r1/s01.eaf", "r2/s01.eaf"
    }  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_linked_folders_and_relative_paths(coded: Path, tmp_path: Path, elancry, monkeypatch: pytest.MonkeyPatch):
    (coded / "linked").symlink_to(coded / "r1", target_is_directory=True)
    (coded / "round").symlink_to(coded, target_is_directory=True)
    monkeypatch.chdir(coded)
    assert elancry("convert", ".", "../out", "--to", "csv").code == 0
    # Every folder is read once, under the first name that leads to it.
    assert [row["file"] for row in table(tmp_path / "out")] == ["linked/s01.eaf", "linked/s02.eaf", "s03.eaf"]
    assert elancry("convert", "s03.eaf", "../coded/r1", "../out2", "--to", "csv").code == 0
    assert [row["file"] for row in table(tmp_path / "out2")] == ["r1/s01.eaf", "r1/s02.eaf", "s03.eaf"]


def test_a_slash_at_the_end_means_a_folder(coded: Path, tmp_path: Path, elancry):
    assert elancry("convert", coded / "s03.eaf", f"{tmp_path}/v.2/", "--to", "csv").code == 0
    assert (tmp_path / "v.2" / "s03.csv").is_file()


def test_one_bad_file_does_not_stop_the_others(coded: Path, tmp_path: Path, elancry):
    (coded / "r1" / "s02.eaf").write_bytes(b"")
    said = elancry("convert", coded, tmp_path / "out", "--to", "csv")
    assert said.code == 1
    assert "failed: r1/s02.eaf: " in said.err
    assert "3 files: 2 converted, 1 failed." in said.out
    row = next(row for row in table(tmp_path / "out") if row["file"] == "r1/s02.eaf")
    assert row["state"] == "failed"
    assert "is empty (0 bytes)" in row["message"]
    said = elancry("convert", coded, tmp_path / "all.csv")
    assert said.code == 1
    assert "2 recordings, 1 failed." in said.out
    for path in coded.rglob("*.eaf"):
        path.write_bytes(b"no xml")
    assert elancry("convert", coded, tmp_path / "out2", "--to", "csv").code == 2
    assert elancry("convert", coded, tmp_path / "none.csv").code == 2
    assert not (tmp_path / "none.csv").exists()


def test_malformed_files_are_told_with_their_line(tmp_path: Path, elancry):
    path = tmp_path / "bad.vtt"
    path.write_text("WEBVTT\n\n00:01 --> x\nhello\n")
    said = elancry("convert", path, tmp_path / "x.eaf")
    assert said.code == 2
    assert "bad.vtt:3: the timing '00:01 --> x' is damaged" in said.err
    assert not (tmp_path / "x.eaf").exists()


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_inputs_are_never_written_over(coded: Path, tmp_path: Path, elancry):
    source = tmp_path / "a.csv"
    source.write_text("tier,start_ms,end_ms,value\na,1,2,x\n")
    before = source.read_bytes()
    (tmp_path / "hard.tsv").hardlink_to(source)
    (tmp_path / "soft.tsv").symlink_to(source)
    for name in ("hard.tsv", "soft.tsv"):
        said = elancry("convert", source, tmp_path / name, "--force")
        assert said.code == 2
        assert "one of the files to convert; originals are never changed" in said.err
    before_all = snapshot(coded)
    for out in (coded, coded / "r1", tmp_path):
        said = elancry("convert", coded, out, "--to", "csv", "--force")
        assert said.code == 2
        assert "is in the output folder" in said.err
        assert "Choose an output folder" in said.err
    link = tmp_path / "link"
    link.symlink_to(coded, target_is_directory=True)
    assert elancry("convert", coded, link, "--to", "csv", "--force").code == 2
    assert snapshot(coded) == before_all
    assert source.read_bytes() == before


def test_files_of_others_need_force(coded: Path, tmp_path: Path, elancry):
    out = tmp_path / "x.csv"
    out.write_text("mine")
    said = elancry("convert", coded / "s03.eaf", out)
    assert said.code == 2
    assert "already exists" in said.err
    assert out.read_text() == "mine"
    assert elancry("convert", coded / "s03.eaf", out, "--force").code == 0
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "s03.csv").write_text("mine")
    said = elancry("convert", coded, folder, "--to", "csv")
    assert said.code == 1
    assert "2 converted, 1 failed" in said.out
    assert (folder / "s03.csv").read_text() == "mine"
    assert elancry("convert", coded, folder, "--to", "csv", "--force").code == 0
    # What elancry itself wrote there is replaced freely.
    assert elancry("convert", coded, folder, "--to", "csv").code == 0


def test_a_second_run_keeps_what_another_one_wrote(coded: Path, tmp_path: Path, elancry):
    out = tmp_path / "out"
    assert elancry("convert", coded / "r1", out, "--to", "csv").code == 0
    assert elancry("convert", coded / "s03.eaf", f"{out}{os.sep}", "--to", "csv").code == 0
    assert {path.name for path in out.glob("*.csv")} == {"conversion.csv", "s01.csv", "s02.csv", "s03.csv"}


def test_names_in_a_file_never_lead_out_of_the_folder(tmp_path: Path, elancry):
    source = tmp_path / "in" / "all.csv"
    source.parent.mkdir()
    names = ["../../evil.eaf", "/tmp/evil.eaf", "..\\evil.eaf", "CON.eaf", "a\x01b.eaf", ".eaf", "..eaf"]
    rows = "".join(f'"{name}",a,1,2,x\n' for name in names)
    source.write_bytes(f"file,tier,start_ms,end_ms,value\n{rows}".encode())
    said = elancry("convert", source, tmp_path / "out" / "deep")
    assert said.code == 0, said.all
    written = list(tmp_path.rglob("*.eaf"))
    assert len(written) == len(names)
    assert all(path.parent == tmp_path / "out" / "deep" for path in written)


def test_several_recordings_need_a_folder(tmp_path: Path, elancry):
    source = tmp_path / "all.csv"
    source.write_text("file,tier,start_ms,end_ms,value\na.eaf,t,1,2,x\nb.eaf,t,1,2,x\n")
    said = elancry("convert", source, tmp_path / "x.eaf")
    assert said.code == 2
    assert "would become 2 files (2 recordings), not one" in said.err
    # Of several such files, each gets a folder of its own.
    (tmp_path / "more").mkdir()
    for name in ("one.csv", "two.csv"):
        (tmp_path / "more" / name).write_bytes(source.read_bytes())
    assert elancry("convert", tmp_path / "more", tmp_path / "out", "--from", "csv").code == 0
    assert sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.eaf")) == [
        "one/a.eaf", "one/b.eaf", "two/a.eaf", "two/b.eaf"
    ]  # fmt: skip


REFUSED = [
    (["{coded}", "{tmp}/out"], "Which format should"),
    (["{coded}", "{tmp}/out", "--to", "praat"], "--to praat: this format cannot be written"),
    (["{coded}", "{tmp}/out", "--from", "r", "--to", "csv"], "--from r: this format cannot be read"),
    (["{coded}", "{tmp}/out", "--to", "eaf", "--from", "eaf"], "is already a file of the format eaf"),
    (["{coded}/s03.eaf", "{tmp}/x.eaf"], "is already a file of the format eaf"),
    (["{coded}/s03.eaf", "{tmp}/x.eaf", "--to", "csv"], "--to csv contradicts the file name x.eaf"),
    (["{coded}/s03.eaf.001", "{tmp}/x.csv"], "the suffix .001 does not identify the format"),
    (["{coded}/nowhere.eaf", "{tmp}/x.csv"], "there is no file or folder"),
    (["{coded}", "{tmp}/all.TextGrid"], "cannot hold several recordings"),
    (["{coded}", "{tmp}/out", "--from", "textgrid"], "nothing to convert in"),
    (["{coded}", "{tmp}/out", "--to", "eaf"], "1 .txt file (use --from to name its format)"),
    (["{coded}/s03.eaf", "{tmp}/no/folder/x.csv"], "the folder does not exist"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_what_cannot_be_done_is_said(coded: Path, tmp_path: Path, elancry, arguments: list[str], words: str):
    said = elancry("convert", *(item.format(coded=coded, tmp=tmp_path) for item in arguments))
    assert said.code == 2, said.all
    assert words in said.err


def test_two_inputs_that_would_be_one_output(tmp_path: Path, elancry):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "s01.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\na\n")
    (folder / "s01.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\na\n")
    said = elancry("convert", folder, tmp_path / "out")
    assert said.code == 2
    assert "would both be written as s01.eaf" in said.err


def test_a_tier_that_is_not_there_is_told(coded: Path, tmp_path: Path, elancry):
    said = elancry("convert", coded / "s03.eaf", tmp_path / "x.csv", "--tiers", "a,b")
    assert (said.code, list(tmp_path.glob("x.csv"))) == (2, [])
    assert "no tier is called 'b'" in said.err
    # One of several files has it.
    document, _ = build_document([FlatTier("b", [(0, 50, "x")])], name="s04.eaf")
    write_eaf(document, coded / "s04.eaf")
    said = elancry("convert", coded, f"{tmp_path}/out/", "--to", "csv", "--tiers", "a,b")
    assert said.code == 0
    assert "there is no tier 'b'" in said.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_is_no_file_is_not_read(tmp_path: Path, elancry):
    os.mkfifo(tmp_path / "pipe.csv")
    said = elancry("convert", tmp_path / "pipe.csv", tmp_path / "x.eaf")
    assert said.code == 2
    assert "not a file that can be read" in said.err


def test_the_output_on_the_page_is_real(tmp_path: Path, elancry, monkeypatch: pytest.MonkeyPatch):
    root = Path(__file__).resolve().parents[2]
    page = (root / "docs" / "formats.md").read_text(encoding="utf-8")
    block = page.split("```text\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    said = elancry("convert", root / "sample_eaf" / "S01__R1.eaf", "S01.vtt", "--tiers", "crying_form,intervention")
    assert said.err + said.out == block


def test_a_file_of_many_recordings_to_one_of_another_format_that_holds_many(coded: Path, tmp_path: Path, elancry):
    assert elancry("convert", coded, tmp_path / "all.boris", "-q").code == 0
    for name in ("all.sds", "all.boris.tsv", "all.csv"):
        said = elancry("convert", tmp_path / "all.boris", tmp_path / name)
        assert said.code == 0, said.all
        assert said.out == f"{tmp_path / name}: 3 recordings, 3 tiers, 6 annotations.\n"
        source = ["--from", "csv"] if name == "all.csv" else []
        assert elancry("convert", tmp_path / name, f"{tmp_path / 'back' / name}/", *source).code == 0
        assert len(list((tmp_path / "back" / name).rglob("*.eaf"))) == 3


def test_in_folders_a_suffix_of_one_format_only_is_taken(coded: Path, tmp_path: Path, elancry):
    folder = tmp_path / "exports"
    folder.mkdir()
    assert elancry("convert", coded / "s03.eaf", folder / "a.boris.tsv", "-q").code == 0
    assert elancry("convert", coded / "s03.eaf", folder / "b.anno.json", "-q").code == 0
    (folder / "c.tsv").write_text("tier\tstart_ms\tend_ms\tvalue\na\t0\t10\tx\n")
    said = elancry("convert", folder, tmp_path / "back")
    assert said.code == 0, said.all
    assert [row["file"] for row in table(tmp_path / "back")] == ["a.boris.tsv", "b.anno.json"]
    assert "Skipped: 1 .tsv file" in said.out


def test_no_hint_names_an_option_that_is_not_there(coded: Path, tmp_path: Path, elancry):
    """Only what stands in the way of one file, so that the others are written."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "s03.vtt").write_text("somebody's work")
    said = elancry("convert", coded, out, "--to", "webvtt")
    assert said.code == 1
    assert "Choose another output folder, or add --force" in said.err
    assert "-o" not in said.all.split()
    assert " -o" not in (out / "conversion.csv").read_text()


def test_a_file_gets_no_suffix_that_lies(coded: Path, tmp_path: Path, elancry):
    """Other programs go by the suffix."""
    one = coded / "s03.eaf"
    said = elancry("convert", one, tmp_path / "a.srt", "--to", "webvtt")
    assert said.code == 2
    assert "--to webvtt contradicts the file name" in said.err
    assert elancry("convert", one, tmp_path / "a.TextGrid", "--to", "textgrid-short", "-q").code == 0
    assert elancry("convert", one, tmp_path / "a.txt", "--to", "elan-columns", "-q").code == 0
    for name in ("a.eat", "a.etf"):
        said = elancry("convert", tmp_path / "a.TextGrid", tmp_path / name)
        assert said.code == 2
        assert "does not tell which format" in said.err
        assert not (tmp_path / name).exists()


def test_a_project_without_recordings_is_told_as_such(tmp_path: Path, elancry):
    path = tmp_path / "p.boris"
    path.write_text('{"time_format": "hh:mm:ss", "observations": {}, "behaviors_conf": {}, "subjects_conf": {}}')
    for name in ("p.eaf", "p.sds"):
        said = elancry("convert", path, tmp_path / name)
        assert said.code == 2
        assert "contains no recording" in said.err


def test_a_failed_file_is_named_with_its_folder_and_a_skipped_row_in_good_grammar(coded: Path, tmp_path: Path, elancry):
    (coded / "r1" / "bad.eaf").write_text("no XML")
    said = elancry("convert", coded, tmp_path / "out", "--to", "csv")
    assert said.code == 1
    assert "failed: r1/bad.eaf: bad.eaf is not an ELAN annotation file: it is not XML" in said.err
    path = tmp_path / "t.csv"
    path.write_text("tier,start_ms,end_ms,value\na,0,10,x\na,?,?,y\n")
    assert "1 row lacks a valid start or end time" in elancry("convert", path, tmp_path / "t.eaf").err


def test_a_stopped_run_leaves_a_table_of_what_was_done(
    coded: Path, tmp_path: Path, elancry, monkeypatch: pytest.MonkeyPatch
):
    from elancry.cli import conversion

    real = conversion.convert

    def stopped(data: bytes, name: str, *arguments: object, **options: object) -> object:
        if name == "z.eaf":
            raise KeyboardInterrupt
        return real(data, name, *arguments, **options)

    for number in range(40):
        (coded / f"f{number:02}.eaf").write_bytes((coded / "s03.eaf").read_bytes())
    (coded / "z.eaf").write_bytes((coded / "s03.eaf").read_bytes())
    monkeypatch.setattr(conversion, "convert", stopped)
    assert elancry("convert", coded, tmp_path / "out", "--to", "csv").code not in (0, 1)
    named = {row["written"] for row in table(tmp_path / "out")}
    assert named == {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.csv")} - {
        "conversion.csv"
    }
    assert named


def test_times_of_the_medium_or_of_the_file(shared: Path, tmp_path: Path, elancry):
    # R1 has a TIME_ORIGIN of 2000, R2 has none and begins 2000 later.
    cases = shared / "cases" / "07_time_origin"
    assert elancry("convert", cases, tmp_path / "out", "--to", "csv").code == 0
    made = [(tmp_path / "out" / f"S01__R{n}.csv").read_text().splitlines()[1].split(",")[3:] for n in (1, 2)]
    assert made == [["3000", "5000", "x"], ["3000", "5000", "x"]]
    assert ["convert-medium-offset: 1" in row["findings"] for row in table(tmp_path / "out")] == [True, False]
    assert elancry("convert", cases, tmp_path / "raw", "--to", "csv", "--times", "file").code == 0
    assert (tmp_path / "raw" / "S01__R1.csv").read_text().splitlines()[1].endswith("1000,3000,x")


def test_the_unit_of_a_table_may_be_said(shared: Path, tmp_path: Path, elancry):
    seconds = shared / "cases" / "19_tables" / "seconds_begin.csv"
    said = elancry("convert", seconds, tmp_path / "a.eaf")
    assert said.code == 2
    assert "it is unclear whether times such as '1' are milliseconds or seconds" in said.err
    assert elancry("convert", seconds, tmp_path / "a.eaf", "--unit", "s").code == 0
    assert content(read_eaf(tmp_path / "a.eaf")) == {"code": [(1000, 2000, "x"), (61_000, 75_000, "y")]}


def test_moments_that_elancry_made_are_not_to_be_deleted(shared: Path, tmp_path: Path, elancry):
    assert elancry("convert", shared / "cases" / "14_boris" / "zero.boris", tmp_path / "out/").code == 0
    said = elancry("check", tmp_path / "out", "--verbose")
    assert "annotation-very-short" not in said.all


def test_columns_and_sheets_are_only_for_tables(tmp_path: Path, elancry):
    (tmp_path / "u.csv").write_text("Onset,Offset,Kind\n1.5,2.25,protest\n")
    said = elancry("convert", tmp_path / "u.csv", tmp_path / "u.eaf")
    assert said.code == 2
    assert "--columns 'start=Onset,end=Offset,value=Kind,unit=s'" in said.err
    given = ("--columns", "start=Onset,end=Offset,value=Kind,unit=s")
    assert elancry("convert", tmp_path / "u.csv", tmp_path / "u.eaf", *given).code == 0
    assert content(read_eaf(tmp_path / "u.eaf")) == {"annotations": [(1500, 2250, "protest")]}
    said = elancry("convert", tmp_path / "u.eaf", tmp_path / "v.csv", *given)
    assert (said.code, "--columns does not apply to these files" in said.err) == (2, True)
    said = elancry("convert", tmp_path / "u.csv", tmp_path / "v.eaf", "--sheet", "x")
    assert (said.code, "--sheet does not apply to these files" in said.err) == (2, True)


@pytest.mark.parametrize(("form", "more"), [
    ("csv", ()), ("csv", ("--excel",)), ("csv", ("--excel-de",)), ("tsv", ()), ("elan-tab", ()), ("elan-columns", ()),
    ("textgrid", ()), ("textgrid-short", ()), ("srt", ()),
])  # fmt: skip
def test_a_whole_study_goes_out_and_comes_back(tmp_path: Path, elancry, form: str, more: tuple[str, ...]):
    """Folders with our conversion.csv in them, in both directions, and the same annotations at the end."""
    rows = {"S1": [(0, 1000, "x"), (1500, 2250, "y")], "S2": [(40, 90_000, "x")]}
    for session, coded in rows.items():
        document = build_document([FlatTier("code", coded)], name=f"{session}.eaf")[0]
        (tmp_path / "coded" / "sub").mkdir(parents=True, exist_ok=True)
        (tmp_path / "coded" / "sub" / f"{session}.eaf").write_bytes(document.to_bytes())
    out, back = tmp_path / "out", tmp_path / "back"
    assert elancry("convert", tmp_path / "coded", "-o", out, "--to", form, *more).code == 0
    said = elancry("convert", out, "-o", back, "--from", form)
    assert said.code == 0, said.err
    assert {row["file"].rsplit("/", 1)[0] for row in table(back)} == {"sub"}
    assert len(table(back)) == 2
    for session, coded in rows.items():
        assert content(read_eaf(back / "sub" / f"{session}.eaf")) == {"code": coded}


def test_for_excel_formulas_are_defused_and_that_is_told(tmp_path: Path, elancry):
    document = build_document([FlatTier("code", [(0, 1000, "=1+1")])], name="s.eaf")[0]
    (tmp_path / "s.eaf").write_bytes(document.to_bytes())
    said = elancry("convert", tmp_path / "s.eaf", tmp_path / "s.csv", "--excel-de")
    assert "what Excel would run as a formula got an apostrophe" in said.err
    assert (tmp_path / "s.csv").read_bytes() == (
        "\ufefftier;participant;annotator;start_ms;end_ms;value\r\ncode;;;0;1000;'=1+1\r\n".encode()
    )
    said = elancry("convert", tmp_path / "s.eaf", tmp_path / "s.srt", "--excel")
    assert (said.code, "--excel does not apply to these files" in said.err) == (2, True)


def test_one_path_says_not_where_the_result_goes(tmp_path: Path, elancry):
    said = elancry("convert", tmp_path)
    assert (said.code, "only one path is given" in said.err) == (2, True)
