"""Rows of `cooccurrence.csv`: every category of one system with every category of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.association.cooccurrence import CodedTime, JointTime, joint_time, shift_test, swap_matrix
from elancry.association.swap import Pairing, PermutationTest
from elancry.association.trend_exchange import Effect, Excess, effect, joint_excess
from elancry.choices import Null
from elancry.processes import ALONE, Desk
from elancry.seeds import stream
from elancry.study.associate.coded_time import coded_times, units_of
from elancry.study.associate.family import correct, number
from elancry.study.associate.pairs import LARGE, SystemPair, exchanges
from elancry.study.nesting import BY_SESSION, Cluster
from elancry.texts import Text, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from elancry.align.timeline import Timeline
    from elancry.codebook.model import Codebook
    from elancry.study.plan_keys import Plan

Row = dict[str, Any]


def cooccurrence_rows(
    timelines: Sequence[Timeline],
    codebook: Codebook,
    plan: Plan,
    cluster: Cluster = BY_SESSION,
    desk: Desk = ALONE,
) -> list[Row]:
    """Rows of `schema.COOCCURRENCE` for every unordered pair of interval systems, in codebook order.

    Expected time and ratio are those of `trend_exchange`, whatever null the plan takes for p. Sequences shorter than
    the plan's minimum are left out (n_sequences counts what was used). No rows where fewer than two systems are coded
    in time (`pairs.why_not_in_time`). A family is one pair of systems.
    """
    every = units_of(timelines)
    units = [unit for unit in every if (unit.end_ms or 0) - (unit.start_ms or 0) >= plan.min_sequence_ms]
    coded = [(system, coded_times(timelines, system)) for system in codebook.systems if system.has_intervals]
    pairs = [
        SystemPair.of(units, first, second, cluster)
        for first, second in combinations(coded, 2)
        if any(first[1].values()) and any(second[1].values())
    ]
    doing = text("progress.cooccurrence", permutations=plan.permutations)
    large = exchanges(pairs, plan.permutations) >= LARGE
    found = desk.each(doing, _rows_of_pair, [(pair, plan) for pair in pairs], large=large)
    rows = [row for of_pair in found for row in of_pair]
    correct(rows, "p_permutation", "system_a", "system_b")
    return rows


def _rows_of_pair(pair: SystemPair[CodedTime], plan: Plan) -> list[Row]:
    return list(_pair_rows(pair, plan))


def _pair_rows(pair: SystemPair[CodedTime], plan: Plan) -> Iterator[Row]:
    same: Row = {"system_a": pair.first.id, "system_b": pair.second.id, **pair.design(plan.null)}
    if not pair.n_sequences:
        yield {**same, "undefined_reason": text("association.no-common-sequence")}
        return
    times = joint_time(pair.one, pair.two, pair.pairing)
    excess = joint_excess(pair.one, pair.two, pair.pairing)
    size = effect(excess, pair.cluster)
    test = _test(pair, excess, plan)
    for x, y in pair.cells():
        yield {**same, "coders": _coders(pair.pairing), **_cell(pair, x, y, times, size, test)}


def _test(pair: SystemPair[CodedTime], excess: Excess, plan: Plan) -> PermutationTest | Text:
    rng = stream(plan.seed, "cooccurrence", plan.null.value, pair.first.id, pair.second.id)
    coded = pair.one, pair.two, pair.pairing
    if plan.null is Null.SHIFT and plan.permutations > 0:
        return shift_test(*coded, rng, plan.permutations)

    def matrix() -> NDArray[np.float64]:
        if plan.null is Null.TREND_EXCHANGE:
            return excess.observed - excess.expected
        return swap_matrix(*coded)

    return pair.tested(plan.null, matrix, rng, plan.permutations)


def _cell(
    pair: SystemPair[CodedTime], x: int, y: int, times: JointTime, size: Effect, test: PermutationTest | Text
) -> Row:
    joint = float(times.joint[x, y])
    time_a, time_b, length = float(times.time_f[x, y]), float(times.time_i[x, y]), float(times.length[x, y])
    only_a, only_b = time_a - joint, time_b - joint
    names = pair.first.categories[x].id, pair.second.categories[y].id
    never = tuple(name for name, time in zip(names, (time_a, time_b), strict=True) if time <= 0)
    odds = p = p_maxt = null_mean = None
    ratio: Row = {}
    reasons: list[Text] = []
    if len(never) == 2:
        reasons.append(text("association.both-never-coded", first=never[0], second=never[1]))
    elif never:
        reasons.append(text("association.never-coded", name=never[0]))
    else:
        if isinstance(test, Text):
            reasons.append(test)
        if min(only_a, only_b) > 1e-6:
            odds = joint * (length - time_a - time_b + joint) / (only_a * only_b)
        else:
            reasons.append(text("association.no-odds-ratio"))
        if not isinstance(test, Text):
            p, p_maxt, null_mean = (number(side[x, y]) for side in (test.p, test.p_maxt, test.null_mean))
            if p is None:
                reasons.append(text("association.time-never-changes"))
        ratio, why_not = pair.ratio(size, x, y)
        reasons += why_not
    return {
        "category_a": names[0],
        "category_b": names[1],
        "joint_ms": joint,
        "expected_ms": float(size.expected[x, y]),
        **ratio,
        "jaccard": joint / (time_a + time_b - joint) if time_a + time_b - joint > 0 else None,
        "odds_ratio": odds,
        "p_permutation": p,
        "p_maxt": p_maxt,
        "null_mean": null_mean,
        "n_overlaps": float(times.overlaps[x, y]),
        "undefined_reason": tuple(reasons),
    }


def _coders(pairing: Pairing) -> Text:
    """Who was compared with whom: each with themselves (`within R1|R2`), or across (`across R1 with R3`)."""
    pairs = sorted({pair for pairs in pairing.pairs for pair in pairs})
    if pairing.within:
        raters = tuple(name for name, _ in pairs)
        return text("association.coders-within", listed="|".join(raters), raters=raters)
    across = tuple(text("association.coder-pair", one=x, other=y) for x, y in pairs)
    return text("association.coders-across", listed="|".join(item.into("en") for item in across), raters=across)
