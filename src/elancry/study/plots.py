"""The single points that some figures show: nothing is estimated here that is not in a table.

`bland_altman`: one row for each sequence, category and pair of raters, from the ratings: mean and difference (second
minus first). `boundaries`: one row for each linked pair of annotations and edge, second minus first, by the rule that
the agreement table uses. `residuals`: one row for each sequence of each regression, from the coefficients of the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.study.agree.boundary import edge_differences

if TYPE_CHECKING:
    import pandas as pd

    from elancry.align.ratings import RatingMatrix
    from elancry.study.compared import Compared
    from elancry.study.plan import Plan

INTERCEPT = "(Intercept)"


def plot_points(compared: Compared, plan: Plan, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The frames that are not empty, by name."""
    import pandas as pd

    rows = {
        "bland_altman": _bland_altman(compared.ratings, compared.raters),
        "boundaries": _boundaries(compared, plan),
        "residuals": _residuals(tables),
    }
    return {name: pd.DataFrame(found) for name, found in rows.items() if found}


def _bland_altman(ratings: Sequence[RatingMatrix], raters: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for matrix in ratings:
        column = {rater: at for at, rater in enumerate(matrix.raters)}
        for a, b in combinations([rater for rater in raters if rater in column], 2):
            first, second = matrix.values[:, column[a]], matrix.values[:, column[b]]
            for at in np.flatnonzero(~np.isnan(first + second)).tolist():
                rows.append(
                    {
                        "system": matrix.system,
                        "category": matrix.category,
                        "rater_a": a,
                        "rater_b": b,
                        "mean": float(first[at] + second[at]) / 2,
                        "difference": float(second[at] - first[at]),
                    }
                )
    return rows


def _boundaries(compared: Compared, plan: Plan) -> list[dict[str, Any]]:
    rows = []
    for item in compared.events:
        for pair in combinations([rater for rater in compared.raters if rater in item.raters], 2):
            differences = edge_differences(compared, item, pair, plan.linkings[0])
            for edge, found in differences.items():
                rows += [
                    {
                        "system": item.system,
                        "tier": item.tier,
                        "edge": edge,
                        "rater_a": pair[0],
                        "rater_b": pair[1],
                        "difference_ms": difference,
                    }
                    for difference in found.tolist()
                ]
    return rows


def _residuals(tables: Mapping[str, pd.DataFrame]) -> list[dict[str, Any]]:
    scores, slopes = tables.get("sequences"), tables.get("regression")
    if scores is None or slopes is None:
        return []
    rows: list[dict[str, Any]] = []
    keys = ["outcome_system", "outcome", "predictor_system", "score"]
    for key, model in slopes[slopes["se_type"] == "CR2"].groupby(keys, sort=False):
        outcome_system, outcome, predictor_system, score = key
        terms = {str(term): float(b) for term, b in zip(model["term"], model["b"], strict=True) if not np.isnan(b)}
        columns = {term: f"{score}.{predictor_system}.{term}" for term in terms if term != INTERCEPT}
        observed = f"{score}.{outcome_system}.{outcome}"
        # A model on something that is not a column of its own (a joined category, a covariate) has no points here.
        if INTERCEPT not in terms or not {observed, *columns.values()} <= set(scores.columns):
            continue
        design = scores[list(columns.values())].to_numpy(dtype=float, na_value=np.nan)
        fitted = terms[INTERCEPT] + design @ np.array([terms[term] for term in columns])
        residual = scores[observed].to_numpy(dtype=float, na_value=np.nan) - fitted
        rows += [
            {**dict(zip(keys, key, strict=True)), "fitted": x, "residual": y}
            for x, y in zip(fitted.tolist(), residual.tolist(), strict=True)
            if not np.isnan(x + y)
        ]
    return rows
