"""How well do variance components fit? The restricted likelihood of sequences crossed with raters, with its slope.

Conventions
    Number = mean + sequence + rater [+ cluster of sequences] + error, all but the mean random. `ratios` (C,) are the
    variances of sequences, raters [and clusters] as multiples of the error's, which is profiled out. The covariance of
    the numbers, in units of the error's variance, is V = W + b Z Z' with b the raters' ratio and Z their columns; W is
    made of one block per cluster, whose inverse has a closed form. So sums over each sequence's numbers are enough, no
    matrix is larger than (R, R), and a value with its slope takes N R^2 steps.

References
    Bates, Mächler, Bolker & Walker (2015) J Stat Softw 67:1 (the criterion, eq. 39 to 42); Searle, Casella & McCulloch
    (1992) Variance Components, ch. 6 (the slope: tr(P V_i) - y' P V_i P y over the error's variance).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from elancry.agreement.sums import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Fit:
    """Restricted deviance at some ratios, its slope (C,) along each of them, and the error's variance there."""

    deviance: float
    slope: FloatArray
    error: float


@dataclass(frozen=True, eq=False)
class RestrictedLikelihood:
    """Of `values` (N, R), NaN where missing, in `clusters` (N,), ascending from 0, or in none."""

    values: FloatArray
    clusters: IntArray | None = None

    @cached_property
    def _counts(self) -> FloatArray:
        return np.asarray(np.isfinite(self.values).sum(axis=1), dtype=np.float64)

    @cached_property
    def _first(self) -> IntArray:
        """The first sequence of each cluster."""
        assert self.clusters is not None
        return np.flatnonzero(np.diff(self.clusters, prepend=-1))

    @cached_property
    def _columns(self) -> tuple[FloatArray, FloatArray]:
        """What W^-1 is multiplied by: a column for each rater, ones and the numbers.

        Their sums over each sequence (N, R + 2), and their products with each other (R + 2, R + 2).
        """
        present = np.isfinite(self.values)
        numbers = np.where(present, self.values, 0.0)
        raters = present.astype(np.float64)
        totals = np.column_stack([raters, self._counts, numbers.sum(axis=1)])
        products = np.zeros((totals.shape[1],) * 2)
        products[:-2, :-2] = np.diag(raters.sum(axis=0))
        products[:-2, -2], products[:-2, -1] = raters.sum(axis=0), numbers.sum(axis=0)
        products[-2:, -2:] = [[raters.sum(), numbers.sum()], [numbers.sum(), np.square(numbers).sum()]]
        return totals, np.triu(products) + np.triu(products, 1).T

    def at(self, ratios: Sequence[float] | FloatArray) -> Fit:
        """The value at `ratios`, all >= 0: those of sequences and raters, and of clusters where there are any."""
        sequence, rater, *cluster = ratios
        products, logs, sums, traces = self._without_raters(float(sequence), *map(float, cluster))
        n_raters = self.values.shape[1]
        core = np.eye(n_raters) + rater * products[:n_raters, :n_raters]
        inner = np.linalg.inv(core)
        # V^-1 (1, y) = W^-1 X `mixed`, with X the columns; then y less its mean.
        mixed = np.concatenate([-rater * inner @ products[:n_raters, n_raters:], np.eye(2)])
        ones, both = (products[n_raters:] @ mixed)[0]
        squares = float((products[n_raters:] @ mixed)[1, 1])
        mean = both / ones
        freedom = int(self._counts.sum()) - 1
        # Where nothing is left over the deviance would be minus infinite.
        residual = max(squares - mean * both, 1e-12 * freedom)
        centred = np.array([[1.0, -mean], [0.0, 1.0]])
        of_raters = inner @ products[:n_raters, n_raters:] @ centred
        by_effect = [np.square(part @ mixed @ centred).sum(axis=0) for part in sums]
        by_effect.insert(1, np.square(of_raters).sum(axis=0))
        trace = [
            one - rater * float(np.trace(inner @ part[:, :n_raters].T @ part[:, :n_raters]))
            for one, part in zip(traces, sums, strict=True)
        ]
        trace.insert(1, float(np.trace(inner @ products[:n_raters, :n_raters])))
        slope = [one - of[0] / ones - freedom * of[1] / residual for one, of in zip(trace, by_effect, strict=True)]
        logs += float(np.linalg.slogdet(core)[1]) + float(np.log(ones))
        deviance = logs + freedom * (1 + np.log(2 * np.pi * residual / freedom))
        return Fit(float(deviance), np.array(slope), residual / freedom)

    def _without_raters(
        self, sequence: float, cluster: float = 0.0
    ) -> tuple[FloatArray, float, list[FloatArray], list[float]]:
        """With W of sequences and clusters and X the columns: X' W^-1 X and log |W|.

        Also, for both effects, Z' W^-1 X and tr(Z' W^-1 Z), with Z the sequences' columns and the clusters'.
        """
        totals, products = self._columns
        # W^-1 of one sequence is I - sequence / (1 + n sequence) J, of one cluster that less a product with itself.
        shrunk = 1 / (1 + sequence * self._counts)
        sums, own = totals * shrunk[:, None], self._counts * shrunk
        products = products - sequence * totals.T @ sums
        logs = -float(np.log(shrunk).sum())
        if self.clusters is None:
            return products, logs, [sums], [float(own.sum())]
        weights = np.add.reduceat(own, self._first)
        down = 1 + cluster * weights
        over_cluster = np.add.reduceat(sums, self._first)
        of_cluster = over_cluster / down[:, None]
        products = products - cluster * over_cluster.T @ of_cluster
        traces = [
            float(own.sum() - cluster * (np.add.reduceat(own**2, self._first) / down).sum()),
            float((weights / down).sum()),
        ]
        sums = sums - cluster * own[:, None] * of_cluster[self.clusters]
        return products, logs + float(np.log(down).sum()), [sums, of_cluster], traces
