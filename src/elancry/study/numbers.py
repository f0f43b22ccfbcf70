"""From a checked coding to the tables of agreement: what is compared, and which tables come out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from elancry.align.events_of import SequenceEvents, build_events
from elancry.align.ratings import RatingMatrix, build_ratings
from elancry.align.timeline import Timeline, build_timelines
from elancry.errors import UsageError
from elancry.study.agree.apart import apart_rows
from elancry.study.agree.difference import boundary_counts, difference_rows
from elancry.study.agree.gold import only, rows_of_pair
from elancry.study.agree.pairwise import PairKappas, pair_kappas
from elancry.study.agree.rounds import as_raters, round_rows
from elancry.study.agree.row import Resampler, Row
from elancry.study.agree.rows import agreement_rows, confusion_rows, scales_of
from elancry.study.agree.score import Scores, rating_scores
from elancry.study.agree.training import drift_rows, training_rows
from elancry.table.schema import AGREEMENT, CONFUSION
from elancry.table.training_schema import APART, BOUNDARIES, DIFFERENCES, DRIFT, ROUNDS, TRAINING

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


def agreement_tables(compared: Compared, plan: Plan, rounds: Compared | None = None) -> Tables:
    """`agreement`, `confusion`, and what rater training looks at, `rounds` among them where `rounds_of` gave some.

    Raises UsageError if the plan's gold rater coded nothing here.
    """
    resampler = Resampler(plan.seed, plan.resamples)
    found: dict[str, pd.DataFrame] = {}
    if rounds is not None:
        in_rounds = list(round_rows(_kappas(rounds, plan), resampler, plan.against))
        found = {"rounds": ROUNDS.frame(in_rounds)} if in_rounds else {}
    if len(compared.raters) < 2:
        return Tables(found, {"agreement": "one rater only; agreement needs at least two"})
    if plan.against is not None and plan.against not in compared.raters:
        raise UsageError(
            f"there is no rater {plan.against} to compare with; the files are by {', '.join(compared.raters)}",
            hint="Give --against a rater's name as it stands in the file names.",
        )
    rows, confusion = _rows(compared, plan)
    if not rows:
        return Tables(found, {"agreement": "no sequence was coded by two raters"})
    kappas = _kappas(compared, plan)
    sessions = list(dict.fromkeys(item.session for item in compared.timelines))
    linking = plan.matching, plan.criterion[0], plan.against
    differences = difference_rows(compared.events, _ratings(compared), compared.raters, *linking)
    boundaries = boundary_counts(compared.events, compared.raters, plan.boundary_tolerances_ms, plan.against)
    return Tables(
        {
            "agreement": AGREEMENT.frame(rows),
            "confusion": CONFUSION.frame(confusion),
            "apart": APART.frame(apart_rows(compared.timelines, compared.raters, against=plan.against)),
            "training": TRAINING.frame(list(training_rows(kappas, resampler, sessions, plan.against))),
            "drift": DRIFT.frame(list(drift_rows(kappas, resampler, sessions, plan.against))),
            "differences": DIFFERENCES.frame(list(differences)),
            "boundaries": BOUNDARIES.frame(list(boundaries)),
            **found,
        }
    )


def rounds_of(coding: CheckedCoding, plan: Plan) -> Compared | None:
    """The coding of every training round, each round of a rater as a rater of its own; None without several rounds."""
    from elancry.align.sequences import match_sequences

    if not coding.every_round:
        return None
    coding = as_raters(coding)
    sequences, found = match_sequences(coding, window=plan.window)
    return None if any(item.blocking for item in found) else Compared.of(coding, sequences)


def _ratings(compared: Compared) -> list[Scores]:
    return list(rating_scores(compared.ratings, compared.raters, scales_of(compared.codebook)))


def _kappas(compared: Compared, plan: Plan) -> list[PairKappas]:
    ratings = _ratings(compared)
    timelines, events = compared.timelines, compared.events
    return list(pair_kappas(timelines, events, compared.raters, plan.matching, plan.criterion[0], ratings))


def _rows(compared: Compared, plan: Plan) -> tuple[list[Row], list[Row]]:
    """Rows of agreement and of confusion: of everybody, or of the pairs with the gold rater."""
    linking: dict[str, Any] = {
        "codebook": compared.codebook,
        "criteria": plan.criterion,
        "matching": plan.matching,
    }
    choices: dict[str, Any] = {
        **linking,
        "seed": plan.seed,
        "n_resamples": plan.resamples,
        "time_units_ms": plan.time_units_ms,
        "tolerance_ms": plan.tolerance_ms,
        "boundary_tolerances_ms": plan.boundary_tolerances_ms,
    }
    coded = compared.timelines, compared.ratings, compared.events
    if plan.against is None:
        confusion = confusion_rows(compared.timelines, compared.events, raters=compared.raters, **linking)
        return agreement_rows(*coded, raters=compared.raters, **choices), confusion
    rows, confusion = [], []
    for pair in ((plan.against, other) for other in compared.raters if other != plan.against):
        timelines, ratings, events = only(pair, *coded)
        rows += rows_of_pair(pair, timelines, ratings, events, **choices)
        confusion += confusion_rows(timelines, events, raters=pair, **linking)
    return rows, confusion
