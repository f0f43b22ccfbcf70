"""One small study for each reason of the closed list: what ends in which account, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from elancry.agreement.undefined import Reason
from elancry.align.flow import SessionFlow
from elancry.align.sequences import match_sequences
from elancry.check.coding import CheckedCoding, CodedAnnotation, CodedFile, CodedTier
from elancry.check.left_out import Why
from elancry.check.study import check_files
from elancry.choices import DEFAULT_CRITERION, Matching, Units
from elancry.codebook.model import Category, Codebook, Layout, System
from elancry.study.plan import Plan
from elancry.study.run import compute
from elancry.table.schema import FLOW

SEQUENCES = ((0, 10_000, "1"),)
FORM = ((1000, 2000, "protest"), (3000, 4000, "despair"))
RATED = {"protest": ["3"], "despair": ["0"]}
Reasons = dict[str, tuple[int, int]]


def reasons(results: Any, kind: str, rater: str | None = None) -> Reasons:
    """Reason -> (annotations, ms) of one kind of number, without what entered."""
    table = results.tables[FLOW.name]
    table = table[(table["kind"] == kind) & (table["reason"] != "entered")]
    if rater is not None:
        table = table[table["rater"] == rater]
    sums = table.groupby("reason")[["n_annotations", "ms"]].sum()
    return {str(reason): (int(n), int(ms)) for reason, (n, ms) in sums.iterrows()}


def kind_of(row: Mapping[str, Any]) -> str | None:
    """The kind of number that a row of agreement is; none of scores, which are compared of whole sequences only."""
    family = row["measure"].split("_")[0]
    if row["coding"] == "rating":
        return "rating"
    if row["variant"] in ("share", "count") or family == "presence":
        return None
    if family == "label":
        return "label"
    return "time" if family in ("time", "unitizing") else "event"


def beside_agrees_with_flow(results: Any, criterion: float | None = DEFAULT_CRITERION) -> set[str]:
    """Beside every row of agreement stand amounts, and all raters' are what flow.csv leaves out in the same sessions.

    A session with one rater has nothing that could be compared. At another criterion than `criterion`, the first,
    other events are partners. Returns the measures.
    """
    agreement, flow = results.tables["agreement"], results.tables[FLOW.name]
    assert not agreement[["n_left_out", "ms_left_out"]].isna().any(axis=None)
    everybody = max(agreement["raters"], key=len)
    for row in agreement.to_dict("records"):
        kind = kind_of(row)
        other_partners = pd.notna(row["criterion"]) and row["criterion"] != criterion
        if kind is None or row["raters"] != everybody or other_partners:
            continue
        own = flow[(flow["kind"] == kind) & (flow["tier"] == row["tier"]) & flow["rater"].isin(everybody.split("|"))]
        own = own[~own["reason"].isin(["rater_not_asked", "other_round", "tier_not_asked"])]
        own = own[own.groupby("session")["rater"].transform("nunique") > 1]
        if row["session"]:
            own = own[own["session"] == row["session"]]
        left = own[own["reason"] != "entered"]
        found = row["n_left_out"], row["ms_left_out"]
        assert found == (left["n_annotations"].sum(), left["ms"].sum()), row
    return set(agreement["measure"])


@dataclass(frozen=True)
class Study:
    """R1 codes and rates as above, R2 as `second` says; `left` is what becomes of the time coded."""

    second: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    left: Reasons = field(default_factory=dict)
    events: Reasons | None = None
    """Where they differ from time."""
    more: Callable[[Any], None] | None = None


def add_third(folder: Any) -> None:
    folder.add("s1", "R3", sequences=SEQUENCES, form=FORM)


def add_round(folder: Any) -> None:
    folder.add("s1", "R2", sequences=SEQUENCES, form=FORM, name="s1__R2__1.eaf")


def add_alone(folder: Any) -> None:
    folder.add("s2", "R1", sequences=SEQUENCES, form=FORM)


def changed(before: int, after: str) -> Callable[[Path], None]:
    """Another time in the file, whatever rules it breaks."""

    def change(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f'TIME_VALUE="{before}"', f'TIME_VALUE="{after}"'), encoding="utf-8")

    return change


CHANGED = {Why.TIME_DAMAGED: changed(2000, "soon"), Why.OVERLAPS_ITSELF: changed(2500, "1500")}


STUDIES = {
    # R3 codes 2 s more than the plan wants to hear.
    Why.RATER_NOT_ASKED: Study(
        {"form": FORM}, {"raters": ("R1", "R2")}, left={"rater_not_asked": (2, 2000)}, more=add_third
    ),
    Why.OTHER_ROUND: Study(
        {"form": FORM, "name": "s1__R2__2.eaf"},
        {"pattern": "{session}__{rater}__{round}"},
        left={"other_round": (2, 2000)},
        more=add_round,
    ),
    Why.TIME_DAMAGED: Study(
        # R2's protest has no readable end: unknown up to R2's next annotation, so all that R1 codes there.
        {"form": FORM},
        left={"time_damaged": (1, 0), "partner_unreadable": (1, 1000)},
        # It may last 2 s, of which no rule links 1: R1's event is beside nobody's.
        events={"time_damaged": (1, 0)},
    ),
    Why.VALUE_EMPTY: Study(
        {"form": ((1000, 2000, "protest"), (3000, 4000, ""))},
        left={"value_empty": (1, 1000), "partner_unreadable": (1, 1000)},
    ),
    Why.VALUE_UNKNOWN: Study(
        {"form": ((1000, 2000, "protest"), (3000, 4000, "dispair"))},
        left={"value_unknown": (1, 1000), "partner_unreadable": (1, 1000)},
    ),
    # protest 1-2 s and despair 1.5-3 s contradict each other in .5 s; so does .5 s of what R1 codes there.
    Why.OVERLAPS_ITSELF: Study(
        {"form": ((1000, 2000, "protest"), (2500, 3000, "despair"), (3000, 4000, "despair"))},
        left={"overlaps_itself": (0, 1000), "partner_unreadable": (0, 500)},
        events={},
    ),
    Why.OUTSIDE_SEQUENCE: Study(
        {"form": (*FORM, (9000, 12_000, "protest"), (20_000, 21_000, "protest"))},
        left={"outside_sequence": (2, 3000)},
        events={"outside_sequence": (1, 1000)},
    ),
    Why.SEQUENCE_UNMATCHED: Study(
        {"sequences": ((0, 10_000, "1"), (20_000, 30_000, "2")), "form": (*FORM, (21_000, 22_000, "protest"))},
        left={"sequence_unmatched": (1, 1000)},
    ),
    Why.ONE_RATER: Study({"form": FORM}, left={"one_rater": (2, 2000)}, more=add_alone),
    Why.PARTNER_UNREADABLE: Study(
        {"form": ((1000, 4000, "dispair"),)},
        left={"value_unknown": (1, 3000), "partner_unreadable": (2, 2000)},
        # No rule links 1 of 3 s, so R1's events are beside nobody's and enter as such.
        events={"value_unknown": (1, 3000)},
    ),
}


@pytest.mark.parametrize("why", STUDIES)
def test_each_reason_has_its_account(study_folder, small_codebook, why: Why):
    study = STUDIES[why]
    own = {"name": "s1__R1__1.eaf"} if why is Why.OTHER_ROUND else {}
    study_folder.add("s1", "R1", sequences=SEQUENCES, form=FORM, **own)
    path = study_folder.add("s1", "R2", **({"sequences": SEQUENCES} | dict(study.second)))
    if why in CHANGED:
        CHANGED[why](path)
    if study.more is not None:
        study.more(study_folder)
    coding = check_files([study_folder.folder], codebook=small_codebook, **study.options)
    results = compute(coding, Plan(resamples=0), command="agree", say=lambda _: None)
    assert reasons(results, "time") == study.left
    assert reasons(results, "event") == (study.left if study.events is None else study.events)
    beside_agrees_with_flow(results)


MATCHED = {
    # Plan -> measures that are only there by it.
    "elan": ({"matching": Matching.ELAN}, {"event_elan_overlap_ratio", "event_elan_fleiss_kappa_matched"}),
    "onset": ({"matching": Matching.ONSET, "onset_tolerance_ms": 1500}, {"event_kappa_ipf"}),
    "given": ({"units": Units.GIVEN, "chosen": frozenset({"units"})}, {"label_percent"}),
    "sweep": ({"criterion": (0.3, 0.8)}, {"event_kappa_ipf", "icc_2_1", "presence_percent", "unitizing_alpha"}),
}


@pytest.mark.parametrize("choice", MATCHED)
@pytest.mark.parametrize("why", [Why.TIME_DAMAGED, Why.OVERLAPS_ITSELF, Why.OUTSIDE_SEQUENCE, Why.PARTNER_UNREADABLE])
def test_beside_every_row_stands_what_it_leaves_out(study_folder, small_codebook, why: Why, choice: str):
    """Every family of rows, however events are linked."""
    study, (options, only) = STUDIES[why], MATCHED[choice]
    study_folder.add("s1", "R1", sequences=SEQUENCES, form=FORM, ratings=RATED)
    path = study_folder.add(
        "s1", "R2", **({"sequences": SEQUENCES, "ratings": {"protest": ["2"]}} | dict(study.second))
    )
    if why in CHANGED:
        CHANGED[why](path)
    coding = check_files([study_folder.folder], codebook=small_codebook)
    plan = Plan(resamples=0, **options)
    results = compute(coding, plan, command="agree", say=lambda _: None)
    measures = beside_agrees_with_flow(results, plan.linkings[0].criterion)
    assert measures >= only | {"time_percent", "boundary_f1", "onset_mad_ms", "kappa_quadratic"}


def test_a_unit_without_its_like_enters_no_labels_though_it_is_an_event(study_folder, small_codebook):
    """Of five units R1 lacks one and R2 another, and R2 gives one a label that nobody knows; two are left.

    s     1-2       3-4       5-6       7-8       9-9.5
    R1    protest   despair   protest             protest
    R2    protest   dispair             despair   despair
    """
    first = ((1000, 2000, "protest"), (3000, 4000, "despair"), (5000, 6000, "protest"), (9000, 9500, "protest"))
    second = ((1000, 2000, "protest"), (3000, 4000, "dispair"), (7000, 8000, "despair"), (9000, 9500, "despair"))
    study_folder.add("s1", "R1", sequences=SEQUENCES, form=first)
    study_folder.add("s1", "R2", sequences=SEQUENCES, form=second)
    coding = check_files([study_folder.folder], codebook=small_codebook)
    plan = Plan(resamples=0, units=Units.GIVEN, chosen=frozenset({"units"}))
    results = compute(coding, plan, command="agree", say=lambda _: None)
    assert reasons(results, "label", "R1") == {"partner_unreadable": (1, 1000), "one_rater": (1, 1000)}
    assert reasons(results, "label", "R2") == {"value_unknown": (1, 1000), "one_rater": (1, 1000)}
    assert reasons(results, "event") == {"partner_unreadable": (1, 1000), "value_unknown": (1, 1000)}
    rows = results.tables["agreement"]
    row = rows[(rows["measure"] == "label_percent") & (rows["scope"] == "overall")].iloc[0]
    assert (row["estimate"], row["n_units"], row["n_left_out"], row["ms_left_out"]) == (0.5, 2, 4, 4000)


def test_each_criterion_leaves_out_the_partners_that_it_links(study_folder, small_codebook):
    """R2's 1.5 s that cannot be read share 1 s with R1's protest, .67 of the longer: partners at .6, not at .8."""
    study_folder.add("s1", "R1", sequences=SEQUENCES, form=FORM)
    study_folder.add("s1", "R2", sequences=SEQUENCES, form=((1000, 2500, "dispair"), (3000, 4000, "despair")))
    coding = check_files([study_folder.folder], codebook=small_codebook)
    results = compute(coding, Plan(resamples=0, criterion=(0.6, 0.8)), command="agree", say=lambda _: None)
    rows = results.tables["agreement"]
    rows = rows[(rows["measure"] == "event_raw") & (rows["scope"] == "overall")]
    found = {row["criterion"]: (row["n_left_out"], row["ms_left_out"]) for row in rows.to_dict("records")}
    assert found == {0.6: (2, 2500), 0.8: (1, 1500)}


def test_what_cannot_be_read_has_no_boundaries(study_folder, small_codebook):
    """R2's protest has no readable end, its begin is 100 ms late; only despair is compared, 50 ms late at its end."""
    study_folder.add("s1", "R1", sequences=SEQUENCES, form=FORM)
    path = study_folder.add("s1", "R2", sequences=SEQUENCES, form=((1100, 2900, "protest"), (3000, 4050, "despair")))
    changed(2900, "soon")(path)
    coding = check_files([study_folder.folder], codebook=small_codebook)
    plan = Plan(resamples=0, boundary_tolerances_ms=(10,), matching=Matching.ONSET, onset_tolerance_ms=200)
    tables = compute(coding, plan, command="agree", say=lambda _: None).tables
    rows = tables["agreement"]
    rows = rows[(rows["scope"] == "overall") & (rows["aggregate"] == "pair")].set_index("measure")
    # Of two begins and two ends, the begins are the same.
    assert (rows.loc["boundary_f1", "estimate"], rows.loc["boundary_f1", "n_units"]) == (0.5, 4)
    assert (rows.loc["onset_bias_ms", "estimate"], rows.loc["offset_bias_ms", "estimate"]) == (0, 50)
    assert (rows.loc["boundary_f1", "n_left_out"], rows.loc["boundary_f1", "ms_left_out"]) == (2, 1000)


