"""Numbers per sequence that go into regressions, and which of them can be predictors together.

Conventions: `share` = time coded with a category / time known of the sequence; `count` annotations that begin in it;
`rate_per_min` per minute of known time; `present` 0 or 1; `rating` the rater's number. Shares of one tier and the
uncoded time add up to 1: they need a reference, and a coefficient reads "more of X instead of the reference". A
category that was coded in fewer than five sessions is not tested by itself but joins its codebook group by name.

References: Aitchison 1986 (compositions); Shrout & Fleiss 1979 (mean over raters, ICC(k)).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elancry.choices import Score
from elancry.texts import Text, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

MINIMUM_SESSIONS = 5
UNCODED = "uncoded"
GROUP_PREFIX = "group:"
COVARIATE_PREFIX = "covariate:"


@dataclass(frozen=True)
class Amounts:
    """What one rater coded with one system in one sequence, per category (K,).

    `shares` of the known time, NaN where none is known; `counts` of annotations; `minutes` of known time.
    """

    shares: NDArray[np.float64]
    counts: NDArray[np.float64]
    minutes: NDArray[np.float64]


def share(coded: Amounts) -> NDArray[np.float64]:
    """Time coded with the category / known time."""
    return coded.shares


def count(coded: Amounts) -> NDArray[np.float64]:
    """Annotations."""
    return coded.counts


def rate_per_min(coded: Amounts) -> NDArray[np.float64]:
    """Annotations per minute of known time."""
    rates = np.full_like(coded.counts, np.nan)
    np.divide(coded.counts, coded.minutes, out=rates, where=coded.minutes > 0)
    return rates


def present(coded: Amounts) -> NDArray[np.float64]:
    """1 where any time was coded, else 0."""
    return (coded.shares > 0).astype(np.float64)


@dataclass(frozen=True)
class ScoreRule:
    """How a score comes out of what was coded in time (K,), `None` for one that raters give; how a group's comes out of
    its categories' (stacked along the first axis)."""

    of_time: Callable[[Amounts], NDArray[np.float64]] | None
    of_group: Callable[..., NDArray[np.float64]]


SCORES: Mapping[Score, ScoreRule] = {
    Score.RATING: ScoreRule(None, np.mean),
    Score.SHARE: ScoreRule(share, np.sum),
    Score.COUNT: ScoreRule(count, np.sum),
    Score.RATE_PER_MIN: ScoreRule(rate_per_min, np.sum),
    Score.PRESENT: ScoreRule(present, np.max),
}
"""Every score. A new one is its function, its line here and its name in `elancry.choices.Score`."""


@dataclass(frozen=True)
class Term:
    """A predictor: one category, or (`group:ID`) several that were joined, or the uncoded time."""

    name: str
    members: tuple[str, ...]


def time_shares(
    durations: NDArray[np.int64], present: NDArray[np.bool_], known: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], float]:
    """Share of each category (K,) and of uncoded time, from segments (S,) and flags (S, K); NaN where none is known.

    Uncoded is the time in which every category is known and none is present, as a share of the time in which all are
    known.

    `durations` (S,) are in ms.
    """
    weights = durations.astype(np.float64)
    known_time = weights @ known
    coded = weights @ (present & known)
    shares = np.full(present.shape[1], np.nan)
    np.divide(coded, known_time, out=shares, where=known_time > 0)
    complete = known.all(axis=1)
    total = float(weights[complete].sum())
    free = float(weights[complete & ~present.any(axis=1)].sum())
    return shares, free / total if total > 0 else float("nan")


def mean_over_raters(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of (n, R) over the raters who gave a number; NaN where nobody did.

    `values` (n, R), NaN where a rater gave none.
    """
    there = ~np.isnan(values)
    number = there.sum(axis=1)
    total = np.where(there, values, 0.0).sum(axis=1)
    mean = np.full(len(values), np.nan)
    np.divide(total, number, out=mean, where=number > 0)
    return mean


def join_rare(
    sessions_with: Mapping[str, int],
    group_of: Mapping[str, str | None],
    group_sessions: Mapping[str, int],
) -> tuple[tuple[Term, ...], tuple[Text, ...]]:
    """Predictors from categories, with a note (field `name`) for each that does not stand by itself.

    `sessions_with`: category -> number of sessions in which it was coded, in codebook order. `group_of`: category ->
    its group. `group_sessions`: group -> number of sessions in which any member was coded. A never coded category is
    dropped; one coded in 1 to MINIMUM_SESSIONS - 1 sessions takes its whole group along into one predictor, or is
    dropped where it has no group or the group is rare itself.
    """
    notes: list[Text] = []
    joined: dict[str, list[str]] = {}
    lost: set[str] = set()
    for name, number in sessions_with.items():
        group = group_of.get(name)
        if number == 0:
            lost.add(name)
            notes.append(text("model.never-coded", name=name))
        elif number < MINIMUM_SESSIONS:
            others = [item for item, its in group_of.items() if its == group and item != name and sessions_with[item]]
            rare = {"name": name, "sessions": text("count.sessions", n=number), "minimum": MINIMUM_SESSIONS}
            if group is None or not others:
                lost.add(name)
                notes.append(text("model.rare-alone", **rare))
            elif group_sessions[group] < MINIMUM_SESSIONS:
                lost.add(name)
                notes.append(text("model.rare-group", **rare, group=group))
            else:
                joined.setdefault(group, []).append(name)
                notes.append(text("model.rare-joined", **rare, others=tuple(others), joined=GROUP_PREFIX + group))
    terms: list[Term] = []
    for name in sessions_with:
        group = group_of.get(name)
        if name in lost:
            continue
        if group is not None and group in joined:
            term = Term(
                GROUP_PREFIX + group,
                tuple(item for item in sessions_with if group_of.get(item) == group and item not in lost),
            )
            if term not in terms:
                terms.append(term)
        else:
            terms.append(Term(name, (name,)))
    return tuple(terms), tuple(notes)


def by_group(sessions_with: Mapping[str, int], group_of: Mapping[str, str | None]) -> tuple[Term, ...]:
    """One predictor per codebook group; a category without a group stands alone if it is not rare.

    `sessions_with` and `group_of` as for `join_rare`.
    """
    terms: dict[str, list[str]] = {}
    for name in sessions_with:
        group = group_of.get(name)
        if group is not None:
            terms.setdefault(GROUP_PREFIX + group, []).append(name)
        elif sessions_with[name] >= MINIMUM_SESSIONS:
            terms[name] = [name]
    return tuple(Term(name, tuple(members)) for name, members in terms.items())


def reference_of(names: Sequence[str], means: Sequence[float], wanted: str | None = None) -> str:
    """The reference of shares: `wanted` if it is among `names`, else the largest mean (first of ties).

    `means` (q,) are those of the shares called `names` (q,).
    """
    if wanted is not None and wanted in names:
        return wanted
    return names[int(np.argmax(means))]
