"""Who stands apart, and how: time in which one rater codes something else than all the others agree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from elancry.align.timeline import MISSING, NONE, Timeline
from elancry.study.agree.bases import by_tier
from elancry.study.agree.row import Row
from elancry.study.agree.time import codes_over, columns_of
from elancry.study.compared import Compared


@dataclass(frozen=True, slots=True)
class Apart:
    """`rater` codes `category` where `others` all code `other_category`; "" stands for nothing coded."""

    system: str
    tier: str
    rater: str
    category: str
    others: tuple[str, ...]
    other_category: str
    ms: int
    n_sequences: int


def standing_apart(
    timelines: Sequence[Timeline], order: Sequence[str] | None = None, *, most: int | None = 10
) -> list[Apart]:
    """The `most` time-consuming confusions of each tier (all with `None`), longest first.

    With three raters or more the others must be at least two, all who coded that stretch, and agree. With two raters
    each stands against the other, and one row speaks for both.
    """
    found: list[Apart] = []
    for base, group in by_tier(timelines):
        raters = columns_of(group, order)
        names = dict(enumerate(group[0].categories)) | {NONE: ""}
        time: dict[tuple[int, int, tuple[int, ...], int], int] = {}
        where: dict[tuple[int, int, tuple[int, ...], int], set[tuple[str, str]]] = {}
        for item in group:
            codes = codes_over(item, raters)
            for row, duration in zip(codes, item.durations.tolist(), strict=True):
                present = np.flatnonzero(row != MISSING)
                for at in present.tolist() if len(present) > 2 else present[:1].tolist() if len(present) == 2 else ():
                    others = tuple(int(i) for i in present if i != at)
                    theirs = {int(row[i]) for i in others}
                    if len(theirs) == 1 and int(row[at]) not in theirs:
                        key = (at, int(row[at]), others, theirs.pop())
                        time[key] = time.get(key, 0) + duration
                        where.setdefault(key, set()).add((item.session, item.sequence))
        longest = sorted(time, key=lambda key: (-time[key], key))[:most]
        found += [
            Apart(
                base["system"],
                base["tier"],
                raters[at],
                names[code],
                tuple(raters[i] for i in others),
                names[their],
                time[at, code, others, their],
                len(where[at, code, others, their]),
            )
            for at, code, others, their in longest
        ]
    return found


def apart_rows(compared: Compared, against: str | None = None) -> list[Row]:
    """Rows of schema.APART; `against` a gold rater, where each rater does something else than that one."""
    if against is None:
        found = standing_apart(compared.timelines, compared.raters, most=None)
    else:
        coded = columns_of(compared.timelines, compared.raters)
        pairs = [(name, against) for name in coded if name != against]
        found = [item for pair in pairs for item in standing_apart(compared.only(pair).timelines, pair, most=None)]
        tiers = [base["tier"] for base, _ in by_tier(compared.timelines)]
        found.sort(key=lambda item: (tiers.index(item.tier), -item.ms))
    return [
        {
            "system": item.system,
            "tier": item.tier,
            "rater": item.rater,
            "category": item.category or "none",
            "others": "|".join(item.others),
            "other_category": item.other_category or "none",
            "ms": item.ms,
            "n_sequences": item.n_sequences,
        }
        for item in found
    ]