def test_events_that_cannot_be_read_are_not_said_to_be_none(study_folder, small_codebook):
    for rater in ("R1", "R2"):
        study_folder.add("s1", rater, sequences=SEQUENCES, form=((1000, 2000, "dispair"),))
    coding = check_files([study_folder.folder], codebook=small_codebook)
    plan = Plan(resamples=0, matching=Matching.ELAN)
    rows = compute(coding, plan, command="agree", say=lambda _: None).tables["agreement"]
    why = rows[rows["scope"] == "overall"].set_index("measure")["undefined_reason"]
    for measure in ("event_raw", "event_elan_overlap_ratio", "boundary_f1"):
        assert {str(reason) for reason in why.loc[[measure]]} == {str(Reason.NOTHING_READ)}


def test_the_categories_behind_elans_fleiss_are_told(study_folder, small_codebook):
    """Those of the vocabulary, as beside the other numbers of events; "unmatched" is none of them."""
    for rater in ("R1", "R2"):
        study_folder.add("s1", rater, sequences=SEQUENCES, form=FORM)
    coding = check_files([study_folder.folder], codebook=small_codebook)
    plan = Plan(resamples=0, matching=Matching.ELAN)
    rows = compute(coding, plan, command="agree", say=lambda _: None).tables["agreement"]
    rows = rows[rows["measure"].isin(["event_kappa_ipf", "event_elan_fleiss_kappa"]) & (rows["scope"] == "overall")]
    assert set(rows["n_categories"]) == {len(small_codebook.systems[0].categories)}


