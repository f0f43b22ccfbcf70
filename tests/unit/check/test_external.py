"""External vocabularies: whether ELAN will find them, without a look at the network."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.check.study import check_files
from elancry.check.vocabulary_file import check_vocabulary_file
from elancry.codebook.extract import extract_codebook
from elancry.codebook.model import Codebook
from elancry.eaf import read_eaf, write_eaf
from elancry.eaf.ecv import read_coded
from elancry.edit.repair_files import RepairFile
from elancry.merge.study import merge_study
from elancry.template.build import build_template
from elancry.template.media import file_url
from elancry.template.vocabularies import build_ecv


@pytest.fixture
def referring(tmp_path: Path, small_codebook: Codebook):
    """`referring(address)`: a coded file that refers to its vocabularies there, and what is found."""

    def make(address: str) -> list[tuple[str, str, str | None]]:
        path = tmp_path / "study" / "R1" / "s1__R1.eaf"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_eaf(build_template(small_codebook, annotator="R1", external_cv=address), path)
        found = check_files([tmp_path / "study"], codebook=small_codebook).findings
        return [(item.code, item.message, item.hint) for item in found if item.code.startswith("vocabulary-")]

    return make


def shared_vocabularies(path: Path, codebook: Codebook) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(build_ecv(codebook).to_bytes())
    return path


def test_a_vocabulary_at_its_place_is_nothing_to_speak_of(referring, tmp_path, small_codebook):
    path = shared_vocabularies(tmp_path / "lab.ecv", small_codebook)
    assert referring(file_url(path)) == []


def test_a_vocabulary_that_is_nowhere(referring):
    ((code, message, hint),) = referring("file:///gone/lab.ecv")
    assert (code, message) == (
        "vocabulary-not-found",
        "form, form.rating: there is no file at file:///gone/lab.ecv, so ELAN shows empty lists and the values could "
        "not be checked",
    )
    assert hint is not None
    assert "relink-vocabulary DIR -o NEW --ecv FILE" in hint


def test_a_moved_study_names_the_copy_in_its_folder(referring, tmp_path, small_codebook):
    shared_vocabularies(tmp_path / "study" / "my lab.ecv", small_codebook)
    ((code, _, hint),) = referring("file:///C:/before/my%20lab.ecv")
    assert code == "vocabulary-not-found"
    assert hint is not None
    assert hint.startswith("my lab.ecv is in the study's folder")


def test_values_are_not_said_to_be_checked_against_a_file_that_cannot_be_read(referring, tmp_path, small_codebook):
    path = shared_vocabularies(tmp_path / "study" / "R1" / "lab.ecv", small_codebook)
    path.write_text("form;protest\n", encoding="utf-8")
    (code, message, hint), (why, _, _) = referring("file:///C:/before/lab.ecv")
    assert (code, why) == ("vocabulary-not-found", "vocabulary-unreadable")
    assert message.endswith("the values could not be checked")
    assert "--ecv FILE" in hint


def test_a_relative_address_never_loads_in_elan(referring, tmp_path, small_codebook):
    shared_vocabularies(tmp_path / "study" / "R1" / "lab.ecv", small_codebook)
    ((code, message, _),) = referring("./lab.ecv")
    assert code == "vocabulary-not-found"
    assert message.startswith("form, form.rating: ./lab.ecv is not an absolute URL (file:///...)")


@pytest.mark.parametrize("address", ["http://localhost:9/lab.ecv", "file://server/share/lab.ecv"])
def test_the_network_is_left_alone(referring, monkeypatch, address):
    looked_at: list[str] = []
    original = Path.is_file
    monkeypatch.setattr(Path, "is_file", lambda path: looked_at.append(str(path)) or original(path))
    ((code, message, _),) = referring(address)
    assert code == "vocabulary-remote"
    assert f"the vocabulary is at {address}; network addresses are not opened" in message
    assert not [path for path in looked_at if "server" in path or "localhost" in path]


def test_a_vocabulary_file_that_is_no_xml(referring, tmp_path):
    path = tmp_path / "lab.ecv"
    path.write_text("form;protest\n", encoding="utf-8")
    ((code, message, _),) = referring(file_url(path))
    assert code == "vocabulary-unreadable"
    assert message.startswith(
        "form, form.rating: the vocabulary file cannot be read, so the values could not be checked: "
    )


def test_a_vocabulary_file_without_the_vocabulary(referring, tmp_path, small_codebook):
    from dataclasses import replace

    (system,) = small_codebook.systems
    path = shared_vocabularies(tmp_path / "lab.ecv", replace(small_codebook, systems=(replace(system, id="mood"),)))
    ((code, message, _),) = referring(file_url(path))
    assert (code, message) == (
        "vocabulary-not-found",
        "lab.ecv has no vocabulary form, form.rating, so the values could not be checked; it has mood, mood.rating",
    )


# One study five times: its vocabulary inside the files, and outside at each place where it may lie.
PLACES = {
    "inside": (None, None),
    "at its address": ("{root}/shared/lab.ecv", "shared/lab.ecv"),
    "relative": ("./voc/lab.ecv", "study/coded/voc/lab.ecv"),
    "beside": ("file:///C:/before/lab.ecv", "study/coded/lab.ecv"),
    "study": ("http://server/lab.ecv", "study/lab.ecv"),
    "plan": ("file:///C:/before/lab.ecv", "lab.ecv"),
}
CODED = {
    "R1": [("protest", "protest"), ("despair", "despair"), ("protst", None), (" despair", None)],
    "R2": [("protest", "protest"), ("protest", "protest"), ("Despair", None), ("despair", "despair")],
}


@pytest.fixture
def coded_at(tmp_path: Path, small_codebook: Codebook):
    """`coded_at(place)`: the folder of the study."""

    def make(place: str) -> Path:
        root = tmp_path / place
        address, where = PLACES[place]
        address = None if address is None else address.format(root=file_url(root))
        for rater, values in CODED.items():
            editor = build_template(small_codebook, annotator=rater, external_cv=address).edit()
            for at, (value, reference) in enumerate(values):
                editor.annotations.add("form", at * 1000, at * 1000 + 900, value, cve_ref=reference)
            path = root / "study" / "coded" / f"s1__{rater}.eaf"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_eaf(editor.document(), path)
        (root / "study.yaml").write_text("{}\n", encoding="utf-8")
        if where is not None:
            shared_vocabularies(root / where, small_codebook)
        return root / "study"

    return make


@pytest.mark.parametrize("place", [name for name in PLACES if name != "inside"])
def test_a_vocabulary_outside_is_read_checked_repaired_and_merged_like_one_inside(coded_at, place, tmp_path):
    seen = []
    for where in ("inside", place):
        folder = coded_at(where)
        coding = check_files([folder])
        found = [
            (item.code, item.file, item.annotation, item.message)
            for item in coding.findings
            if not item.code.startswith("vocabulary-")
        ]
        path = folder / "coded" / "s1__R1.eaf"
        repairs = RepairFile.of(coding, spelling=True)(path, "coded/s1__R1.eaf")[1]
        out = tmp_path / f"merged {where}"
        merge_study(coding, out)
        merged = read_eaf(out / "s1.merged.eaf")
        books = extract_codebook([read_coded(path, "coded/s1__R1.eaf")])
        tables = [(out / name).read_text(encoding="utf-8") for name in ("annotations.csv", "worklist.csv")]
        consensus = [(item.value, item.cve_ref) for item in merged.annotations("form@consensus")]
        seen.append((found, repairs, books, merged.vocabularies, tables, consensus))
    inside, outside = seen
    assert outside == inside
    assert ("value-unknown", "coded/s1__R1.eaf", "a3", "'protst' is not a category of form") in inside[0]
    assert [(item.old_value, item.new_value) for item in inside[1]] == [("protst", "protest"), (" despair", "despair")]
    assert inside[5] == [("protest", "protest"), ("despair", "despair")]


def test_merged_files_hold_the_vocabulary_themselves(coded_at, tmp_path):
    """They are read again from a folder where no .ecv lies, and the raters' file stays as it was."""
    coding = check_files([coded_at("beside")])
    merge_study(coding, tmp_path / "merged")
    again = check_files([tmp_path / "merged" / "s1.merged.eaf"])
    unknown = [item.message for item in again.findings if item.code == "value-unknown"]
    assert unknown == ["'protst' is not a category of form", "'Despair' is not a category of form"]
    assert not any(item.code.startswith("vocabulary-") for item in again.findings)


