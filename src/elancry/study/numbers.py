"""From a checked coding to the tables of agreement: what is compared, and which tables come out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from elancry.align.events_of import SequenceEvents, build_events
from elancry.align.ratings import RatingMatrix, build_ratings
from elancry.align.timeline import Timeline, build_timelines
from elancry.study.agree.rows import agreement_rows, confusion_rows
from elancry.table.schema import AGREEMENT, CONFUSION

if TYPE_CHECKING:
    import pandas as pd

    from elancry.align.sequences import MatchedSequence
    from elancry.check.coding import CheckedCoding
    from elancry.codebook.model import Codebook
    from elancry.study.plan import Plan


@dataclass(frozen=True)
class Compared:
    """One coding, lined up: what every number is computed from."""

    codebook: Codebook
    raters: tuple[str, ...]
    timelines: tuple[Timeline, ...]
    ratings: tuple[RatingMatrix, ...]
    events: tuple[SequenceEvents, ...]

    @classmethod
    def of(cls, coding: CheckedCoding, sequences: Sequence[MatchedSequence]) -> Compared:
        """Line up every rater's coding in the matched sequences."""
        return cls(
            coding.codebook,
            coding.raters,
            build_timelines(coding, sequences),
            build_ratings(coding, sequences),
            build_events(coding, sequences),
        )


@dataclass(frozen=True)
class Tables:
    """Tables by name, and what is not there with the reason."""

    tables: Mapping[str, pd.DataFrame]
    omitted: Mapping[str, str] = field(default_factory=dict)


def agreement_tables(compared: Compared, plan: Plan) -> Tables:
    """`agreement` and `confusion`."""
    if len(compared.raters) < 2:
        return Tables({}, {"agreement": "one rater only; agreement needs at least two"})
    rows = agreement_rows(
        compared.timelines,
        compared.ratings,
        compared.events,
        seed=plan.seed,
        codebook=compared.codebook,
        raters=compared.raters,
        n_resamples=plan.resamples,
        criteria=plan.criterion,
        matching=plan.matching,
        time_units_ms=plan.time_units_ms,
        tolerance_ms=plan.tolerance_ms,
        boundary_tolerances_ms=plan.boundary_tolerances_ms,
    )
    confusion = confusion_rows(
        compared.timelines,
        compared.events,
        codebook=compared.codebook,
        raters=compared.raters,
        criteria=plan.criterion,
        matching=plan.matching,
    )
    if not rows:
        return Tables({}, {"agreement": "no sequence was coded by two raters"})
    return Tables({"agreement": AGREEMENT.frame(rows), "confusion": CONFUSION.frame(confusion)})
