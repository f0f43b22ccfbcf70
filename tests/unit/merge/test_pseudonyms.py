"""No name in any byte that goes out."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from elancry.check.study import check_files
from elancry.eaf import parse_eaf, read_eaf, write_eaf
from elancry.errors import UnreadableInput, UsageError
from elancry.findings import finding
from elancry.merge.pseudonyms import Key, Pseudonymizer
from elancry.merge.study import merge_study

NAMES = ("anna", "muster", "jörg", "joerg", "huber", "zweifel", "geheim")
RATED = {"protest": ["3"], "despair": ["0"]}


@pytest.fixture
def private(study_folder):
    """Two raters, a session named after the patient, and names in every place that a file has for them."""
    for rater, form in (("Anna Muster", [(1000, 2000, "protest")]), ("Jörg", [(1000, 2500, "protest")])):

        def personal(editor):
            editor.header.set_author("Dr. Zweifel")
            editor.header.set_property("project", "geheim")
            editor.tiers.set("form", participant="Frau Huber")
            editor.types.add("free")
            editor.tiers.add("Notes about Huber", "free", participant="Frau Huber")
            editor.annotations.add("Notes about Huber", 0, 500, "Frau Huber weint")
            editor.annotations.add("Comment", 0, 500, "Anna fragt Huber")
            editor.annotations.add("form", 5000, 5500, "Huber lacht")

        path = study_folder.add(
            "Huber_2020",
            rater,
            sequences=[(0, 10_000, "Huber 1")],
            form=form,
            ratings=RATED,
            media=["Huber_2020.mp4"],
            edit=personal,
        )
        text = read_eaf(path).to_bytes().decode()
        linked = '<LINKED_FILE_DESCRIPTOR LINK_URL="file:///home/anna/geheim.xml" MIME_TYPE="text/xml"/><PROPERTY'
        text = text.replace("<PROPERTY", linked, 1).replace("<TIME_ORDER>", "<!-- Zweifel --><TIME_ORDER>", 1)
        text = text.replace("<ANNOTATION_DOCUMENT", "<!-- Anna --><?who Huber?><ANNOTATION_DOCUMENT", 1)
        write_eaf(parse_eaf(text.encode(), path.name), path)
    return study_folder


def outgoing(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def leaks(content):
    low = {name: data.decode("utf-8", errors="replace").casefold() for name, data in content.items()}
    return [(name, word) for name, text in low.items() for word in NAMES if word in text or word in name.casefold()]


def test_no_name_goes_out_and_the_numbers_stay(private, small_codebook, tmp_path):
    coding = check_files([private.folder], codebook=small_codebook)
    merge_study(coding, tmp_path / "plain")
    assert leaks(outgoing(tmp_path / "plain"))  # the test can fail
    veiled = merge_study(coding, tmp_path / "out", key=tmp_path / "key.json")
    content = outgoing(tmp_path / "out")
    assert leaks({name: data for name, data in content.items() if not name.endswith(".parquet")}) == []
    table = pd.read_parquet(tmp_path / "out" / "annotations.parquet")
    assert leaks({"parquet": table.to_csv().encode()}) == []
    document = read_eaf(tmp_path / "out" / "S01.merged.eaf")
    assert {tier.id.rpartition("@")[2] for tier in document.tiers} == {"R01", "R02", "consensus", "disagreement"}
    assert not document.tier("Comment@R01")
    assert {item.value for rater in ("R01", "R02") for item in document.annotations(f"form@{rater}")} == {
        "protest",
        "[removed]",
    }
    lengths = [pd.read_csv(tmp_path / name / "worklist.csv").duration_ms.tolist() for name in ("out", "plain")]
    assert lengths[0] == lengths[1]
    assert not leaks({"findings": " ".join(str(item.as_dict()) for item in veiled.findings).encode()})
    names = json.loads((tmp_path / "key.json").read_text(encoding="utf-8"))["names"]
    assert set(names["rater"]) == {"Anna Muster", "Jörg"}


def test_the_same_key_gives_the_same_pseudonyms(private, small_codebook, tmp_path):
    coding = check_files([private.folder], codebook=small_codebook)
    merge_study(coding, tmp_path / "one", key=tmp_path / "key.json")
    private.add("Abel", "Jörg", form=[(0, 100, "protest")])
    again = check_files([private.folder], codebook=small_codebook)
    merge_study(again, tmp_path / "two", key=tmp_path / "key.json")
    first = (tmp_path / "one" / "S01.merged.eaf").read_bytes()
    assert (tmp_path / "two" / "S01.merged.eaf").read_bytes() == first
    assert (tmp_path / "two" / "S02.merged.eaf").exists()


def test_a_tier_kept_by_name_goes_out_without_the_known_names(private, small_codebook, tmp_path):
    coding = check_files([private.folder], codebook=small_codebook)
    merge_study(coding, tmp_path / "out", key=tmp_path / "key.json", keep_tiers=["Comment"])
    document = read_eaf(tmp_path / "out" / "S01.merged.eaf")
    (comment,) = document.annotations("Comment@R01")
    rater = json.loads((tmp_path / "key.json").read_text(encoding="utf-8"))["names"]["rater"]["Anna Muster"]
    assert comment.value == f"{rater} fragt S01"


def test_findings_name_nobody(private, small_codebook, tmp_path):
    coding = check_files([private.folder], codebook=small_codebook)
    text = "it links Huber_2020.mp4; Huber_2020__Jörg.eaf links other.mp4 by ANNA MUSTER"
    place = {"file": "Huber_2020__Jörg.eaf", "session": "Huber_2020", "rater": "Jörg", "tier": "Notes about Huber"}
    pseudonymizer = Pseudonymizer(Key.read(tmp_path / "key.json", outputs=tmp_path / "out"), coding)
    hidden = pseudonymizer.finding(finding("media-differ", text, **place))
    assert leaks({"x": str(hidden.as_dict()).encode()}) == []
    assert hidden.session == "S01"


def test_words_of_the_codebook_are_no_names(study_folder, small_codebook, tmp_path):
    study_folder.add("protest", "despair", form=[(0, 100, "protest")], ratings=RATED)
    coding = check_files([study_folder.folder], codebook=small_codebook)
    merge_study(coding, tmp_path / "out", key=tmp_path / "key.json")
    document = read_eaf(tmp_path / "out" / "S01.merged.eaf")
    assert [item.value for item in document.annotations("form@R01")] == ["protest"]
    assert document.tier("form@R01").participant == "patient"


def test_the_key_must_lie_outside_and_be_a_key(private, small_codebook, tmp_path):
    coding = check_files([private.folder], codebook=small_codebook)
    with pytest.raises(UsageError, match="is in the output folder"):
        merge_study(coding, tmp_path / "out", key=tmp_path / "out" / "key.json")
    (tmp_path / "key.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(UnreadableInput, match="is not a key written by elancry"):
        merge_study(coding, tmp_path / "out", key=tmp_path / "key.json")
