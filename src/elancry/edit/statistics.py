"""Statistics of each tier and value of a file, as ELAN's View > Annotation Statistics defines them.

ELAN 6.9 manual, "Annotation Statistics". The observation period runs from the begin of the first annotation of all
tiers to the end of the last (ELAN's default on its first tab), or from the begin to the end of the recording where its
length is known. Frequency is the number of annotations over that period, here per minute; time ratio the total
duration over it; latency the time from the begin of the period to the first annotation of that value. Annotations of
one value that touch count each by itself (ELAN counts them as one if told so).

Not undefined but absent: in a file without annotations there is nothing to tell, and a period of length 0 has no rate.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from elancry.eaf import Annotation, Document
from elancry.edit.name_patterns import matching

COLUMNS = (
    "file", "scope", "tier", "value", "annotations", "total_ms", "mean_ms", "median_ms", "min_ms", "max_ms",
    "per_minute", "time_ratio", "latency_ms", "observed_start_ms", "observed_end_ms",
)  # fmt: skip
"""The columns of `statistics.csv`; `scope` is `tier` for a line over all values of a tier, else `value`."""


@dataclass(frozen=True, slots=True)
class StatisticsChoice:
    """Tiers by name or pattern, all where empty. `recording_ms` is the length of the recording, to be the period."""

    patterns: tuple[str, ...] = ()
    recording_ms: int | None = None
    offset_ms: int = 0
    """Where the file's time 0 is in the medium: added to the times of the observation period."""


def statistics_rows(document: Document, choices: StatisticsChoice) -> tuple[tuple[object, ...], ...]:
    """Lines in the order of COLUMNS without `file`: for each tier one over all values, then one for each value.

    Values in the order of their first annotation. Tiers without annotations have a line with 0.
    """
    names = [tier.id for tier in document.tiers]
    chosen = matching(names, choices.patterns) if choices.patterns else names
    everything = {name: document.annotations(name) for name in names}
    spans = [(item.start_ms, item.end_ms) for items in everything.values() for item in items]
    if choices.recording_ms is not None:
        period = (0, choices.recording_ms)
    else:
        period = (min((start for start, _ in spans), default=0), max((end for _, end in spans), default=0))
    rows: list[tuple[object, ...]] = []
    for name in chosen:
        by_value: dict[str, list[Annotation]] = {}
        for item in sorted(everything[name], key=lambda item: (item.start_ms, item.end_ms)):
            by_value.setdefault(item.value, []).append(item)
        shown = tuple(time + choices.offset_ms for time in period)
        rows.append(("tier", name, "", *_numbers(list(everything[name]), period), *shown))
        rows += [("value", name, value, *_numbers(items, period), *shown) for value, items in by_value.items()]
    return tuple(rows)


def _numbers(items: list[Annotation], period: tuple[int, int]) -> tuple[object, ...]:
    start, end = period
    durations = [item.duration_ms for item in items]
    if not items:
        return (0, 0, None, None, None, None, 0.0 if end > start else None, 0.0 if end > start else None, None)
    length = end - start
    return (
        len(items),
        sum(durations),
        statistics.fmean(durations),
        float(statistics.median(durations)),
        min(durations),
        max(durations),
        len(items) / (length / 60_000) if length > 0 else None,
        sum(durations) / length if length > 0 else None,
        min(item.start_ms for item in items) - start,
    )