def test_a_tier_that_was_not_asked_for(study_folder, small_codebook):
    mood = System("mood", {}, (Category("glad", {"en": "glad"}), Category("sad", {"en": "sad"})))
    both = replace(small_codebook, systems=(*small_codebook.systems, mood))
    for rater in ("R1", "R2"):
        study_folder.add(
            "s1", rater, form=FORM, edit=lambda editor: (editor.types.add("mood"), editor.tiers.add("mood", "mood"),
            editor.annotations.add("mood", 0, 700, "glad")),
        )  # fmt: skip
    coding = check_files([study_folder.folder], codebook=both, tiers=["form"])
    results = compute(coding, Plan(resamples=0), command="agree", say=lambda _: None)
    assert reasons(results, "time") == {"tier_not_asked": (2, 1400)}


def test_what_a_consensus_leaves_open_is_in_no_score(study_folder, small_codebook, tmp_path):
    """R1 protest, R2 despair at 1-2 s; the consensus of the merged file holds only what both coded, 3-4 s."""
    from elancry.merge.study import merge_study

    study_folder.add("s1", "R1", form=FORM)
    study_folder.add("s1", "R2", form=((1000, 2000, "despair"), (3000, 4000, "despair")))
    merge_study(check_files([study_folder.folder], codebook=small_codebook), tmp_path / "merged")
    coding = check_files([tmp_path / "merged"], codebook=small_codebook)
    plan = Plan(resamples=0, permutations=0, aggregate="consensus")
    results = compute(coding, plan, command="analyze", say=lambda _: None)
    assert reasons(results, "score") == {"unresolved": (2, 2000)}
    assert reasons(results, "time") == {}


