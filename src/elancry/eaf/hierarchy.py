"""Which tier hangs under which: parents before children, whatever cycles or gaps the file has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from elancry.eaf.parts import Tier, TierType


class Hierarchy:
    """The T tiers of a document by number (their place in the file).

    `parents` (T) is the number of the parent tier, `None` for root tiers, for tiers under an unknown parent and for
    tiers in a cycle, which are listed in `in_cycle`. `types` (T) is each tier's type, `None` where unknown. `order`
    lists all numbers, every parent before its children.
    """

    def __init__(self, tiers: Sequence[Tier], type_by_id: Mapping[str, TierType]) -> None:
        self.tiers = tuple(tiers)
        self.types = tuple(type_by_id.get(tier.type_id) for tier in tiers)
        number_of: dict[str, int] = {}
        for number, tier in enumerate(tiers):
            if tier.id:
                number_of.setdefault(tier.id, number)
        self.number_of: Mapping[str, int] = number_of
        self.parents: list[int | None] = [None if t.parent is None else number_of.get(t.parent) for t in tiers]
        self.in_cycle = _cut_cycles(self.parents)
        self.order = _parents_first(self.parents)


def _cut_cycles(parents: list[int | None]) -> tuple[int, ...]:
    """Make every member of a cycle a root; return the members."""
    settled: set[int] = set()
    members: list[int] = []
    for start in range(len(parents)):
        path: dict[int, None] = {}
        number: int | None = start
        while number is not None and number not in settled and number not in path:
            path[number] = None
            number = parents[number]
        if number is not None and number in path:
            walked = list(path)
            members += walked[walked.index(number) :]
        settled.update(path)
    for number in members:
        parents[number] = None
    return tuple(sorted(members))


def _parents_first(parents: Sequence[int | None]) -> tuple[int, ...]:
    children: dict[int, list[int]] = {}
    for number, parent in enumerate(parents):
        if parent is not None:
            children.setdefault(parent, []).append(number)
    order = [number for number, parent in enumerate(parents) if parent is None]
    for number in order:  # grows while it is walked
        order += children.get(number, [])
    return tuple(order)
