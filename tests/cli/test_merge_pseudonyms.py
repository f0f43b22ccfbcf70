"""`elancry merge --pseudonymise --key FILE`: no original name in any byte of the output folder, file names included."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from elancry.eaf import read_eaf, write_eaf

RATERS = {"R1": "Annegret Zweifel", "R2": "Jörg"}
PATIENTS = {"S01": "Huber-2020", "S02": "Quendelmaier", "S03": "Ötztal"}
NAMES = ("annegret", "zweifel", "jörg", "huber", "quendelmaier", "ötztal", "geheim")


@pytest.fixture
def private(study, tmp_path):
    """The study with people's names in file names, media, ANNOTATOR, AUTHOR, PARTICIPANT and comments."""
    folder = tmp_path / "private"
    folder.mkdir()
    for path in study.glob("*.eaf"):
        session, rater = path.stem.split("__")
        document = read_eaf(path)
        editor = document.edit()
        editor.header.set_author(RATERS[rater])
        editor.media.clear()
        editor.media.add(f"file:///C:/geheim/{PATIENTS[session]}.mp4", "video/mp4", f"./{PATIENTS[session]}.mp4")
        for tier in document.tiers:
            editor.tiers.set(tier.id, annotator=RATERS[rater])
        editor.tiers.set("Comment", participant=PATIENTS[session])
        editor.annotations.add("Comment", 0, 500, f"{RATERS[rater]} über {PATIENTS[session]}")
        write_eaf(editor.document(), folder / f"{PATIENTS[session]}__{RATERS[rater]}.eaf")
    return folder


def leaks(folder):
    """(file, name) of every original name in a file's name, in its bytes, or in a table that is stored packed."""
    found = []
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        texts = [path.name, path.read_bytes().decode("utf-8", errors="replace")]
        texts.append(path.read_bytes().decode("latin-1"))
        if path.suffix == ".parquet":
            texts.append(pd.read_parquet(path).to_csv())
        if path.suffix == ".json":
            texts.append(json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False))
        found += [(path.name, name) for name in NAMES if any(name in text.casefold() for text in texts)]
    return found


def test_no_name_goes_out(elancry, private, tmp_path):
    out, key = tmp_path / "shared", tmp_path / "key.json"
    said = elancry("merge", private, "-o", out, "--pseudonymise", "--key", key)
    assert said.code == 0, said.err
    assert leaks(out) == []
    # The key is where the names are, and it is not among the results.
    assert "Annegret Zweifel" in key.read_text(encoding="utf-8")
    assert not (out / "key.json").exists()
    # Nothing but names is gone: the coding is all there.
    plain = tmp_path / "plain"
    elancry("merge", private, "-o", plain)
    assert {name for _, name in leaks(plain)} == set(NAMES)
    columns = ["system", "start_ms", "end_ms", "value", "category"]
    ours, theirs = (pd.read_parquet(folder / "annotations.parquet")[columns] for folder in (out, plain))
    assert len(ours) > 100
    assert sorted(map(str, ours.to_numpy().tolist())) == sorted(map(str, theirs.to_numpy().tolist()))


def test_the_same_key_gives_the_same_pseudonyms(elancry, private, tmp_path):
    key = tmp_path / "key.json"
    for name in ("first", "second"):
        elancry("merge", private, "-o", tmp_path / name, "--pseudonymise", "--key", key)
    first, second = ((tmp_path / name / "annotations.csv").read_bytes() for name in ("first", "second"))
    assert first == second


@pytest.mark.parametrize("where", ["key.json", "deeper/key.json"])
def test_the_key_may_not_lie_in_the_output(elancry, private, tmp_path, where):
    said = elancry("merge", private, "-o", tmp_path / "out", "--pseudonymise", "--key", tmp_path / "out" / where)
    assert said.code == 2
    assert "is in the output folder" in said.err
    assert not list(tmp_path.rglob("key.json"))


@pytest.mark.parametrize("arguments", [["--pseudonymise"], ["--key", "key.json"]])
def test_pseudonyms_and_key_belong_together(elancry, private, tmp_path, arguments):
    said = elancry("merge", private, "-o", tmp_path / "out", *arguments)
    assert said.code == 2
    assert "--pseudonymise and --key belong together" in said.err
