"""When is each annotation? Every annotation gets a begin and an end, whatever the file says or fails to say.

Conventions
-----------
- Aligned annotations have the times of their two slots.
- Unaligned slots (no TIME_VALUE) are interpolated as ELAN shows them: per tier, parents before children, a chain
  known - k unknown - known gets steps of (end - begin) // (k + 1) ms from the begin. Slots that no chain reaches are
  interpolated in the order of TIME_ORDER, first among the tier's own slots, then among all; that is a guess and
  reported.
- A reference annotation has its parent's span; on a tier of type Symbolic_Subdivision the n children of one parent
  divide the span evenly in the order of their PREVIOUS_ANNOTATION chain: child i of n begins at
  begin + i * length // n, so that they tile the parent without gap. (ELAN computes the same in floating point and may
  differ by one millisecond.)
- Nonsense resolves to something finite and is reported: a reversed annotation `[b, e)` with e < b becomes the empty
  `[b, b)`, one that leads nowhere the empty `[0, 0)`.

References
----------
Measured in ELAN 6.9; the steps are those of its classes TimeProposer and SymbolicSubdivision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from elancry.eaf.columns import Rows, query

UNKNOWN = -1
"""The time of a slot that has none, and the index of a slot or annotation that is not there."""

LATEST_MS = 2**53
"""Times at or above this (285,000 years) are nonsense; below it, integers survive JSON and floating point."""

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Slots:
    """The S time slots of TIME_ORDER, in file order; `time_ms` (S,) is UNKNOWN where unaligned.

    `bad` lists (slot id, text) of times that are no times, `repeated` the ids that occur more than once.
    """

    index: dict[str, int]
    time_ms: Ints
    bad: tuple[tuple[str, str], ...]
    repeated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """Resolved times of N annotations, and the rows whose times had to be made up.

    `start_ms`, `end_ms` (N,) int64; `aligned` (N,) bool: both times stand in the file. The remaining fields are row
    numbers: `reversed_rows` end before they begin; `no_slot` name a slot that is not there; `guessed` have an unaligned
    slot outside every chain; `no_parent` refer to an annotation that is not there; `in_cycle` refer, through others,
    to themselves. `parent_row` (N,) is the row a reference annotation refers to, UNKNOWN otherwise.
    """

    start_ms: Ints
    end_ms: Ints
    aligned: Bools
    parent_row: Ints
    reversed_rows: Ints
    no_slot: Ints
    guessed: Ints
    no_parent: Ints
    in_cycle: Ints


def read_slots(root: etree._Element) -> Slots:
    """Read TIME_ORDER; a slot without an id is passed over, of slots with one id the first counts."""
    count = int(query("count(TIME_ORDER/TIME_SLOT)")(root))
    ids: list[str | None] = query("TIME_ORDER/TIME_SLOT/@TIME_SLOT_ID")(root)
    values: list[str | None] = query("TIME_ORDER/TIME_SLOT/@TIME_VALUE")(root)
    if not len(ids) == len(values) == count:
        elements = query("TIME_ORDER/TIME_SLOT")(root)
        pairs = [(e.get("TIME_SLOT_ID"), e.get("TIME_VALUE")) for e in elements if e.get("TIME_SLOT_ID") is not None]
        ids, values = [slot for slot, _ in pairs], [value for _, value in pairs]
    times, bad = _parse_times(values)
    # Filled from the end, so that the first of equal ids stays.
    index = {slot: place for place, slot in zip(range(len(ids) - 1, -1, -1), reversed(ids), strict=True)}
    repeated: tuple[str, ...] = ()
    if len(index) != len(ids):
        repeated = tuple(dict.fromkeys(slot for place, slot in enumerate(ids) if index[slot] != place and slot))
    return Slots(
        index=index,  # type: ignore[arg-type]  # no id is None here
        time_ms=times,
        bad=tuple((ids[place] or "", values[place] or "") for place in bad),
        repeated=repeated,
    )


def parse_time(text: str | None) -> int | None:
    """The milliseconds in a TIME_VALUE, or `None` if it is not a whole number from 0 to below 2**53."""
    if text is None or not text.isascii() or len(text) > 40:
        return None
    digits = text.strip(" \t\r\n")
    if not digits.removeprefix("+").isdigit():
        return None
    time = int(digits)
    return time if time < LATEST_MS else None


def _parse_times(values: Sequence[str | None]) -> tuple[Ints, list[int]]:
    """The times of slots and the places of those that are given but are no times."""
    try:
        joined = "".join(values)  # type: ignore[arg-type]  # None is what the except is for
        if joined.isascii() and joined.isdigit():
            times = np.fromiter(map(int, values), np.int64, len(values))  # type: ignore[arg-type]
            if times.max() < LATEST_MS:
                return times, []
    except (TypeError, ValueError, OverflowError):
        pass  # something is missing, empty or too long: look at each
    parsed = [UNKNOWN if (time := parse_time(value)) is None else time for value in values]
    times = np.asarray(parsed, np.int64)
    unknown = np.flatnonzero(times == UNKNOWN).tolist()
    return times, [place for place in unknown if values[place] is not None]


def resolve(rows: Rows, slots: Slots, tier_order: Sequence[int], subdivided: Sequence[bool]) -> Times:
    """Times for all `rows`.

    `tier_order` lists the T tiers (by number) with every parent before its children; `subdivided` (T,) says whether a
    tier's type is Symbolic_Subdivision.
    """
    count = len(rows)
    offsets = np.concatenate([[0], np.cumsum(rows.tier_sizes)])
    first, second = _places(rows.slot1, slots.index), _places(rows.slot2, slots.index)
    reference = rows.is_reference
    no_slot = np.flatnonzero(~reference & ((first == UNKNOWN) | (second == UNKNOWN)))
    time_ms, guessed_slots = _interpolated(slots.time_ms, first, second, offsets, tier_order)

    start, end = _at(time_ms, first), _at(time_ms, second)
    # One missing slot: the annotation is empty at the other; both missing: at 0.
    start, end = np.where(start == UNKNOWN, end, start), np.where(end == UNKNOWN, start, end)
    start, end = np.maximum(start, 0), np.maximum(end, 0)
    aligned = ~reference & (_at(slots.time_ms, first) != UNKNOWN) & (_at(slots.time_ms, second) != UNKNOWN)
    guessed = np.flatnonzero(_in(guessed_slots, first) | _in(guessed_slots, second))
    reversed_rows = np.flatnonzero(~reference & (end < start))
    end[reversed_rows] = start[reversed_rows]

    parent_row = np.full(count, UNKNOWN, np.int64)
    in_cycle: list[int] = []
    if reference.any():
        row_of = {name: row for row, name in zip(range(count - 1, -1, -1), reversed(rows.ids), strict=True)}
        row_of.pop(None, None)
        parent_row = np.asarray([row_of.get(name, UNKNOWN) for name in rows.parent], np.int64)
        parent_row[~reference] = UNKNOWN
        in_cycle = _place_references(rows, row_of, start, end, parent_row, offsets, tier_order, subdivided)
    return Times(
        start_ms=start,
        end_ms=end,
        aligned=aligned,
        parent_row=parent_row,
        reversed_rows=reversed_rows,
        no_slot=no_slot,
        guessed=guessed,
        no_parent=np.flatnonzero(reference & (parent_row == UNKNOWN)),
        in_cycle=np.asarray(in_cycle, np.int64),
    )


def _places(names: Sequence[str | None], index: dict[str, int]) -> Ints:
    """The index of each name, UNKNOWN where there is none."""
    find = index.get
    return np.fromiter((find(name, UNKNOWN) for name in names), np.int64, len(names))  # type: ignore[arg-type]


def _at(values: Ints, places: Ints) -> Ints:
    """`values[places]`, UNKNOWN where the place is."""
    if not len(values):
        return np.full(len(places), UNKNOWN, np.int64)
    return np.where(places == UNKNOWN, UNKNOWN, values[places])


def _in(chosen: Ints, places: Ints) -> Bools:
    return np.isin(places, chosen) if len(chosen) else np.zeros(len(places), np.bool_)


def _interpolated(
    known_ms: Ints, first: Ints, second: Ints, offsets: Ints, tier_order: Sequence[int]
) -> tuple[Ints, Ints]:
    """All slot times, and the slots that no chain gave a time."""
    time_ms = known_ms.copy()
    open_rows = ((first != UNKNOWN) & (_at(time_ms, first) == UNKNOWN)) | (
        (second != UNKNOWN) & (_at(time_ms, second) == UNKNOWN)
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
    for begin in begins:
        if begin == UNKNOWN or time_ms[begin] == UNKNOWN:
            continue
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


def _place_references(
    rows: Rows,
    row_of: dict[str | None, int],
    start: Ints,
    end: Ints,
    parent_row: Ints,
    offsets: Ints,
    tier_order: Sequence[int],
    subdivided: Sequence[bool],
) -> list[int]:
    """Write the times of reference annotations into `start` and `end`; return the rows that hang on a cycle."""
    placed = ~rows.is_reference | (parent_row == UNKNOWN)
    lost = np.flatnonzero(rows.is_reference & (parent_row == UNKNOWN))
    start[lost] = end[lost] = 0
    for tier in tier_order:
        here = np.arange(offsets[tier], offsets[tier + 1])
        here = here[~placed[here]]
        here = here[placed[parent_row[here]]]
        if not len(here):
            continue
        start[here], end[here] = start[parent_row[here]], end[parent_row[here]]
        if subdivided[tier]:
            _divide(here, parent_row, _places([rows.previous[row] for row in here], row_of), start, end)  # type: ignore[arg-type]
        placed[here] = True
    left = np.flatnonzero(~placed).tolist()
    if not left:
        return []
    return _place_leftovers(left, rows, row_of, start, end, parent_row, offsets, subdivided, placed)


def _place_leftovers(
    left: list[int],
    rows: Rows,
    row_of: dict[str | None, int],
    start: Ints,
    end: Ints,
    parent_row: Ints,
    offsets: Ints,
    subdivided: Sequence[bool],
    placed: Bools,
) -> list[int]:
    """Place annotations whose parents are not on a tier above: outwards from the placed ones, each row once."""
    children: dict[int, dict[int, list[int]]] = {}
    tiers = np.searchsorted(offsets, left, side="right") - 1
    for row, tier in zip(left, tiers.tolist(), strict=True):
        children.setdefault(int(parent_row[row]), {}).setdefault(tier, []).append(row)
    waiting = [row for row in children if placed[row]]
    while waiting:
        parent = waiting.pop()
        for tier, members in children.pop(parent).items():
            here = np.asarray(members, np.int64)
            start[here], end[here] = start[parent], end[parent]
            if subdivided[tier]:
                _divide(here, parent_row, _places([rows.previous[row] for row in members], row_of), start, end)  # type: ignore[arg-type]
            placed[here] = True
            waiting += [row for row in members if row in children]
    unplaced = [row for row in left if not placed[row]]
    start[unplaced] = end[unplaced] = 0
    return unplaced


def _divide(here: Ints, parent_row: Ints, previous_row: Ints, start: Ints, end: Ints) -> None:
    """Divide the parents' spans, which stand in `start[here]` and `end[here]`, among their children `here`.

    `previous_row` belongs to `here`. Children come in the order of the chain of previous ones; where the chain is
    broken, its pieces come in file order.
    """
    order = np.argsort(parent_row[here], kind="stable")
    sorted_rows, previous = here[order], previous_row[order]
    parents = parent_row[sorted_rows]
    opens = np.concatenate([[True], parents[1:] != parents[:-1]])
    firsts = np.flatnonzero(opens)
    sizes = np.diff(np.append(firsts, len(sorted_rows)))
    expected = np.concatenate([[UNKNOWN], sorted_rows[:-1]])
    expected[firsts] = UNKNOWN
    for group in np.unique(np.searchsorted(firsts, np.flatnonzero(previous != expected), side="right") - 1).tolist():
        span = slice(int(firsts[group]), int(firsts[group] + sizes[group]))
        sorted_rows[span] = _chained(sorted_rows[span].tolist(), previous[span].tolist())
    rank = np.arange(len(sorted_rows)) - np.repeat(firsts, sizes)
    number = np.repeat(sizes, sizes)
    begin, length = start[sorted_rows], end[sorted_rows] - start[sorted_rows]
    # i * length // n without leaving 64 bits.
    whole, rest = np.divmod(length, number)
    start[sorted_rows] = begin + rank * whole + rank * rest // number
    end[sorted_rows] = begin + (rank + 1) * whole + (rank + 1) * rest // number


def _chained(members: list[int], previous: list[int]) -> list[int]:
    """`members` in chain order; a member whose previous one is no member, or was taken, opens a new piece."""
    inside = set(members)
    follower: dict[int, int] = {}
    opening = []
    for row, before in zip(members, previous, strict=True):
        if before in inside and before != row and before not in follower:
            follower[before] = row
        else:
            opening.append(row)
    ordered: dict[int, None] = {}
    for row in opening + members:  # members again: a ring has no opening
        piece: int | None = row
        while piece is not None and piece not in ordered:
            ordered[piece] = None
            piece = follower.get(piece)
    return list(ordered)
