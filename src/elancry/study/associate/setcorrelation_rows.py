"""Rows of `setcorrelation.csv` and `attenuation.csv`: two systems as wholes, and what unreliability takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.agreement.icc import icc_from_sums
from elancry.association.attenuation import disattenuated
from elancry.association.regression import screen
from elancry.association.setcorrelation import set_correlation, why_no_set_correlation
from elancry.choices import Score
from elancry.seeds import stream
from elancry.study.associate.regression_plan import HEADLINE_ORDER, choose_predictors, has_score
from elancry.study.associate.sequence_scores import RaterScores, column_name

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from elancry.codebook.model import Codebook, System

Row = dict[str, Any]

# Position of ICC(2,k), absolute agreement of the mean over raters, in `icc_from_sums`.
_ICC_2_K = 4


def setcorrelation_rows(
    frame: pd.DataFrame,
    codebook: Codebook,
    *,
    seed: int,
    cluster: str = "session",
    scores: Iterable[str] | None = None,
    references: Mapping[str, str] | None = None,
    n_permutations: int = 9999,
) -> list[Row]:
    """Rows of `schema.SETCORRELATION`: every unordered pair of systems, every score that both have."""
    rows: list[Row] = []
    wanted = HEADLINE_ORDER if scores is None else tuple(Score(item) for item in scores)
    for a, b in combinations(codebook.systems, 2):
        for score in wanted:
            if not (has_score(frame, score, a) and has_score(frame, score, b)):
                continue
            one, notes_a = _variables(frame, score, a, (references or {}).get(a.id))
            two, notes_b = _variables(frame, score, b, (references or {}).get(b.id))
            rng = stream(seed, "set correlation", a.id, b.id, score.value)
            rows.append(
                {
                    "system_a": a.id,
                    "system_b": b.id,
                    "score": score.value,
                    **_related(frame, score, (a, one), (b, two), (*notes_a, *notes_b), cluster, rng, n_permutations),
                }
            )
    return rows


def _variables(frame: pd.DataFrame, score: Score, system: System, reference: str | None) -> tuple[list[str], list[str]]:
    found = choose_predictors(frame, score, system, reference)
    notes = [f"{system.id} {note}" for note in found.notes]
    if found.reference:
        notes.append(f"{system.id} reference: {found.reference}")
    return [term.name for term in found.terms], notes


def _related(
    frame: pd.DataFrame,
    score: Score,
    first: tuple[System, list[str]],
    second: tuple[System, list[str]],
    notes: Sequence[str],
    cluster: str,
    rng: np.random.Generator,
    n_permutations: int,
) -> Row:
    blocks = [
        np.column_stack(
            [
                np.empty((len(frame), 0)),
                *(frame[column_name(score, system.id, name)].to_numpy(dtype=np.float64) for name in names),
            ]
        )
        for system, names in (first, second)
    ]
    there = ~np.isnan(np.hstack(blocks)).any(axis=1)
    kept: list[list[str]] = []
    dropped = list(notes)
    usable: list[NDArray[np.float64]] = []
    for block, (system, names) in zip(blocks, (first, second), strict=True):
        screened = screen(block[there], names)
        usable.append(block[there][:, screened.keep])
        kept.append([names[column] for column in screened.keep])
        dropped += [f"{system.id} {name}: {why}" for name, why in screened.dropped]
    n = int(there.sum())
    row: Row = {
        "variables_a": "|".join(kept[0]),
        "variables_b": "|".join(kept[1]),
        "n_sequences": n,
        "n_sessions": int(frame["session"][there].nunique()),
        "dropped": "; ".join(dropped),
    }
    reason = why_no_set_correlation(n, len(kept[0]), len(kept[1]))
    if reason is not None:
        return {**row, "undefined_reason": reason}
    values = frame[cluster][there].tolist()
    codes = {value: code for code, value in enumerate(dict.fromkeys(values))}
    clusters = np.array([codes[value] for value in values], dtype=np.int64)
    found = set_correlation(usable[0], usable[1], clusters, rng, n_permutations)
    reasons = [found.canonical_reason] if found.canonical_reason else []
    if found.p_permutation is None:
        reasons.append(f"p: no two {cluster}s have equal numbers of sequences")
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
        "undefined_reason": "; ".join(reasons),
    }


def attenuation_rows(scores: RaterScores, codebook: Codebook, *, seed: int, n_resamples: int = 2000) -> list[Row]:
    """Rows of `schema.ATTENUATION`: every category of one system with every category of another, on equal scores.

    Sessions are resampled; only sequences with a number from every rater of a system enter.
    """
    rows: list[Row] = []
    sessions = [unit.session for unit in scores.units]
    codes = {value: code for code, value in enumerate(dict.fromkeys(sessions))}
    clusters = np.array([codes[value] for value in sessions], dtype=np.int64)
    for a, b in combinations(codebook.systems, 2):
        for score in dict.fromkeys(key[0] for key in scores.values):
            for one in a.categories:
                for two in b.categories:
                    x, y = scores.values.get((score, a.id, one.id)), scores.values.get((score, b.id, two.id))
                    if x is None or y is None or np.isnan(x).all() or np.isnan(y).all():
                        continue
                    rng = stream(seed, "attenuation", a.id, b.id, score.value, one.id, two.id)
                    rows.append(
                        {
                            "system_a": a.id,
                            "category_a": one.id,
                            "system_b": b.id,
                            "category_b": two.id,
                            "score": score.value,
                            **_corrected(scores, x, y, clusters, rng, n_resamples),
                        }
                    )
    return rows


def _corrected(
    scores: RaterScores,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    clusters: NDArray[np.int64],
    rng: np.random.Generator,
    n_resamples: int,
) -> Row:
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
    )
    return {
        "n_sequences": found.n_sequences,
        "n_sessions": len(np.unique(clusters[complete])),
        "raters_a": "|".join(raters_x),
        "raters_b": "|".join(raters_y),
        "r": found.r,
        "reliability_a": found.reliability_x,
        "reliability_b": found.reliability_y,
        "r_disattenuated": found.corrected,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "r_cross_rater": found.cross_rater_r,
        "note": "assumption violated: one rater coded both systems, so errors may go together" if shared else "",
        "undefined_reason": found.reason or "",
    }
