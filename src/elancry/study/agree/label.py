"""Do raters give the same label to units that were there beforehand: prefilled events, turns, trials?

One unit is one segment, unweighted, whatever its length. Where raters did not have to find the units, time agrees on
"none" by construction, and random labels look like moderate agreement in time: here the labels are compared.

Conventions
    Units are the distinct (begin, end) of a session's events that lie in a sequence; what a rater lacks, could not be
    read or is there twice with different labels is a missing cell. Units are given where the system or the plan says
    so. `auto`: where, over at least `FEWEST_UNITS`, in every pair of raters who coded the same sequence the units of
    both are at least `SAME_UNITS` of the units of either.

Measures
    Percent, Krippendorff's alpha with its small-sample term, Fleiss, Conger, Gwet's AC1, Brennan-Prediger; Cohen's
    kappa by pair and its mean. A unit counts with at least two labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from elancry.agreement import nominal
from elancry.align.events_of import NOWHERE, SessionEvents
from elancry.choices import Units as Choice
from elancry.study.agree.bases import OfUnits, by_tier
from elancry.study.agree.engine import Measures
from elancry.study.agree.row import in_order
from elancry.study.agree.sums import Units, UnitSums

if TYPE_CHECKING:
    from elancry.study.compared import Compared

SAME_UNITS = 0.95
FEWEST_UNITS = 20

TOGETHER: Measures = {
    "label_percent": nominal.percent,
    "label_krippendorff_alpha": nominal.alpha_of_counts,
    "label_fleiss_kappa": nominal.fleiss,
    "label_conger_kappa": nominal.conger_of_complete,
    "label_gwet_ac1": nominal.gwet_ac,
    "label_brennan_prediger": nominal.brennan_prediger,
}
BY_PAIR: Measures = {"label_cohen_kappa": nominal.cohen_mean}


@dataclass(frozen=True, eq=False, kw_only=True)
class Label(OfUnits):
    """The same label for the same given unit."""

    together, by_pair, same_for_two = TOGETHER, BY_PAIR, "label_conger_kappa"


@dataclass(frozen=True, eq=False)
class Labelled:
    """The units of one session: `codes` int (U, R) over `raters`, -1 missing; `has` whether a rater has the unit;
    `known` whether the rater coded the sequence that the unit lies in."""

    session: str
    raters: tuple[str, ...]
    codes: NDArray[np.int64]
    has: NDArray[np.bool_]
    known: NDArray[np.bool_]


def labelled(item: SessionEvents, coded: dict[str, set[str]], raters: Sequence[str]) -> Labelled:
    """The units of one session; `coded` is sequence -> who marked it and coded the tier."""
    names = tuple(name for name in raters if name in item.raters)
    spans = [np.stack([item.of(name).start_ms, item.of(name).end_ms], axis=1) for name in names]
    units = np.unique(np.concatenate([np.zeros((0, 2), np.int64), *spans]), axis=0)
    holder = item.windows.holders(units[:, 0], units[:, 1])
    units, holder = units[holder != NOWHERE], holder[holder != NOWHERE]
    place = {(int(start), int(end)): row for row, (start, end) in enumerate(units)}
    codes = np.full((len(units), len(names)), -1, dtype=np.int64)
    has = np.zeros(codes.shape, dtype=bool)
    for column, (name, own) in enumerate(zip(names, spans, strict=True)):
        for (start, end), code in zip(own.tolist(), item.of(name).codes.tolist(), strict=True):
            row = place.get((start, end))
            if row is not None:
                twice = has[row, column] and codes[row, column] != code
                codes[row, column] = -1 if twice else max(code, -1)
                has[row, column] = True
    there = [coded.get(item.windows.names[at], set()) for at in holder.tolist()]
    known = np.array([[name in marked for name in names] for marked in there], dtype=bool).reshape(codes.shape)
    return Labelled(item.session, names, np.where(known, codes, -1), has & known, known)


def are_given(sessions: Sequence[Labelled]) -> bool:
    """Whether raters labelled the same units throughout."""
    both: dict[tuple[str, str], int] = {}
    either: dict[tuple[str, str], int] = {}
    for item in sessions:
        for a, b in combinations(range(len(item.raters)), 2):
            pair = item.raters[a], item.raters[b]
            shared = item.known[:, a] & item.known[:, b]
            both[pair] = both.get(pair, 0) + int((item.has[:, a] & item.has[:, b] & shared).sum())
            either[pair] = either.get(pair, 0) + int(((item.has[:, a] | item.has[:, b]) & shared).sum())
    compared = sum(int((item.has.sum(axis=1) >= 1).sum()) for item in sessions)
    asked = {pair: n for pair, n in either.items() if n}
    return bool(asked) and compared >= FEWEST_UNITS and all(both[pair] >= SAME_UNITS * n for pair, n in asked.items())


def label_families(compared: Compared, choice: Choice | None) -> Iterator[Label]:
    """One family for each tier with several categories whose units are given; `choice` of the plan overrides the
    codebook's."""
    coded: dict[tuple[str, str, str], dict[str, set[str]]] = {}
    for event in compared.events:
        place = event.session, event.system, event.tier
        coded.setdefault(place, {})[event.sequence] = set(event.raters)
    for base, items in by_tier([*compared.sessions.values()]):
        system, tier = base["system"], base["tier"]
        of_system = compared.codebook.system(system)
        units = choice or (Choice.AUTO if of_system is None else of_system.units)
        if units is Choice.FREE or len(items[0].categories) < 2:
            continue
        found = [labelled(item, coded.get((item.session, system, tier), {}), compared.raters) for item in items]
        if units is Choice.GIVEN or are_given(found):
            raters = in_order(
                {n for one in found for at, n in enumerate(one.raters) if one.has[:, at].any()}, compared.raters
            )
            yield Label(
                base={**base, "variant": ""},
                raters=raters,
                categories=items[0].categories,
                said_of_one_rater=("label_fleiss_kappa",),
                of=UnitSums([_units(one, raters) for one in found], raters, len(items[0].categories)),
            )


def _units(item: Labelled, raters: Sequence[str]) -> Units:
    codes = np.full((len(item.codes), len(raters)), -1, dtype=np.int64)
    for at, name in enumerate(raters):
        if name in item.raters:
            codes[:, at] = item.codes[:, item.raters.index(name)]
    return Units(item.session, codes, np.ones(len(codes)), each_a_sequence=True)
