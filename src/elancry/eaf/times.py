"""When is each annotation? Every annotation gets a begin and an end, whatever the file says or fails to say.

Conventions
-----------
- Annotations with time slots have the times of their two slots (see `elancry.eaf.slots` for unaligned ones).
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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from elancry.eaf.columns import Rows
from elancry.eaf.slots import UNKNOWN, Bools, Ints, Slots, find_places, first_places, interpolated, times_at


@dataclass(frozen=True, slots=True)
class Times:
    """Resolved times of N annotations, and the rows whose times had to be made up.

    `start_ms`, `end_ms` (N,) int64; `aligned` (N,) bool: both times stand in the file. The remaining fields are row
    numbers: `reversed_rows` end before they begin; `no_slot` name a slot that is not there; `guessed` have an unaligned
    slot outside every chain; `no_parent` refer to an annotation that is not there; `in_cycle` refer, through others,
    to themselves. `parent_row` (N,) is the row a reference annotation refers to, UNKNOWN otherwise.

    `damaged` holds every row whose times cannot be trusted, with the begin and the end that the file does give in ms:
    reversed, without a slot or a time, or below such an annotation. Where a tier has slots without a time between two
    that have one, as ELAN writes it, nothing is damaged.
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
    damaged: Mapping[int, Given]


Given = tuple[int | None, int | None]
"""Begin and end in ms as far as a file gives them."""


def resolve(
    rows: Rows, slots: Slots, tier_order: Sequence[int], subdivided: Sequence[bool], parents: Sequence[int | None]
) -> Times:
    """Times for all `rows`.

    `tier_order` lists the T tiers (by number) with every parent before its children; `subdivided` (T,) says whether a
    tier's type is Symbolic_Subdivision; `parents` (T,) is the number of the parent tier. Of several annotations of one
    id, a reference means the one on the parent tier, else the first.
    """
    count = len(rows)
    offsets = np.concatenate([[0], np.cumsum(rows.tier_sizes)])
    first, second = find_places(rows.slot1, slots.index), find_places(rows.slot2, slots.index)
    reference = rows.is_reference
    no_slot = np.flatnonzero(~reference & ((first == UNKNOWN) | (second == UNKNOWN)))
    time_ms, guessed_slots = interpolated(slots.time_ms, first, second, offsets, tier_order)

    start, end = times_at(time_ms, first), times_at(time_ms, second)
    # One missing slot: the annotation is empty at the other; both missing: at 0.
    start, end = np.where(start == UNKNOWN, end, start), np.where(end == UNKNOWN, start, end)
    start, end = np.maximum(start, 0), np.maximum(end, 0)
    aligned = ~reference & (times_at(slots.time_ms, first) != UNKNOWN) & (times_at(slots.time_ms, second) != UNKNOWN)
    guessed = np.flatnonzero(_in(guessed_slots, first) | _in(guessed_slots, second))
    reversed_rows = np.flatnonzero(~reference & (end < start))
    end[reversed_rows] = start[reversed_rows]

    parent_row = np.full(count, UNKNOWN, np.int64)
    in_cycle: list[int] = []
    if reference.any():
        row_of = first_places(rows.ids)
        row_of[None] = UNKNOWN
        parent_row = find_places(rows.parent, row_of)
        if len(row_of) <= count:
            _on_parent_tiers(rows, parent_row, parents)
        in_cycle = _place_references(rows, row_of, start, end, parent_row, offsets, tier_order, subdivided)
    no_parent = np.flatnonzero(reference & (parent_row == UNKNOWN))
    unsure = [*reversed_rows, *no_slot, *guessed, *no_parent, *in_cycle]
    if slots.bad:
        unreadable = find_places([slot for slot, _ in slots.bad], slots.index)
        unsure += np.flatnonzero(_in(unreadable, first) | _in(unreadable, second)).tolist()
    return Times(
        start_ms=start,
        end_ms=end,
        aligned=aligned,
        parent_row=parent_row,
        reversed_rows=reversed_rows,
        no_slot=no_slot,
        guessed=guessed,
        no_parent=no_parent,
        in_cycle=np.asarray(in_cycle, np.int64),
        damaged=_damaged(unsure, times_at(slots.time_ms, first), times_at(slots.time_ms, second), parent_row),
    )


def _on_parent_tiers(rows: Rows, parent_row: Ints, parents: Sequence[int | None]) -> None:
    """Where ids repeat, let `parent_row` be the annotation of that id on the parent tier, if there is one."""
    tier_of = np.repeat(np.arange(len(rows.tier_sizes)), rows.tier_sizes).tolist()
    places: dict[tuple[int, str | None], int] = {}
    for row, (tier, name) in enumerate(zip(tier_of, rows.ids, strict=True)):
        places.setdefault((tier, name), row)
    for row in np.flatnonzero(parent_row != UNKNOWN).tolist():
        above = parents[tier_of[row]]
        if above is not None:
            parent_row[row] = places.get((above, rows.parent[row]), parent_row[row])


def _damaged(unsure: Sequence[int], first_ms: Ints, second_ms: Ints, parent_row: Ints) -> dict[int, Given]:
    """The rows `unsure` and everything below them, each with the times of the topmost row's slots."""
    found: dict[int, Given] = {}
    for row in map(int, unsure):
        begin, end = int(first_ms[row]), int(second_ms[row])
        found[row] = (None if begin == UNKNOWN else begin, None if end == UNKNOWN else end)
    if found:
        below: dict[int, list[int]] = {}
        for row in np.flatnonzero(parent_row != UNKNOWN).tolist():
            below.setdefault(int(parent_row[row]), []).append(row)
        left = list(found)
        while left:
            upper = left.pop()
            for row in below.pop(upper, ()):
                if row not in found:
                    found[row] = found[upper]
                    left.append(row)
    return found


def _in(chosen: Ints, places: Ints) -> Bools:
    return np.isin(places, chosen) if len(chosen) else np.zeros(len(places), np.bool_)


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
        here = np.flatnonzero(~placed[offsets[tier] : offsets[tier + 1]]) + offsets[tier]
        if len(here):
            here = here[placed[parent_row[here]]]
        if not len(here):
            continue
        start[here], end[here] = start[parent_row[here]], end[parent_row[here]]
        if subdivided[tier]:
            _divide(here, parent_row, find_places([rows.previous[row] for row in here.tolist()], row_of), start, end)
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
    children: dict[int, list[int]] = {}
    for row in left:
        children.setdefault(int(parent_row[row]), []).append(row)
    parents = [row for row in children if placed[row]]
    while parents:
        here = np.asarray(sorted(chain.from_iterable(map(children.pop, parents))), np.int64)
        start[here], end[here] = start[parent_row[here]], end[parent_row[here]]
        tiers = np.searchsorted(offsets, here, side="right") - 1
        for tier in np.unique(tiers).tolist():
            if subdivided[tier]:
                members = here[tiers == tier]
                previous = find_places([rows.previous[row] for row in members.tolist()], row_of)
                _divide(members, parent_row, previous, start, end)
        placed[here] = True
        parents = [row for row in here.tolist() if row in children]
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
