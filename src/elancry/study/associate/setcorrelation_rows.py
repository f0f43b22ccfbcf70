"""Rows of `setcorrelation.csv` and `attenuation.csv`: two systems as wholes, and what unreliability takes."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.agreement.icc import icc_from_sums
from elancry.association.attenuation import disattenuated
from elancry.association.permuted import distinct_orders
from elancry.association.regression import screen
from elancry.association.setcorrelation import set_correlation, why_no_set_correlation
from elancry.choices import Score
from elancry.seeds import stream
from elancry.study.associate.regression_plan import Sample, choose_predictors, complete, level
from elancry.study.associate.sequence_scores import RaterScores, column_name
from elancry.study.nesting import BY_SESSION, Cluster
from elancry.texts import Text, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from elancry.choices import Score
    from elancry.codebook.model import Codebook, System
    from elancry.study.plan_keys import Plan

Row = dict[str, Any]

# Fewer exchanges than this cannot give p below .05.
FEW_ORDERS = 20

# Position of ICC(2,k), absolute agreement of the mean over raters, in `icc_from_sums`.
_ICC_2_K = 4


def setcorrelation_rows(sample: Sample, codebook: Codebook) -> list[Row]:
    """Rows of `schema.SETCORRELATION`: every unordered pair of systems, every score that both have."""
    return [
        {"system_a": a.id, "system_b": b.id, "score": score.value, **_related(sample, score, (a, b))}
        for a, b in combinations(codebook.systems, 2)
        for score in sample.plan.scores
        if sample.has(score, a) and sample.has(score, b)
    ]


def _related(sample: Sample, score: Score, systems: tuple[System, System]) -> Row:
    sides = [
        choose_predictors(sample, score, system, dict(sample.plan.references or ()).get(system.id))
        for system in systems
    ]
    blocks = [
        sample.values([column_name(score, system.id, term.name) for term in side.terms])
        for system, side in zip(systems, sides, strict=True)
    ]
    there = complete(np.hstack(blocks))
    kept: list[list[str]] = []
    left_out: list[Text] = []
    lost: list[Text] = []
    usable: list[NDArray[np.float64]] = []
    for system, side, block in zip(systems, sides, blocks, strict=True):
        names = [term.name for term in side.terms]
        screened = screen(block[there], names)
        usable.append(block[there][:, screened.keep])
        kept.append([names[column] for column in screened.keep])
        left_out += [text("association.of-system", system=system.id, note=note) for note in side.notes]
        if side.reference:
            left_out.append(text("association.reference", system=system.id, reference=side.reference))
        for name, why in screened.dropped:
            note = text("model.dropped", name=name, why=why)
            lost.append(text("association.of-system", system=system.id, note=note))
    n = int(there.sum())
    row: Row = {
        "variables_a": "|".join(kept[0]),
        "variables_b": "|".join(kept[1]),
        "n_sequences": n,
        "n_sessions": sample.n_sessions(there),
        "dropped": (*left_out, *lost),
    }
    reason = why_no_set_correlation(n, len(kept[0]), len(kept[1]))
    if reason is not None:
        return {**row, "undefined_reason": reason}
    rng = stream(sample.plan.seed, "set correlation", *(system.id for system in systems), score.value)
    found = set_correlation(usable[0], usable[1], sample.clusters(there), rng, sample.plan.permutations)
    reasons = [found.canonical_reason] if found.canonical_reason else []
    if found.p_permutation is None:
        reasons.append(text("association.no-equal-clusters", levels=level(sample.cluster, 2)))
    elif (orders := distinct_orders(sample.clusters(there))) < FEW_ORDERS:
        reasons.append(text("association.few-orders", orders=orders, levels=level(sample.cluster, 2)))
    return {
        **row,
        "r2": found.r2,
        "r2_shrunken": found.r2_shrunken,
        "r2_null_mean": found.null_mean,
        "p_permutation": found.p_permutation,
        "f": found.f if np.isfinite(found.f) else None,
        "df1": found.df1,
        "df2": found.df2,
        "p_f": found.p_f,
        "canonical": "" if found.canonical is None else "|".join(repr(value) for value in found.canonical),
        "undefined_reason": tuple(reasons),
    }


def attenuation_rows(scores: RaterScores, codebook: Codebook, plan: Plan, cluster: Cluster = BY_SESSION) -> list[Row]:
    """Rows of `schema.ATTENUATION`: every category of one system with every one of another, on the plan's scores.

    Whole clusters are resampled; only sequences with a number from every rater of a system enter.
    """
    rows: list[Row] = []
    groups = [cluster.group_of(unit.session) for unit in scores.units]
    codes = {value: code for code, value in enumerate(dict.fromkeys(groups))}
    clusters = np.array([codes[value] for value in groups], dtype=np.int64)
    sessions = np.array([unit.session for unit in scores.units], dtype=object)
    for a, b in combinations(codebook.systems, 2):
        for score in dict.fromkeys(key[0] for key in scores.values if key[0] in plan.scores):
            for one in a.categories:
                for two in b.categories:
                    x, y = scores.values.get((score, a.id, one.id)), scores.values.get((score, b.id, two.id))
                    if x is None or y is None or np.isnan(x).all() or np.isnan(y).all():
                        continue
                    rng = stream(plan.seed, "attenuation", a.id, b.id, score.value, one.id, two.id)
                    rows.append(
                        {
                            "system_a": a.id,
                            "category_a": one.id,
                            "system_b": b.id,
                            "category_b": two.id,
                            "score": score.value,
                            **_corrected(scores, x, y, (clusters, cluster.column, sessions), rng, plan.resamples),
                        }
                    )
    return rows


def _corrected(
    scores: RaterScores,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    nested: tuple[NDArray[np.int64], str, NDArray[np.object_]],
    rng: np.random.Generator,
    n_resamples: int,
) -> Row:
    clusters, cluster, sessions = nested
    used_x, used_y = ~np.isnan(x).all(axis=0), ~np.isnan(y).all(axis=0)
    raters_x = [scores.raters[int(column)] for column in np.flatnonzero(used_x)]
    raters_y = [scores.raters[int(column)] for column in np.flatnonzero(used_y)]
    shared = bool(set(raters_x) & set(raters_y))
    x, y = x[:, used_x], y[:, used_y]
    complete = ~np.isnan(x).any(axis=1) & ~np.isnan(y).any(axis=1)
    found = disattenuated(
        x,
        y,
        clusters,
        lambda sums: icc_from_sums(sums)[..., _ICC_2_K],
        rng,
        same_raters=raters_x == raters_y,
        n_resamples=n_resamples,
        level=cluster,
    )
    notes = [text("association.same-rater")] if shared else []
    if found.method is not None:
        notes.append(found.method)
    return {
        "n_sequences": found.n_sequences,
        "n_sessions": len(set(sessions[complete])),
        "raters_a": "|".join(raters_x),
        "raters_b": "|".join(raters_y),
        "r": found.r,
        "reliability_a": found.reliability_x,
        "reliability_b": found.reliability_y,
        "r_disattenuated": found.corrected,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "r_cross_rater": found.cross_rater_r,
        "note": tuple(notes),
        "undefined_reason": found.reason,
    }
