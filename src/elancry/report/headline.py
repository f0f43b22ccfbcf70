"""The numbers that a person wants first: up to three lines per system (time, events, ratings), in plain text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from elancry.study.results import Results

_IN_TIME, _EVENTS, _RATINGS = "time_fleiss_kappa", "event_kappa_ipf", "icc_2_1"


def headline(results: Results) -> list[str]:
    """Three lines per system (time, events, ratings), with interval and raters where these are not all."""
    table = results.tables.get("agreement")
    if table is None:
        return []
    everybody = "|".join(results.design.raters)
    lines = []
    for system in results.codebook.systems:
        rows = table[(table["system"] == system.id) & (table["scope"] == "overall") & (table["session"] == "")]
        rows = rows[rows["aggregate"].isin(["pooled", "pair_mean"])]
        in_time = rows[(rows["measure"] == _IN_TIME) & (rows["variant"] == "with_none")]
        for row in in_time.head(1).to_dict("records"):
            lines.append(f"{system.id}: same category at the same time, Fleiss' kappa {_estimate(row, everybody)}")
        for row in rows[rows["measure"] == _EVENTS].head(1).to_dict("records"):
            rule = f"{row['variant']} kappa, overlap {row['criterion']:g}"
            lines.append(f"{system.id}: same events, {rule}: {_estimate(row, everybody)}")
        lines += _ratings(table, system.id)
    return lines


def _ratings(table: pd.DataFrame, system: str) -> list[str]:
    """The range of ICC(2,1) over the categories that were rated."""
    rows = table[(table["system"] == system) & (table["measure"] == _RATINGS) & (table["variant"] == "rating")]
    rows = rows[(rows["scope"] != "session") & (rows["aggregate"] == "pooled") & rows["estimate"].notna()]
    # The F interval's row and the bootstrap's hold the same estimate.
    rows = rows.drop_duplicates("category")
    if not len(rows):
        return []
    low, high = float(rows["estimate"].min()), float(rows["estimate"].max())
    between = _coefficient(low) if len(rows) == 1 else f"{_coefficient(low)} to {_coefficient(high)}"
    return [f"{system}: same rating, ICC(2,1) {between} in {_categories(len(rows))}"]


def _categories(number: int) -> str:
    return "1 category" if number == 1 else f"{number} categories"


def _estimate(row: Mapping[Any, Any], everybody: str) -> str:
    """The estimate with its interval, or why there is none; and whose it is where it is not everybody's."""
    if math.isnan(row["estimate"]):
        return f"undefined: {row['undefined_reason']}"
    text = _coefficient(row["estimate"])
    if not math.isnan(row["ci_low"]):
        text += f", 95 % CI [{_coefficient(row['ci_low'])}, {_coefficient(row['ci_high'])}]"
    return text if row["raters"] == everybody else f"{text} ({row['raters'].replace('|', ', ')})"


def _coefficient(value: float) -> str:
    """Two decimals without the leading zero, as APA prints coefficients that cannot exceed 1."""
    text = f"{value:.2f}".replace("-0.00", "0.00")
    return text.replace("0.", ".", 1) if abs(float(text)) < 1 else text