def test_a_document_with_external_entries_is_written_as_it_was(coded_at):
    path = coded_at("beside") / "coded" / "s1__R1.eaf"
    document = read_coded(path, "coded/s1__R1.eaf")
    assert [entry.id for entry in document.vocabulary("form").entries] == ["protest", "despair"]
    assert document.to_bytes() == read_eaf(path).to_bytes()
    assert document.edit().document().vocabulary("form") == document.vocabulary("form")


def test_two_vocabularies_of_one_name_the_first_counts(referring, tmp_path, small_codebook):
    path = shared_vocabularies(tmp_path / "lab.ecv", small_codebook)
    other = b'<CONTROLLED_VOCABULARY CV_ID="form"><CV_ENTRY_ML CVE_ID="x"><CVE_VALUE LANG_REF="eng">protst</CVE_VALUE>'
    end = b"</CV_ENTRY_ML></CONTROLLED_VOCABULARY></CV_RESOURCE>"
    path.write_bytes(path.read_bytes().replace(b"</CV_RESOURCE>", other + end))
    assert referring(file_url(path)) == []
    file = check_vocabulary_file(path)
    assert [(item.code, item.message) for item in file.findings] == [
        ("eaf-duplicate-vocabulary", "lab.ecv contains several vocabularies named form; the first one counts")
    ]


def test_a_vocabulary_file_with_entities_is_refused(referring, tmp_path, small_codebook):
    path = shared_vocabularies(tmp_path / "lab.ecv", small_codebook)
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>'
    path.write_bytes(bomb + path.read_bytes().split(b"?>", 1)[1])
    ((code, message, _),) = referring(file_url(path))
    assert code == "vocabulary-unreadable"
    assert "document type declaration" in message


def test_entries_that_cannot_be_told_apart(tmp_path):
    path = tmp_path / "lab.ecv"
    entry = '<CV_ENTRY_ML CVE_ID="{}"><CVE_VALUE LANG_REF="eng">{}</CVE_VALUE></CV_ENTRY_ML>'
    entries = "".join(entry.format(*pair) for pair in [("a", "smile"), ("b", "smile "), ("a", "frown")])
    path.write_text(
        f'<CV_RESOURCE><LANGUAGE LANG_ID="eng" LANG_DEF="http://cdb.iso.org/lg/CDB-00138502-001"/>'
        f'<CONTROLLED_VOCABULARY CV_ID="mood">{entries}</CONTROLLED_VOCABULARY>'
        f'<CONTROLLED_VOCABULARY CV_ID="bare"/></CV_RESOURCE>',
        encoding="utf-8",
    )
    file = check_vocabulary_file(path)
    assert [item.message for item in file.findings] == [
        "the vocabulary 'mood' has several entries with the id a",
        "the vocabulary 'mood' has several entries with the text 'smile' in the same language",
        "the vocabulary 'bare' has no entries",
    ]
    assert str(file.summary()) == "lab.ecv: 2 vocabularies, 3 entries."
