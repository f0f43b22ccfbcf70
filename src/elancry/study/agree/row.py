"""What all rows of the agreement table have in common: who was compared, the interval, the word for the level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from elancry.agreement.estimate import Estimate, Interval
from elancry.agreement.levels import KOO_LI, LANDIS_KOCH, Scale
from elancry.agreement.standard_errors import WithError, analytic_interval, standard_error
from elancry.agreement.sums import FloatArray, IntArray
from elancry.check.coding import natural_key

Row = dict[str, Any]

# Shares of agreement, boundary differences and F1 are no chance-corrected coefficients: no words for them.
_NO_LEVEL = ("percent", "linked", "raw", "ratio", "positive", "bias", "mad", "f1", "max", "attainable")


def scale_of(measure: str) -> Scale | None:
    """The words that describe this measure; None where words would mislead."""
    if measure.startswith("icc_"):
        return KOO_LI
    return None if any(part in measure for part in _NO_LEVEL) else LANDIS_KOCH


@dataclass(frozen=True)
class Team:
    """The raters of a row and how their comparison was put together."""

    raters: tuple[str, ...]
    aggregate: str


def in_order(raters: set[str], order: Sequence[str] | None) -> tuple[str, ...]:
    """Raters as the study orders them, else naturally."""
    first = [name for name in order or () if name in raters]
    return (*first, *sorted(raters.difference(first), key=natural_key))


def make_row(base: Row, measure: str, team: Team, estimate: Estimate, interval: Interval | None = None) -> Row:
    """One row of schema.AGREEMENT; without an interval its cells stay empty and `ci_method` says nothing."""
    scale = scale_of(measure)
    limit = interval.one_sided_low if interval is not None else None
    level = scale.word_from_limit(limit) if scale is not None and limit is not None else ""
    return {
        **base,
        "measure": measure,
        "raters": "|".join(team.raters),
        "aggregate": team.aggregate,
        "level": level,
        **cells_of(estimate, interval),
    }


def cells_of(estimate: Estimate, interval: Interval | None) -> Row:
    """The cells that an estimate and its interval fill, in every table that has them."""
    reason = estimate.reason or (interval.reason if interval is not None else None)
    return {
        "estimate": estimate.value,
        "ci_low": interval.low if interval is not None else None,
        "ci_high": interval.high if interval is not None else None,
        "ci_method": interval.method if interval is not None else None,
        "undefined_reason": reason,
    }


def analytic_row(
    row: Row, codes: IntArray, n_categories: int, kind: WithError, credit: FloatArray | None = None
) -> Iterator[Row]:
    """`row` once more with Gwet's standard error from units `codes` (U, R); nothing where there is none."""
    value = row["estimate"]
    error = None if value is None else standard_error(codes, n_categories, kind, credit)
    if error:
        scale = scale_of(row["measure"])
        level = scale.benchmark(value, error) if scale is not None else ""
        yield {**row, **cells_of(Estimate(value), analytic_interval(value, error, len(codes))), "level": level}
