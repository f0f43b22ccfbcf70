"""How many clusters does an interval need, and which interval copes with few? Agreement and rank correlation.

    python benchmarks/validity_few_clusters.py --studies 2000 --out docs/validity_few_clusters.json
    python benchmarks/validity_few_clusters.py --page docs/validity_few_clusters.json > docs/validity-few-clusters.md
    python benchmarks/validity_few_clusters.py --studies 100 --only 12 --out short.json

Two or three raters code four sequences of each of G clusters (patients). Five questions:

- Cohen's kappa and Gwet's AC1 on durations, two raters; the log odds of an error vary by .3 between sequences and, in
  the scenarios "accuracy of the patient", by 1.0 between clusters.
- ICC(2,1) of a score, three raters; in the scenarios "true scores of the patient" two thirds of the variance of true
  scores lie between clusters. "These raters": the same three in every study; "other raters": drawn anew for each.
- Spearman's rho of two scores that go together within clusters (intraclass correlation .5 each), without association
  and with a correlation of .4.
- A correlation of .4 between two scores, three raters each, corrected for unreliability.
- The set correlation of two sets of two scores that share nothing (intraclass correlation .5 each): p of the exchange
  of whole clusters.

Candidates, all over whole clusters, 95 %:

- `BCa`: 999 resamples, acceleration from the jackknife.
- `BCa, small samples`: the same with tail levels Phi(-sqrt(G / (G - 1)) t) (Hesterberg 2015, expanded percentile).
- `bootstrap-t, arctanh`: studentised on the scale of arctanh, jackknife standard error in every resample.
- `jackknife t`: estimate and jackknife standard error, t with G - 1 degrees of freedom.
- `jackknife t, arctanh`: the same on the scale of arctanh.
- `F` (ICC only): McGraw & Wong's interval, sequences taken as independent.
- `Monte-Carlo` (ICC only): draws of the variance components of clusters, sequences, raters and error.
- `percentile` (correlations only): percentiles of the resamples, as in elancry 0.1.

Truth: the same number of 20,000 clusters; of the ICC, what follows from the variances. The numbers of every 100 studies
are kept beside the result file, and a run that is started again goes on from them, or from the results themselves.
Monte-Carlo error of .95 over 2,000 studies: .005.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from elancry.agreement.icc import icc_from_sums
from elancry.agreement.icc_clustered import icc_clustered
from elancry.agreement.nominal import cohen_of_table
from elancry.association.setcorrelation import set_correlation
from elancry.processes import on_cluster, parallel_map
from elancry.seeds import stream

Array = NDArray[np.float64]
Statistic = Callable[[Array], Array]
CLUSTERS = (8, 10, 12, 16, 20, 32)
PER_CLUSTER = 4
RESAMPLES = 999
POPULATION = 20_000
SEED = 20240417


@dataclass(frozen=True)
class Question:
    """What is drawn and what is estimated: of what `draw` gives, `sums` makes (G, P) that add up over clusters."""

    draw: Callable[[int, np.random.Generator], Array]
    statistic: Statistic
    measures: tuple[str, ...]
    sums: Callable[[Array], Array] = lambda drawn: drawn
    more: Callable[[Array, Array, np.random.Generator], dict[str, list[tuple[float, float]]]] | None = None
    """Further intervals, from what was drawn and from its sums."""
    value: float | None = None
    """The true number, where it is known."""


def tables(trait: float) -> Callable[[int, np.random.Generator], Array]:
    """Duration tables (G, 9) of two raters: a frequent and a rarer category, and none."""

    def draw(clusters: int, rng: np.random.Generator) -> Array:
        n = clusters * PER_CLUSTER
        cluster = np.repeat(np.arange(clusters), PER_CLUSTER)
        error = np.log(0.2 / 0.8) + trait * rng.normal(size=clusters)[cluster] + 0.3 * rng.normal(size=n)
        own = 0.8 * rng.normal(size=(n, 2)) + np.array([0.0, -1.0])
        runs = rng.integers(7, 40, size=n)
        of = np.repeat(np.arange(n), runs)
        length = 1 + rng.exponential(5.0, size=len(of))
        weights = np.cumsum(np.column_stack([np.exp(own), np.full(n, 1.3)]), axis=1)
        true = _drawn(weights[of], rng)
        wrong = 1 / (1 + np.exp(-error))[of]
        coded = [np.where(rng.random(len(of)) < wrong, rng.integers(0, 3, size=len(of)), true) for _ in range(2)]
        cell = cluster[of] * 9 + coded[0] * 3 + coded[1]
        return np.bincount(cell, length, minlength=clusters * 9).reshape(clusters, 9)

    return draw


def _drawn(cumulated: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    return np.asarray((rng.random(len(cumulated))[:, None] * cumulated[:, -1:] > cumulated).sum(axis=1))


def kappa_and_ac1(sums: Array) -> Array:
    """(..., 2): Cohen's kappa and Gwet's AC1 of sums (..., 9)."""
    table = sums.reshape(*sums.shape[:-1], 3, 3)
    share = table / table.sum(axis=(-2, -1), keepdims=True)
    agreed = np.trace(share, axis1=-2, axis2=-1)
    mean = (share.sum(axis=-1) + share.sum(axis=-2)) / 2
    chance = (mean * (1 - mean)).sum(axis=-1) / 2
    return np.stack([cohen_of_table(table), (agreed - chance) / (1 - chance)], axis=-1)


RATERS = 3


def scores(between: float, other_raters: bool) -> Callable[[int, np.random.Generator], Array]:
    """Scores (4 G, 3), four sequences of each cluster after the other."""

    def draw(clusters: int, rng: np.random.Generator) -> Array:
        cluster = np.repeat(np.arange(clusters), PER_CLUSTER)
        true = np.sqrt(between) * rng.normal(size=clusters)[cluster] + np.sqrt(1 - between) * rng.normal(
            size=len(cluster)
        )
        bias = np.std(RATER_BIAS, ddof=1) * rng.normal(size=RATERS) if other_raters else RATER_BIAS
        return true[:, None] + bias + RATER_ERROR * rng.normal(size=(len(cluster), RATERS))

    return draw


def sums_of_scores(x: Array) -> Array:
    """What ICC needs of the scores of each cluster (G, 4 + 3): n, sum and squares of row means, squares, columns."""
    row = x.mean(axis=1)
    parts = np.column_stack([np.ones(len(x)), row, row**2, (x**2).sum(axis=1), x])
    return parts.reshape(-1, PER_CLUSTER, parts.shape[1]).sum(axis=1)


RATER_BIAS, RATER_ERROR = np.array([-0.2, 0.0, 0.2]), 0.6
TRUE_ICC = 1 / (1 + float(np.var(RATER_BIAS, ddof=1)) + RATER_ERROR**2)


def icc(sums: Array) -> Array:
    """(..., 1): ICC(2,1) (Shrout & Fleiss 1979) of the sums of `scores`."""
    rows, columns, error, n = _mean_squares(sums)
    return ((rows - error) / (rows + (RATERS - 1) * error + RATERS * (columns - error) / n))[..., None]


def _mean_squares(sums: Array) -> tuple[Array, Array, Array, Array]:
    n, total, squares, every = (sums[..., part] for part in range(4))
    column = sums[..., 4:] / n[..., None]
    grand = total / n
    between_rows = RATERS * (squares - n * grand**2)
    between_columns = n * ((column - grand[..., None]) ** 2).sum(axis=-1)
    rest = every - n * RATERS * grand**2 - between_rows - between_columns
    return between_rows / (n - 1), between_columns / (RATERS - 1), rest / ((n - 1) * (RATERS - 1)), n


def icc_f(sums: Array) -> tuple[float, float]:
    """The interval of McGraw & Wong (1996) for ICC(2,1)."""
    rows, columns, error, n = (float(part) for part in _mean_squares(sums))
    k, value = RATERS, float(icc(sums)[0])
    a, b = k * value / (n * (1 - value)), 1 + k * value * (n - 1) / (n * (1 - value))
    v = (a * columns + b * error) ** 2 / ((a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1)))
    upper, lower = stats.f.ppf(0.975, n - 1, v), stats.f.ppf(0.975, v, n - 1)
    spread = k * columns + (k * n - k - n) * error
    return (
        n * (rows - upper * error) / (upper * spread + n * rows),
        n * (lower * rows - error) / (spread + n * lower * rows),
    )


def icc_more(x: Array, sums: Array, rng: np.random.Generator) -> dict[str, list[tuple[float, float]]]:
    """F, and the Monte-Carlo interval as elancry gives it."""
    cluster = np.repeat(np.arange(len(sums)), PER_CLUSTER)
    found = icc_clustered(x, cluster, rng, fewest=2)["icc_2_1"]
    drawn = (np.nan, np.nan) if found.low is None or found.high is None else (found.low, found.high)
    return {"F": [icc_f(sums.sum(axis=0))], "Monte-Carlo": [drawn]}


def two_scores(clusters: int, rng: np.random.Generator) -> Array:
    """Two scores with a correlation of .4, of three raters each (4 G, 6)."""
    cluster = np.repeat(np.arange(clusters), PER_CLUSTER)
    true = pair_of_scores(0.4, cluster, rng)
    return np.repeat(true, RATERS, axis=1) + np.tile(RATER_BIAS, 2) + RATER_ERROR * rng.normal(size=(len(cluster), 6))


def pair_of_scores(rho: float, cluster: NDArray[np.int64], rng: np.random.Generator) -> Array:
    """Two scores (n, 2) with a correlation of `rho` within and between clusters, intraclass correlation .5."""
    shared = np.array([[1, rho], [rho, 1]])
    parts = [rng.multivariate_normal([0, 0], shared, size=size) for size in (cluster.max() + 1, len(cluster))]
    return np.sqrt(0.5) * (parts[0][cluster] + parts[1])


def sums_of_two(x: Array) -> Array:
    """What a corrected correlation needs of each cluster: both scores as `icc_from_sums` takes them, and products."""
    sides = [x[:, :RATERS], x[:, RATERS:]]
    parts = [
        part for side in sides for part in (np.ones(len(x)), (side**2).sum(axis=1), side.sum(axis=1) ** 2, *side.T)
    ]
    rows = np.column_stack([*parts, sides[0].mean(axis=1) * sides[1].mean(axis=1)])
    return rows.reshape(-1, PER_CLUSTER, rows.shape[1]).sum(axis=1)


def corrected(sums: Array) -> Array:
    """(..., 1): the correlation of the means over raters, divided by the root of both reliabilities, ICC(2,k)."""
    one, two, cross = sums[..., : 3 + RATERS], sums[..., 3 + RATERS : -1], sums[..., -1]
    n = one[..., 0]
    mean = [side[..., 3:].sum(axis=-1) / RATERS / n for side in (one, two)]
    variance = [side[..., 2] / RATERS**2 / n - middle**2 for side, middle in zip((one, two), mean, strict=True)]
    reliable = [icc_from_sums(side)[..., 4] for side in (one, two)]
    with np.errstate(invalid="ignore"):
        found = (cross / n - mean[0] * mean[1]) / np.sqrt(variance[0] * variance[1] * reliable[0] * reliable[1])
    return np.asarray(found)[..., None]


CORRECTED = "corrected correlation"
QUESTIONS = {
    "accuracy of the patient": Question(tables(1.0), kappa_and_ac1, ("kappa", "AC1")),
    "accuracy alike for all": Question(tables(0.0), kappa_and_ac1, ("kappa", "AC1")),
    **{
        f"true scores of the {whose}, {raters} raters": Question(
            scores(between, raters == "other"), icc, ("ICC(2,1)",), sums_of_scores, icc_more, TRUE_ICC
        )
        for whose, between in (("patient", 2 / 3), ("sequence", 0.0))
        for raters in ("these", "other")
    },
    CORRECTED: Question(two_scores, corrected, ("corrected r",), sums_of_two),
}
CORRELATIONS = {"no association": 0.0, "correlation .4": 0.4}
SETS = "two sets, no association"
EVERY = (*QUESTIONS, *CORRELATIONS, SETS)


@cache
def truth(name: str) -> Array:
    """The numbers of the population (M,)."""
    question = QUESTIONS[name]
    if question.value is not None:
        return np.array([question.value])
    drawn = question.draw(POPULATION, stream(1, "truth", name))
    return np.atleast_1d(question.statistic(question.sums(drawn).sum(axis=0)))


def candidates(sums: Array, statistic: Statistic, rng: np.random.Generator) -> dict[str, list[tuple[float, float]]]:
    """Method -> interval of each of the M numbers; NaN where there is none."""
    groups = len(sums)
    counts = rng.multinomial(groups, np.full(groups, 1 / groups), size=RESAMPLES).astype(np.float64)
    total = sums.sum(axis=0)
    estimate = np.atleast_1d(statistic(total))
    left = statistic(total - sums).reshape(groups, -1)
    resampled = statistic(counts @ sums).reshape(RESAMPLES, -1)
    found: dict[str, list[tuple[float, float]]] = {
        "BCa": _bca(estimate, resampled, left, stats.norm.ppf(0.025)),
        "BCa, small samples": _bca(
            estimate, resampled, left, -np.sqrt(groups / (groups - 1)) * stats.t.ppf(0.975, groups - 1)
        ),
        "bootstrap-t, arctanh": _bootstrap_t(sums, statistic, counts, estimate, left, resampled),
        "percentile": list(zip(*np.nanquantile(resampled, [0.025, 0.975], axis=0), strict=True)),
    }
    reach = stats.t.ppf(0.975, groups - 1)
    for name, to, back in (("jackknife t", _same, _same), ("jackknife t, arctanh", np.arctanh, np.tanh)):
        with np.errstate(invalid="ignore", divide="ignore"):
            error = _jackknife_error(to(left))
            middle = to(estimate)
        found[name] = list(zip(back(middle - reach * error), back(middle + reach * error), strict=True))
    return found


def _same(values: Array) -> Array:
    return values


def _jackknife_error(left: Array) -> Array:
    groups = len(left)
    return np.asarray(np.sqrt((groups - 1) / groups * ((left - left.mean(axis=0)) ** 2).sum(axis=0)))


def _bca(estimate: Array, resampled: Array, left: Array, tail: float) -> list[tuple[float, float]]:
    intervals = []
    for number, value in enumerate(estimate):
        column = resampled[:, number]
        bias = stats.norm.ppf(np.clip((column < value).mean(), 1 / RESAMPLES, 1 - 1 / RESAMPLES))
        deviation = left[:, number].mean() - left[:, number]
        spread = (deviation**2).sum()
        acceleration = (deviation**3).sum() / (6 * spread**1.5) if spread > 0 else 0.0
        z = bias + np.array([tail, -tail])
        levels = stats.norm.cdf(bias + z / (1 - acceleration * z))
        intervals.append(tuple(np.nanquantile(column, levels)))
    return intervals


def _bootstrap_t(
    sums: Array, statistic: Statistic, counts: Array, estimate: Array, left: Array, resampled: Array
) -> list[tuple[float, float]]:
    groups = len(sums)
    totals = counts @ sums
    without = np.arctanh(np.clip(statistic(totals[:, None, :] - sums[None]), -0.9999, 0.9999))
    without = without.reshape(len(counts), groups, -1)
    centre = (counts[:, :, None] * without).sum(axis=1, keepdims=True) / groups
    there = counts[:, :, None] > 0
    squares = np.where(there, counts[:, :, None] * (without - centre) ** 2, 0).sum(axis=1)
    error = np.sqrt((groups - 1) / groups * squares)
    middle = np.arctanh(np.clip(estimate, -0.9999, 0.9999))
    t = (np.arctanh(np.clip(resampled, -0.9999, 0.9999)) - middle) / np.maximum(error, 1e-9)
    own = _jackknife_error(np.arctanh(np.clip(left, -0.9999, 0.9999)))
    low, high = np.nanquantile(t, [0.025, 0.975], axis=0)
    return list(zip(np.tanh(middle - high * own), np.tanh(middle - low * own), strict=True))


def one(name: str, groups: int, number: int, seed: int) -> dict[str, list[int]]:
    """Measure and method -> whether the interval of one study covers the truth (1, 0), and lies above it (2)."""
    rng = stream(seed, "few clusters", name, str(groups), str(number))
    if name in CORRELATIONS:
        return one_correlation(CORRELATIONS[name], groups, rng)
    if name == SETS:
        return one_pair_of_sets(groups, rng)
    question = QUESTIONS[name]
    drawn = question.draw(groups, rng)
    sums = question.sums(drawn)
    found = candidates(sums, question.statistic, rng)
    if question.more is not None:
        found |= question.more(drawn, sums, rng)
    # A corrected correlation can exceed 1: there is no arctanh of it.
    asked = (lambda method: "arctanh" not in method) if name == CORRECTED else (lambda method: method != "percentile")
    found = {method: intervals for method, intervals in found.items() if asked(method)}
    return {
        f"{measure}: {method}": int(intervals[at][0] <= value <= intervals[at][1])
        for method, intervals in found.items()
        for at, (measure, value) in enumerate(zip(question.measures, truth(name), strict=True))
    }


def one_correlation(rho: float, groups: int, rng: np.random.Generator) -> dict[str, int]:
    """Spearman's rho of one study: coverage of its true value, and whether 0 is rejected."""
    cluster = np.repeat(np.arange(groups), PER_CLUSTER)
    x, y = pair_of_scores(rho, cluster, rng).T
    value = 6 / np.pi * np.arcsin(rho / 2)
    counts = rng.multinomial(groups, np.full(groups, 1 / groups), size=RESAMPLES).astype(np.float64)
    without = 1.0 - np.eye(groups)
    weights = np.concatenate([np.ones((1, groups)), without, counts])[:, cluster]
    every = weighted_spearman(x, y, weights)
    estimate, left, resampled = every[:1], every[1 : 1 + groups, None], every[1 + groups :, None]
    reach = stats.t.ppf(0.975, groups - 1)
    intervals = {
        "percentile": tuple(np.nanquantile(resampled, [0.025, 0.975])),
        "BCa": _bca(estimate, resampled, left, stats.norm.ppf(0.025))[0],
        "BCa, small samples": _bca(
            estimate, resampled, left, -np.sqrt(groups / (groups - 1)) * stats.t.ppf(0.975, groups - 1)
        )[0],
    }
    for name, to, back in (("jackknife t", _same, _same), ("jackknife t, arctanh", np.arctanh, np.tanh)):
        error, middle = float(_jackknife_error(to(left))[0]), float(to(estimate)[0])
        intervals[name] = (float(back(middle - reach * error)), float(back(middle + reach * error)))
    found = {f"rho: {name}": int(low <= value <= high) for name, (low, high) in intervals.items()}
    found |= {f"rho rejects 0: {name}": int(not low <= 0 <= high) for name, (low, high) in intervals.items()}
    order = np.array([rng.permutation(groups) for _ in range(RESAMPLES)])
    places = cluster * PER_CLUSTER + np.tile(np.arange(PER_CLUSTER), groups)
    rank_x, rank_y = stats.rankdata(x), stats.rankdata(y)
    rank_x, rank_y = rank_x - rank_x.mean(), rank_y - rank_y.mean()
    moved = order[:, cluster] * PER_CLUSTER + (places % PER_CLUSTER)
    null = rank_y[moved] @ rank_x
    extreme = (np.abs(null - null.mean()) >= abs(rank_x @ rank_y - null.mean()) - 1e-9).sum()
    found["rho rejects 0: cluster permutation"] = int((1 + extreme) / (1 + RESAMPLES) <= 0.05)
    return found


