"""Rows: do raters cut the same units out of each sequence, and give them the same category?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from elancry.agreement import unitizing
from elancry.agreement.sums import FloatArray
from elancry.agreement.unitizing import UnitizingAlphas, Units
from elancry.align.events_of import SequenceEvents
from elancry.align.timeline import MISSING, Timeline
from elancry.study.agree.event import event_groups, raters_of
from elancry.study.agree.row import Resampler, Row, Team, estimates_of, make_row, teams_without_one


def unitizing_rows(
    timelines: Sequence[Timeline], events: Sequence[SequenceEvents], resampler: Resampler, order: Sequence[str] | None
) -> Iterator[Row]:
    """All unitizing_* rows. A rater with a stretch of unknown category in a sequence is left out of that sequence."""
    windows = {(t.session, t.sequence, t.system, t.tier): t for t in timelines}
    for base, group in event_groups(events):
        raters = raters_of(group, order)
        if len(raters) < 2:
            continue
        team = Team(raters, "pooled")
        yield from _rows(base, group, windows, team, resampler, in_full=True)
        for others in teams_without_one(raters):
            yield from _rows(base, group, windows, Team(others, "leave_one_out"), resampler, in_full=False)


def _rows(
    base: Row,
    group: list[SequenceEvents],
    windows: dict[tuple[str, str, str, str], Timeline],
    team: Team,
    resampler: Resampler,
    *,
    in_full: bool,
) -> Iterator[Row]:
    q = len(group[0].categories)
    by_session: dict[str, FloatArray] = {}
    n_sequences = 0
    compared_ms = 0
    for item in group:
        window = windows.get((item.session, item.sequence, item.system, item.tier))
        continua = [] if window is None else _continua(item, window, team.raters)
        if window is None or len(continua) < 2:
            continue
        length = int(window.durations.sum())
        sums = unitizing.unitizing_sums(continua, float(length), q)
        by_session[item.session] = by_session.get(item.session, 0.0) + sums
        n_sequences += 1
        compared_ms += length
    if not by_session:
        return
    counted: Row = {"n_units": n_sequences, "n_sessions": len(by_session), "compared_ms": compared_ms}
    resamples = resampler.resamples(by_session, n_sequences)
    total = resamples.total

    def overall(sums: FloatArray) -> FloatArray:
        found = UnitizingAlphas(sums, q)
        return np.stack([found.alpha, found.binary, found.coding], axis=-1)

    names = ("unitizing_alpha", "unitizing_alpha_binary", "unitizing_alpha_coding")
    estimates = estimates_of(overall(total), lambda i: unitizing.explain(total, q, coding=i == 2))
    for name, estimate, interval in zip(names, estimates, resamples.intervals(overall), strict=True):
        yield make_row(base, name, team, estimate, interval, **counted)
    if not in_full or q == 0:
        return

    def each(sums: FloatArray) -> FloatArray:
        return np.stack([UnitizingAlphas(sums, q).category(k) for k in range(q)], axis=-1)

    estimates = estimates_of(each(total), lambda k: unitizing.explain(total, q, coding=True, category=k))
    for name, estimate, interval in zip(group[0].categories, estimates, resamples.intervals(each), strict=True):
        more = {"scope": "category", "category": name, **counted}
        yield make_row(base, "unitizing_alpha_coding", team, estimate, interval, **more)


def _continua(item: SequenceEvents, window: Timeline, raters: Sequence[str]) -> list[Units]:
    begin = int(window.start_ms[0])
    length = int(window.end_ms[-1]) - begin
    found = []
    for name in raters:
        if name not in item.raters or name not in window.raters:
            continue
        if (window.codes[:, window.raters.index(name)] == MISSING).any():
            continue
        own = item.of(name)
        known = own.codes >= 0
        found.append(Units.of(own.start_ms[known] - begin, own.end_ms[known] - begin, own.codes[known], length))
    return found
