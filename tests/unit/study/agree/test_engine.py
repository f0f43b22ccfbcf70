"""The engine of the agreement table: what is computed once, and that every family has every scope that makes sense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from invented_study import CODEBOOK, RATERS, STUDY, questions

from elancry.agreement.undefined import Reason
from elancry.align import events_of as of_events
from elancry.align.events import Events
from elancry.study.agree import score as of_scores
from elancry.study.agree import sums as of_sums
from elancry.study.agree import unitizing as of_unitizing
from elancry.study.agree.engine import Engine
from elancry.study.agree.sums import Sums
from elancry.study.compared import Compared
from elancry.study.nesting import Cluster
from elancry.study.numbers import agreement_tables
from elancry.study.plan import Plan
from elancry.study.plots import plot_points
from elancry.texts import text


def content(argument: Any) -> object:
    """What an argument holds, to be compared with that of another call."""
    if isinstance(argument, np.ndarray):
        return argument.shape, argument.tobytes()
    if isinstance(argument, Events):
        return tuple(content(part) for part in (argument.start_ms, argument.end_ms, argument.codes))
    return argument if isinstance(argument, int | float | str) else id(argument)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> dict[str, Counter[object]]:
    """Function -> how often it was called with what."""
    counted: dict[str, Counter[object]] = {}

    def watch(module: object, name: str) -> None:
        real: Callable[..., Any] = getattr(module, name)
        counted[name] = Counter()

        def watched(*arguments: Any, **named: Any) -> Any:
            counted[name][tuple(map(content, arguments))] += 1
            return real(*arguments, **named)

        monkeypatch.setattr(module, name, watched)

    watch(of_events, "link_events")
    watch(of_sums, "nominal_sums")
    watch(of_unitizing, "_continuum")
    watch(of_scores.icc, "_by_pingouin")
    watch(of_scores, "icc_varying_teams")
    watch(of_scores.metric_alpha, "alpha_of")
    return counted


@pytest.mark.parametrize("against", [None, "R1"])
def test_every_input_is_computed_once(calls: dict[str, Counter[object]], against: str | None) -> None:
    """Agreement, confusion, training, differences and figures together; 15 sequences, three raters, three categories.

    Links: every pair of raters in every sequence; against a gold rater the training table has R2 with R3 too.
    Sums: each sequence in time with and without none; presence and ratings by session (12) and category (3).
    """
    timelines, ratings, events = STUDY
    compared = Compared(CODEBOOK, RATERS, tuple(timelines), tuple(ratings), tuple(events))
    plan = Plan(seed=1, resamples=20, against=against)
    tables = agreement_tables(compared, plan).tables
    plot_points(compared, plan, tables)
    assert set(calls["link_events"].values()) == {1}
    assert calls["link_events"].total() == 15 * 3
    teams = 1 if against is None else 2
    by_category = 12 * 3 * 2 * teams
    # Against a gold rater the training table is that of all raters, in time and on ratings.
    of_all = 0 if against is None else 15 + 12 * 3
    assert calls["nominal_sums"].total() == 15 * 2 * teams + by_category + of_all
    # The libraries are asked for what is printed of ratings, ICC and ordinal alpha: once a category. One number of
    # R2 is missing: of three raters the ICC has variance components, of two the other sequences are complete.
    assert calls["_by_pingouin"].total() == (0 if against is None else 3 * teams)
    assert calls["icc_varying_teams"].total() == (3 if against is None else 0)
    assert calls["alpha_of"].total() == 3 * teams
    assert calls["_continuum"].total() == 15 * teams


def test_every_family_has_every_scope_that_makes_sense() -> None:
    rows = questions(*STUDY, seed=1, codebook=CODEBOOK, resamples=0, time_units_ms=(1000,), tolerance_ms=1000).rows()
    found: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        name = row["measure"] + (" binned" if row.get("time_unit_ms") else "")
        found.setdefault(name, set()).add((row["scope"], row["aggregate"]))
    teams = {"pooled", "pair", "leave_one_out"}
    whole = {("overall", aggregate) for aggregate in teams}
    each = {("category", "pooled"), ("category", "pair"), ("session", "pooled")}
    for measure in ("time_fleiss_kappa", "time_fleiss_kappa binned", "event_kappa_ipf", "unitizing_alpha_coding"):
        assert found[measure] >= whole | each, measure
    for measure in ("time_cohen_kappa", "time_cohen_kappa binned", "event_kappa_ipf"):
        by_pair = {(scope, "pair_mean") for scope in ("overall", "category", "session")}
        assert found[measure] >= by_pair, measure
    assert found["boundary_f1"] == whole | {("session", "pooled")}
    for measure in ("presence_fleiss_kappa", "icc_2_1", "alpha_interval", "alpha_ordinal", "percent"):
        assert found[measure] == {("category", aggregate) for aggregate in teams}, measure
    assert found["kappa_quadratic"] == {("category", name) for name in ("pair_mean", "pair", "leave_one_out")}


def test_a_study_without_ratings_asks_no_other_library(calls: dict[str, Counter[object]]) -> None:
    timelines, _, events = STUDY
    questions(timelines, [], events, seed=1, codebook=CODEBOOK, resamples=0).rows()
    assert not calls["_by_pingouin"]
    assert not calls["alpha_of"]


def test_nothing_in_common_is_said_once_of_all_raters() -> None:
    """R1 coded the first session alone and R2 the second: rows of all raters say so, and there is none of the pair."""
    timelines, _, events = STUDY
    apart = Compared(CODEBOOK, RATERS, tuple(timelines[:2]), (), tuple(events[:2]))
    first, second = (apart.only((name,)) for name in ("R1", "R2"))
    rows = questions(
        [first.timelines[0], second.timelines[1]],
        [],
        [first.events[0], second.events[1]],
        seed=1,
        codebook=CODEBOOK,
        resamples=0,
    ).rows()
    whole = [row for row in rows if row["scope"] == "overall" and row["measure"] == "event_kappa_ipf"]
    assert [(row["aggregate"], row["n_units"], row["estimate"]) for row in whole] == [
        ("pooled", 0, None),
        ("pair_mean", 0, None),
    ]
    assert {row["undefined_reason"] for row in whole} == {Reason.NO_UNITS}


def test_the_mean_over_pairs_of_a_session_is_over_the_pairs_who_coded_it() -> None:
    """R3 did not code the first session: the mean there is the number of R1 and R2, as if they were all there is."""
    timelines, _, events = STUDY
    study = Compared(CODEBOOK, RATERS, tuple(timelines[:2]), (), tuple(events[:2]))
    two = study.only(("R1", "R2"))
    asked: dict[str, Any] = {"seed": 1, "codebook": CODEBOOK, "resamples": 0}
    asked |= {"time_units_ms": (1000,), "tolerance_ms": 1000}
    rows = questions([two.timelines[0], timelines[1]], [], [two.events[0], events[1]], **asked).rows()
    alone = questions([two.timelines[0]], [], [two.events[0]], **asked).rows()

    def of_session(rows: list[dict[str, Any]], aggregate: str) -> dict[tuple[Any, ...], Any]:
        names = ("measure", "variant", "time_unit_ms", "tolerance_ms")
        return {
            tuple(row.get(name) for name in names): row["estimate"]
            for row in rows
            if (row["scope"], row.get("session"), row["aggregate"]) == ("session", "s01", aggregate)
        }

    means, pair = of_session(rows, "pair_mean"), of_session(alone, "pair")
    assert {measure for measure, *_ in means} >= {"event_kappa_ipf", "event_raw", "time_cohen_kappa"}
    assert None not in means.values()
    assert means == {at: pair[at] for at in means}


def test_patients_are_resampled_with_all_their_sessions() -> None:
    """Sums of 24 sessions of 12 patients: the resamples are those of 12 sums, each of two sessions."""
    names = tuple(f"s{number:02d}" for number in range(24))
    patients = Cluster("patient", text("nesting.no-table"), {name: f"p{at // 2:02d}" for at, name in enumerate(names)})
    table = np.column_stack([np.arange(24.0), np.ones(24)])
    sums = Sums(names, table, np.ones(24, dtype=np.int64))
    found = Engine(1, 50, cluster=patients).resamples(sums)
    assert found.level == "patient"
    np.testing.assert_array_equal(found.sums, table.reshape(12, 2, 2).sum(axis=1))
    assert found.counts.shape == (50, 12)
    np.testing.assert_array_equal(Engine(1, 50).resamples(sums).sums, table)
