"""The small inputs of shared/cases that once gave a wrong number, each with what must come out (its README).

One block for each row of the README; a row is added as a line of one of the tables, or as a test of its own. Rows on
tables, subtitles, BORIS and codebooks are in `tests/unit/interop/test_cases.py` and `tests/unit/codebook/test_load.py`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from elancry.agreement.undefined import Reason
from elancry.check.coding import CheckedCoding
from elancry.check.study import check_files
from elancry.eaf import Document, read_eaf, write_eaf
from elancry.interop.conversion import format_of_name, gather, names_for, read_documents
from elancry.interop.format import Choices
from elancry.interop.formats import load_format
from elancry.merge.study import merge_study
from elancry.report.content import build_report
from elancry.study.plan import Plan
from elancry.study.results import Results
from elancry.study.run import compute
from elancry.table.flow_words import shown_by_files

ALL = Choices()
NO_RESAMPLES = Plan(resamples=0, permutations=0)


def results_of(coding: CheckedCoding, command: str = "agree") -> Results:
    return compute(coding, NO_RESAMPLES, command=command, say=lambda _: None)


@pytest.fixture(scope="module")
def case(shared: Path) -> Callable[..., Results]:
    """`case("unknown")`: what `agree` (or another command) computes of the files in that folder."""

    @cache
    def of(name: str, command: str = "agree") -> Results:
        return results_of(check_files([shared / "cases" / name]), command)

    return of


def row(results: Results, measure: str, variant: str = "with_none", **wanted: str) -> dict[str, Any]:
    """The row of agreement over all raters."""
    table = results.tables["agreement"]
    wanted = {"measure": measure, "variant": variant, "scope": "overall", "aggregate": "pooled"} | wanted
    for name, value in wanted.items():
        table = table[table[name] == value]
    (found,) = table.to_dict("records")
    return found


def flow(results: Results, kind: str) -> dict[str, tuple[int, int]]:
    """Reason -> (annotations, ms) over all files."""
    found: Counter[str] = Counter()
    n: Counter[str] = Counter()
    for item in results.tables["flow"].to_dict("records"):
        if item["kind"] == kind:
            n[item["reason"]] += item["n_annotations"]
            found[item["reason"]] += item["ms"]
    return {reason: (n[reason], found[reason]) for reason in n}


# ---- values outside the vocabulary, damaged times, codes that contradict each other ---------------------------------

LEFT_OUT = {
    # folder: what became of the time coded: (annotations, ms) by reason
    "unknown": {"entered": (2, 8000), "value_unknown": (2, 10_000), "partner_unreadable": (0, 2000)},
    "34c_unknown_value": {"entered": (4, 8000), "value_unknown": (1, 18_000), "partner_unreadable": (1, 18_000)},
    # The same file with the end before the begin: the stretch is unknown just as well, of a length that nobody knows.
    "34b_reversed": {"entered": (4, 8000), "time_damaged": (1, 0), "partner_unreadable": (1, 18_000)},
    "34_reversed": {"entered": (4, 6000), "time_damaged": (1, 0), "partner_unreadable": (1, 4000)},
    # Whole floats are read, fractions rounded.
    "36_float_time": {"entered": (4, 11_999)},
    "13b_overlap_values_differ": {
        "entered": (4, 50_000), "overlaps_itself": (0, 10_000), "partner_unreadable": (0, 5000),
    },
    "consensus3": {"entered": (3, 6000), "value_unknown": (2, 10_000), "partner_unreadable": (1, 5000)},
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_cannot_be_compared_is_left_out_with_its_reason(case, name: str):
    results = case(name)
    assert flow(results, "time") == LEFT_OUT[name]
    left = [amounts for reason, amounts in LEFT_OUT[name].items() if reason != "entered"]
    beside = row(results, "time_percent")
    assert (beside["n_left_out"], beside["ms_left_out"]) == (sum(n for n, _ in left), sum(ms for _, ms in left))


def test_no_reason_speaks_of_everything_where_something_is_left_out(case):
    for table in ("agreement", "training"):
        reasons = {str(reason) for reason in case("unknown").tables[table]["undefined_reason"]}
        assert str(Reason.ONE_CATEGORY_READ) in reasons
        assert str(Reason.ONE_CATEGORY) not in reasons


def test_damaged_times_are_unknown_and_not_none(case):
    """Where the readable rest agrees throughout, so do the numbers."""
    for name in ("34b_reversed", "34_reversed", "34c_unknown_value"):
        assert row(case(name), "time_percent")["estimate"] == 1
        assert row(case(name), "time_fleiss_kappa")["estimate"] == 1


def test_agreement_that_leaves_much_out_says_so_on_the_first_screen(case):
    reason = row(case("unknown"), "time_fleiss_kappa")["undefined_reason"].into("en")
    assert reason.startswith("Wherever a comparison was possible, the raters used the same single category")
    summary = build_report(case("unknown")).sections[0]
    (warning,) = [block for block in summary.blocks if getattr(block, "title", "") == "Left out."]
    # 12 of 20 s; 2 of 4 events.
    assert "60\N{NO-BREAK SPACE}% of the coded time and 50\N{NO-BREAK SPACE}% of the events" in warning.text


# ---- categories behind chance terms ---------------------------------------------------------------------------------


def test_categories_are_those_of_the_vocabulary_used_or_not(case):
    """Two of five used: AC1 .75, Brennan-Prediger (7/9 - 1/5) / (4/5) = .7222."""
    results = case("05c_two_of_five_used")
    ac1, bp = (row(results, f"time_{name}", "without_none") for name in ("gwet_ac1", "brennan_prediger"))
    assert ac1["estimate"] == pytest.approx(0.75)
    assert bp["estimate"] == pytest.approx((7 / 9 - 1 / 5) / (4 / 5))
    assert (bp["n_categories"], bp["categories_from"]) == (5, "vocabulary")


def test_one_category_used_of_five_is_undefined_for_kappa_only(case):
    results = case("05b_one_of_five_used")
    assert row(results, "time_gwet_ac1", "without_none")["estimate"] == 1
    kappa = row(results, "time_fleiss_kappa", "without_none")
    assert pd.isna(kappa["estimate"])
    assert kappa["undefined_reason"].into("en").startswith("All raters used the same single category throughout")


def test_an_entry_in_another_language_is_the_same_category(case):
    inside, outside = case("28m_languages_inside"), case("28m_languages_ecv")
    for measure in ("time_fleiss_kappa", "time_percent"):
        assert row(inside, measure)["estimate"] == row(outside, measure)["estimate"] == 1
    before, after = case("elan/langpair_before"), case("elan/langpair")
    kappas = [row(results, "time_fleiss_kappa")["estimate"] for results in (before, after)]
    assert kappas == pytest.approx([0.4773, 0.4773], abs=5e-5)


# ---- consensus -------------------------------------------------------------------------------------------------------

OPEN = {
    # folder: codes of the first disagreement, and the spans of the consensus
    "consensus3": ("R1=protest | R2=dispair? | R3=dispair?", [(6000, 8000, "protest")]),
    "consensus_typo": ("R1=protest | R2=dispair?", [(6000, 8001, "protest")]),
    "consensus_empty": ('R1=protest | R2=""?', [(6000, 8000, "protest")]),
}


@pytest.mark.parametrize("name", OPEN)
def test_unreadable_values_are_no_majority_and_hide_none(shared: Path, tmp_path: Path, name: str):
    result = merge_study(check_files([shared / "cases" / name]), tmp_path / "m")
    codes, spans = OPEN[name]
    worklist = pd.read_csv(tmp_path / "m" / "worklist.csv")
    first = worklist.iloc[0]
    assert (first["start_ms"], first["end_ms"], first["codes"]) == (0, 5000, codes)
    assert pd.isna(first["consensus"])
    (path,) = (tmp_path / "m").glob("*.merged.eaf")
    merged = read_eaf(path)
    assert [(a.start_ms, a.end_ms, a.value) for a in merged.annotations("g@consensus")] == spans
    assert [line.code for line in result.flow] == ["flow.entered", "flow.left"]
    whole = shown_by_files(check_files([shared / "cases" / name]))
    assert whole is not None
    assert str(shown_by_files(check_files([path]))) == str(whole), "elancry's own account of disputes is no coding"


# ---- events at the edge of a sequence --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["15_crossing", "15b_crossing", "15d_state_over_sequence"])
def test_events_over_the_edge_of_a_sequence_are_matched_whole(case, name: str):
    results = case(name)
    assert row(results, "event_kappa_ipf", "easydiag", system="code")["estimate"] == 1
    assert {"entered"} == set(flow(results, "event"))


def test_a_share_is_never_without_a_count(case):
    sequences = case("15d_state_over_sequence", "analyze").tables["sequences"]
    assert sequences["share.code.x"].max() == 1
    presence = row(
        case("15d_state_over_sequence"), "presence_percent", "", system="code", category="x", scope="category"
    )
    assert presence["estimate"] == 1


# ---- given units, concurrent codes; from every format alike ---------------------------------------------------------


def documents(path: Path) -> dict[str, Document]:
    source = format_of_name(path.name, "read")
    assert source is not None
    return dict(read_documents(path.read_bytes(), path.name, source, ALL).documents)


def through(name: str, given: dict[str, Document]) -> dict[str, Document]:
    """The documents written in a format and read again."""
    form = load_format(name)
    assert form.read is not None
    if form.gather is not None:
        files = dict(gather(given, name, ALL)[0])
    else:
        assert form.write is not None
        files = {
            f"{stem}{suffix}": content
            for stem, document in given.items()
            for suffix, content in form.write(document, ALL).files.items()
        }
    found: dict[str, Document] = {}
    for file, content in files.items():
        found |= form.read(content, file, ALL).documents
    return found


def annotations(given: dict[str, Document]) -> dict[tuple[str, str], list[tuple[int, int, str]]]:
    return {
        (stem, tier.id): [(a.start_ms, a.end_ms, a.value) for a in document.annotations(tier.id)]
        for stem, document in given.items()
        for tier in document.tiers
    }


def coded(given: dict[str, Document], folder: Path, tiers: Sequence[str]) -> Results:
    folder.mkdir()
    for stem, document in given.items():
        write_eaf(document, folder / f"{stem}.eaf")
    return results_of(check_files([folder], tiers=tiers))


FORMATS = [name for name in names_for("read")[1:] if (form := load_format(name)).write or form.gather]


@pytest.mark.parametrize("table", ["given_turns.csv", "overlapping_codes.csv"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_tiers(shared: Path, name: str, table: str):
    given = documents(shared / "cases" / table)
    assert annotations(through(name, given)) == annotations(given)


@pytest.mark.parametrize("name", ["csv", "textgrid"])
def test_random_labels_of_given_turns_agree_by_chance_only(shared: Path, tmp_path: Path, name: str):
    given = through(name, documents(shared / "cases" / "given_turns.csv"))
    results = coded(given, tmp_path / "coded", ["talk"])
    kappa = row(results, "label_fleiss_kappa", "")
    assert abs(kappa["estimate"]) < 0.15
    assert kappa["n_units"] == 240
    from elancry.report.headline import headline

    assert headline(results)[0].startswith("talk: agreement on labels of the given units (n = 240), Fleiss' kappa -.")
    confusion = results.tables["confusion"]
    labels = confusion[(confusion["kind"] == "label") & (confusion["session"] == "")]
    assert labels["value"].sum() == 240


@pytest.mark.parametrize("name", ["csv", "srt"])
def test_codes_given_at_the_same_time_have_a_tier_each(shared: Path, tmp_path: Path, name: str):
    """Which of two began first says nothing: 100 ms of jitter leave 98 % and more of the time."""
    given = through(name, documents(shared / "cases" / "overlapping_codes.csv"))
    results = coded(given, tmp_path / "coded", ["act.smile", "act.talk"])
    assert {item["tier"] for item in results.tables["agreement"].to_dict("records")} == {"act", "act.smile", "act.talk"}
    for code in ("smile", "talk"):
        assert row(results, "time_percent", tier=f"act.{code}")["estimate"] >= 0.97
    assert row(results, "time_masi_alpha")["estimate"] > 0.9


def test_behaviors_that_overlap_in_boris_are_concurrent_codes_too(tmp_path: Path):
    """The same as overlapping_codes.csv, coded in BORIS: smile 1-5 s and talk 1.1-6 s, the other rater the reverse."""

    def project(rater: str, smile: float, talk: float) -> bytes:
        strokes = [[smile, "smile"], [talk, "talk"], [5.0, "smile"], [6.0, "talk"]]
        events = [[time, "", code, "", ""] for time, code in sorted(strokes)]
        kinds = {"type": "State event", "category": "act", "description": "", "modifiers": {}}
        content = {"type": "LIVE", "date": "", "file": {}, "time offset": 0.0, "events": events}
        behaviors = {str(at): kinds | {"code": code} for at, code in enumerate(("smile", "talk"))}
        return json.dumps(
            {"project_format_version": "7.0", "behaviors_conf": behaviors, "observations": {f"S01__{rater}": content}}
        ).encode()

    boris = load_format("boris").read
    assert boris is not None
    given: dict[str, Document] = {}
    for rater, smile, talk in (("R1", 1.0, 1.1), ("R2", 1.1, 1.0)):
        given |= boris(project(rater, smile, talk), f"{rater}.boris", ALL).documents
    results = coded(given, tmp_path / "coded", ["act: smile", "act: talk"])
    # 3.9 of 4 s and 4.9 of 5 s alike, of 5 s from the first begin to the last end.
    assert row(results, "time_percent", tier="act: smile")["estimate"] == pytest.approx(1 - 0.1 / 6)
    assert row(results, "time_masi_alpha")["estimate"] > 0.9


# Vocabularies outside the file


@pytest.mark.parametrize(
    ("name", "unknown"),
    [("28v_ecv_typo_study", 2), ("29_ecv_blank", 0), ("29t_ecv_beside_typo", 1), ("29u_inside_typo", 1)],
)
def test_values_outside_an_external_vocabulary_are_found_as_in_one_inside(
    shared: Path, name: str, unknown: int
) -> None:
    coding = check_files([shared / "cases" / name])
    assert sum(item.code == "value-unknown" for item in coding.findings) == unknown
    assert {len(system.categories) for system in coding.codebook.systems} == {2}


@pytest.mark.parametrize("name", ["28_ecv_url", "28t_ecv_url_typo"])
def test_a_vocabulary_on_a_network_is_not_fetched_and_that_is_said(shared: Path, name: str) -> None:
    found = [item for item in check_files([shared / "cases" / name]).findings if item.code == "vocabulary-remote"]
    assert len(found) == 2
    assert all("the values could not be checked" in item.message for item in found)


# What ELAN would damage


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("47_duplicate_ids", []),
        ("47b_duplicate_ids_first", []),
        ("13_overlap_on_tier", [("a2", "5000", "20000", "eaf-overlap")]),
        ("13b_overlap_values_differ", [("a2", "15000", "30000", "eaf-overlap")]),
        ("34_reversed", [("a2", "9000", "5000", "eaf-reversed")]),
        ("34b_reversed", [("a1", "20000", "2000", "eaf-reversed")]),
        ("36_float_time", []),
        ("09_aligned_on_association", []),
    ],
)
def test_merged_files_are_sound_and_nothing_is_lost(
    shared: Path, tmp_path: Path, name: str, left_out: list[Any]
) -> None:
    """What is left out stands in merge.json, and is read from there: the coding is that of the raters' files."""
    coding = check_files([shared / "cases" / name])
    merge_study(coding, tmp_path)
    assert read_eaf(tmp_path / "S01.merged.eaf").findings == ()
    (record,) = json.loads((tmp_path / "merge.json").read_text(encoding="utf-8"))["sessions"]
    assert [(item["id"], item["begin"], item["end"], item["why"]) for item in record["left_out"]] == left_out
    assert _coded(check_files([tmp_path])) == _coded(coding)


def _coded(coding: CheckedCoding) -> Counter[tuple[Any, ...]]:
    return Counter(
        (tier.rater, tier.tier, tier.open_ms, item.start_ms, item.end_ms, item.value, item.category, item.damaged)
        for file in coding.files
        for tier in file.tiers
        if tier.rater in coding.raters
        for item in tier.annotations
    )


def test_ratings_stay_under_their_sequence_where_ids_repeat(shared: Path, tmp_path: Path) -> None:
    """47b: the first annotation called a1 is a code, the second the sequence that the rating belongs to."""
    merge_study(check_files([shared / "cases" / "47b_duplicate_ids_first"]), tmp_path)
    merged = read_eaf(tmp_path / "S01.merged.eaf")
    sequences = {item.id for item in merged.annotations("Sequence@R1")}
    ratings = merged.annotations("intensity.rating@R1")
    assert len(ratings) == 2
    assert {item.parent for item in ratings} == sequences