def test_a_file_that_cannot_be_read_is_listed_without_amounts(study_folder, small_codebook):
    for rater in ("R1", "R2"):
        study_folder.add("s1", rater, form=FORM)
    (study_folder.folder / "s2__R1.eaf").write_text("this is no XML", encoding="utf-8")
    coding = check_files([study_folder.folder], codebook=small_codebook)
    results = compute(replace(coding, findings=()), Plan(resamples=0), command="agree", say=lambda _: None)
    table = results.tables[FLOW.name]
    (row,) = table[table["reason"] == "file_unreadable"].to_dict("records")
    assert (row["file"], row["session"], row["rater"]) == ("s2__R1.eaf", "s2", "R1")
    assert table[table["reason"] == "file_unreadable"][["n_annotations", "ms"]].isna().all(axis=None)


def test_every_reason_of_the_closed_list_has_a_test():
    alone = {Why.FILE_UNREADABLE, Why.TIER_NOT_ASKED, Why.UNRESOLVED}
    assert alone | set(STUDIES) == set(Why)


def test_a_rater_who_only_rated_did_not_code_the_time(study_folder, small_codebook):
    """R2's form is empty and the ratings are there: nobody to compare with in a sequence that both marked."""
    study_folder.add("s1", "R1", form=FORM, ratings=RATED)
    study_folder.add("s1", "R2", ratings=RATED)
    coding = check_files([study_folder.folder], codebook=small_codebook)
    results = compute(coding, Plan(resamples=0), command="agree", say=lambda _: None)
    assert reasons(results, "time") == {"one_rater": (2, 2000)}
    assert reasons(results, "rating") == {}


