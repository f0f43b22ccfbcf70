"""Rows of `cooccurrence.csv`: every category of one system with every category of another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.association.cooccurrence import CodedTime, JointTime, joint_time, shift_test, swap_matrix
from elancry.association.multiplicity import corrected
from elancry.association.swap import Pairing, PermutationTest, pair_raters, swap_test
from elancry.choices import Null
from elancry.seeds import stream
from elancry.study.associate.coded_time import coded_times, units_of

if TYPE_CHECKING:
    from elancry.align.timeline import Timeline
    from elancry.codebook.model import Codebook, System

Row = dict[str, Any]


def cooccurrence_rows(
    timelines: Sequence[Timeline],
    *,
    codebook: Codebook,
    seed: int,
    n_permutations: int = 9999,
    null: Null | str = Null.SWAP,
    min_sequence_ms: int = 0,
) -> list[Row]:
    """Rows of `schema.COOCCURRENCE` for every unordered pair of interval systems, in codebook order.

    Sequences shorter than `min_sequence_ms` are left out (n_sequences counts what was used). No rows where fewer than
    two systems are coded in time; `why_no_cooccurrence` says so in words.
    """
    chosen = Null(null)
    long_enough = [unit for unit in units_of(timelines) if (unit.end_ms or 0) - (unit.start_ms or 0) >= min_sequence_ms]
    keys = [unit.key for unit in long_enough]
    rows: list[Row] = []
    for a, b in combinations([system for system in codebook.systems if system.has_intervals], 2):
        coded_a, coded_b = coded_times(timelines, a), coded_times(timelines, b)
        if not any(coded_a.values()) or not any(coded_b.values()):
            continue
        f = [coded_a.get(key, {}) for key in keys]
        i = [coded_b.get(key, {}) for key in keys]
        rng = stream(seed, "cooccurrence", chosen.value, a.id, b.id)
        rows += _pair_rows(a, b, keys, f, i, chosen, rng, n_permutations)
    return rows


def why_no_cooccurrence(timelines: Sequence[Timeline], codebook: Codebook) -> str | None:
    """Why there are no rows, in words; `None` if there are some."""
    coded = {line.system for line in timelines if len(line.start_ms) and bool((line.codes != -2).any())}
    names = [system.id for system in codebook.systems if system.id in coded]
    if len(names) >= 2:
        return None
    if names:
        return f"only one system is coded in time ({names[0]}): co-occurrence needs two"
    return "no system is coded in time: co-occurrence needs stretches of two systems"


def _pair_rows(
    a: System,
    b: System,
    keys: Sequence[tuple[str, str]],
    f: Sequence[dict[str, CodedTime]],
    i: Sequence[dict[str, CodedTime]],
    null: Null,
    rng: np.random.Generator,
    n_permutations: int,
) -> list[Row]:
    pairing = pair_raters(f, i)
    used = [row for row, pairs in enumerate(pairing.pairs) if pairs]
    if not used:
        return [_empty(a, b, null, "no sequence is coded with both systems")]
    f, i = [f[row] for row in used], [i[row] for row in used]
    pairing = Pairing(tuple(pairing.pairs[row] for row in used), pairing.within)
    sessions = {keys[row][0] for row in used}
    times = joint_time(f, i, pairing)
    test: PermutationTest | None = None
    refusal: str | None = None
    if n_permutations < 1:
        refusal = "no permutations were asked for"
    elif null is Null.SHIFT:
        test = shift_test(f, i, pairing, rng, n_permutations)
    elif len(sessions) < 2:
        refusal = "one session only: sequences cannot be paired anew across sessions"
    else:
        test = swap_test(swap_matrix(f, i, pairing), rng, n_permutations)
    rows = [_row(a, b, x, y, times, test, refusal) for x in range(len(a.categories)) for y in range(len(b.categories))]
    holm, bh = corrected([row["p_permutation"] for row in rows])
    for row, p_holm, p_bh in zip(rows, holm, bh, strict=True):
        row.update(
            n_sequences=len(used),
            n_sessions=len(sessions),
            null=null.value,
            p_holm=p_holm,
            p_bh=p_bh,
            coders=_coders(pairing),
        )
    return rows


def _row(
    a: System,
    b: System,
    x: int,
    y: int,
    times: JointTime,
    test: PermutationTest | None,
    refusal: str | None,
) -> Row:
    joint, expected = float(times.joint[x, y]), float(times.expected[x, y])
    time_a, time_b, length = float(times.time_f[x, y]), float(times.time_i[x, y]), float(times.length[x, y])
    only_a, only_b = time_a - joint, time_b - joint
    neither = length - time_a - time_b + joint
    reasons: list[str] = []
    names = [system.categories[at].id for system, at, time in ((a, x, time_a), (b, y, time_b)) if time <= 0]
    never = f"{' and '.join(names)}: never coded in these sequences" if names else None
    if never is not None:
        reasons.append(never)
    elif refusal is not None:
        reasons.append(refusal)
    odds: float | None = None
    if never is None:
        if min(only_a, only_b) > 1e-6:
            odds = joint * neither / (only_a * only_b)
        else:
            reasons.append("odds ratio: one category is never coded without the other")
    p = p_maxt = None
    if test is not None and never is None:
        if np.isnan(test.p[x, y]):
            reasons.append("p: no re-pairing or shift changes the joint time")
        else:
            p, p_maxt = float(test.p[x, y]), float(test.p_maxt[x, y])
    if never is None and expected <= 0:
        reasons.append("ratio: the two categories are never coded in the same sequence")
    return {
        "system_a": a.id,
        "category_a": a.categories[x].id,
        "system_b": b.id,
        "category_b": b.categories[y].id,
        "joint_ms": joint,
        "expected_ms": expected,
        "ratio": joint / expected if expected > 0 else None,
        "jaccard": joint / (time_a + time_b - joint) if time_a + time_b - joint > 0 else None,
        "odds_ratio": odds,
        "p_permutation": p,
        "p_maxt": p_maxt,
        "n_overlaps": float(times.overlaps[x, y]),
        "undefined_reason": "; ".join(reasons),
    }


def _empty(a: System, b: System, null: Null, reason: str) -> Row:
    return {
        "system_a": a.id,
        "system_b": b.id,
        "n_sequences": 0,
        "n_sessions": 0,
        "null": null.value,
        "undefined_reason": reason,
    }


def _coders(pairing: Pairing) -> str:
    """Who was compared with whom: `R1|R2` each with themselves, or `R1 with R3` across."""
    pairs = sorted({pair for pairs in pairing.pairs for pair in pairs})
    if pairing.within:
        return "within " + "|".join(name for name, _ in pairs)
    return "across " + "|".join(f"{x} with {y}" for x, y in pairs)
