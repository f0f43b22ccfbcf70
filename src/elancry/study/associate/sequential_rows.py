"""Rows of `sequential.csv`: what begins after what, by time window and by event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.association.lags import LagRule, lag_cells, lag_table
from elancry.association.sequential import (
    CodedEvents,
    WindowRule,
    adjusted_residual,
    onsets,
    rate_ratio_q,
    window_counts,
)
from elancry.association.swap import PermutationTest, each, paired_matrix
from elancry.association.trend_exchange import effect, window_excess
from elancry.choices import Anchor, Null
from elancry.processes import ALONE, Desk
from elancry.seeds import stream
from elancry.study.associate.coded_time import coded_times, units_of
from elancry.study.associate.family import correct, number
from elancry.study.associate.pairs import LARGE, Key, SystemPair, exchanges
from elancry.study.nesting import BY_SESSION, Cluster
from elancry.texts import Text, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from elancry.align.events_of import SequenceEvents
    from elancry.align.timeline import Timeline
    from elancry.codebook.model import Codebook, System
    from elancry.study.plan_keys import Plan

Row = dict[str, Any]


def sequential_rows(
    timelines: Sequence[Timeline],
    events: Sequence[SequenceEvents],
    codebook: Codebook,
    plan: Plan,
    cluster: Cluster = BY_SESSION,
    desk: Desk = ALONE,
) -> list[Row]:
    """Rows of `schema.SEQUENTIAL` for every ordered pair of interval systems: windows first, then event lags.

    Expected onsets and ratio of windows are those of `trend_exchange`, whatever null the plan takes for p.

    `timelines` say where each sequence lies and who coded it, `events` what begins and ends when. No rows where no
    sequence is coded with two systems in time. A family is one direction by one window or lag.
    """
    units = units_of(timelines)
    marked = [(system, _marked(timelines, events, system)) for system in codebook.systems if system.has_intervals]
    every = [SystemPair.of(units, given, target, cluster) for given, target in permutations(marked, 2)]
    pairs = [pair for pair in every if pair.n_sequences]
    rules: list[WindowRule | LagRule] = [
        WindowRule(window_ms, anchor) for anchor in plan.sequential_anchors for window_ms in plan.sequential_windows_ms
    ]
    rules += map(LagRule, plan.sequential_lags)
    asked = [(pair, rule, plan) for pair in pairs for rule in rules]
    doing = text("progress.sequential", permutations=plan.permutations)
    large = exchanges([pair for pair, _, _ in asked], plan.permutations) >= LARGE
    rows = [row for found in desk.each(doing, _rows_of_rule, asked, large=large) for row in found]
    correct(rows, "p_permutation", "given_system", "target_system", "anchor", "lag", "window_ms")
    return rows


def _marked(
    timelines: Sequence[Timeline], events: Sequence[SequenceEvents], system: System
) -> dict[Key, dict[str, CodedEvents]]:
    """(session, sequence) -> rater -> events that begin in the sequence, for raters who coded the system there."""
    index = {category.id: code for code, category in enumerate(system.categories)}
    windows = {unit.key: unit for unit in units_of(timelines)}
    gathered: dict[tuple[str, str, str], list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int16]]]] = {}
    for item in events:
        if item.system == system.id:
            # Codes of the file's tier, which may hold one category only, in codes of the system.
            own = np.array([*(index.get(name, -1) for name in item.categories), -1], dtype=np.int16)
            for rater, starts, ends, codes in zip(item.raters, item.starts, item.ends, item.codes, strict=True):
                known = own[np.where(codes >= 0, codes, len(item.categories))]
                unit = windows.get((item.session, item.sequence))
                if unit is not None:
                    here = (starts >= (unit.start_ms or 0)) & (starts < (unit.end_ms or 0))
                    part = starts[here], ends[here], known[here]
                    gathered.setdefault((item.session, item.sequence, rater), []).append(part)
    found: dict[Key, dict[str, CodedEvents]] = {}
    empty = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int16))
    for key, raters in coded_times(timelines, system).items():
        unit = windows[key]
        for rater in raters:
            parts = gathered.get((*key, rater), [empty])
            starts, ends, codes = (np.concatenate([part[which] for part in parts]) for which in range(3))
            order = np.argsort(starts, kind="stable")
            found.setdefault(key, {})[rater] = CodedEvents(
                starts[order], ends[order], codes[order], unit.start_ms or 0, unit.end_ms or 0, len(index)
            )
    return found


def _rows_of_rule(pair: SystemPair[CodedEvents], rule: WindowRule | LagRule, plan: Plan) -> list[Row]:
    return list(_lag_rows(pair, rule, plan) if isinstance(rule, LagRule) else _window_rows(pair, rule, plan))


def _window_rows(pair: SystemPair[CodedEvents], rule: WindowRule, plan: Plan) -> Iterator[Row]:
    counts = window_counts(pair.one, pair.two, pair.pairing, rule)
    excess = window_excess(pair.one, pair.two, pair.pairing, rule)
    size = effect(excess, pair.cluster)
    beyond = excess.observed - excess.expected if plan.null is Null.TREND_EXCHANGE else None
    test = _test(pair, rule, plan, beyond, "window", rule.anchor.value, str(rule.window_ms))
    residual, q = adjusted_residual(counts), rate_ratio_q(counts)
    for x, y in pair.cells():
        row = _row(pair, x, y, test, float(counts.n_given[x, y]), float(counts.n_target[x, y]), plan)
        if counts.n_given[x, y] > 0 and counts.n_target[x, y] > 0:
            cells, why_not = pair.ratio(size, x, y)
            row |= {**cells, "undefined_reason": (*row["undefined_reason"], *why_not)}
        yield {
            **row,
            "anchor": rule.anchor.value,
            "window_ms": rule.window_ms,
            "observed": float(counts.observed[x, y]),
            "expected": float(size.expected[x, y]),
            "adjusted_residual": number(residual[x, y]),
            "yules_q": number(q[x, y]),
        }


def _lag_rows(pair: SystemPair[CodedEvents], rule: LagRule, plan: Plan) -> Iterator[Row]:
    table = lag_table(pair.one, pair.two, pair.pairing, rule.lag)
    cells = lag_cells(table, len(pair.first.categories), len(pair.second.categories))
    test = _test(pair, rule, plan, None, "lag", str(rule.lag))
    for x, y in pair.cells():
        cell = cells[x][y]
        yield {
            **_row(pair, x, y, test, cell.n_given, cell.n_target, plan),
            "anchor": Anchor.ONSET.value,
            "lag": rule.lag,
            "observed": cell.observed,
            "expected": cell.expected,
            "adjusted_residual": number(cell.adjusted_residual),
            "yules_q": number(cell.yules_q),
            "transformed_kappa": number(cell.transformed_kappa),
        }


def _test(
    pair: SystemPair[CodedEvents],
    rule: WindowRule | LagRule,
    plan: Plan,
    beyond: NDArray[np.float64] | None,
    kind: str,
    *choices: str,
) -> PermutationTest | Text:
    """The test of `beyond` (n, n, K, K) or, where there is none, of what `rule` finds beyond chance in a sequence."""
    rng = stream(plan.seed, kind, pair.first.id, pair.second.id, *choices)

    def matrix() -> NDArray[np.float64]:
        return paired_matrix(pair.one, pair.two, pair.pairing, onsets, each(rule.excess)) if beyond is None else beyond

    return pair.tested(_null(plan), matrix, rng, plan.permutations)


def _null(plan: Plan) -> Null:
    """What follows what is tested by exchanging clusters or sequences; a shift in time would make no sense of order."""
    return Null.SWAP if plan.null is Null.SHIFT else plan.null


def _row(
    pair: SystemPair[CodedEvents],
    x: int,
    y: int,
    test: PermutationTest | Text,
    n_given: float,
    n_target: float,
    plan: Plan,
) -> Row:
    given, target = pair.first.categories[x].id, pair.second.categories[y].id
    reasons: list[Text] = []
    p = p_maxt = null_mean = None
    if n_given <= 0:
        reasons.append(text("association.never-given", name=given))
    if n_target <= 0:
        reasons.append(text("association.never-the-target", name=target))
    if isinstance(test, Text):
        reasons.append(test)
    elif not reasons:
        p, p_maxt, null_mean = (number(side[x, y]) for side in (test.p, test.p_maxt, test.null_mean))
        if p is None:
            reasons.append(text("association.count-never-changes"))
    return {
        "given_system": pair.first.id,
        "given": given,
        "target_system": pair.second.id,
        "target": target,
        "n_given": n_given,
        "n_target": n_target,
        **pair.design(_null(plan)),
        "p_permutation": p,
        "p_maxt": p_maxt,
        "null_mean": null_mean,
        "undefined_reason": tuple(reasons),
    }
