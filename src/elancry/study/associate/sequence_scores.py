"""`sequences.csv`: one row per sequence with every score that can enter a model.

Columns are `{score}.{system}.{category}`, `{score}.{system}.group:{group}` (sum of shares, counts and rates; mean of
ratings; maximum of `present`) and `share.{system}.uncoded`, each the mean over the raters who coded the sequence, or
one rater's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.association.scores import GROUP_PREFIX, SCORES, UNCODED, Amounts, mean_over_raters, time_shares
from elancry.choices import Score
from elancry.study.associate.coded_time import Unit, coded_times, units_of
from elancry.study.plan_checks import MEAN

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from elancry.align.events_of import SequenceEvents
    from elancry.align.ratings import RatingMatrix
    from elancry.align.timeline import Timeline
    from elancry.association.cooccurrence import CodedTime
    from elancry.codebook.model import Codebook, System


@dataclass(frozen=True)
class RaterScores:
    """Scores before they are averaged: `values` (score, system, term) -> (n sequences, R raters), NaN where missing."""

    units: tuple[Unit, ...]
    raters: tuple[str, ...]
    values: dict[tuple[Score, str, str], NDArray[np.float64]]


def rater_scores(
    timelines: Sequence[Timeline],
    ratings: Sequence[RatingMatrix],
    events: Sequence[SequenceEvents],
    codebook: Codebook,
    *,
    scores: Iterable[Score | str] = (Score.RATING, Score.SHARE),
) -> RaterScores:
    """Every wanted score of every rater for every sequence of the timelines and of the ratings."""
    wanted = tuple(Score(item) for item in scores)
    units = {unit.key: unit for unit in units_of(timelines)}
    for matrix in ratings:
        for session, sequence in zip(matrix.sessions, matrix.sequences, strict=True):
            units.setdefault((session, sequence), Unit(session, sequence, None, None))
    names = dict.fromkeys(
        [name for line in timelines for name in line.raters] + [name for item in ratings for name in item.raters]
    )
    table = _Table(tuple(units.values()), tuple(names))
    for system in codebook.systems:
        if system.has_ratings and Score.RATING in wanted:
            table.add_ratings(system, ratings)
        if system.has_intervals and set(wanted) - {Score.RATING}:
            table.add_times(system, coded_times(timelines, system), wanted, events)
    return RaterScores(table.units, table.raters, table.values)


class _Table:
    """Collects the arrays of `RaterScores`."""

    def __init__(self, units: tuple[Unit, ...], raters: tuple[str, ...]) -> None:
        self.units, self.raters = units, raters
        self.values: dict[tuple[Score, str, str], NDArray[np.float64]] = {}
        self._row = {unit.key: row for row, unit in enumerate(units)}
        self._column = {rater: column for column, rater in enumerate(raters)}

    def _new(self, score: Score, system: System, term: str) -> NDArray[np.float64]:
        array = np.full((len(self.units), len(self.raters)), np.nan)
        self.values[score, system.id, term] = array
        return array

    def add_ratings(self, system: System, ratings: Sequence[RatingMatrix]) -> None:
        arrays = {category.id: self._new(Score.RATING, system, category.id) for category in system.categories}
        for matrix in ratings:
            if matrix.system == system.id and matrix.category in arrays:
                rows = [self._row[key] for key in zip(matrix.sessions, matrix.sequences, strict=True)]
                columns = [self._column[rater] for rater in matrix.raters]
                arrays[matrix.category][np.ix_(rows, columns)] = matrix.values
        self._groups(Score.RATING, system)

    def add_times(
        self,
        system: System,
        coded: dict[tuple[str, str], dict[str, CodedTime]],
        wanted: Sequence[Score],
        events: Sequence[SequenceEvents],
    ) -> None:
        names = [category.id for category in system.categories]
        in_time = {score: rule for score in wanted if (rule := SCORES[score].of_time) is not None}
        arrays = {score: [self._new(score, system, name) for name in names] for score in in_time}
        uncoded = self._new(Score.SHARE, system, UNCODED) if Score.SHARE in arrays else None
        counts = _counts(system, events)
        for key, raters in coded.items():
            for rater, time in raters.items():
                cell = self._row[key], self._column[rater]
                widths = np.diff(time.edges_ms)
                shares, free = time_shares(widths, time.present, time.known)
                if uncoded is not None:
                    uncoded[cell] = free
                own = counts.get((*key, rater), {})
                number = np.array([own.get(name, 0) for name in names], dtype=np.float64)
                amounts = Amounts(shares, number, widths @ time.known / 60_000)
                for score, rule in in_time.items():
                    values = np.where(np.isnan(shares), np.nan, rule(amounts))
                    for array, value in zip(arrays[score], values, strict=True):
                        array[cell] = value
        for score in in_time:
            self._groups(score, system)

    def _groups(self, score: Score, system: System) -> None:
        for group in system.groups:
            members = [self.values[score, system.id, item.id] for item in system.categories if item.group == group.id]
            if members:
                joined = SCORES[score].of_group(np.stack(members), axis=0)
                self.values[score, system.id, GROUP_PREFIX + group.id] = joined


def _counts(system: System, events: Sequence[SequenceEvents]) -> dict[tuple[str, str, str], dict[str, int]]:
    """(session, sequence, rater) -> category -> annotations."""
    counts: dict[tuple[str, str, str], dict[str, int]] = {}
    for item in events:
        if item.system != system.id:
            continue
        for rater, codes in zip(item.raters, item.codes, strict=True):
            per_category = counts.setdefault((item.session, item.sequence, rater), {})
            for code, category in enumerate(item.categories):
                per_category[category] = per_category.get(category, 0) + int((codes == code).sum())
    return counts


def scores_frame(scores: RaterScores, *, aggregate: str = MEAN, each_rater: bool = False) -> pd.DataFrame:
    """The table of `sequences.csv`: mean over raters, or the rater named by `aggregate` (`consensus` is one).

    A score that nobody gave for a system has no columns. With `each_rater`, columns `...@RATER` for every rater
    follow. Raises ValueError for a rater nobody has heard of.
    """
    import pandas as pd

    if aggregate != MEAN and aggregate not in scores.raters:
        raise ValueError(f"{aggregate!r} is not one of the raters of this study: {', '.join(scores.raters)}")
    columns: dict[str, Any] = {
        "session": [unit.session for unit in scores.units],
        "sequence": [unit.sequence for unit in scores.units],
        "start_ms": pd.Series([unit.start_ms for unit in scores.units], dtype="Int64"),
        "end_ms": pd.Series([unit.end_ms for unit in scores.units], dtype="Int64"),
    }
    given = {(score, system) for (score, system, _), values in scores.values.items() if not np.isnan(values).all()}
    present = {key: values for key, values in scores.values.items() if key[:2] in given}
    for key, values in present.items():
        columns[column_name(*key)] = (
            mean_over_raters(values) if aggregate == MEAN else values[:, scores.raters.index(aggregate)].copy()
        )
    if each_rater:
        for (score, system, term), values in present.items():
            for column, rater in enumerate(scores.raters):
                columns[f"{column_name(score, system, term)}@{rater}"] = values[:, column].copy()
    return pd.DataFrame(columns)


def by_rater_frame(parts: Iterable[RaterScores]) -> pd.DataFrame:
    """A row for each sequence and rater (`consensus` is one) with what this rater's coding gives, columns as above.

    Raters who gave no number in a sequence have no row there.
    """
    import pandas as pd

    frames: list[pd.DataFrame] = []
    for scores in parts:
        for column, rater in enumerate(scores.raters):
            cells = {column_name(*key): values[:, column] for key, values in scores.values.items()}
            given = ~np.isnan(np.column_stack([np.empty((len(scores.units), 0)), *cells.values()])).all(axis=1)
            keys: dict[str, Any] = {
                "session": [unit.session for unit in scores.units],
                "sequence": [unit.sequence for unit in scores.units],
                "rater": [rater] * len(scores.units),
            }
            frames.append(pd.DataFrame({**keys, **cells}).iloc[np.flatnonzero(given)])
    if not frames:
        return pd.DataFrame({"session": [], "sequence": [], "rater": []})
    joined = pd.concat(frames, ignore_index=True)
    return joined.dropna(axis="columns", how="all")


def column_name(score: Score | str, system: str, term: str) -> str:
    """Name of a score's column in `sequences.csv`."""
    return f"{Score(score).value}.{system}.{term}"


def sequence_scores(
    timelines: Sequence[Timeline],
    ratings: Sequence[RatingMatrix],
    events: Sequence[SequenceEvents],
    codebook: Codebook,
    *,
    scores: Iterable[Score | str] = (Score.RATING, Score.SHARE),
    aggregate: str = MEAN,
    each_rater: bool = False,
) -> pd.DataFrame:
    """`rater_scores` and `scores_frame` in one: the rows of `sequences.csv`."""
    found = rater_scores(timelines, ratings, events, codebook, scores=scores)
    return scores_frame(found, aggregate=aggregate, each_rater=each_rater)
