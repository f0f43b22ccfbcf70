"""How uncertain is a number if other patients or sessions had been recorded? The bootstrap over whole clusters.

Conventions
    Sequences of one cluster (session, patient or therapist: `level`) are not independent, so whole clusters are
    resampled. Everything resampled is a function of sums (S, P) that add up over clusters: a resample is a row of
    counts per cluster, all resamples are one matrix product, and a statistic maps sums (..., P) to (..., M). The raters
    stay the same: intervals speak of these raters.

Measures
    95 % BCa intervals with the acceleration from the jackknife over clusters; the percentile interval where BCa does
    not exist, and the method says so. The tails are those for small samples, Phi(-sqrt(S / (S - 1)) t) with t of S - 1
    degrees of freedom: plain BCa of kappa and AC1 covered .88 to .92 with 8 to 16 clusters, and with 32, the most that
    were simulated, in one design still less than .93 (docs/validity-few-clusters.md). The more clusters, the less the
    two differ. No interval below 10 sequences or 10 clusters, nor where more than 5 % of the resamples leave the number
    undefined; the others are used and the undefined ones are counted in the method.

    Of a difference between two sides (`TwoSides`), clusters of both sides are resampled together and those of one side
    among themselves; then the acceleration is that of several samples, and the tails are those of the side with fewer
    clusters.

References
    Davison & Hinkley (1997) Bootstrap Methods and their Application, ch. 5.3 (several samples); Efron (1987) J Am Stat
    Assoc 82:171; Efron & Tibshirani (1993) An Introduction to the Bootstrap, ch. 14; Hesterberg (2015) Am Stat 69:371
    (tails for small samples).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from elancry.agreement.estimate import CONFIDENCE, Interval
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import NoInterval
from elancry.texts import Text, text

FEWEST = 10
UNDEFINED_SHARE = 0.05
# Resampled sums are numbers of 8 bytes: some 30 MB at most are made at a time.
TOGETHER = 500_000

Statistic = Callable[[FloatArray], FloatArray]


def cluster_counts(n_clusters: int, n_resamples: int, rng: np.random.Generator) -> FloatArray:
    """How often each cluster is in each resample, (B, S).

    Each of `n_resamples` rows adds up to `n_clusters`, drawn with replacement from `rng`.
    """
    if n_clusters == 0:
        return np.zeros((n_resamples, 0))
    return rng.multinomial(n_clusters, np.full(n_clusters, 1 / n_clusters), size=n_resamples).astype(np.float64)


@dataclass(frozen=True)
class TwoSides:
    """How many clusters are in both sides of a comparison, and in one only; they stand in this order."""

    shared: int
    first: int
    second: int

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Of the parts that are resampled among themselves."""
        return self.shared, self.first, self.second

    @property
    def fewer(self) -> int:
        """Clusters of the side that has fewer."""
        return self.shared + min(self.first, self.second)

    def counts(self, n_resamples: int, rng: np.random.Generator) -> FloatArray:
        """How often each cluster is in each of `n_resamples`, (B, S), drawn from `rng`.

        Every part keeps its number of clusters.
        """
        return np.concatenate([cluster_counts(n, n_resamples, rng) for n in self.sizes], axis=1)

    def centred(self, left_out: FloatArray) -> FloatArray:
        """`left_out` (S, M), values without each cluster, less the mean of their part: what acceleration is made of."""
        parts = np.split(left_out, np.cumsum(self.sizes)[:-1])
        return np.concatenate([part - part.mean(axis=0) if len(part) else part for part in parts])