def one_pair_of_sets(groups: int, rng: np.random.Generator) -> dict[str, int]:
    """Whether the set correlation of two sets that share nothing has p <= .05."""
    cluster = np.repeat(np.arange(groups), PER_CLUSTER)
    one, two = pair_of_scores(0.0, cluster, rng), pair_of_scores(0.0, cluster, rng)
    found = set_correlation(one, two, cluster, rng, 199)
    return {
        "sets rejected: cluster permutation": int(found.p_permutation is not None and found.p_permutation <= 0.05),
        "sets rejected: F": int(found.p_f <= 0.05),
    }


def weighted_spearman(x: Array, y: Array, weights: Array) -> Array:
    """Spearman's rho (B,) with weights (B, n) as multiplicities."""
    ranks = [weights @ (np.sign(value[None, :] - value[:, None]) + 1) / 2 for value in (x, y)]
    total = weights.sum(axis=1, keepdims=True)
    one, two = (rank - (weights * rank).sum(axis=1, keepdims=True) / total for rank in ranks)
    cross, first, second = ((weights * part).sum(axis=1) for part in (one * two, one**2, two**2))
    return np.asarray(cross / np.sqrt(first * second))


def run(chosen: list[tuple[str, int]], n: int, jobs: int, seed: int, out: Path, say: bool = True) -> dict:
    """Simulate until every question and number of clusters has `n` studies; goes on from what lies at `out`."""
    raw_path = out.with_suffix(".raw.json")
    raw = json.loads(raw_path.read_text(encoding="utf-8")) if raw_path.exists() else _counts(out)
    for wanted in range(100, n + 100, 100):
        for name, groups in chosen:
            kept, begun = raw.setdefault(f"{name}, {groups} clusters", {"studies": 0}), time.monotonic()
            numbers = range(kept["studies"], min(n, wanted))
            if not numbers:
                continue
            for found in parallel_map(one, [(name, groups, number, seed) for number in numbers], jobs=jobs):
                kept["studies"] += 1
                for quantity, value in found.items():
                    kept[quantity] = kept.get(quantity, 0) + value
            part = raw_path.with_suffix(".part")
            part.write_text(json.dumps(raw), encoding="utf-8")
            part.replace(raw_path)
            if say:
                took = time.monotonic() - begun
                print(f"{name}, {groups}: {kept['studies']} of {n}, {took:.0f} s", file=sys.stderr, flush=True)
    content = summed(raw, seed)
    out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return content["results"]


