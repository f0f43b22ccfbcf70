"""Decisions in a merged file, each beside the same edit made step by step as people make it in ELAN."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from elancry.check.study import check_files
from elancry.eaf import Constraint, Document, read_eaf, write_eaf
from elancry.errors import UsageError
from elancry.meeting.decide import Code, Decision, Nothing, Rating, Undecided, decided, said
from elancry.merge.study import merge_study
from elancry.study.plan import Plan
from elancry.study.run import ANALYZE, compute
from elancry.table.export import csv_bytes


@pytest.fixture
def merged(study_folder, small_codebook, tmp_path: Path) -> Path:
    # ms         0      1000   2000   3000  3500   4000       6000     10000
    # form R1           |---protest---|     |despair|
    # form R2           |----protest--------|despair|
    # form R3                  |-----despair--------|
    # Sequences: 1 at 0-5000 (all three), 2 at 6000-8000 (R1 alone). protest: 3, 3, 1; despair: 0, 2, 4 in sequence 1.
    # consensus: protest 1000-3000, despair 3500-4000; 3000-3500 is open.
    first = (0, 5000, "1")
    form = {
        "R1": [(1000, 3000, "protest"), (3500, 4000, "despair")],
        "R2": [(1000, 3500, "protest"), (3500, 4000, "despair")],
        "R3": [(2000, 4000, "despair")],
    }
    ratings = {"R1": ("3", "0"), "R2": ("3", "2"), "R3": ("1", "4")}
    for rater, coded in form.items():
        sequences = (first, (6000, 8000, "2")) if rater == "R1" else (first,)
        given = {
            name: [value, *([None] if rater == "R1" else [])]
            for name, value in zip(("protest", "despair"), ratings[rater], strict=True)
        }
        study_folder.add("s1", rater, sequences=sequences, form=coded, ratings=given)
    folder = tmp_path / "merged"
    merge_study(check_files([study_folder.folder], codebook=small_codebook), folder)
    return folder / "s1.merged.eaf"


Step = Callable[[Any, Document], object]


def at(document: Document, tier: str, start_ms: int) -> str:
    (found,) = [item.id for item in document.annotations(tier) if item.start_ms == start_ms]
    return found


def draw(tier: str, start_ms: int, end_ms: int, value: str, cve_ref: str | None = None) -> Step:
    return lambda editor, _document: editor.annotations.add(tier, start_ms, end_ms, value, cve_ref=cve_ref)


def erase(tier: str, start_ms: int) -> Step:
    return lambda editor, document: editor.annotations.remove(at(document, tier, start_ms))


def write(tier: str, start_ms: int, value: str, cve_ref: str | None = None) -> Step:
    return lambda editor, document: editor.annotations.set_value(at(document, tier, start_ms), value, cve_ref=cve_ref)


def rate(value: str, cve_ref: str | None) -> Step:
    def step(editor: Any, document: Document) -> None:
        above = at(document, "Sequence@consensus", 0)
        editor.annotations.add_reference("form.despair.rating@consensus", above, value, cve_ref=cve_ref)

    return step


OPEN = "R1=- | R2=protest | R3=despair"
C, D = "form@consensus", "form@disagreement"

CASES: dict[str, tuple[Decision, list[Step], str, str]] = {
    "an open stretch, joined with what touches": (
        Code("form", 3000, 3500, "despair"),
        [erase(C, 3500), draw(C, 3000, 4000, "despair", "despair")],
        "-",
        "despair",
    ),
    "both neighbours": (
        Code("form", 3500, 4000, "protest"),
        [erase(C, 3500), draw(C, 3500, 4000, "protest", "protest")],
        "despair",
        "protest",
    ),
    "against the majority, on a part in the middle": (
        Code("form", 1500, 2000, "despair"),
        [
            erase(C, 1000),
            draw(C, 1000, 1500, "protest", "protest"),
            draw(C, 1500, 2000, "despair", "despair"),
            draw(C, 2000, 3000, "protest", "protest"),
        ],
        "protest",
        "despair",
    ),
    "over several pieces": (
        Code("form", 2500, 3800, "despair"),
        [
            erase(C, 1000),
            draw(C, 1000, 2500, "protest", "protest"),
            erase(C, 3500),
            draw(C, 2500, 4000, "despair", "despair"),
        ],
        "protest + despair",
        "despair",
    ),
    "nothing": (Nothing("form", 3000, 3500), [erase(D, 3000)], "-", "-"),
    "nothing, where the majority had a code": (
        Nothing("form", 2000, 3000),
        [erase(C, 1000), draw(C, 1000, 2000, "protest", "protest"), erase(D, 2000)],
        "protest",
        "-",
    ),
    "nothing, on a part only": (
        Nothing("form", 3100, 3200),
        [
            erase(D, 3000),
            draw(D, 3000, 3100, OPEN),
            draw(D, 3100, 3200, f"{OPEN} | consensus=-"),
            draw(D, 3200, 3500, OPEN),
        ],
        "-",
        "-",
    ),
    "nothing, at the begin of it": (
        Nothing("form", 3000, 3200),
        [erase(D, 3000), draw(D, 3000, 3200, f"{OPEN} | consensus=-"), draw(D, 3200, 3500, OPEN)],
        "-",
        "-",
    ),
    "undecided": (
        Undecided("form", 2000, 3000),
        [
            erase(C, 1000),
            draw(C, 1000, 2000, "protest", "protest"),
            write(D, 2000, "R1=protest | R2=protest | R3=despair | undecided"),
        ],
        "protest",
        "-",
    ),
    "a rating": (Rating("form.despair.rating", 0, 5000, "2"), [rate("2", "2")], "-", "2"),
    "a rating that is changed": (
        Rating("form.protest.rating", 0, 5000, "1"),
        [write("form.protest.rating@consensus", 0, "1", "1")],
        "3",
        "1",
    ),
    "a rating that is taken away": (
        Rating("form.protest.rating", 0, 5000, None),
        [erase("form.protest.rating@consensus", 0)],
        "3",
        "-",
    ),
    "a sequence": (Code("Sequence", 6000, 8000, "2"), [draw("Sequence@consensus", 6000, 8000, "2")], "-", "2"),
    "no sequence, with what hangs on it": (
        Nothing("Sequence", 0, 5000),
        [erase("Sequence@consensus", 0)],
        "1",
        "-",
    ),
    "a shorter sequence keeps what hangs on it": (
        Nothing("Sequence", 4500, 5000),
        [lambda editor, document: editor.annotations.set_times(at(document, "Sequence@consensus", 0), 0, 4500)],
        "1",
        "-",
    ),
}


def tables(folder: Path, codebook: Any) -> dict[str, bytes]:
    coding = check_files([folder], codebook=codebook)
    plan = Plan().with_({"aggregate": "consensus", "resamples": 0, "permutations": 0})
    results = compute(coding, plan, command=ANALYZE, say=lambda _step: None)
    return {name: csv_bytes(frame) for name, frame in results.tables.items()}


@pytest.mark.parametrize("case", CASES)
def test_a_decision_is_the_same_as_in_elan(merged: Path, small_codebook, inventory, shared: Path, tmp_path, case: str):
    decision, steps, before, after = CASES[case]
    document = read_eaf(merged)
    assert said(document, decision) == before
    ours = decided(document, decision)
    assert said(ours, decision) == after
    by_hand = document
    for step in steps:
        editor = by_hand.edit()
        step(editor, by_hand)
        by_hand = editor.document()
    assert inventory(ours) == inventory(by_hand)
    assert inventory(ours) != inventory(document)
    assert ours.findings == ()
    etree.XMLSchema(file=str(shared / "eaf" / "EAFv3.0.xsd")).assertValid(etree.fromstring(ours.to_bytes()))
    raters = [tier.id for tier in document.tiers if tier.id.rpartition("@")[2].startswith("R")]
    assert [ours.annotations(name) for name in raters] == [document.annotations(name) for name in raters]


@pytest.mark.parametrize("case", ["an open stretch, joined with what touches", "nothing, on a part only", "undecided",
                                  "a rating"])  # fmt: skip
def test_the_tables_of_an_analysis_are_the_same_byte_for_byte(merged: Path, small_codebook, case: str):
    decision, steps, _, _ = CASES[case]
    document = read_eaf(merged)
    write_eaf(decided(document, decision), merged)
    ours = tables(merged.parent, small_codebook)
    by_hand = document
    for step in steps:
        editor = by_hand.edit()
        step(editor, by_hand)
        by_hand = editor.document()
    write_eaf(by_hand, merged)
    assert ours == tables(merged.parent, small_codebook)
    assert {"sequences", "unresolved"} <= ours.keys()


def test_resuming_after_decisions_counts_them(merged: Path, study_folder, small_codebook):
    document = read_eaf(merged)
    for decision in (Code("form", 3000, 3200, "protest"), Undecided("form", 3200, 3500)):
        document = decided(document, decision)
    write_eaf(document, merged)
    coding = check_files([study_folder.folder], codebook=small_codebook)
    result = merge_study(coding, merged.parent, resume=True)
    again = read_eaf(merged)
    for tier in (C, D, "Sequence@consensus"):
        assert [(item.start_ms, item.end_ms, item.value) for item in again.annotations(tier)] == [
            (item.start_ms, item.end_ms, item.value) for item in document.annotations(tier)
        ]
    # Left: the rating of despair, and whether there is a sequence 2 is settled; 3000-3200 is coded.
    assert (result.n_open, result.n_undecided) == (1, 1)


def test_what_lies_within_and_hangs_on_a_piece(merged: Path):
    """A piece that is trimmed keeps its notes; what lies within it is trimmed as well."""
    editor = read_eaf(merged).edit()
    editor.types.add("why", constraint=Constraint.SYMBOLIC_ASSOCIATION)
    editor.types.add("in", constraint=Constraint.INCLUDED_IN)
    editor.tiers.add("Why", "why", parent=C)
    editor.tiers.add("Within", "in", parent=C)
    editor.annotations.add_reference("Why", at(read_eaf(merged), C, 1000), "because")
    editor.annotations.add("Within", 1200, 2800, "closer")
    after = decided(editor.document(), Nothing("form", 2500, 3000))
    assert [(item.start_ms, item.end_ms) for item in after.annotations(C)] == [(1000, 2500), (3500, 4000)]
    assert [(item.start_ms, item.end_ms, item.value) for item in after.annotations("Why")] == [(1000, 2500, "because")]
    assert [(item.start_ms, item.end_ms, item.value) for item in after.annotations("Within")] == [
        (1200, 2500, "closer")
    ]
    assert after.findings == ()


def test_the_text_is_the_vocabularys_whatever_language_names_it(merged: Path):
    document = read_eaf(merged)
    found = Counter[tuple[str, str | None]]()
    entry = next(item for vocabulary in document.vocabularies for item in vocabulary.entries if item.id == "despair")
    for name in ("despair", *entry.values.values()):
        after = decided(document, Code("form", 4200, 4300, name))
        (piece,) = [item for item in after.annotations(C) if item.start_ms == 4200]
        found[piece.value, piece.cve_ref] += 1
    assert found.keys() == {("despair", "despair")}


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (Code("form", 3000, 3500, "dispair"), "'dispair' is not in the vocabulary of 'form@consensus'"),
        (Code("frm", 3000, 3500, "despair"), "has no tier 'frm@consensus'"),
        (Code("form", 3500, 3000, "despair"), "3500"),
        (Rating("form.despair.rating", 9000, 9500, "1"), "'Sequence@consensus' has no sequence there"),
        (Rating("form", 0, 5000, "1"), "has no tier 'form@consensus'"),
    ],
)
def test_what_cannot_be_decided_is_said(merged: Path, decision: Decision, message: str):
    with pytest.raises(UsageError, match=message):
        decided(read_eaf(merged), decision)
