"""Do raters give the same label to units that were there beforehand: prefilled events, turns, trials?

One unit is one segment, unweighted, whatever its length. Where raters did not have to find the units, time agrees on
"none" by construction, and random labels look like moderate agreement in time: here the labels are compared.

Conventions
    What a unit is, and which cells are missing: `align.given_units`. Units are given where the system or the plan says
    so; `auto` looks whether raters have the same ones.

Measures
    Percent, Krippendorff's alpha with its small-sample term, Fleiss, Conger, Gwet's AC1, Brennan-Prediger; Cohen's
    kappa by pair and its mean. A unit counts with at least two labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elancry.agreement import nominal
from elancry.align.given_units import Labelled, are_given, labelled
from elancry.choices import Units as Choice
from elancry.study.agree.bases import OfUnits, by_tier
from elancry.study.agree.engine import Measures
from elancry.study.agree.row import Row, in_order
from elancry.study.agree.sums import Units, UnitSums

if TYPE_CHECKING:
    from elancry.study.compared import Compared

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
class LabelledTier:
    """The units of one tier with several categories, session by session, and whether they count as given."""

    base: Row
    categories: tuple[str, ...]
    sessions: tuple[Labelled, ...]
    given: bool


def labelled_tiers(compared: Compared, choice: Choice | None) -> Iterator[LabelledTier]:
    """Every tier with several categories; `choice` of the plan overrides the codebook's."""
    coded: dict[tuple[str, str, str], dict[str, set[str]]] = {}
    for event in compared.events:
        place = event.session, event.system, event.tier
        coded.setdefault(place, {})[event.sequence] = set(event.raters)
    for base, items in by_tier([*compared.sessions.values()]):
        system, tier = base["system"], base["tier"]
        of_system = compared.codebook.system(system)
        units = choice or (Choice.AUTO if of_system is None else of_system.units)
        if len(items[0].categories) > 1:
            found = [labelled(item, coded.get((item.session, system, tier), {}), compared.raters) for item in items]
            given = units is Choice.GIVEN or (units is Choice.AUTO and are_given(found))
            yield LabelledTier(base, items[0].categories, tuple(found), given)


def label_families(compared: Compared, choice: Choice | None) -> Iterator[Label]:
    """One family for each tier whose units are given; `choice` of the plan overrides the codebook's."""
    for tier in labelled_tiers(compared, choice):
        if tier.given:
            has = {name for one in tier.sessions for at, name in enumerate(one.raters) if one.has[:, at].any()}
            raters = in_order(has, compared.raters)
            yield Label(
                base={**tier.base, "variant": ""},
                raters=raters,
                categories=tier.categories,
                said_of_one_rater=("label_fleiss_kappa",),
                of=UnitSums([_units(one, raters) for one in tier.sessions], raters, len(tier.categories)),
            )


def _units(item: Labelled, raters: Sequence[str]) -> Units:
    codes = np.full((len(item.codes), len(raters)), -1, dtype=np.int64)
    for at, name in enumerate(raters):
        if name in item.raters:
            codes[:, at] = item.codes[:, item.raters.index(name)]
    return Units(item.session, codes, np.ones(len(codes)), each_a_sequence=True)