@dataclass(frozen=True, eq=False)
class Resamples:
    """The sums (S, P) of a study and how often each cluster is in each resample (B, S), for many statistics."""

    sums: FloatArray
    counts: FloatArray
    refused: Text | None = None
    level: str = "session"
    sides: TwoSides | None = None
    """Where the statistics are differences between two sides."""

    @classmethod
    def of(cls, sums: FloatArray, counts: FloatArray, n_sequences: int, level: str = "session") -> Resamples:
        """From the sums of each cluster (S, P), which are of this level, and the resamples `counts` (B, S).

        `n_sequences` in all, `level` the name of what a cluster is; where there are too few, `refused` says so.
        """
        return cls(sums, counts, _refused(n_sequences, len(sums), len(counts), level), level)

    @classmethod
    def of_sides(cls, sums: FloatArray, counts: FloatArray, n_sequences: int, level: str, sides: TwoSides) -> Resamples:
        """The same of two sides; `n_sequences` of the side that has fewer."""
        return cls(sums, counts, _refused(n_sequences, sides.fewer, len(counts), level), level, sides)

    @cached_property
    def total(self) -> FloatArray:
        """The sums (P,) of the whole study."""
        return np.asarray(self.sums.sum(axis=0))

    def _parts(self) -> Iterator[FloatArray]:
        """Resampled sums (b, P) in parts, made anew for each statistic: ask for many numbers in one."""
        step = max(1, TOGETHER // max(1, self.sums.shape[1]))
        for first in range(0, len(self.counts), step):
            yield self.counts[first : first + step] @ self.sums

    def intervals(self, statistic: Statistic) -> list[Interval]:
        """Intervals of the M numbers that `statistic` makes of sums (..., P) -> (..., M)."""
        estimates = np.atleast_1d(statistic(self.total))
        if self.refused is not None:
            return [
                Interval.none(self.refused if math.isfinite(x) else NoInterval.NO_ESTIMATE) for x in estimates.tolist()
            ]
        parts = [statistic(part).reshape(len(part), -1) for part in self._parts()]
        resampled = np.concatenate(parts)
        left_out = statistic(self.total - self.sums).reshape(len(self.sums), -1)
        if self.sides is not None:
            left_out = self.sides.centred(left_out)
        return [
            interval_of(float(estimate), resampled[:, index], left_out[:, index], self.level, self.sides)
            for index, estimate in enumerate(estimates)
        ]


def _refused(n_sequences: int, n_clusters: int, n_resamples: int, level: str) -> Text | None:
    if n_resamples == 0:
        return NoInterval.NOT_ASKED
    if n_sequences < FEWEST:
        return NoInterval.FEW_SEQUENCES
    if n_clusters >= FEWEST:
        return None
    if level == "session":
        return NoInterval.FEW_SESSIONS
    return text(
        "interval.no-few-clusters", levels=text(f"level.{level}", n=n_clusters), fewest=FEWEST, found=n_clusters
    )


def interval_of(
    estimate: float, resampled: FloatArray, left_out: FloatArray, level: str = "session", sides: TwoSides | None = None
) -> Interval:
    """95 % interval of one number from its resamples (B,) and its values without each cluster (S,).

    `estimate` is the number of the whole study; `sides`: it is a difference between two. Source: Efron (1987), with
    `left_out` for the acceleration; see the module for few clusters.
    """
    if not math.isfinite(estimate):
        return Interval.none(NoInterval.NO_ESTIMATE)
    defined = np.sort(resampled[np.isfinite(resampled)])
    undefined = len(resampled) - len(defined)
    n = len(left_out) if sides is None else sides.fewer
    counted = {"resamples": len(resampled), "undefined": undefined}
    if sides is not None:
        of_sides = {"shared": sides.shared, "first": sides.first, "second": sides.second}
        basis = text("interval.two-sides", levels=text(f"level.{level}", n=2), **of_sides, **counted)
    elif level == "session":
        basis = text("interval.sessions", sessions=n, **counted)
    else:
        basis = text("interval.clusters", clusters=n, levels=text(f"level.{level}", n=n), **counted)
    if undefined > UNDEFINED_SHARE * len(resampled) or not len(defined):
        return Interval.none(NoInterval.UNDEFINED_RESAMPLES, text("interval.without", basis=basis))
    tail = (1 - CONFIDENCE) / 2
    levels = tuple(_widened(one, n) for one in (tail, 1 - tail, 1 - CONFIDENCE))
    try:
        adjusted, method = _bca_levels(estimate, defined, left_out, levels), text("interval.bca", basis=basis)
    except _NoBca as why:
        adjusted, method = levels, text("interval.percentile", basis=basis, why=why.reason)
    # np.quantile, which would look for the order of what is sorted.
    places = np.asarray(adjusted) * (len(defined) - 1)
    low, high, one_sided = np.interp(places, np.arange(len(defined)), defined).tolist()
    return Interval(low, high, method, None, one_sided)


@lru_cache
def _widened(level: float, n_clusters: int) -> float:
    """The quantile level with the tails for small samples (Hesterberg 2015, expanded percentile)."""
    from scipy import stats

    if n_clusters < 2:
        return level
    reach = math.sqrt(n_clusters / (n_clusters - 1)) * stats.t.ppf(level, n_clusters - 1)
    return float(stats.norm.cdf(reach))


class _NoBca(Exception):
    """Why the corrections of BCa cannot be computed."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason


def _bca_levels(
    estimate: float, resampled: FloatArray, left_out: FloatArray, levels: tuple[float, ...]
) -> tuple[float, ...]:
    """Quantile levels corrected for bias and acceleration (Efron 1987, eq. 4.1 and 6.6)."""
    from scipy.special import ndtr, ndtri

    if not np.isfinite(left_out).all():
        raise _NoBca(text("interval.bca-jackknife"))
    deviation = left_out.mean() - left_out
    spread = float(np.square(deviation).sum())
    if spread <= (1e-12 * max(1.0, abs(estimate))) ** 2:
        raise _NoBca(text("interval.bca-no-difference"))
    acceleration = float(np.power(deviation, 3).sum()) / (6 * spread**1.5)
    # Equal values count half: coefficients on few events take few different values. Rounding must not split them.
    near = 1e-12 * max(1.0, abs(estimate))
    below = float((resampled < estimate - near).sum() + (resampled <= estimate + near).sum()) / (2 * len(resampled))
    if not 0 < below < 1:
        raise _NoBca(text("interval.bca-one-side"))
    bias = float(ndtri(below))
    adjusted = []
    for level in levels:
        z = bias + float(ndtri(level))
        room = 1 - acceleration * z
        if room <= 0:
            raise _NoBca(text("interval.bca-acceleration"))
        adjusted.append(float(ndtr(bias + z / room)))
    return tuple(adjusted)
