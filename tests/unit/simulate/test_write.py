"""The files of a simulated study look like what raters send back from ELAN, and say what the study says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from lxml import etree

from elancry.check.study import check_files
from elancry.codebook.load import load_codebook
from elancry.codebook.model import Category, Codebook, Coding, Layout, Scale, System
from elancry.eaf import Document, read_eaf
from elancry.errors import OutputRefused, UsageError
from elancry.simulate.mistake_kinds import MistakeKind
from elancry.simulate.parameters import RaterModel
from elancry.simulate.simulated import SimulatedStudy
from elancry.simulate.study import simulate_study
from elancry.simulate.write import write_study


@pytest.fixture(scope="module")
def study() -> SimulatedStudy:
    return simulate_study(load_codebook("crying"), sessions=5, sequences=8, raters=("R1", "R2"), mistakes="all")


@pytest.fixture(scope="module")
def folder(study: SimulatedStudy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "practice"
    write_study(study, folder)
    return folder


@pytest.fixture(scope="module")
def documents(study: SimulatedStudy, folder: Path) -> dict[tuple[str, str], Document]:
    return {
        (session, rater): read_eaf(folder / f"{session}__{rater}.eaf")
        for session in study.sessions
        for rater in study.raters
    }


def test_one_file_per_session_and_rater_with_truth_and_readme(study: SimulatedStudy, folder: Path) -> None:
    eaf = {f"{session}__{rater}.eaf" for session in study.sessions for rater in study.raters}
    assert {path.name for path in folder.iterdir()} == eaf | {
        "truth.json",
        "README.md",
        "study.yaml",
        ".elancry-files.json",
    }


def test_annotations_are_the_studys(study: SimulatedStudy, documents: dict[tuple[str, str], Document]) -> None:
    quirks = {(m.session, m.rater, m.tier, m.start_ms) for m in study.mistakes}
    compared = 0
    for (session, rater), document in documents.items():
        rows = np.flatnonzero(study.sequences.session == study.sessions.index(session)).tolist()
        sequences = document.annotations("Sequence")
        assert [(item.value, item.start_ms, item.end_ms) for item in sequences] == [
            (study.sequences.name[row], *study.windows[rater][row].tolist()) for row in rows
        ]
        for system in study.codebook.systems:
            events = [study.events[system.id, rater].of_sequence(row) for row in rows]
            found = document.annotations(system.tier_name)
            assert [item.start_ms for item in found] == np.concatenate([e.start_ms for e in events]).tolist()
            assert [item.end_ms for item in found] == np.concatenate([e.end_ms for e in events]).tolist()
            for item, code in zip(found, np.concatenate([e.code for e in events]).tolist(), strict=True):
                if (session, rater, system.tier_name, item.start_ms) not in quirks:
                    assert item.value == system.categories[code].label("en")
                    assert item.cve_ref == system.categories[code].id
                    compared += 1
            for k, category in enumerate(system.categories):
                ratings = document.annotations(system.rating_tier_name(category.id))
                expected = study.ratings[system.id, rater][rows, k]
                given = ~np.isnan(expected)
                assert [float(item.value) for item in ratings] == expected[given].tolist()
                assert [item.parent for item in ratings] == [
                    item.id for item, there in zip(sequences, given, strict=True) if there
                ]
                assert all(item.cve_ref for item in ratings)
    assert compared > 150


def test_header_as_raters_send_it(documents: dict[tuple[str, str], Document]) -> None:
    others = 0
    for (session, rater), document in documents.items():
        assert document.author == rater
        (medium,) = document.media
        assert medium.url.startswith("file:///media/S")
        others += medium.url != f"file:///media/{session}.mp4"
        assert dict(document.properties)["elancry.codebook"] == "crying 2"
        assert {tier.annotator for tier in document.tiers} <= {"R1", "R2"}
    assert others == 1  # the planted one


def test_mistakes_of_the_file(study: SimulatedStudy, folder: Path, documents: dict[tuple[str, str], Document]) -> None:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    by_kind = {entry["mistake"]: entry for entry in truth["mistakes"]}
    assert set(by_kind) == {mistake.kind.value for mistake in study.mistakes}

    def annotation(kind: MistakeKind) -> tuple[str, str | None, int]:
        entry = by_kind[kind.value]
        document = read_eaf(folder / entry["file"])
        (found,) = (item for item in document.annotations(entry["tier"]) if item.id == entry["annotation"])
        assert (found.start_ms, found.end_ms) == (entry["start_ms"], entry["end_ms"])
        return found.value, found.cve_ref, found.end_ms - found.start_ms

    value, reference, _ = annotation(MistakeKind.BLANK)
    assert value == value.strip() + " "
    assert reference is not None
    assert annotation(MistakeKind.NOT_IN_VOCABULARY)[:2] == ("to be discussed", None)
    value, reference, _ = annotation(MistakeKind.CONTRADICTION)
    system = study.codebook.system(by_kind[MistakeKind.CONTRADICTION.value]["tier"])
    assert system is not None
    named = system.category_of(value)
    assert named is not None
    assert reference in {category.id for category in system.categories} - {named.id}
    assert annotation(MistakeKind.SLIP)[2] == 40
    assert annotation(MistakeKind.ZERO_LENGTH)[2] == 0
    entry = by_kind[MistakeKind.OTHER_ANNOTATOR.value]
    session, rater = entry["file"].removesuffix(".eaf").split("__")
    assert {tier.annotator for tier in documents[session, rater].tiers} == {"R1", "R2"} - {rater}


def test_files_are_valid_against_the_official_schema(shared: Path, folder: Path) -> None:
    schema = etree.XMLSchema(etree.parse(shared / "eaf" / "EAFv3.0.xsd"))
    files = sorted(folder.glob("*.eaf"))
    assert len(files) == 10
    for file in files:
        schema.assertValid(etree.parse(file))


def test_the_same_bytes_every_time_and_no_place_of_this_machine(
    study: SimulatedStudy, folder: Path, tmp_path: Path
) -> None:
    again = tmp_path / "elsewhere" / "practice"
    write_study(study, again)
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        assert content == (again / path.name).read_bytes(), path.name
        for place in (str(tmp_path), str(folder.parent), str(Path.home()), str(Path.cwd())):
            assert place.encode() not in content


def test_an_edited_file_is_not_overwritten(study: SimulatedStudy, tmp_path: Path) -> None:
    small = simulate_study(study.codebook, sessions=1, sequences=1, raters=("R1",))
    write_study(small, tmp_path / "practice")
    write_study(small, tmp_path / "practice")
    edited = tmp_path / "practice" / "S01__R1.eaf"
    edited.write_text("mine")
    with pytest.raises(OutputRefused):
        write_study(small, tmp_path / "practice")
    assert edited.read_text() == "mine"
    write_study(small, tmp_path / "practice", force=True)
    assert edited.read_text() != "mine"


def test_own_boundaries_of_sequences_are_written(tmp_path: Path) -> None:
    study = simulate_study(
        load_codebook("attachment-crying"), sessions=1, sequences=2, window_jitter_ms=700, mistakes=False
    )
    write_study(study, tmp_path)
    starts = {
        rater: read_eaf(tmp_path / f"S01__{rater}.eaf").annotations("Sequence")[0].start_ms for rater in study.raters
    }
    assert len(set(starts.values())) == 3
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "were drawn by each rater" in text
    assert "Made in Python" in text  # the command cannot make these files again


def test_any_codebook_can_be_simulated(toy: Codebook, tmp_path: Path) -> None:
    study = simulate_study(toy, sessions=2, sequences=3, raters=("A",), rater_models=RaterModel(), mistakes=False)
    assert [path.name for path in write_study(study, tmp_path)] == ["S01__A.eaf", "S02__A.eaf"]
    document = read_eaf(tmp_path / "S01__A.eaf")
    assert document.annotations("mood")
    assert document.annotations("act.a.rating")


def system(id: str, coding: Coding, layout: Layout = Layout.ONE_TIER, parent: str | None = None) -> System:
    categories = tuple(Category(f"{id}{n}", {"en": f"{id} {n}"}) for n in range(1, 5))
    return System(id, {"en": id}, categories, coding, layout=layout, parent=parent, scale=Scale(-2, 2))


SHAPES = {
    "rated and timed apart": Codebook("c", "C", (system("a", Coding.RATING), system("b", Coding.INTERVAL))),
    "a tier per category": Codebook("c", "C", (system("a", Coding.BOTH, Layout.TIER_PER_CATEGORY),)),
    "tiers inside the sequences": Codebook("c", "C", (system("a", Coding.BOTH, parent="Sequence"),)),
    "no sequence tier": Codebook(
        "c", "C", (system("a", Coding.INTERVAL), system("b", Coding.INTERVAL)), sequence_tier=None
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_codebook_gives_files_without_errors(shape: str, tmp_path: Path) -> None:
    """Without planted mistakes `check` finds nothing at all, whatever tiers the codebook asks for."""
    codebook = SHAPES[shape]
    write_study(simulate_study(codebook, sessions=4, sequences=6, raters=("A", "B"), mistakes=False), tmp_path)
    coding = check_files([tmp_path], codebook=codebook)
    assert [finding.code for finding in coding.findings] == []
    assert any(tier.annotations for file in coding.files for tier in file.tiers if tier.kind == "interval")
    planted = simulate_study(codebook, sessions=4, sequences=6, raters=("A", "B"), mistakes=True)
    assert planted.mistakes
    write_study(planted, tmp_path / "mistakes")
    found = {(f.code, f.file, f.tier) for f in check_files([tmp_path / "mistakes"], codebook=codebook).findings}
    assert {(m.finding, m.file, m.tier) for m in planted.mistakes} <= found


def test_a_study_of_one_rater_has_no_agreement_to_tell(tmp_path: Path) -> None:
    write_study(simulate_study(load_codebook("crying"), sessions=1, sequences=1, raters=("R1",)), tmp_path)
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert truth["agreement_of_this_draw"] == {"time_cohen_kappa_with_none": [], "icc_2_1": []}
    assert "## Agreement" not in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_systems_inside_other_systems_are_refused(toy: Codebook) -> None:
    nested = Codebook("n", "N", (toy.systems[0], system("inner", Coding.INTERVAL, parent="mood")))
    with pytest.raises(UsageError, match="inner of the codebook n is coded inside another system's annotations"):
        simulate_study(nested)