def test_a_set_of_codes_loses_what_any_of_its_codes_loses():
    """Both give a at 0-40 and b at 20-60; R2's b cannot be read.

    As tiers: a loses nothing, b the two annotations. As sets: 20-40 of each a is unknown too.
    """
    system = System("act", {}, (Category("a", {}), Category("b", {})), layout=Layout.TIER_PER_CATEGORY)
    book = Codebook("t", "", (system,), sequence_tier=None)

    def file(rater: str, b: str | None) -> CodedFile:
        tiers = tuple(
            CodedTier(rater, "act", "interval", code, f"act.{code}", (CodedAnnotation(code, *span, "v", value),))
            for code, span, value in (("a", (0, 40), "a"), ("b", (20, 60), b))
        )
        return CodedFile(Path(rater), rater, "s", rater, None, "", 100, tiers)

    coding = CheckedCoding(book, (file("R1", "b"), file("R2", None)))
    flow = SessionFlow.of(coding, "s", match_sequences(coding)[0], ("R1", "R2"))
    team = ("R1", "R2")
    assert flow.lost("time", "act", "act.a", team) == (0, 0)
    assert flow.lost("time", "act", "act.b", team) == (2, 80)
    # Each a is 40 ms, of which half is lost: counted where most of it is, entered at a tie.
    assert flow.lost("time", "act", "act", team) == (2, 120)
