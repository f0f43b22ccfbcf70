"""Did one rater code a video that was cut differently, so that all times are off by a constant?

Method
------
Raters agree most where their times mean the same moments. For every lag up to `MOST_MS` the time that two raters code
with the same category is computed at once (a cross-correlation of the category indicators on a grid of `GRID_MS`, by
FFT). At the best lag, annotations of one category that overlap are paired; the offset is the median of the differences
of their middles, its 95 % interval 1.96 times 1.2533 s / sqrt(n), with s = 1.4826 MAD (the standard error of a median
under normal errors; n pairs).

Conventions
-----------
- An offset is clear, and only then applied, if there are at least `FEWEST` pairs, the raters share at least half of the
  shorter coded time at the best lag, no lag more than 3 s away reaches 80 % of that, and the whole interval lies
  `SMALLEST_MS` or more away from 0: raters who are a little slower than others have no other video. Every estimate is
  reported; nothing is shifted silently.
- The first rater of a session is the reference. Shifts are chosen so that no time becomes negative.
- Annotations after the first `LONGEST_MS` are left aside: no session lasts so long, so the times are wrong.
- What this cannot see: a video cut in the middle (the offset is not constant), or raters who code too little.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from elancry.check.coding import CheckedCoding, CodedAnnotation, CodedFile
from elancry.check.media import shifted
from elancry.findings import Finding, finding
from elancry.texts import some, text

GRID_MS = 100
MOST_MS = 10 * 60 * 1000
SMALLEST_MS = 250
LONGEST_MS = 24 * 60 * 60 * 1000
FEWEST = 5
_AWAY_MS = 3000
_SHARED = 0.5
_RIVAL = 0.8
_MOST_PAIRS = 1_000_000
_STEP_MS = 500


Events = Sequence[tuple[int, int, str]]
"""(start_ms, end_ms, category with its system)."""


@dataclass(frozen=True, slots=True)
class OffsetEstimate:
    """By how much the second rater's times lie behind the first's; add `-offset_ms` to align them.

    `half_width_ms` belongs to the 95 % interval, `share` is the shared part of the shorter coded time at this offset,
    `rival` the best share of any lag elsewhere as a proportion of that; `n_pairs` annotations were paired.
    """

    offset_ms: int
    half_width_ms: float
    share: float
    rival: float
    n_pairs: int

    @property
    def negligible(self) -> bool:
        """Whether there is nothing to shift."""
        return abs(self.offset_ms) - self.half_width_ms < SMALLEST_MS

    @property
    def clear(self) -> bool:
        """Whether the estimate can be trusted (see the module's conventions)."""
        return self.n_pairs >= FEWEST and self.share >= _SHARED and self.rival <= _RIVAL


def estimate_offset(first: Events, second: Events) -> OffsetEstimate | None:
    """The constant offset between two raters' codings; `None` where one of them coded nothing or nothing pairs."""
    first, second = ([item for item in events if item[0] < item[1] <= LONGEST_MS] for events in (first, second))
    if not first or not second:
        return None
    shared = _shared_by_lag(first, second)
    lags = np.arange(len(shared)) - len(shared) // 2
    inside = np.abs(lags) * GRID_MS <= MOST_MS
    shared, lags = shared[inside], lags[inside]
    best = int(np.argmax(shared))
    away = np.abs(lags - lags[best]) * GRID_MS > _AWAY_MS
    rival = float(shared[away].max(initial=0.0) / shared[best]) if shared[best] > 0 else 1.0
    differences = _paired(first, second, int(lags[best]) * GRID_MS)
    if not len(differences):
        return None
    offset = float(np.median(differences))
    half_width = _half_width(differences, offset)
    coded = min(sum(end - start for start, end, _ in events) for events in (first, second))
    share = float(shared[best]) * GRID_MS / coded
    return OffsetEstimate(round(offset), half_width, min(share, 1.0), rival, len(differences))


def _half_width(differences: NDArray[np.float64], middle: float) -> float:
    spread = 1.4826 * float(np.median(np.abs(differences - middle)))
    return float(1.96 * 1.2533 * max(spread, GRID_MS / 4) / np.sqrt(len(differences)))


def align_offsets(coding: CheckedCoding) -> tuple[CheckedCoding, tuple[Finding, ...]]:
    """The coding with clear constant offsets taken out, and a finding for every file that was compared."""
    files = list(coding.files)
    findings: list[Finding] = []
    by_session: dict[str, list[int]] = {}
    for place, file in enumerate(files):
        if len(file.raters) == 1:
            by_session.setdefault(file.session, []).append(place)
    several = [file.name for file in files if len(file.raters) > 1]
    if several:
        shown = some(several, 1)
        message = text("finding.offset-unclear.message-several", shown=shown)
        findings.append(finding("offset-unclear", message, hint=text("finding.offset-unclear.hint-several")))
    order = {rater: number for number, rater in enumerate(coding.raters)}
    for session in coding.sessions:
        places = sorted(by_session.get(session, ()), key=lambda place: order[files[place].raters[0]])
        shifts = dict.fromkeys(places, 0)
        for place in places[1:]:
            reference, file = files[places[0]], files[place]
            estimate = estimate_offset(_events(reference), _events(file))
            if estimate is not None and estimate.clear and not estimate.negligible:
                shifts[place] = -estimate.offset_ms
            findings.append(_finding(file, reference.raters[0], estimate))
        lowest = min([0, *shifts.values()])
        for place, shift in shifts.items():
            if shift - lowest:
                files[place] = shifted(files[place], shift - lowest)
    return replace(coding, files=tuple(files)), tuple(findings)


def suspected_offsets(coding: CheckedCoding) -> Iterator[Finding]:
    """A finding for every file whose times lie behind or before another rater's by a constant, where that is clear."""
    order = {rater: number for number, rater in enumerate(coding.raters)}
    for session in coding.sessions:
        files = [file for file in coding.files_of(session) if len(file.raters) == 1]
        files.sort(key=lambda file: order[file.raters[0]])
        events = [_events(file) for file in files]
        for file, own in list(zip(files, events, strict=True))[1:]:
            estimate = estimate_offset(events[0], own) if _onsets_differ_alike(events[0], own) else None
            if estimate is not None and estimate.clear and not estimate.negligible:
                about = _about(files[0].raters[0], estimate)
                where = {"file": file.name, "session": session, "rater": file.raters[0]}
                hint = text("finding.offset-suspected.hint")
                yield finding("offset-suspected", text("finding.offset-suspected.message", **about), hint=hint, **where)


def _onsets_differ_alike(first: Events, second: Events) -> bool:
    """A cheap look before the estimate: do half of the onsets of one category differ by nearly the same, not by 0?"""
    differences: list[NDArray[np.int64]] = []
    onsets: tuple[dict[str, list[int]], dict[str, list[int]]] = ({}, {})
    for own, events in zip(onsets, (first, second), strict=True):
        for start, _, name in events:
            own.setdefault(name, []).append(start)
    for name in onsets[0].keys() & onsets[1].keys():
        a, b = (np.array(own[name], np.int64) for own in onsets)
        if len(a) * len(b) <= _MOST_PAIRS:
            differences.append((b[None, :] - a[:, None]).ravel())
    if not differences:
        return False
    found = np.concatenate(differences)
    found = found[np.abs(found) <= MOST_MS]
    counts = np.bincount((found + MOST_MS) // _STEP_MS, minlength=2)
    near = counts[:-1] + counts[1:]
    lowest = int(near.argmax()) * _STEP_MS - MOST_MS
    alike = found[(found >= lowest) & (found < lowest + 2 * _STEP_MS)]
    if len(alike) < max(FEWEST, min(len(first), len(second)) / 2):
        return False
    middle = float(np.median(alike))
    return abs(middle) - _half_width(alike.astype(np.float64), middle) >= SMALLEST_MS


def _events(file: CodedFile) -> list[tuple[int, int, str]]:
    def category(tier: str | None, item: CodedAnnotation) -> str:
        return f"{tier} {item.category}"

    return [
        (item.start_ms, item.end_ms, category(tier.system, item))
        for tier in file.tiers
        if tier.kind == "interval"
        for item in tier.annotations
        if item.category is not None and not item.damaged
    ]


def _shared_by_lag(first: Events, second: Events) -> NDArray[np.float64]:
    """Time in grid steps that both code with one category, by lag of the second; the middle element is lag 0."""
    length = max(end for _, end, _ in (*first, *second)) // GRID_MS + 2
    size = 2 ** int(np.ceil(np.log2(2 * length)))
    total = np.zeros(size // 2 + 1, dtype=np.complex128)
    for name in sorted({name for *_, name in first} & {name for *_, name in second}):
        total += np.conj(np.fft.rfft(_on_grid(first, name, length), size)) * np.fft.rfft(
            _on_grid(second, name, length), size
        )
    return np.fft.fftshift(np.fft.irfft(total, size))


def _on_grid(events: Events, name: str, length: int) -> NDArray[np.float64]:
    """Share of each grid step that is coded with `name`."""
    edges = np.zeros(length + 1)
    for start, end, own in events:
        if own == name:
            for ms, sign in ((start, 1.0), (end, -1.0)):
                step, rest = divmod(ms, GRID_MS)
                edges[step] += sign * (1 - rest / GRID_MS)
                edges[step + 1] += sign * rest / GRID_MS
    return np.asarray(np.cumsum(edges)[:length])


def _paired(first: Events, second: Events, lag_ms: int) -> NDArray[np.float64]:
    """Differences of the middles (second - first) of annotations of one category that overlap most at this lag."""
    others: dict[str, list[tuple[int, int]]] = {}
    for start, end, name in sorted(second):
        others.setdefault(name, []).append((start - lag_ms, end - lag_ms))
    # Where annotations of one tier overlap, ends need not ascend; their running maximum does.
    reach = {name: list(accumulate((end for _, end in spans), max)) for name, spans in others.items()}
    differences = []
    for start, end, name in first:
        spans = others.get(name, [])
        near = spans[bisect_right(reach.get(name, []), start) : bisect_left(spans, (end,))]
        shared, best = max(((min(end, e) - max(start, s), (s, e)) for s, e in near), default=(0, (0, 0)))
        if shared > 0:
            differences.append((sum(best) - start - end) / 2 + lag_ms)
    return np.array(differences, dtype=np.float64)


def _about(reference: str, estimate: OffsetEstimate) -> dict[str, str | int]:
    return {
        "offset": estimate.offset_ms,
        "reference": reference,
        "half_width": f"{estimate.half_width_ms:.0f}",
        "pairs": estimate.n_pairs,
        "share": f"{100 * estimate.share:.0f}",
    }


def _finding(file: CodedFile, reference: str, estimate: OffsetEstimate | None) -> Finding:
    where = {"file": file.name, "session": file.session, "rater": file.raters[0]}
    if estimate is None:
        message = text("finding.offset-unclear.message-no-estimate", reference=reference)
        return finding("offset-unclear", message, hint=text("finding.offset-unclear.hint-no-estimate"), **where)
    about = _about(reference, estimate)
    if estimate.clear and estimate.negligible:
        return finding("offset-negligible", text("finding.offset-negligible.message", **about), **where)
    if estimate.clear:
        hint = text("finding.offset-applied.hint")
        return finding("offset-applied", text("finding.offset-applied.message", **about), hint=hint, **where)
    hint = text("finding.offset-unclear.hint")
    return finding("offset-unclear", text("finding.offset-unclear.message", **about), hint=hint, **where)