def summed(raw: dict[str, dict[str, int]], seed: int = SEED) -> dict:
    """The results of a run, finished or not, from its raw numbers; questions in the order in which they are asked."""
    every = [f"{name}, {groups} clusters" for name in EVERY for groups in CLUSTERS]
    results = {
        name: {key: value if key == "studies" else value / raw[name]["studies"] for key, value in raw[name].items()}
        for name in every
        if raw.get(name, {}).get("studies")
    }
    return {"seed": seed, "resamples": RESAMPLES, "per_cluster": PER_CLUSTER, "results": results}


def _counts(out: Path) -> dict[str, dict[str, int]]:
    """The numbers behind the rates of earlier results; of questions that are no longer asked none."""
    if not out.exists():
        return {}
    results = json.loads(out.read_text(encoding="utf-8"))["results"]
    return {
        name: {key: value if key == "studies" else round(value * row["studies"]) for key, value in row.items()}
        for name, row in results.items()
        if name.rsplit(", ", 1)[0] in EVERY
    }


METHODS = (
    "BCa",
    "BCa, small samples",
    "bootstrap-t, arctanh",
    "jackknife t",
    "jackknife t, arctanh",
    "F",
    "Monte-Carlo",
    "percentile",
    "cluster permutation",
)
INTRODUCTION = """# How many clusters does an interval need?

Simulated studies with few clusters (patients), four sequences each, made by
`benchmarks/validity_few_clusters.py` (seed {seed}); the number of studies is in each row. A rate of .95
over 2,000 studies has a Monte-Carlo error of .005. Aim: coverage of at least .93 from 12 clusters on and of .91
below. Bold: outside of it. What all of it comes to: [Do the tests keep their level?](validity.md)

What elancry takes, all over whole clusters:

- Kappa, AC1, correlations corrected for unreliability and everything else that is resampled: BCa with the tails for
  small samples (`BCa, small samples`; Hesterberg 2015), whatever the number of clusters. Plain BCa misses the aim with
  few clusters and in some design with 32, the most that were simulated, so there is no number from which on it would be
  shown to suffice; with many clusters the two are the same.
- ICC: the Monte-Carlo interval of the variance components of clusters, sequences, raters and error, where clusters
  hold several sequences. The bootstrap takes the raters as given, and misses the truth where other raters could
  have coded; F takes sequences as independent.
- Rank correlations with fewer than 30 clusters: interval and p of the jackknife (`jackknife t`). With more, the
  percentiles.
- Set correlation: p by exchanging whole clusters.

What is not near these designs was not measured: other numbers of raters, clusters of very unequal sizes, fewer
than eight clusters. Reports quote a coverage only where raters and clusters are near a row of these tables.
"""
TABLES = {
    "kappa": "Cohen's kappa on durations, two raters: coverage",
    "AC1": "Gwet's AC1 on durations, two raters: coverage",
    "ICC(2,1)": "ICC(2,1), three raters: coverage",
    "corrected r": "A correlation corrected for unreliability, three raters on each side: coverage",
    "rho": "Spearman's rho: coverage",
    "rho rejects 0": "Spearman's rho: share of studies in which 0 is rejected (false where there is no association)",
    "sets rejected": "Set correlation of two sets that share nothing: share of studies with p <= .05",
}


