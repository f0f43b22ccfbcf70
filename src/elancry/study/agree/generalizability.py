"""Rows: how many raters are enough for the numbers of a sequence? Ratings, shares and counts of each category."""

from __future__ import annotations

from collections.abc import Iterator

from elancry.agreement.estimate import Interval
from elancry.agreement.generalizability import Generalizability, generalizability, stepped_up
from elancry.seeds import stream
from elancry.study.agree.row import Row
from elancry.study.agree.score import NAMES, Scores, count_scores, rating_scores, share_scores
from elancry.study.compared import Compared
from elancry.study.nesting import Cluster
from elancry.texts import Text

MOST_RATERS = 8
"""Coefficients are given for the mean of 1 to so many raters."""
AIMS = {"raters_for_75": 0.75, "raters_for_90": 0.90}
"""Column -> the absolute coefficient that so many raters have."""


def generalizability_rows(compared: Compared, cluster: Cluster, seed: int) -> Iterator[Row]:
    """Rows of schema.GENERALIZABILITY; none where one rater gave all numbers."""
    for scores in (*rating_scores(compared), *share_scores(compared), *count_scores(compared)):
        if len(scores.raters) > 1:
            yield from _of_scores(scores, cluster, seed)


def _of_scores(scores: Scores, cluster: Cluster, seed: int) -> Iterator[Row]:
    of = ("system", "coding", "tier", "category", "variant")
    base = {name: scores.base.get(name) for name in of} | {"n_raters": len(scores.raters), "cluster": cluster.column}
    rng = stream(seed, "variance components", *(str(scores.base.get(name, "")) for name in NAMES))
    found = generalizability(scores.values, scores.clusters(cluster), rng, cluster.column)
    if isinstance(found, Text):
        yield base | {"undefined_reason": found}
        return
    components = found.components
    base |= {
        "n_sequences": found.n_sequences,
        "n_clusters": found.n_clusters,
        "variance_cluster": components.cluster if found.n_clusters < found.n_sequences else None,
        "variance_sequence": components.sequence,
        "variance_rater": components.rater,
        "variance_residual": components.residual,
        **{column: components.raters_for(aim) for column, aim in AIMS.items()},
    }
    for k in range(1, MOST_RATERS + 1):
        yield base | {"k": k, **_coefficients(found, k)}


def _coefficients(found: Generalizability, k: int) -> Row:
    relative, absolute = found.components.relative(k), found.components.absolute(k)
    return {
        "relative": relative,
        "relative_low": _limit(found.relative, found.relative.low, k),
        "relative_high": _limit(found.relative, found.relative.high, k),
        "absolute": absolute,
        "absolute_low": _limit(found.absolute, found.absolute.low, k),
        "absolute_high": _limit(found.absolute, found.absolute.high, k),
        "ci_method": found.absolute.method,
        "undefined_reason": found.absolute.reason,
    }


def _limit(interval: Interval, limit: float | None, k: int) -> float | None:
    return None if limit is None or interval.reason is not None else stepped_up(limit, k)
