"""Rows: do raters put the boundaries in the same place? Differences within links; F1 at tolerances, without links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from elancry.agreement.boundaries import differences, f1, matched_boundaries
from elancry.agreement.estimate import Estimate
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.align.events import link_events
from elancry.align.events_of import SequenceEvents
from elancry.choices import Matching
from elancry.study.agree.event import event_groups, raters_of
from elancry.study.agree.row import Resampler, Row, Team, estimates_of, make_row, pairs_of


@dataclass(frozen=True, eq=False)
class _OfPair:
    """What one pair of raters has, session by session."""

    team: Team
    onset: dict[str, list[int]]
    offset: dict[str, list[int]]
    found: dict[str, FloatArray]
    """Session -> for each tolerance matched, boundaries."""
    n_sequences: int


def boundary_rows(
    events: Sequence[SequenceEvents],
    resampler: Resampler,
    order: Sequence[str] | None,
    rule: Matching,
    criterion: float,
    tolerances_ms: Sequence[int],
) -> Iterator[Row]:
    """Rows of onset and offset differences for every pair, their typical size over pairs, and F1."""
    for base, group in event_groups(events):
        raters = raters_of(group, order)
        pairs = [_of_pair(group, pair, rule, criterion, tolerances_ms) for pair in pairs_of(raters)]
        pairs = [pair for pair in pairs if pair.n_sequences]
        if not pairs:
            continue
        of_links = {**base, "variant": rule.value, "criterion": criterion}
        for edge in ("onset", "offset"):
            yield from _difference_rows(of_links, edge, pairs, raters, resampler)
        for at, tolerance in enumerate(tolerances_ms):
            of_f1 = {**base, "tolerance_ms": tolerance}
            yield from _f1_rows(of_f1, at, pairs, Team(raters, "pooled"), resampler)
            for pair in pairs:
                yield from _f1_rows(of_f1, at, [pair], pair.team, resampler)


def _of_pair(
    group: Sequence[SequenceEvents],
    pair: tuple[str, str],
    rule: Matching,
    criterion: float,
    tolerances_ms: Sequence[int],
) -> _OfPair:
    onset: dict[str, list[int]] = {}
    offset: dict[str, list[int]] = {}
    found: dict[str, FloatArray] = {}
    n_sequences = 0
    for item in group:
        if pair[0] not in item.raters or pair[1] not in item.raters:
            continue
        n_sequences += 1
        a, b = item.of(pair[0]), item.of(pair[1])
        first, second, _ = link_events(a, b, rule, criterion)
        onset.setdefault(item.session, []).extend((b.start_ms[second] - a.start_ms[first]).tolist())
        offset.setdefault(item.session, []).extend((b.end_ms[second] - a.end_ms[first]).tolist())
        counts = [
            (
                matched_boundaries(a.start_ms, b.start_ms, tolerance)
                + matched_boundaries(a.end_ms, b.end_ms, tolerance),
                2 * (len(a) + len(b)),
            )
            for tolerance in tolerances_ms
        ]
        found[item.session] = found.get(item.session, 0.0) + np.array(counts, float).reshape(-1, 2)
    return _OfPair(Team(pair, "pair"), onset, offset, found, n_sequences)


def _difference_rows(
    base: Row, edge: str, pairs: Sequence[_OfPair], raters: tuple[str, ...], resampler: Resampler
) -> Iterator[Row]:
    sizes: list[float] = []
    linked = 0
    for pair in pairs:
        by_session = pair.onset if edge == "onset" else pair.offset
        every = [value for values in by_session.values() for value in values]
        summary = differences(np.array(every))
        sums = {name: np.array([sum(values), len(values)], float) for name, values in by_session.items()}
        (interval,) = resampler.resamples(sums, pair.n_sequences).intervals(_mean)
        counted: Row = {"n_units": summary.n, "n_sessions": len(by_session)}
        bias = Estimate.of(summary.bias, Reason.NO_LINKED_EVENTS)
        yield make_row(base, f"{edge}_bias_ms", pair.team, bias, interval, **counted)
        mad = Estimate.of(summary.mad, Reason.NO_LINKED_EVENTS)
        yield make_row(base, f"{edge}_mad_ms", pair.team, mad, **counted)
        sizes.append(summary.mad)
        linked += summary.n
    # The sign of a bias depends on who comes first; only its size can be averaged over pairs.
    reason = Reason.NO_LINKED_EVENTS if linked == 0 else Reason.UNDEFINED_PAIR
    mean = Estimate.of(float(np.mean(sizes)), reason)
    sessions = {name for pair in pairs for name in pair.onset}
    yield make_row(base, f"{edge}_mad_ms", Team(raters, "pair_mean"), mean, n_units=linked, n_sessions=len(sessions))


def _mean(sums: FloatArray) -> FloatArray:
    n = sums[..., 1]
    return np.where(n > 0, sums[..., 0] / np.where(n > 0, n, 1.0), np.nan)[..., None]


def _f1_rows(base: Row, at: int, pairs: Sequence[_OfPair], team: Team, resampler: Resampler) -> Iterator[Row]:
    by_session: dict[str, FloatArray] = {}
    for pair in pairs:
        for name, counts in pair.found.items():
            by_session[name] = by_session.get(name, 0.0) + counts[at]
    n_sequences = max(pair.n_sequences for pair in pairs)
    resamples = resampler.resamples(by_session, n_sequences)

    def statistic(sums: FloatArray) -> FloatArray:
        return f1(sums[..., 0], sums[..., 1])[..., None]

    (estimate,) = estimates_of(statistic(resamples.total), lambda _: Reason.NO_BOUNDARIES)
    (interval,) = resamples.intervals(statistic)
    counted: Row = {"n_units": int(resamples.total[1]), "n_sessions": len(by_session)}
    yield make_row(base, "boundary_f1", team, estimate, interval, **counted)