def page(content: dict) -> str:
    """`docs/validity-few-clusters.md` from the results of a run."""
    parts = [INTRODUCTION.format(seed=content["seed"])]
    for measure, title in TABLES.items():
        rows = {
            name: row for name, row in content["results"].items() if any(key.startswith(f"{measure}: ") for key in row)
        }
        methods = [one for one in METHODS if any(f"{measure}: {one}" in row for row in rows.values())]
        lines = [
            f"## {title}\n",
            f"| scenario | studies | {' | '.join(methods)} |",
            "|---|--:|" + "--:|" * len(methods),
        ]
        for name, row in rows.items():
            cells = [_cell(measure, name, row.get(f"{measure}: {method}")) for method in methods]
            lines.append(f"| {name} | {row['studies']} | {' | '.join(cells)} |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def aim(name: str) -> float:
    """What the coverage of a row should be at least."""
    groups = int(name.rsplit(", ", 1)[1].split()[0])
    return 0.93 if groups >= 12 else 0.91


def _cell(measure: str, name: str, value: float | None) -> str:
    if value is None:
        return ""
    told = f"{value:.3f}".replace("0.", ".", 1)
    missed = value < aim(name)
    if measure in ("rho rejects 0", "sets rejected"):
        missed = "no association" in name and value > 0.07
    return f"**{told}**" if missed else told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--only", nargs="+", type=int, choices=CLUSTERS, default=list(CLUSTERS), help="clusters")
    parser.add_argument("--questions", nargs="+", choices=EVERY, default=EVERY)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--dask", metavar="ADDRESS", help="share the studies out to this Dask cluster")
    parser.add_argument("--seed", type=int, default=SEED)
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--out", type=Path)
    target.add_argument("--page", type=Path, help="print the page from the results of an earlier run instead")
    given = parser.parse_args()
    if given.page:
        print(page(json.loads(given.page.read_text(encoding="utf-8"))), end="")
        return
    chosen = [(name, groups) for name in given.questions for groups in given.only]
    with contextlib.ExitStack() as stack:
        jobs = stack.enter_context(on_cluster(given.dask)) if given.dask else given.jobs
        run(chosen, given.studies, jobs, given.seed, given.out)


if __name__ == "__main__":
    main()
