"""Rows: how far apart are two raters, in the unit of what they did? Differences, and boundaries that both have.

The differences of linked events and of ratings (Bland & Altman 1986), and precision and recall of boundaries; the
coefficients made of them stand in the agreement table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from elancry.agreement.boundaries import differences, matched_boundaries
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.align.events_of import SequenceEvents
from elancry.study.agree.bases import by_tier
from elancry.study.agree.boundary import edge_differences
from elancry.study.agree.event import raters_of
from elancry.study.agree.row import Row
from elancry.study.agree.score import rating_scores
from elancry.study.agree.sums import Pair, pairs_of
from elancry.study.compared import Compared
from elancry.texts import Text

if TYPE_CHECKING:
    from elancry.study.plan_keys import Plan


def pairs_to_compare(raters: Sequence[str], against: str | None) -> list[Pair]:
    """Every pair, or the gold rater first with each of the others."""
    if against is None:
        return pairs_of(raters)
    return [(against, name) for name in raters if name != against] if against in raters else []


def difference_rows(compared: Compared, plan: Plan) -> Iterator[Row]:
    """Rows of schema.DIFFERENCES."""
    linking = plan.linkings[0]
    for of, pair, items in _coded_by_both(compared, plan):
        of |= {"variant": linking.rule.value, "criterion": linking.criterion}
        found = [edge_differences(compared, item, pair, linking) for item in items]
        for edge in ("onset", "offset"):
            values = np.concatenate([each[edge] for each in found])
            yield _row({**of, "what": f"{edge}_ms"}, pair, values, Reason.NO_LINKED_EVENTS)
    for scores in rating_scores(compared):
        base = scores.base
        of = {"system": base["system"], "tier": base["tier"], "category": base["category"], "what": "rating"}
        for pair in pairs_to_compare(scores.raters, plan.against):
            values = scores.of(pair).values
            yield _row(of, pair, values[:, 1] - values[:, 0], Reason.NO_UNITS)


def _coded_by_both(compared: Compared, plan: Plan) -> Iterator[tuple[Row, Pair, list[SequenceEvents]]]:
    """The cells of a tier, two raters, and the events of the sequences that both of them coded."""
    for base, group in by_tier(compared.events):
        for pair in pairs_to_compare(raters_of(group, compared.raters), plan.against):
            if both := [item for item in group if set(pair) <= set(item.raters)]:
                yield {"system": base["system"], "tier": base["tier"]}, pair, both


def _row(of: Row, pair: Pair, second_minus_first: FloatArray, reason: Text) -> Row:
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
    why = reason if found.n == 0 else Reason.ONE_DIFFERENCE if found.n == 1 else None
    shown = {name: None if math.isnan(value) else value for name, value in numbers.items()}
    return {**of, "rater_a": pair[0], "rater_b": pair[1], "n": found.n, **shown, "undefined_reason": why}


def boundary_counts(compared: Compared, plan: Plan) -> Iterator[Row]:
    """Rows of schema.BOUNDARIES."""
    for of, pair, items in _coded_by_both(compared, plan):
        both = [compared.readable(item, pair, plan.linkings[0])[:2] for item in items]
        for edge in ("onset", "offset"):
            times = [(a.start_ms, b.start_ms) if edge == "onset" else (a.end_ms, b.end_ms) for a, b in both]
            n_a, n_b = (sum(len(each[side]) for each in times) for side in (0, 1))
            for tolerance in plan.boundary_tolerances_ms:
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


def _why(n_a: int, n_b: int) -> Text | None:
    if n_a and n_b:
        return None
    return Reason.ONE_HAS_NO_BOUNDARY if n_a or n_b else Reason.NO_BOUNDARIES
