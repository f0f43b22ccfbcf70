"""Time slots: the moments that TIME_ORDER lists, and where the ones without a time lie.

Convention: unaligned slots (no TIME_VALUE) are interpolated as ELAN shows them. Per tier, parents before children, a
chain known - k unknown - known gets steps of (end - begin) // (k + 1) ms from the begin. Slots that no chain reaches
are interpolated in the order of TIME_ORDER, first among the tier's own slots, then among all; that is a guess, and
reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, repeat

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from elancry.eaf.columns import many_elements, query, value_of_attribute

UNKNOWN = -1
"""The time of a slot that has none, and the index of a slot or annotation that is not there."""

LATEST_MS = 2**53
"""Times at or above this (285,000 years) are nonsense; below it, integers survive JSON and floating point."""

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Slots:
    """The S time slots of TIME_ORDER, in file order; `time_ms` (S,) is UNKNOWN where unaligned.

    `index` gives the place of a slot id, UNKNOWN for `None`.

    `bad` lists (slot id, text) of times that are no times, `rounded` of those that are no whole numbers, `repeated` the
    ids that occur more than once.
    """

    index: dict[str | None, int]
    time_ms: Ints
    bad: tuple[tuple[str, str], ...]
    rounded: tuple[tuple[str, str], ...]
    repeated: tuple[str, ...]


def read_slots(root: etree._Element) -> Slots:
    """Read TIME_ORDER; a slot without an id is passed over, of slots with one id the first counts."""
    with many_elements():
        elements = query("TIME_ORDER/TIME_SLOT")(root)
        ids: list[str | None] = list(map(value_of_attribute, elements, repeat("TIME_SLOT_ID")))
        values: list[str | None] = list(map(value_of_attribute, elements, repeat("TIME_VALUE")))
        del elements
    if None in ids:
        values = [value for slot, value in zip(ids, values, strict=True) if slot is not None]
        ids = [slot for slot in ids if slot is not None]
    index = first_places(ids)
    times, bad, rounded = _parse_times(values)
    repeated: tuple[str, ...] = ()
    if len(index) != len(ids):
        repeated = tuple(dict.fromkeys(slot for place, slot in enumerate(ids) if index[slot] != place and slot))
    index[None] = UNKNOWN
    return Slots(
        index=index,
        time_ms=times,
        bad=tuple((ids[place] or "", values[place] or "") for place in bad),
        rounded=tuple((ids[place] or "", values[place] or "") for place in rounded),
        repeated=repeated,
    )


def parse_time(text: str | None) -> int | None:
    """The milliseconds in a TIME_VALUE, or `None` if it is not a number from 0 to below 2**53.

    A decimal fraction, which other programs write, is rounded, half a millisecond up.
    """
    if text is None or not text.isascii() or len(text) > 40:
        return None
    digits, point, fraction = text.strip(" \t\r\n").partition(".")
    if not digits.removeprefix("+").isdigit() or (point and not fraction.isdigit()):
        return None
    time = int(digits) + (fraction[:1] >= "5")
    return time if time < LATEST_MS else None


def _is_fraction(text: str | None) -> bool:
    """Whether a time that can be read is no whole number of milliseconds."""
    return bool((text or "").partition(".")[2].strip(" \t\r\n0"))


def _parse_times(values: Sequence[str | None]) -> tuple[Ints, list[int], list[int]]:
    """The times of slots, and the places of those that are given but are no times, and of those that were rounded."""
    try:
        joined = "".join(values)  # type: ignore[arg-type]  # None is what the except is for
        if joined.isascii() and joined.isdigit():
            times = np.fromiter(map(int, values), np.int64, len(values))  # type: ignore[arg-type]
            if times.max() < LATEST_MS:
                return times, [], []
    except (TypeError, ValueError, OverflowError):
        pass  # something is missing, empty or too long: look at each
    times = np.full(len(values), UNKNOWN, np.int64)
    given = [place for place, value in enumerate(values) if value is not None]
    if len(given) < len(values) and given:
        known, bad, rounded = _parse_times([values[place] for place in given])
        times[given] = known
        return times, [given[place] for place in bad], [given[place] for place in rounded]
    for place in given:
        time = parse_time(values[place])
        if time is not None:
            times[place] = time
    bad = [place for place in given if times[place] == UNKNOWN]
    return times, bad, [place for place in given if times[place] != UNKNOWN and _is_fraction(values[place])]


def interpolated(
    known_ms: Ints, first: Ints, second: Ints, offsets: Ints, tier_order: Sequence[int]
) -> tuple[Ints, Ints]:
    """All slot times, and the slots that no chain gave a time.

    `known_ms` (S,) are the times of the slots, UNKNOWN where a slot has none; `first` and `second` (N,) the slots of
    every annotation, those of tier t from `offsets[t]` to `offsets[t + 1]`; `tier_order` the tiers, parents first. An
    unknown slot lies between its neighbours in the chain of annotations that share slots, as ELAN places it.
    """
    time_ms = known_ms.copy()
    open_rows = ((first != UNKNOWN) & (times_at(time_ms, first) == UNKNOWN)) | (
        (second != UNKNOWN) & (times_at(time_ms, second) == UNKNOWN)
    )
    if not open_rows.any():
        return time_ms, np.empty(0, np.int64)
    guessed: list[int] = []
    for tier in tier_order:
        here = np.arange(offsets[tier], offsets[tier + 1])
        rows = here[open_rows[here]]
        if not len(rows):
            continue
        _follow_chains(time_ms, first[rows].tolist(), second[rows].tolist())
        slots = np.unique(np.concatenate([first[here], second[here]]))
        guessed += _spread(time_ms, slots[slots != UNKNOWN])
    used = np.unique(np.concatenate([first[open_rows], second[open_rows]]))
    used = used[used != UNKNOWN]
    left = used[time_ms[used] == UNKNOWN]
    if len(left):
        everything = np.union1d(np.flatnonzero(known_ms != UNKNOWN), used)
        _spread(time_ms, everything)
        guessed += left.tolist()
        time_ms[left[time_ms[left] == UNKNOWN]] = 0
    return time_ms, np.asarray(guessed, np.int64)


def _follow_chains(time_ms: Ints, begins: list[int], ends: list[int]) -> None:
    """Fill chains of annotations that share slots: known, unknown..., known; leave the others as they are."""
    follower = {begin: end for begin, end in zip(begins, ends, strict=True) if begin != UNKNOWN != end}
    known = times_at(time_ms, np.asarray(begins, np.int64)) != UNKNOWN
    for begin in compress(begins, known.tolist()):
        chain: list[int] = []
        slot = follower.get(begin)
        while slot is not None and time_ms[slot] == UNKNOWN and len(chain) <= len(begins):
            chain.append(slot)
            slot = follower.get(slot)
        if slot is not None and time_ms[slot] != UNKNOWN:
            step = max(0, int(time_ms[slot] - time_ms[begin])) // (len(chain) + 1)
            for place, member in enumerate(chain, 1):
                time_ms[member] = time_ms[begin] + place * step


def _spread(time_ms: Ints, slots: Ints) -> list[int]:
    """Fill unknown `slots` (in file order) between their known neighbours; at an edge, with the one neighbour's time.

    Returns the slots that got a time.
    """
    times = time_ms[slots]
    known = np.flatnonzero(times != UNKNOWN)
    if len(known) in (0, len(slots)):
        return []
    unknown = np.flatnonzero(times == UNKNOWN)
    after = np.searchsorted(known, unknown)
    left = known[np.maximum(after - 1, 0)]
    right = known[np.minimum(after, len(known) - 1)]
    begin, gap = times[left], np.maximum(0, times[right] - times[left])
    step = gap // np.maximum(1, right - left)
    time_ms[slots[unknown]] = begin + np.clip(unknown - left, 0, None) * step
    return [int(slot) for slot in slots[unknown]]


def first_places(names: Sequence[str | None]) -> dict[str | None, int]:
    """Each name with the place where it occurs first."""
    index = dict(zip(names, range(len(names)), strict=True))
    if len(index) != len(names):
        # Filled again from the end, so that the first of equal names stays.
        index = dict(zip(reversed(names), range(len(names) - 1, -1, -1), strict=True))
    return index


def find_places(names: Sequence[str | None], index: Mapping[str | None, int]) -> Ints:
    """The index of each name, UNKNOWN where there is none."""
    try:
        return np.fromiter(map(index.__getitem__, names), np.int64, len(names))
    except KeyError:
        return np.fromiter((index.get(name, UNKNOWN) for name in names), np.int64, len(names))


def times_at(values: Ints, places: Ints) -> Ints:
    """`values[places]`, UNKNOWN where the place is."""
    if not len(values):
        return np.full(len(places), UNKNOWN, np.int64)
    return np.where(places == UNKNOWN, UNKNOWN, values[places])
