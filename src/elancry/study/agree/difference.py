"""Rows: how far apart are two raters, in the unit of what they did? Differences, and boundaries that both have.

The differences of linked events and of ratings (Bland & Altman 1986), and precision and recall of boundaries; the
coefficients made of them stand in the agreement table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from elancry.agreement.boundaries import differences, matched_boundaries
from elancry.agreement.sums import FloatArray, IntArray
from elancry.agreement.undefined import Reason
from elancry.align.events import link_events
from elancry.align.events_of import SequenceEvents
from elancry.choices import Matching
from elancry.study.agree.event import event_groups, raters_of
from elancry.study.agree.row import Row, in_order, pairs_of
from elancry.study.agree.score import Scores

Pair = tuple[str, str]


def pairs_to_compare(raters: Sequence[str], against: str | None) -> list[Pair]:
    """Every pair, or the gold rater first with each of the others."""
    if against is None:
        return pairs_of(raters)
    return [(against, name) for name in raters if name != against] if against in raters else []


def difference_rows(
    events: Sequence[SequenceEvents],
    ratings: Sequence[Scores],
    order: Sequence[str] | None,
    rule: Matching,
    criterion: float,
    against: str | None = None,
) -> Iterator[Row]:
    """Rows of training_schema.DIFFERENCES."""
    for base, group in event_groups(events):
        of = {"system": base["system"], "tier": base["tier"], "variant": rule.value, "criterion": criterion}
        for pair in pairs_to_compare(raters_of(group, order), against):
            both = [(item.of(pair[0]), item.of(pair[1])) for item in group if set(pair) <= set(item.raters)]
            if not both:
                continue
            onset: list[FloatArray | IntArray] = []
            offset: list[FloatArray | IntArray] = []
            for a, b in both:
                first, second, _ = link_events(a, b, rule, criterion)
                onset.append(b.start_ms[second] - a.start_ms[first])
                offset.append(b.end_ms[second] - a.end_ms[first])
            for what, found in (("onset_ms", onset), ("offset_ms", offset)):
                yield _row({**of, "what": what}, pair, np.concatenate(found), Reason.NO_LINKED_EVENTS)
    for scores in ratings:
        base = scores.base
        of = {"system": base["system"], "tier": base["tier"], "category": base["category"], "what": "rating"}
        for pair in pairs_to_compare(in_order(set(scores.raters), order), against):
            values = scores.of(pair).values
            yield _row(of, pair, values[:, 1] - values[:, 0], Reason.NO_UNITS)


def _row(of: Row, pair: Pair, second_minus_first: FloatArray, reason: Reason) -> Row:
    found = differences(second_minus_first)
    numbers = {
        "bias": found.bias,
        "sd": found.sd,
        "limit_low": found.low,
        "limit_high": found.high,
        "median": found.median,
        "mad": found.mad,
        "p05": found.quantiles[0],
        "p95": found.quantiles[1],
    }
    why = reason if found.n == 0 else Reason.ONE_DIFFERENCE if found.n == 1 else ""
    shown = {name: None if math.isnan(value) else value for name, value in numbers.items()}
    return {**of, "rater_a": pair[0], "rater_b": pair[1], "n": found.n, **shown, "undefined_reason": str(why)}


def boundary_counts(
    events: Sequence[SequenceEvents],
    order: Sequence[str] | None,
    tolerances_ms: Sequence[int],
    against: str | None = None,
) -> Iterator[Row]:
    """Rows of training_schema.BOUNDARIES."""
    for base, group in event_groups(events):
        of = {"system": base["system"], "tier": base["tier"]}
        for pair in pairs_to_compare(raters_of(group, order), against):
            both = [(item.of(pair[0]), item.of(pair[1])) for item in group if set(pair) <= set(item.raters)]
            for edge in ("onset", "offset") if both else ():
                times = [(a.start_ms, b.start_ms) if edge == "onset" else (a.end_ms, b.end_ms) for a, b in both]
                n_a, n_b = (sum(len(each[side]) for each in times) for side in (0, 1))
                for tolerance in tolerances_ms:
                    matched = sum(matched_boundaries(a, b, tolerance) for a, b in times)
                    yield {
                        **of,
                        "edge": edge,
                        "tolerance_ms": tolerance,
                        "rater_a": pair[0],
                        "rater_b": pair[1],
                        "n_a": n_a,
                        "n_b": n_b,
                        "matched": matched,
                        "precision": matched / n_b if n_b else None,
                        "recall": matched / n_a if n_a else None,
                        "f1": 2 * matched / (n_a + n_b) if n_a + n_b else None,
                        "undefined_reason": _why(n_a, n_b),
                    }


def _why(n_a: int, n_b: int) -> str:
    if n_a and n_b:
        return ""
    return str(Reason.ONE_HAS_NO_BOUNDARY if n_a or n_b else Reason.NO_BOUNDARIES)
