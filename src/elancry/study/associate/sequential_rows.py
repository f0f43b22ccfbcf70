"""Rows of `sequential.csv`: what begins after what, by time window and by event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.association.lags import LagRule, lag_cells, lag_table
from elancry.association.multiplicity import corrected
from elancry.association.sequential import (
    CodedEvents,
    WindowRule,
    adjusted_residual,
    onsets,
    rate_ratio_q,
    window_counts,
)
from elancry.association.swap import Pairing, PermutationTest, pair_raters, paired_matrix, swap_test
from elancry.choices import Anchor
from elancry.seeds import stream
from elancry.study.associate.coded_time import coded_times, units_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from elancry.align.events_of import SequenceEvents
    from elancry.align.timeline import Timeline
    from elancry.codebook.model import Codebook, System

Row = dict[str, Any]
DEFAULT_WINDOWS_MS = (5000, 10_000)


def sequential_rows(
    timelines: Sequence[Timeline],
    events: Sequence[SequenceEvents],
    *,
    codebook: Codebook,
    seed: int,
    n_permutations: int = 9999,
    windows_ms: Iterable[int] = DEFAULT_WINDOWS_MS,
    anchors: Iterable[Anchor | str] = (Anchor.ONSET,),
    lags: Iterable[int] = (1,),
) -> list[Row]:
    """Rows of `schema.SEQUENTIAL` for every ordered pair of interval systems: windows first, then event lags.

    `timelines` say where each sequence lies and who coded it, `events` what begins and ends when. No rows where fewer
    than two systems are coded in time (`why_no_cooccurrence` says so).
    """
    chosen = tuple(Anchor(item) for item in anchors)
    windows, distances = tuple(windows_ms), tuple(lags)
    rows: list[Row] = []
    for given, target in permutations([system for system in codebook.systems if system.has_intervals], 2):
        data = _collect(timelines, events, given, target)
        if data is None:
            continue
        for anchor in chosen:
            for window_ms in windows:
                rng = stream(seed, "window", given.id, target.id, anchor.value, str(window_ms))
                rows += _window_rows(data, WindowRule(window_ms, anchor), rng, n_permutations)
        for lag in distances:
            rng = stream(seed, "lag", given.id, target.id, str(lag))
            rows += _lag_rows(data, LagRule(lag), rng, n_permutations)
    return rows


@dataclass(frozen=True)
class _Data:
    given_system: System
    target_system: System
    given: list[dict[str, CodedEvents]]
    target: list[dict[str, CodedEvents]]
    pairing: Pairing
    n_sessions: int

    def test(self, rule: WindowRule | LagRule, rng: np.random.Generator, n: int) -> PermutationTest | str:
        """The permutation test, or why there is none."""
        if n < 1:
            return "no permutations were asked for"
        if self.n_sessions < 2:
            return "one session only: sequences cannot be paired anew across sessions"
        return swap_test(paired_matrix(self.given, self.target, self.pairing, onsets, rule.excess), rng, n)


def _collect(
    timelines: Sequence[Timeline], events: Sequence[SequenceEvents], given: System, target: System
) -> _Data | None:
    marked = {system.id: _marked(timelines, events, system) for system in (given, target)}
    keys = [unit.key for unit in units_of(timelines)]
    first = [marked[given.id].get(key, {}) for key in keys]
    second = [marked[target.id].get(key, {}) for key in keys]
    if not any(first) or not any(second):
        return None
    pairing = pair_raters(first, second)
    used = [row for row, pairs in enumerate(pairing.pairs) if pairs]
    if not used:
        return None
    return _Data(
        given,
        target,
        [first[row] for row in used],
        [second[row] for row in used],
        Pairing(tuple(pairing.pairs[row] for row in used), pairing.within),
        len({keys[row][0] for row in used}),
    )


def _marked(
    timelines: Sequence[Timeline], events: Sequence[SequenceEvents], system: System
) -> dict[tuple[str, str], dict[str, CodedEvents]]:
    """(session, sequence) -> rater -> events, for raters who coded the system there."""
    index = {category.id: code for code, category in enumerate(system.categories)}
    windows = {unit.key: unit for unit in units_of(timelines)}
    gathered: dict[tuple[str, str, str], list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int16]]]] = {}
    for item in events:
        if item.system == system.id:
            # Codes of the file's tier, which may hold one category only, in codes of the system.
            own = np.array([*(index.get(name, -1) for name in item.categories), -1], dtype=np.int16)
            for rater, starts, ends, codes in zip(item.raters, item.starts, item.ends, item.codes, strict=True):
                known = own[np.where(codes >= 0, codes, len(item.categories))]
                gathered.setdefault((item.session, item.sequence, rater), []).append((starts, ends, known))
    found: dict[tuple[str, str], dict[str, CodedEvents]] = {}
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


def _window_rows(data: _Data, rule: WindowRule, rng: np.random.Generator, n_permutations: int) -> list[Row]:
    counts = window_counts(data.given, data.target, data.pairing, rule)
    test = data.test(rule, rng, n_permutations)
    residual, q = adjusted_residual(counts), rate_ratio_q(counts)
    rows = []
    for x in range(len(data.given_system.categories)):
        for y in range(len(data.target_system.categories)):
            row = _row(data, x, y, test, float(counts.n_given[x, y]), float(counts.n_target[x, y]))
            row.update(
                anchor=rule.anchor.value,
                window_ms=rule.window_ms,
                observed=float(counts.observed[x, y]),
                expected=float(counts.expected[x, y]),
                adjusted_residual=_number(residual[x, y]),
                yules_q=_number(q[x, y]),
            )
            rows.append(row)
    return _family(rows)


def _lag_rows(data: _Data, rule: LagRule, rng: np.random.Generator, n_permutations: int) -> list[Row]:
    k, m = len(data.given_system.categories), len(data.target_system.categories)
    cells = lag_cells(lag_table(data.given, data.target, data.pairing, rule.lag), k, m)
    test = data.test(rule, rng, n_permutations)
    rows = []
    for x in range(k):
        for y in range(m):
            cell = cells[x][y]
            row = _row(data, x, y, test, cell.n_given, cell.n_target)
            row.update(
                anchor=Anchor.ONSET.value,
                lag=rule.lag,
                observed=cell.observed,
                expected=cell.expected,
                adjusted_residual=_number(cell.adjusted_residual),
                yules_q=_number(cell.yules_q),
                transformed_kappa=_number(cell.transformed_kappa),
            )
            rows.append(row)
    return _family(rows)


def _row(data: _Data, x: int, y: int, test: PermutationTest | str, n_given: float, n_target: float) -> Row:
    given, target = data.given_system.categories[x].id, data.target_system.categories[y].id
    reasons = []
    p = None
    if n_given <= 0:
        reasons.append(f"{given}: never given")
    if n_target <= 0:
        reasons.append(f"{target}: never the target")
    if isinstance(test, str):
        reasons.append(test)
    elif not reasons:
        p = _number(test.p[x, y])
        if p is None:
            reasons.append("p: no re-pairing changes the count")
    return {
        "given_system": data.given_system.id,
        "given": given,
        "target_system": data.target_system.id,
        "target": target,
        "n_given": n_given,
        "n_target": n_target,
        "n_sequences": len(data.given),
        "n_sessions": data.n_sessions,
        "p_permutation": p,
        "undefined_reason": "; ".join(reasons),
    }


def _family(rows: list[Row]) -> list[Row]:
    holm, bh = corrected([row["p_permutation"] for row in rows])
    for row, p_holm, p_bh in zip(rows, holm, bh, strict=True):
        row["p_holm"], row["p_bh"] = p_holm, p_bh
    return rows


def _number(value: float | np.floating[Any]) -> float | None:
    return None if np.isnan(value) else float(value)
