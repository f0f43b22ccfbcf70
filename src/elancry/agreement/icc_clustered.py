"""How uncertain is an ICC if sequences of one patient are alike? Monte-Carlo over variance components.

Conventions
    `values` is float (N, R) without missing cells, `clusters` int (N,). Number = mean + cluster + sequence + rater +
    error, all but the mean random. Cluster and sequence together are what the sequences truly differ by, so the ICC
    keeps its meaning and its estimate; only the interval knows that sequences of one cluster are no independent draws.

    The raters are crossed with the sequences, so error and raters have mean squares of their own, and the means over
    raters tell cluster from sequence: a one-way model fitted by restricted maximum likelihood. Drawn are the two mean
    squares and the two variances of the means, with the variances of their estimates (twice the square over the
    degrees of freedom; the inverse of the expected information), normal but for what the few clusters estimate: the
    part of the clusters' variance that does not go with the others, which is drawn on the log scale. (As normal, too,
    intervals covered .92 with 8 and 10 clusters, their upper limits being too low.) Components below 0 count as 0.
    Nothing is fitted again. The raters are drawn, too: unlike a bootstrap, the interval speaks of other raters.

    Coverage with 8 to 32 clusters: docs/validity-few-clusters.md. No interval below 10 clusters.

References
    Searle, Casella & McCulloch (1992) Variance Components, ch. 3 and 6; ten Hove, Jorgensen & van der Ark (2022)
    Psychol Methods 27:650 (variance components of clusters, subjects and raters); McGraw & Wong (1996) Psychol Methods
    1:30 (expected mean squares of the forms).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from elancry.agreement.estimate import Interval
from elancry.agreement.icc import FORMS, MeanSquares, forms_of, icc_sums, mean_squares
from elancry.agreement.sums import FloatArray, IntArray
from elancry.agreement.undefined import NoInterval
from elancry.texts import Text, text

DRAWS = 10_000
FEWEST = 10


def icc_clustered(
    values: FloatArray, clusters: IntArray, rng: np.random.Generator, level: str = "session", *, fewest: int = FEWEST
) -> dict[str, Interval]:
    """Form -> 95 % interval from `values` (N, R) in `clusters` (N,), of which there are fewer than sequences.

    `level` names the clusters; below `fewest` of them there is no interval. Raises ValueError where every sequence is a
    cluster of its own: F intervals are right there.

    `rng` draws the Monte-Carlo components.
    """
    n_clusters = len(np.unique(clusters))
    if n_clusters == len(values):
        raise ValueError("every sequence is a cluster of its own: see icc.icc_table")
    squares = mean_squares(icc_sums(values - values.mean()))
    reason = _refused(squares, n_clusters, level, fewest)
    between = None if reason else between_clusters(values.mean(axis=1), clusters)
    if between is not None and not between.separable:
        reason = NoInterval.NO_INFORMATION
    if reason or between is None:
        return {form: Interval.none(reason or NoInterval.NO_INFORMATION) for form in FORMS}
    drawn = forms_of(_drawn(squares, between, rng))
    method = text("interval.monte-carlo-clusters", draws=DRAWS, clusters=n_clusters, levels=_levels(level, n_clusters))
    found = {}
    for form, numbers in zip(FORMS, np.where(np.isfinite(drawn), drawn, 0.0).T, strict=True):
        low, high, one_sided = (float(x) for x in np.quantile(numbers, (0.025, 0.975, 0.05)))
        found[form] = Interval(low, high, method, None, one_sided)
    return found


def _refused(squares: MeanSquares, n_clusters: int, level: str, fewest: int) -> Text | None:
    if n_clusters < fewest:
        return text("interval.no-few-clusters", levels=_levels(level, n_clusters), fewest=fewest, found=n_clusters)
    if float(squares.error) == 0:
        return NoInterval.PERFECT_COMPONENTS
    return NoInterval.NO_ROW_VARIANCE_COMPONENTS if float(squares.rows) == 0 else None


def _levels(level: str, n: int) -> Text:
    return text(f"level.{level}", n=n)


@dataclass(frozen=True)
class Between:
    """Variances of the sequences' means, `of_clusters` and `of_sequences` within, and their information (2, 2)."""

    of_clusters: float
    of_sequences: float
    information: FloatArray

    @property
    def separable(self) -> bool:
        """Whether the data tell the two apart."""
        return bool(np.isfinite(self.information).all() and np.linalg.cond(self.information) < 1e12)


