"""Differences of two agreements: both values are those of two studies, intervals those of resampling them together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from statistics import mean

import numpy as np
import pytest
from invented_study import CODEBOOK, RATERS, STUDY, invented

from elancry.agreement.bootstrap import Resamples, TwoSides
from elancry.agreement.estimate import Interval
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import NoInterval
from elancry.align.ratings import RatingMatrix
from elancry.seeds import stream
from elancry.study.agree.compare import guest_compared, studies_compared
from elancry.study.agree.families import Questions
from elancry.study.compared import Compared
from elancry.study.plan_keys import Plan
from elancry.table.schema import AGREEMENT_DIFFERENCES

Row = dict[str, object]
PLAN = Plan(seed=1, resamples=100)
NAMES = ("system", "tier", "measure", "variant", "scope", "category", "aggregate", "criterion", "tolerance_ms")


def asked(study: tuple[list, list, list], raters: tuple[str, ...] = RATERS, plan: Plan = PLAN) -> Questions:
    timelines, ratings, events = study
    return Questions(Compared(CODEBOOK, raters, tuple(timelines), tuple(ratings), tuple(events)), plan)


def place(row: Row) -> tuple[object, ...]:
    return tuple(row.get(name) or "" for name in NAMES)


def of_sessions(study: tuple[list, list, list], times: dict[str, int]) -> tuple[list, list, list]:
    """The study with each session as often as `times` says, each time under another name."""
    timelines, ratings, events = study
    copies = [(name, at) for name, n in times.items() for at in range(n)]

    def again(items: list) -> list:
        of = [(item, name, at) for name, at in copies for item in items if item.session == name]
        return [replace(item, session=f"{name}.{at}") for item, name, at in of]

    def rated(matrix: RatingMatrix) -> RatingMatrix:
        rows = [(row, f"{name}.{at}") for name, at in copies for row, s in enumerate(matrix.sessions) if s == name]
        chosen = [row for row, _ in rows]
        sequences = tuple(matrix.sequences[row] for row in chosen)
        return replace(
            matrix, sessions=tuple(name for _, name in rows), sequences=sequences, values=matrix.values[chosen]
        )

    return again(timelines), [rated(matrix) for matrix in ratings], again(events)


def estimates(one: Questions, aggregates: tuple[str, ...] = ("pooled", "pair_mean")) -> dict[tuple[object, ...], float]:
    """What the agreement table has for whole studies and categories, without intervals."""
    engine = replace(one.engine, n_resamples=0)
    rows = [row for family in one.families() for row in engine.rows(family) if row["scope"] != "session"]
    return {(*place(row), row["raters"]): row["estimate"] for row in rows if row["aggregate"] in aggregates}


FIRST = [f"s{at:02}" for at in range(1, 7)]
SECOND = [f"s{at:02}" for at in range(7, 13)]


@pytest.fixture(scope="module")
def by_site() -> list[Row]:
    whole = asked(STUDY)
    sides = [(name, [whole.among(own)]) for name, own in (("east", FIRST), ("west", SECOND))]
    return list(studies_compared(sides, "site"))


def test_each_side_is_what_the_side_alone_gives(by_site: list[Row]):
    """Two runs over six sessions each, and nothing else: 0 resamples, since no interval is compared."""
    AGREEMENT_DIFFERENCES.check(AGREEMENT_DIFFERENCES.frame(by_site))
    alone = [estimates(asked(of_sessions(STUDY, dict.fromkeys(own, 1)))) for own in (FIRST, SECOND)]
    assert len(by_site) > 100
    assert {row["measure"] for row in by_site} >= {"time_fleiss_kappa", "event_kappa_ipf", "icc_2_1", "boundary_f1"}
    # The six ICC of all raters have rows of their own there; they are compared below, as means over pairs.
    compared = [row for row in by_site if (*place(row), "R1|R2|R3") in alone[0]]
    assert {str(row["measure"])[:4] for row in by_site if row not in compared} == {"icc_"}
    for row in compared:
        for side, found in zip(("first", "second"), alone, strict=True):
            assert row[f"estimate_{side}"] == pytest.approx(found[*place(row), "R1|R2|R3"], abs=1e-9), place(row)
        if row["difference"] is not None:
            assert row["difference"] == row["estimate_second"] - row["estimate_first"]
        assert (row["n_sessions_first"], row["n_sessions_second"], row["n_shared"]) == (6, 6, 0)
        assert row["undefined_reason"].code in ("interval.no-few-sequences", "interval.no-estimate") or (
            row["difference"] is None
        )


OTHER = invented(seed=5)
HEADLINES = {("time_fleiss_kappa", "with_none"), ("event_kappa_ipf", "easydiag"), ("alpha_interval", "rating")}


def test_resamples_are_those_of_two_studies_resampled_together(monkeypatch: pytest.MonkeyPatch):
    """Brute force: of sessions 1-9 on one side and 4-12 on the other, 4-9 are drawn for both sides at once, 1-3 and
    10-12 for their own; every study that comes of a draw is computed from its timelines, ratings and events."""
    kept: list[FloatArray] = []

    def resampled(self: Resamples, statistic: Callable[[FloatArray], FloatArray]) -> list[Interval]:
        kept.extend(statistic(self.counts @ self.sums).T)
        return [Interval.none(NoInterval.NOT_ASKED)] * statistic(self.total).shape[-1]

    monkeypatch.setattr(Resamples, "intervals", resampled)
    plan = replace(PLAN, resamples=3)
    left = of_sessions(STUDY, dict.fromkeys([f"s{at:02}" for at in range(1, 10)], 1))
    right = of_sessions(OTHER, dict.fromkeys([f"s{at:02}" for at in range(4, 13)], 1))
    sides = [("one", [asked(left, plan=plan)]), ("other", [asked(right, plan=plan)])]
    rows = list(studies_compared(sides, "round"))
    monkeypatch.undo()
    assert len(kept) == len(rows)
    names = [f"s{at:02}.0" for at in (*range(4, 10), *range(1, 4), *range(10, 13))]
    counts = TwoSides(6, 3, 3).counts(3, stream(1, "difference", "sessions", "6", "3", "3", *names))
    assert (counts[:, :6].sum(axis=1) == 6).all()
    assert (counts[:, 6:9].sum(axis=1) == 3).all()
    for at in range(3):
        times = dict(zip(names, counts[at].astype(int).tolist(), strict=True))
        found = [estimates(asked(of_sessions(study, times))) for study in (left, right)]
        compared = 0
        for row, value in zip(rows, kept, strict=True):
            if (row["measure"], row.get("variant")) in HEADLINES:
                compared += 1
                at_both = *place(row), "R1|R2|R3"
                expected = found[1][at_both] - found[0][at_both]
                assert value[at] == pytest.approx(expected, abs=1e-9), place(row)
        assert compared >= 3


def test_a_study_compared_with_itself_has_no_difference_and_no_doubt():
    rows = list(studies_compared([("1", [asked(STUDY)]), ("2", [asked(STUDY)])], "round"))
    sure = [row for row in rows if row["ci_low"] is not None]
    assert len(sure) > 50
    assert {(row["difference"], row["ci_low"], row["ci_high"]) for row in sure} == {(0.0, 0.0, 0.0)}
    assert {row["n_shared"] for row in sure} == {12}


def test_the_guest_is_compared_pair_by_pair():
    """Means over the pairs R1-R2 and over R1-R3, R2-R3, each as its own row of the agreement table has it."""
    everybody = asked(STUDY)
    pairs = estimates(everybody, ("pair",))
    rows = list(guest_compared(everybody, "R3"))
    assert len(rows) > 100
    for row in rows:
        if row["difference"] is not None:
            own = {pair: pairs[*place(row)[:6], "pair", *place(row)[7:], pair] for pair in ("R1|R2", "R1|R3", "R2|R3")}
            assert row["estimate_first"] == pytest.approx(own["R1|R2"], abs=1e-9), place(row)
            assert row["estimate_second"] == pytest.approx(mean((own["R1|R3"], own["R2|R3"])), abs=1e-9), place(row)
    assert {(row["first"], row["second"]) for row in rows} == {("R1|R2", "R3")}
    assert not any("bias" in str(row["measure"]) for row in rows)


@pytest.mark.parametrize(("shared", "first", "second"), [(20, 0, 0), (0, 20, 20)])
def test_intervals_of_differences_hold_the_truth(shared: int, first: int, second: int):
    """The mean of one side less that of the other, of 20 clusters; normal, true difference 0; errors of one cluster go
    together (r = .8). Of 2,000 such studies with 1,000 resamples .945 (paired) and .951 held the truth; of 400 studies
    the Monte-Carlo error is .011."""
    rng = np.random.default_rng(7)
    sides = TwoSides(shared, first, second)
    held = 0
    for _ in range(400):
        table = np.zeros((shared + first + second, 4))
        common = rng.normal(size=20) * 2
        own = common + rng.normal(size=20), (common if shared else rng.normal(size=20) * 2) + rng.normal(size=20)
        table[: shared + first, :2] = np.stack([own[0], np.ones(20)], axis=1)
        table[table.shape[0] - shared - second if not shared else 0 :, 2:] = np.stack([own[1], np.ones(20)], axis=1)
        resamples = Resamples.of_sides(table, sides.counts(400, rng), 20, "session", sides)
        (interval,) = resamples.intervals(lambda x: (x[..., 2] / x[..., 3] - x[..., 0] / x[..., 1])[..., None])
        held += interval.low <= 0 <= interval.high  # type: ignore[operator]
    assert 0.91 <= held / 400 <= 0.99
