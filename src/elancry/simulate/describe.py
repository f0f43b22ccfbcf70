"""What came out of one draw: agreement of each pair of raters, for `truth.json` and the README beside the files.

Written apart from `elancry.agreement` on purpose: the two must give the same numbers for the same files. Here time is
laid out in single milliseconds, sequence by sequence, and counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from elancry.simulate.mistake_kinds import MistakeKind
from elancry.simulate.simulated import SimulatedStudy
from elancry.simulate.truth import Events, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two raters on one interval system: Cohen's kappa (1960) on milliseconds, uncoded time being a category."""

    system: str
    rater_a: str
    rater_b: str
    compared_ms: int
    percent: float
    kappa: float | None


@dataclass(frozen=True, slots=True)
class RatingAgreement:
    """ICC(2,1) (Shrout & Fleiss 1979) of the ratings of one category over sequences that every rater rated."""

    system: str
    category: str
    n_sequences: int
    icc_2_1: float | None


def describe_pairs(study: SimulatedStudy) -> tuple[PairAgreement, ...]:
    """Every interval system and pair of raters; sequences in which one of them left the tier empty stay out."""
    found = []
    for system in study.interval_systems:
        size = len(system.categories) + 1
        for a, b in combinations(study.raters, 2):
            table = np.zeros((size, size))
            unfinished = _unfinished(study, system.tier_name, (a, b))
            for row in range(len(study.sequences)):
                if study.sequences.session[row] in unfinished:
                    continue
                low = min(int(study.windows[rater][row, 0]) for rater in study.raters)
                high = max(int(study.windows[rater][row, 1]) for rater in study.raters)
                first = _per_ms(study.events[system.id, a].of_sequence(row), low, high)
                second = _per_ms(study.events[system.id, b].of_sequence(row), low, high)
                table += np.bincount((first + 1) * size + second + 1, minlength=size * size).reshape(size, size)
            percent, kappa = cohen(table)
            found.append(PairAgreement(system.id, a, b, int(table.sum()), percent, kappa))
    return tuple(found)


def describe_ratings(study: SimulatedStudy) -> tuple[RatingAgreement, ...]:
    """Every rated category; nothing for fewer than two raters."""
    if len(study.raters) < 2:
        return ()
    found = []
    for system in study.rated_systems:
        values = np.stack([study.ratings[system.id, rater] for rater in study.raters], axis=2)
        for k, category in enumerate(system.categories):
            complete = values[:, k, :][~np.isnan(values[:, k, :]).any(axis=1)]
            found.append(RatingAgreement(system.id, category.id, len(complete), icc_2_1(complete)))
    return tuple(found)


def cohen(table: FloatArray) -> tuple[float, float | None]:
    """(proportion agreed, Cohen's kappa) of a square table; kappa is `None` where chance agreement is complete."""
    total = table.sum()
    observed = float(np.trace(table) / total)
    chance = float(table.sum(axis=1) @ table.sum(axis=0) / total**2)
    return observed, None if chance >= 1 else (observed - chance) / (1 - chance)


def icc_2_1(values: FloatArray) -> float | None:
    """ICC(2,1) of a complete matrix (n, R): two-way random effects, single rater, absolute agreement.

    `(MSR - MSE) / (MSR + (R - 1) MSE + R (MSC - MSE) / n)`; `None` where nothing varies or fewer than two rows are
    left.
    """
    n, r = values.shape
    if n < 2:
        return None
    grand = values.mean()
    rows = r * ((values.mean(axis=1) - grand) ** 2).sum() / (n - 1)
    columns = n * ((values.mean(axis=0) - grand) ** 2).sum() / (r - 1)
    total = ((values - grand) ** 2).sum()
    error = (total - rows * (n - 1) - columns * (r - 1)) / ((n - 1) * (r - 1))
    below = rows + (r - 1) * error + r * (columns - error) / n
    return None if below <= 0 else float((rows - error) / below)


def _per_ms(events: Events, low: int, high: int) -> IntArray:
    """Category of every ms of [low, high), -1 where nothing is coded; what lies outside is cut off."""
    line = np.full(high - low, -1, dtype=np.int64)
    for start, end, code in zip(events.start_ms.tolist(), events.end_ms.tolist(), events.code.tolist(), strict=True):
        line[max(start - low, 0) : max(end - low, 0)] = code
    return line


def _unfinished(study: SimulatedStudy, tier: str, raters: Sequence[str]) -> set[int]:
    return {
        study.sessions.index(mistake.session)
        for mistake in study.mistakes
        if mistake.kind is MistakeKind.EMPTY_TIER and mistake.tier == tier and mistake.rater in raters
    }
