"""The bundle for R: R itself reads back every text, and the script says what is there."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from elancry.eaf import Document, new_document, read_eaf
from elancry.errors import UnreadableInput
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices
from elancry.interop.rbundle.bundle import ANNOTATIONS, TIERS, VOCABULARIES, gather_bundle
from elancry.interop.rbundle.script import SCRIPT

EVERYTHING = Choices()
# What read.csv would take for something else, or what would break a careless CSV.
HOSTILE = [
    "NA", "", "#comment", '"quoted"', "it's", "a,b;c\td", "line\nbreak", " blanks ", "01", "1e5", "TRUE", "NULL", "NaN",
    "=1+1", "\\n", "%s", "ä€😢", "\ufeffmark", "x\u2028y", "\u00a0", "a\"\"b", "-", "Inf", "0x10", "2024-01-01",
]  # fmt: skip


def study() -> dict[str, Document]:
    rows = [(n * 1000, n * 1000 + 500, value) for n, value in enumerate(HOSTILE)]
    first = FlatTier('the "form", it\'s', rows, ("despair", *HOSTILE), participant='P, "1"', annotator="R1")
    second = FlatTier("free", [(250, 1250, "x")])
    date = "2024-01-01T00:00:00+00:00"
    return {
        "s 02": build_document([second], name="s 02.eaf", date=date)[0],
        "s 01": build_document([first, second], name="s 01.eaf", date=date)[0],
    }


def unpacked(documents: dict[str, Document], choices: Choices = EVERYTHING) -> dict[str, str]:
    data = gather_bundle(documents, choices).files[".r.zip"]
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def run_r(script: Path, folder: Path, locale: str) -> str:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed: the bundle was not read by R itself")
    done = subprocess.run(
        [rscript, "--vanilla", str(script)],
        cwd=folder,
        env={**os.environ, "LC_ALL": locale},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_the_tables_say_what_the_documents_say():
    files = unpacked(study())
    assert list(files) == ["annotations.csv", "tiers.csv", "vocabularies.csv", "read.R"]
    annotations = table(files["annotations.csv"])
    assert tuple(annotations[0]) == ANNOTATIONS
    assert [row["value"] for row in annotations] == [*HOSTILE, "x", "x"]
    assert {row["session"] for row in annotations} == {"s 01", "s 02"}
    assert annotations[3] == {
        "session": "s 01",
        "tier": 'the "form", it\'s',
        "annotation": "a4",
        "start_ms": "3000",
        "end_ms": "3500",
        "value": '"quoted"',
        "entry": "cveid_4",
        "parent": "",
        "participant": 'P, "1"',
        "annotator": "R1",
    }
    tiers = table(files["tiers.csv"])
    assert tuple(tiers[0]) == TIERS
    assert [(row["session"], row["tier"], row["annotations"]) for row in tiers] == [
        ("s 01", 'the "form", it\'s', str(len(HOSTILE))),
        ("s 01", "free", "1"),
        ("s 02", "free", "1"),
    ]
    vocabularies = table(files["vocabularies.csv"])
    assert tuple(vocabularies[0]) == VOCABULARIES
    assert [row["value"] for row in vocabularies] == ["despair", *HOSTILE]


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_r_reads_every_text_as_it_stands(tmp_path: Path, locale: str):
    folder = tmp_path / "a folder with blanks, ä"
    folder.mkdir()
    for name, text in unpacked(study()).items():
        (folder / name).write_bytes(text.encode())
    (folder / "dump.R").write_text(
        'source("read.R", chdir = TRUE)\n'
        'hex <- function(text) if (is.na(text)) "missing" else paste(charToRaw(enc2utf8(text)), collapse = "")\n'
        'cat("--\\n")\n'
        'writeLines(vapply(annotations$value, hex, ""))\n'
        'cat("--\\n")\n'
        "form <- of_tier(levels(annotations$tier)[1])\n"
        'writeLines(vapply(levels(form$value), hex, ""))\n'
        'cat("--\\n", table(form$value)[["despair"]], " ", is.numeric(annotations$start_ms), " ",'
        ' sum(annotations$duration_s), sep = "")\n',
        encoding="utf-8",
    )
    _, values, levels, rest = run_r(folder / "dump.R", folder, locale).split("--\n")
    assert [bytes.fromhex(line).decode() for line in values.split("\n")[:-1]] == [*HOSTILE, "x", "x"]
    assert [bytes.fromhex(line).decode() for line in levels.split("\n")[:-1]] == ["despair", *HOSTILE]
    assert rest == f"0 TRUE {len(HOSTILE) * 0.5 + 2:g}"


def test_the_script_finds_its_folder_and_says_what_is_there(tmp_path: Path):
    """Run from another folder, in which a table of the same name lies."""
    folder = tmp_path / "bundle 1"
    folder.mkdir()
    (tmp_path / "annotations.csv").write_text("not this one\n", encoding="utf-8")
    for name, text in unpacked({"s": study()["s 02"]}).items():
        (folder / name).write_bytes(text.encode())
    said = run_r(folder / "read.R", tmp_path, "C.UTF-8")
    assert said.splitlines() == [
        "1 annotations on 1 tiers in 1 sessions",
        " tier annotations seconds",
        " free           1       1",
    ]


def test_a_study_without_annotations_is_read_too(tmp_path: Path):
    for name, text in unpacked({"s": new_document()}).items():
        (tmp_path / name).write_bytes(text.encode())
    assert run_r(tmp_path / "read.R", tmp_path, "C.UTF-8") == "0 annotations on 0 tiers in 0 sessions\n"


def test_the_script_is_plain_text_and_asks_for_nothing():
    assert SCRIPT.isascii()
    for call in ("library(", "require(", "install", "system(", "download", "eval("):
        assert call not in SCRIPT


def test_only_the_tiers_that_are_asked_for():
    files = unpacked(study(), Choices(tiers=("free",)))
    assert [row["tier"] for row in table(files["annotations.csv"])] == ["free", "free"]
    assert table(files["vocabularies.csv"]) == []


def test_the_same_documents_give_the_same_bytes_in_any_order():
    documents = study()
    forward = gather_bundle(documents, EVERYTHING)
    assert forward.files == gather_bundle(dict(reversed(documents.items())), EVERYTHING).files


def test_nothing_says_where_files_lie_or_who_wrote_them():
    editor = study()["s 02"].edit()
    editor.header.set_author("Erika Mustermann")
    editor.media.add("file:///home/erika/v.mp4", "video/mp4", "../erika/v.mp4")
    assert not any("rika" in text for text in unpacked({"s": editor.document()}).values())


def test_carriage_returns_are_told():
    document = build_document([FlatTier("t", [(0, 100, "a\rb")])], name="s.eaf")[0]
    assert "convert-text-changed" in [found.code for found in gather_bundle({"s": document}, EVERYTHING).findings]


def test_real_files_keep_every_value_and_time(shared: Path):
    for path in sorted(path for path in (shared / "eaf" / "real").rglob("*.eaf") if path.stat().st_size < 200_000):
        try:
            document = read_eaf(path)
        except UnreadableInput:
            continue
        found = [
            (row["tier"], row["annotation"], int(row["start_ms"]), int(row["end_ms"]), row["value"])
            for row in table(unpacked({"s": document})["annotations.csv"])
        ]
        items = [item for tier in document.tiers for item in document.annotations(tier.id)]
        assert sorted(found) == sorted((i.tier, i.id, i.start_ms, i.end_ms, i.value) for i in items), path.name