def between_clusters(means: FloatArray, clusters: IntArray) -> Between:
    """The one-way random model of `means` (N,) by restricted maximum likelihood (Searle et al. 1992, ch. 3 and 6)."""
    from scipy.optimize import minimize_scalar

    _, codes, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    centred = means - means.mean()
    of_cluster = np.bincount(codes, centred) / sizes
    within = float(np.square(centred - of_cluster[codes]).sum())
    n = len(means)

    def profiled(share: float) -> tuple[float, float]:
        """Deviance and variance within clusters, where clusters have this share of the variance."""
        weights = sizes / (1 + share / (1 - share) * sizes)
        middle = weights @ of_cluster / weights.sum()
        rest = within + float(weights @ np.square(of_cluster - middle))
        logs = np.log(sizes / weights).sum() + np.log(weights.sum())
        return float((n - 1) * np.log(max(rest, 1e-300)) + logs), rest / (n - 1)

    places = np.linspace(0, 0.999, 100)
    best = int(np.argmin([profiled(place)[0] for place in places]))
    around = places[max(best - 1, 0)], min(places[min(best + 1, 99)], 0.9999)
    found = minimize_scalar(lambda share: profiled(share)[0], bounds=around, method="bounded", options={"xatol": 1e-10})
    share = 0.0 if profiled(0.0)[0] <= found.fun else float(found.x)
    variance = profiled(share)[1]
    return Between(
        share / (1 - share) * variance, variance, _information(sizes, share / (1 - share) * variance, variance)
    )


def _information(sizes: IntArray, of_clusters: float, of_sequences: float) -> FloatArray:
    """Expected REML information tr(P A P B) / 2 of the two variances, cluster by cluster in closed form.

    V has the eigenvalue d = of_sequences + size * of_clusters once in a cluster, for its mean, else of_sequences.
    """
    m = sizes.astype(np.float64)
    d = of_sequences + m * of_clusters
    if of_sequences <= 0:
        return np.full((2, 2), np.nan)
    total = (m / d).sum()

    def product(trace: float, third: float, one: float, two: float) -> float:
        return float(trace - 2 * third / total + one * two / total**2)

    clusters, sequences = float((m**2 / d**2).sum()), float((m / d**2).sum())
    both = product(sequences, float((m**2 / d**3).sum()), clusters, sequences)
    first = product(clusters, float((m**3 / d**3).sum()), clusters, clusters)
    trace = float((1 / d**2 + (m - 1) / of_sequences**2).sum())
    second = product(trace, float((m / d**3).sum()), sequences, sequences)
    return np.array([[first, both], [both, second]]) / 2


def drawn_components(components: FloatArray, covariance: FloatArray, normal: FloatArray) -> FloatArray:
    """Draws (B, C) of components (C,), of which the last is that of the clusters, from standard normal ones (B, C).

    The others are normal; of the clusters' variance the part that is uncorrelated with them is drawn on the log scale.

    `covariance` (C, C) is that of the estimates; `normal` has B rows.
    """
    others = components[:-1] + normal[:, :-1] @ np.linalg.cholesky(covariance[:-1, :-1]).T
    weights = np.linalg.solve(covariance[:-1, :-1], covariance[:-1, -1])
    own = float(components[-1] - weights @ components[:-1])
    variance = float(covariance[-1, -1] - weights @ covariance[:-1, -1])
    if own > 0:
        alone = own * np.exp(np.sqrt(variance) / own * normal[:, -1])
    else:
        alone = own + np.sqrt(variance) * normal[:, -1]
    return np.column_stack([others, alone + others @ weights])


def _drawn(squares: MeanSquares, between: Between, rng: np.random.Generator) -> MeanSquares:
    """Mean squares (B,) of the components that are drawn."""
    n, k = float(squares.n), squares.k
    normal = rng.normal(size=(DRAWS, 4))
    components = np.array([between.of_sequences, between.of_clusters])
    covariance = np.asarray(np.linalg.inv(between.information), dtype=np.float64)[::-1, ::-1]
    of_sequences, of_clusters = drawn_components(components, covariance, normal[:, :2]).T
    error = np.maximum(float(squares.error) * (1 + np.sqrt(2 / ((n - 1) * (k - 1))) * normal[:, 2]), 0.0)
    raters = float(squares.raters) * (1 + np.sqrt(2 / (k - 1)) * normal[:, 3])
    true = np.maximum(of_clusters, 0.0) + np.maximum(of_sequences - error / k, 0.0)
    rater = np.maximum((raters - error) / n, 0.0)
    return MeanSquares(
        n=np.full(DRAWS, n),
        k=k,
        rows=k * true + error,
        raters=n * rater + error,
        error=error,
        within=rater + error,
        scale=np.ones(DRAWS),
    )
