"""External vocabularies: whether ELAN will find them, without a look at the network."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.check.study import check_files
from elancry.codebook.model import Codebook
from elancry.eaf import write_eaf
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
        "form, form.rating: there is no file at file:///gone/lab.ecv, so ELAN shows empty lists",
    )
    assert hint is not None
    assert "relink-vocabulary DIR -o NEW --ecv FILE" in hint


def test_a_moved_study_names_the_copy_in_its_folder(referring, tmp_path, small_codebook):
    shared_vocabularies(tmp_path / "study" / "my lab.ecv", small_codebook)
    ((code, _, hint),) = referring("file:///C:/before/my%20lab.ecv")
    assert code == "vocabulary-not-found"
    assert hint is not None
    assert hint.startswith("my lab.ecv lies in the study's folder")


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
    assert f"the vocabulary lies at {address}; addresses of a network are not opened" in message
    assert not [path for path in looked_at if "server" in path or "localhost" in path]


def test_a_vocabulary_file_that_is_no_xml(referring, tmp_path):
    path = tmp_path / "lab.ecv"
    path.write_text("form;protest\n", encoding="utf-8")
    ((code, message, _),) = referring(file_url(path))
    assert code == "vocabulary-unreadable"
    assert message.startswith("form, form.rating: the vocabulary file cannot be read: ")


def test_a_vocabulary_file_without_the_vocabulary(referring, tmp_path, small_codebook):
    from dataclasses import replace

    (system,) = small_codebook.systems
    path = shared_vocabularies(tmp_path / "lab.ecv", replace(small_codebook, systems=(replace(system, id="mood"),)))
    ((code, message, _),) = referring(file_url(path))
    assert (code, message) == (
        "vocabulary-not-found",
        "lab.ecv has no vocabulary form, form.rating; it has mood, mood.rating",
    )
