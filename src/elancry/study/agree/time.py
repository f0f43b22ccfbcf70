"""Do raters give the same category at the same time, and is a category present in the same sequences?

Everything is counted on the sums of `agreement.sums`: the exact durations of elementary segments for time, the time
units of the binned version, one unit for each sequence for presence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from elancry.agreement import nominal
from elancry.agreement.binned import bin_codes, tolerant_table
from elancry.agreement.standard_errors import WithError
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.align.timeline import MISSING, NONE, Timeline
from elancry.extensions import MEASURES, declared, load, wrong_kind
from elancry.study.agree.bases import OfPairs, OfUnits, by_tier
from elancry.study.agree.engine import PAIR, PAIR_MEAN, POOLED, Family, Measures
from elancry.study.agree.row import Row, Team, analytic_row, in_order
from elancry.study.agree.sums import PairSums, Sums, Units, UnitSums, pairs_of
from elancry.texts import Text

WITH_NONE = "with_none"
WITHOUT_NONE = "without_none"

TOGETHER: Measures = {
    "time_percent": nominal.percent,
    "time_krippendorff_alpha": nominal.alpha_of_durations,
    "time_fleiss_kappa": nominal.fleiss,
    "time_conger_kappa": nominal.conger_of_complete,
    "time_gwet_ac1": nominal.gwet_ac,
    "time_brennan_prediger": nominal.brennan_prediger,
}
BY_PAIR: Measures = {"time_cohen_kappa": nominal.cohen_mean}
# Bins are counted, so alpha keeps its small-sample term there.
COUNTED: Measures = {"time_krippendorff_alpha": nominal.alpha_of_counts}
TOLERANT: Measures = {
    "time_percent": lambda tables: nominal.mean_of_pairs(nominal.percent_of_table(tables), tables),
    "time_cohen_kappa": lambda tables: nominal.mean_of_pairs(nominal.cohen_of_table(tables), tables),
}
PRESENCE: Measures = {
    "presence_percent": nominal.percent,
    "presence_krippendorff_alpha": nominal.alpha_of_counts,
    "presence_fleiss_kappa": nominal.fleiss,
    "presence_gwet_ac1": nominal.gwet_ac,
}
PRESENCE_ERRORS = {
    "presence_percent": WithError.PERCENT,
    "presence_krippendorff_alpha": WithError.KRIPPENDORFF,
    "presence_fleiss_kappa": WithError.FLEISS,
    "presence_gwet_ac1": WithError.GWET_AC,
}


@cache
def of_packages() -> Measures:
    """Coefficients of other packages (docs/extending.md), named `time_...`; they get what those of TOGETHER get.

    Raises UsageError for one that cannot be used.
    """
    found = {}
    for name in declared(MEASURES):
        found[name] = load(MEASURES, name, (*TOGETHER, *BY_PAIR))
        if not name.startswith("time_") or not callable(found[name]):
            raise wrong_kind(MEASURES, name, "time_... = FUNCTION(layout, sums)")
    return found


@dataclass(frozen=True, eq=False, kw_only=True)
class Time(OfUnits):
    """The same category at the same time; with `none` as a category, or `none` missing. In bins: of `time_unit_ms`."""

    together, by_pair = TOGETHER, BY_PAIR
    same_for_two = "time_conger_kappa"
    time_unit_ms: int = 1

    def measures(self, team: Team, category: int | None) -> Measures:
        measures = super().measures(team, category)
        if team.aggregate != PAIR_MEAN:
            measures = {**measures, **of_packages()}
        return measures if self.time_unit_ms == 1 else {name: COUNTED.get(name, f) for name, f in measures.items()}

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        found = super().why(sums, team, measure, category)
        if found is Reason.UNUSED_CATEGORY or self.base["variant"] != WITH_NONE:
            return found
        layout, part = self.seen(sums, team, category)
        shares = layout.table(part, "shares")
        return Reason.NOTHING_CODED if shares[-1] > 0 and not shares[:-1].any() else found

    def counted(self, sums: Sums, team: Team) -> Row:
        return {"n_units": sums.n_sequences, "compared_ms": self.compared_ms(sums, team) * self.time_unit_ms}


@dataclass(frozen=True, eq=False, kw_only=True)
class Tolerant(OfPairs):
    """Bins, with disagreements forgiven that the other rater's code ends within the tolerance."""

    q: int

    def measures(self, team: Team, category: int | None) -> Measures:
        return {} if team.aggregate == POOLED else TOLERANT

    def seen(self, sums: FloatArray, team: Team, category: int | None) -> tuple[Any, ...]:
        return (sums.reshape(*sums.shape[:-1], -1, self.q, self.q),)

    def n_categories(self, category: int | None) -> int:
        return self.q

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        return Reason.NO_VARIATION if len(self.of.pairs(team.raters)) == 1 else Reason.UNDEFINED_PAIR


