"""What all rows of the agreement table have in common: who was compared, the interval, the word for the level."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from elancry.agreement.bootstrap import Resamples, session_counts
from elancry.agreement.estimate import Estimate, Interval
from elancry.agreement.levels import KOO_LI, LANDIS_KOCH, Scale
from elancry.agreement.standard_errors import WithError, analytic_interval, standard_error
from elancry.agreement.sums import FloatArray, IntArray
from elancry.agreement.undefined import Reason
from elancry.check.coding import natural_key
from elancry.seeds import stream

Row = dict[str, Any]

# Shares of agreement, boundary differences and F1 are no chance-corrected coefficients: no words for them.
_NO_LEVEL = ("percent", "linked", "raw", "positive", "bias", "mad", "f1", "max")


def scale_of(measure: str) -> Scale | None:
    """The words that describe this measure; None where words would mislead."""
    if measure.startswith("icc_"):
        return KOO_LI
    return None if any(part in measure for part in _NO_LEVEL) else LANDIS_KOCH


@dataclass
class Resampler:
    """The resamples of sessions, drawn once for each set of sessions under the study's seed."""

    seed: int
    n_resamples: int
    _drawn: dict[tuple[str, ...], FloatArray] = field(default_factory=dict)

    def resamples(self, by_session: dict[str, FloatArray], n_sequences: int) -> Resamples:
        """Resampled sums from session -> sums (P,); the order of the sessions does not matter."""
        sessions = tuple(sorted(by_session))
        if sessions not in self._drawn:
            rng = stream(self.seed, "agreement", "sessions", *sessions)
            self._drawn[sessions] = session_counts(len(sessions), self.n_resamples, rng)
        return Resamples.of(np.stack([by_session[name] for name in sessions]), self._drawn[sessions], n_sequences)


@dataclass(frozen=True)
class Team:
    """The raters of a row and how their comparison was put together."""

    raters: tuple[str, ...]
    aggregate: str


def teams_without_one(raters: Sequence[str]) -> list[tuple[str, ...]]:
    """The teams that leaving out each rater in turn gives; none below three raters."""
    return [tuple(r for r in raters if r != out) for out in raters] if len(raters) > 2 else []


def pairs_of(raters: Sequence[str]) -> list[tuple[str, str]]:
    """Every pair of raters in rater order."""
    return [(a, b) for i, a in enumerate(raters) for b in raters[i + 1 :]]


def in_order(raters: set[str], order: Sequence[str] | None) -> tuple[str, ...]:
    """Raters as the study orders them, else naturally."""
    first = [name for name in order or () if name in raters]
    return (*first, *sorted(raters.difference(first), key=natural_key))


def make_row(
    base: Row,
    measure: str,
    team: Team,
    estimate: Estimate,
    interval: Interval | None = None,
    *,
    scope: str = "overall",
    **more: Any,
) -> Row:
    """One row of schema.AGREEMENT; without an interval its cells stay empty and `ci_method` says nothing."""
    scale = scale_of(measure)
    limit = interval.one_sided_low if interval is not None else None
    reason = estimate.reason or (interval.reason if interval is not None else None)
    return {
        **base,
        "measure": measure,
        "scope": scope,
        "raters": "|".join(team.raters),
        "aggregate": team.aggregate,
        "estimate": estimate.value,
        "ci_low": interval.low if interval is not None else None,
        "ci_high": interval.high if interval is not None else None,
        "ci_method": interval.method if interval is not None else "",
        "level": scale.word_from_limit(limit) if scale is not None and limit is not None else "",
        "undefined_reason": reason or "",
        **more,
    }


def estimates_of(values: FloatArray, reason: Callable[[int], str]) -> list[Estimate]:
    """Estimates from an array with NaN where undefined; `reason(i)` is asked only there."""
    return [
        Estimate(float(value)) if math.isfinite(value) else Estimate.undefined(reason(index))
        for index, value in enumerate(np.atleast_1d(values).tolist())
    ]


def rows_of_one_rater(base: Row, measures: Sequence[str], raters: Sequence[str]) -> list[Row]:
    """Rows that say why there is no number where one single rater coded; none where nobody did."""
    if len(raters) != 1:
        return []
    nothing: Row = {"scope": base.get("scope", "overall"), "n_units": 0, "n_sessions": 0}
    team, estimate = Team(tuple(raters), "pooled"), Estimate.undefined(Reason.ONE_RATER)
    return [make_row(base, measure, team, estimate, **nothing) for measure in measures]


def analytic_row(
    base: Row,
    measure: str,
    team: Team,
    estimate: Estimate,
    codes: IntArray,
    n_categories: int,
    kind: WithError,
    credit: FloatArray | None = None,
) -> Row | None:
    """The row of one category once more with Gwet's standard error from units `codes` (U, R); None without one."""
    if estimate.value is None:
        return None
    error = standard_error(codes, n_categories, kind, credit)
    if not error:
        return None
    scale = scale_of(measure)
    word = scale.benchmark(estimate.value, error) if scale is not None else ""
    interval = analytic_interval(estimate.value, error, len(codes))
    return make_row(base, measure, team, estimate, interval, scope="category", level=word)
