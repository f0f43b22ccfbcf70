"""How many raters are enough? Variance components, and the coefficient that the mean of k raters would have.

Conventions
    `values` is float (N, R), NaN where missing; sequences with one number are left out. Number = mean + cluster +
    sequence within cluster + rater + residual, all but the mean random, the raters crossed with the sequences; a
    component that is not there counts 0. What clusters and sequences differ by is true. The relative coefficient asks
    whether k raters put sequences in the same order, the absolute one whether they give the same number; the latter is
    for decisions about raters who are exchanged.

Measures
    relative = true / (true + residual / k); absolute = true / (true + (rater + residual) / k)
    (Brennan 2001, eq. 1.12 and 1.13, for one facet). Both are the value for one rater stepped up (Spearman-Brown), and
    so are their limits, which are those of the intraclass correlation: F (McGraw & Wong 1996) where numbers are
    complete and every sequence is a cluster, else Monte-Carlo over the components
    (`elancry.agreement.icc_clustered`, `elancry.agreement.icc_unbalanced`). On complete data without clusters the
    absolute coefficient of k = R raters is ICC(2,k), the relative one ICC(3,k), unless a component is negative.

References
    Shavelson & Webb (1991) Generalizability Theory: A Primer; Brennan (2001) Generalizability Theory; McGraw & Wong
    (1996) Psychol Methods 1:30; ten Hove, Jorgensen & van der Ark (2022) Psychol Methods 27:650 (clusters).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from elancry.agreement import icc, icc_unbalanced
from elancry.agreement.estimate import Interval
from elancry.agreement.icc_clustered import icc_clustered
from elancry.agreement.sums import FloatArray, IntArray
from elancry.agreement.undefined import Reason
from elancry.texts import Text


@dataclass(frozen=True)
class Components:
    """Variances, in squared units of the numbers."""

    cluster: float
    sequence: float
    rater: float
    residual: float

    @property
    def true(self) -> float:
        """What the sequences differ by."""
        return self.cluster + self.sequence

    def relative(self, k: int) -> float:
        """Whether the mean of `k` raters puts sequences in the same order, 0 to 1."""
        return self._share(self.residual / k)

    def absolute(self, k: int) -> float:
        """Whether the mean of `k` raters is the same number, 0 to 1."""
        return self._share((self.rater + self.residual) / k)

    def _share(self, error: float) -> float:
        return self.true / (self.true + error) if self.true > 0 else 0.0

    def raters_for(self, coefficient: float) -> int | None:
        """The fewest raters whose mean has this absolute coefficient, in (0, 1); None where no number would do.

        Differences between sequences of less than a billionth of all variance are those of rounding.
        """
        if self.true <= 1e-9 * (self.true + self.rater + self.residual):
            return None
        needed = coefficient / (1 - coefficient) * (self.rater + self.residual) / self.true
        # A number that is whole but for rounding is that number.
        return max(1, math.ceil(needed * (1 - 1e-12)))


@dataclass(frozen=True)
class Generalizability:
    """Components of `n_sequences` in `n_clusters`, with the intervals of both coefficients for one rater."""

    components: Components
    relative: Interval
    absolute: Interval
    n_sequences: int
    n_clusters: int


def generalizability(
    values: FloatArray, clusters: IntArray, rng: np.random.Generator, level: str = "session"
) -> Generalizability | Text:
    """The components of `values` (N, R) in `clusters` (N,) of this level, or why there are none.

    `rng` draws Monte-Carlo intervals.
    """
    present = np.isfinite(values)
    rows = present.sum(axis=1) >= 2
    table = values[rows][:, present[rows].any(axis=0)]
    if present.any(axis=0).sum() < 2:
        return Reason.ONE_RATER
    if len(table) < 2:
        return Reason.TOO_FEW_SEQUENCES
    if np.ptp(table[np.isfinite(table)]) == 0:
        return Reason.ALL_RATINGS_EQUAL
    # With raters in one order the result is one, too.
    table = table[:, np.lexsort(table[::-1])]
    groups = np.unique(clusters[rows], return_inverse=True)[1]
    n_clusters = int(groups.max()) + 1
    nested = groups if n_clusters < len(table) else None
    found = icc_unbalanced.variance_components(table, nested)
    relative, absolute = _intervals(table, nested, found, rng, level)
    sequence, rater, residual, *cluster = found
    return Generalizability(
        Components(sum(cluster), sequence, rater, residual), relative, absolute, len(table), n_clusters
    )


def _intervals(
    table: FloatArray, groups: IntArray | None, found: tuple[float, ...], rng: np.random.Generator, level: str
) -> tuple[Interval, Interval]:
    """Of the relative and the absolute coefficient for one rater."""
    if not np.isfinite(table).all():
        asked = icc_unbalanced.relative, icc_unbalanced.absolute
        relative, absolute = icc_unbalanced.component_intervals(table, found, groups, rng, level, asked)
        return relative, absolute
    if groups is None:
        by_f = icc.icc_table(table, by_pingouin=False)
        return by_f["icc_3_1"][1], by_f["icc_2_1"][1]
    drawn = icc_clustered(table, groups, rng, level)
    return drawn["icc_3_1"], drawn["icc_2_1"]


def stepped_up(single: float, k: int) -> float:
    """The coefficient of the mean of `k` raters from that of a `single` one (Spearman-Brown); below 0 is 0."""
    one = max(single, 0.0)
    return k * one / (1 + (k - 1) * one)