@dataclass(frozen=True, eq=False, kw_only=True)
class Presence(OfUnits):
    """One category, present (0) or absent (1) in a sequence; a sequence is a unit."""

    by_session: ClassVar[bool] = False

    def measures(self, team: Team, category: int | None) -> Measures:
        return {} if team.aggregate == PAIR_MEAN else PRESENCE

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        unused = self.unused(self.of.layout(team.raters).table(sums, "shares"))
        return Reason.UNUSED_CATEGORY if unused else super().why(sums, team, measure, category)

    def finished(self, row: Row, team: Team) -> Iterator[Row]:
        """All raters, and each pair, once more with Gwet's standard errors, which take sequences as independent."""
        yield row
        if team.aggregate in (POOLED, PAIR):
            columns = [self.raters.index(name) for name in team.raters]
            codes = np.concatenate([unit.codes for unit in self.of.units])[:, columns]
            codes = codes[(codes >= 0).sum(axis=1) >= 2]
            yield from analytic_row(row, codes, 2, PRESENCE_ERRORS[row["measure"]])


# ---- units out of timelines ---------------------------------------------------------------------------------------


def columns_of(timelines: Sequence[Timeline], order: Sequence[str] | None) -> tuple[str, ...]:
    """Raters who coded something in at least one of these timelines."""
    coded = {name for t in timelines for i, name in enumerate(t.raters) if (t.codes[:, i] != MISSING).any()}
    return in_order(coded, order)


def codes_over(item: Timeline, raters: Sequence[str]) -> NDArray[np.int64]:
    """Codes (S, R) of a timeline over the study's raters; who is not in the timeline is missing."""
    codes = np.full((len(item.codes), len(raters)), MISSING, dtype=np.int64)
    for at, name in enumerate(raters):
        if name in item.raters:
            codes[:, at] = item.codes[:, item.raters.index(name)]
    return codes


def time_families(timelines: Sequence[Timeline], order: Sequence[str] | None) -> Iterator[Time]:
    """Exact time: for each tier with `none` as a category, then with `none` missing."""
    for base, group in by_tier(timelines):
        raters = columns_of(group, order)
        for variant in (WITH_NONE, WITHOUT_NONE):
            units = [_segments(item, raters, variant) for item in group]
            yield Time(
                base={**base, "variant": variant},
                raters=raters,
                categories=group[0].categories,
                said_of_one_rater=(*TOGETHER, *of_packages()) if variant == WITH_NONE else (),
                of=UnitSums(units, raters, len(group[0].categories) + (variant == WITH_NONE)),
            )


def _segments(item: Timeline, raters: Sequence[str], variant: str) -> Units:
    """The elementary segments of a timeline: `none` is the category K, or missing."""
    codes = codes_over(item, raters)
    codes[codes == NONE] = len(item.categories) if variant == WITH_NONE else -1
    codes[codes == MISSING] = -1
    return Units(item.session, codes, item.durations.astype(np.float64))


def binned_families(
    timelines: Sequence[Timeline], order: Sequence[str] | None, time_unit_ms: int, tolerance_ms: int
) -> Iterator[Family]:
    """Time once more in bins, for people who must report a time unit; with a tolerance of a bin or more, that too."""
    for base, group in by_tier(timelines):
        raters, categories = columns_of(group, order), group[0].categories
        if len(raters) < 2:
            continue
        q, units = len(categories) + 1, []
        for item in group:
            exact = _segments(item, raters, WITH_NONE)
            codes, lengths = bin_codes(item.start_ms, item.end_ms, exact.codes, time_unit_ms)
            units.append(Units(item.session, codes, lengths / time_unit_ms))
        here = {**base, "variant": WITH_NONE, "time_unit_ms": time_unit_ms}
        yield Time(
            base=here,
            raters=raters,
            categories=categories,
            of=UnitSums(units, raters, q),
            time_unit_ms=time_unit_ms,
        )
        if tolerance_ms >= time_unit_ms:
            yield Tolerant(
                base={**here, "tolerance_ms": tolerance_ms},
                raters=raters,
                of=_tolerant_sums(units, raters, q, tolerance_ms // time_unit_ms),
                q=q,
            )


def _tolerant_sums(units: Sequence[Units], raters: Sequence[str], q: int, bins: int) -> PairSums:
    found = []
    for unit in units:
        tables = {}
        for a, b in pairs_of(raters):
            own, other = unit.codes[:, raters.index(a)], unit.codes[:, raters.index(b)]
            table = tolerant_table(own, other, unit.weights, q, bins)
            if table.any():
                tables[a, b] = table.ravel()
        found.append((unit.session, tables))
    return PairSums(found, q * q)


def presence_families(timelines: Sequence[Timeline], order: Sequence[str] | None) -> Iterator[Presence]:
    """One family for each category of each tier."""
    for base, group in by_tier(timelines):
        raters = columns_of(group, order)
        codes = [codes_over(item, raters) for item in group]
        for index, category in enumerate(group[0].categories if len(raters) > 1 else ()):
            by_session: dict[str, list[NDArray[np.int64]]] = {}
            for item, own in zip(group, codes, strict=True):
                by_session.setdefault(item.session, []).append(_present(own, index))
            units = [Units(name, np.stack(rows), np.ones(len(rows)), True) for name, rows in by_session.items()]
            here = {**base, "scope": "category", "category": category}
            yield Presence(base=here, raters=raters, of=UnitSums(units, raters, 2))


def _present(codes: NDArray[np.int64], category: int) -> NDArray[np.int64]:
    """For each rater: 0 present, 1 absent, -1 unknown (missing, or it may be hidden by a missing stretch)."""
    present = (codes == category).any(axis=0)
    unknown = (codes == MISSING).any(axis=0) & ~present
    return np.where(unknown, -1, np.where(present, 0, 1))
