"""ELAN's content language: it rewrites values of tiers without LANG_REF, and that is nobody's decision."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from elancry.align.adjudicated import consensus_coding
from elancry.align.ratings import build_ratings
from elancry.align.sequences import match_sequences
from elancry.align.timeline import build_timelines
from elancry.check.coding import CONSENSUS, DISAGREEMENT
from elancry.check.study import check_files
from elancry.codebook.model import Category, Codebook, Coding, Scale, System
from elancry.eaf import Document, read_eaf, write_eaf
from elancry.errors import OutputRefused
from elancry.merge.adjudication import files_of_people
from elancry.merge.entry_texts import in_language
from elancry.merge.remembered import marks
from elancry.merge.study import merge_study
from elancry.outputs import OutputFolder
from elancry.template.build import build_template

CODEBOOK = Codebook(
    id="small",
    title="Small",
    languages=("en", "de"),
    systems=(
        System(
            id="form",
            labels={"en": "Form", "de": "Form"},
            # In German, "Gift" is poison: one text that two entries have, each in its own language.
            categories=(
                Category("sob", {"en": "sob", "de": "Schluchzen"}),
                Category("gift", {"en": "gift", "de": "Geschenk"}),
                Category("poison", {"en": "poison", "de": "gift"}),
            ),
            coding=Coding.BOTH,
            scale=Scale(0, 2),
        ),
    ),
)
LANGUAGES = {"eng": "en", "deu": "de"}


def write(folder: Path, rater: str, spans: list[tuple[int, int, str]], *, language: str = "en") -> None:
    editor = build_template(CODEBOOK, annotator=rater, language=language).edit()
    sequence = editor.annotations.add("Sequence", 0, 10_000, "1")
    for start, end, category in spans:
        text = next(item.labels[language] for item in CODEBOOK.systems[0].categories if item.id == category)
        editor.annotations.add("form", start, end, text, cve_ref=category)
    editor.annotations.add_reference("form.sob.rating", sequence, "2", cve_ref="2")
    folder.mkdir(exist_ok=True)
    write_eaf(editor.document(), folder / f"s1__{rater}.eaf")


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    # ms    0     1000   2000   3000   4000
    # R1          |--sob---|gift|
    # R2          |--sob---|poison|
    folder = tmp_path / "coded"
    write(folder, "R1", [(1000, 2000, "sob"), (2000, 3000, "gift"), (4000, 5000, "poison")])
    write(folder, "R2", [(1000, 2000, "sob"), (2000, 3000, "poison"), (4000, 5000, "poison")])
    return folder


@pytest.fixture
def merge(coded: Path, tmp_path: Path) -> Callable[..., Path]:
    def run(**options: object) -> Path:
        merge_study(check_files([coded], codebook=CODEBOOK), tmp_path / "merged", **options)
        return tmp_path / "merged" / "s1.merged.eaf"

    return run


def opened_in_elan(path: Path, language: str, *, pinned: bool = True) -> None:
    """What ELAN writes with `language` as its content language; `pinned` tiers (LANG_REF) stay as they are."""
    document = read_eaf(path)
    editor = document.edit()
    for tier in document.tiers:
        vocabulary = document.vocabulary((document.type_of(tier.id) or CODEBOOK).vocabulary or "")  # type: ignore[union-attr]
        if vocabulary is None or (pinned and tier.lang_ref is not None) or not tier.id.endswith(CONSENSUS):
            continue
        texts = {entry.id: entry.values for entry in vocabulary.entries}
        for item in document.annotations(tier.id):
            editor.annotations.set_value(item.id, texts[item.cve_ref][language], cve_ref=item.cve_ref)
    write_eaf(editor.document(), path)


def decided(path: Path) -> bool:
    """Whether the merged file, which somebody saved, is taken for adjudicated."""
    folder = OutputFolder(path.parent, command="merge", worked_in=True)
    return files_of_people(folder, {"s1": "s1"}, discard=False, replace_raters=False)["s1"].work().decided


def values(document: Document, tier: str) -> list[str]:
    return [item.value for item in document.annotations(tier)]


def without_language(path: Path) -> None:
    """The consensus tiers as elancry 0.1 wrote them."""
    editor = read_eaf(path).edit()
    for tier in read_eaf(path).tiers:
        if tier.id.endswith(CONSENSUS):
            editor.tiers.set(tier.id, lang_ref=None)
    write_eaf(editor.document(), path)


def test_consensus_tiers_have_the_language_of_the_raters_tiers(merge: Callable[..., Path]):
    document = read_eaf(merge())
    languages = {tier.id: tier.lang_ref for tier in document.tiers if tier.id.rpartition("@")[2] == CONSENSUS}
    assert {"Sequence@consensus", "form@consensus", "form.sob.rating@consensus"} <= set(languages)
    assert set(languages.values()) == {"eng"}
    assert "eng" in document.languages
    assert all(tier.lang_ref is None for tier in document.tiers if tier.id.endswith(DISAGREEMENT))


def test_elan_with_another_content_language_leaves_them_as_they_are(merge: Callable[..., Path]):
    path = merge()
    opened_in_elan(path, "deu")
    assert values(read_eaf(path), "form@consensus") == ["sob", "poison"]
    assert values(read_eaf(path), "form.sob.rating@consensus") == ["2"]
    without_language(path)
    opened_in_elan(path, "deu")
    assert values(read_eaf(path), "form@consensus") == ["Schluchzen", "gift"], "the model of ELAN rewrites nothing"


def test_raters_of_two_languages_give_a_consensus_in_the_language_of_most(tmp_path: Path):
    folder = tmp_path / "coded"
    spans = [(1000, 2000, "sob"), (2000, 3000, "gift")]
    for rater, language in (("R1", "en"), ("R2", "de"), ("R3", "de")):
        write(folder, rater, spans, language=language)
    merge_study(check_files([folder], codebook=CODEBOOK), tmp_path / "merged")
    document = read_eaf(tmp_path / "merged" / "s1.merged.eaf")
    tier = document.tier("form@consensus")
    assert tier is not None
    assert (tier.lang_ref, values(document, tier.id)) == ("deu", ["Schluchzen", "Geschenk"])


@pytest.mark.parametrize("old", [False, True])
def test_values_in_another_language_are_no_edit(merge: Callable[..., Path], tmp_path: Path, old: bool):
    path = merge()
    if old:
        without_language(path)
    opened_in_elan(path, "deu", pinned=old)
    assert values(read_eaf(path), "form@consensus") == ["Schluchzen", "gift"]
    assert not decided(path)
    merge(resume=True)
    (session,) = json.loads((path.parent / "merge.json").read_text(encoding="utf-8"))["sessions"]
    assert session["adjudicated"] is False
    assert values(read_eaf(path), "form@consensus") == ["sob", "poison"]


def test_the_analysis_reads_the_same_consensus(merge: Callable[..., Path]):
    path = merge()

    def codes() -> str:
        coding = check_files([path.parent], codebook=CODEBOOK)
        # What is written in German is a category all the same, and no contradiction.
        assert not [item for item in coding.findings if item.code.startswith("value-")]
        changed, sequences = consensus_coding(coding, match_sequences(coding)[0])
        (timeline,) = build_timelines(changed, sequences, raters=(CONSENSUS,))
        ratings = build_ratings(changed, sequences, raters=(CONSENSUS,))
        return repr((timeline.codes[:, 0].tolist(), timeline.start_ms.tolist(), [m.values.tolist() for m in ratings]))

    before = codes()
    editor = read_eaf(path).edit()
    document = read_eaf(path)
    (sob,) = [item for item in document.annotations("form@consensus") if item.value == "sob"]
    editor.annotations.set_value(sob.id, "Schluchzen", cve_ref="sob")
    write_eaf(editor.document(), path)
    assert codes() == before


def test_what_people_decided_beside_it_is_kept_in_the_language_of_the_tier(merge: Callable[..., Path]):
    path = merge()
    opened_in_elan(path, "deu", pinned=False)
    editor = read_eaf(path).edit()
    editor.annotations.add("form@consensus", 2000, 3000, "Geschenk", cve_ref="gift")
    write_eaf(editor.document(), path)
    assert decided(path)
    with pytest.raises(OutputRefused, match="merging again would lose that work"):
        merge(force=True)
    merge(resume=True)
    document = read_eaf(path)
    assert values(document, "form@consensus") == ["sob", "gift", "poison"]
    assert [item.cve_ref for item in document.annotations("form@consensus")] == ["sob", "gift", "poison"]
    # Nothing that the raters agree on is missing: the German texts were understood.
    result = merge_study(check_files([path.parents[1] / "coded"], codebook=CODEBOOK), path.parent, resume=True)
    assert [item.code for item in result.findings if item.code == "merge-agreed-since"] == []


def test_tiers_of_an_older_elancry_get_their_language_when_resuming(merge: Callable[..., Path]):
    path = merge()
    without_language(path)
    editor = read_eaf(path).edit()
    editor.annotations.add("form@consensus", 2000, 3000, "gift", cve_ref="gift")
    write_eaf(editor.document(), path)
    merge(resume=True)
    languages = {tier.lang_ref for tier in read_eaf(path).tiers if tier.id.endswith(CONSENSUS)}
    assert languages == {"eng"}


def test_another_entry_is_an_edit_in_every_language(merge: Callable[..., Path]):
    path = merge()
    opened_in_elan(path, "deu", pinned=False)
    document = read_eaf(path)
    (sob,) = [item for item in document.annotations("form@consensus") if item.cve_ref == "sob"]
    editor = document.edit()
    editor.annotations.set_value(sob.id, "Geschenk", cve_ref="gift")
    write_eaf(editor.document(), path)
    assert decided(path)


def test_without_a_reference_a_text_means_the_entry_that_alone_has_it(merge: Callable[..., Path]):
    document = read_eaf(merge())
    sob, poison = document.annotations("form@consensus")
    for item, value, means_the_same in ((sob, "Schluchzen", True), (poison, "gift", False), (sob, "Geschenk", False)):
        editor = document.edit()
        editor.annotations.set_value(item.id, value)
        changed = editor.document()
        same = marks(changed, "form@consensus") == marks(document, "form@consensus")
        assert same is means_the_same, value
        # No reference says which language it is in.
        assert value in values(in_language(changed, {"form@consensus": "eng"}), "form@consensus")
