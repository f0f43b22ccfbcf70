"""The numbers that a person wants first: up to three lines per system (time, events, ratings), in plain text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from elancry.choices import Matching
from elancry.report import agreement_rows
from elancry.report.rows import rows_of
from elancry.texts import text

if TYPE_CHECKING:
    import pandas as pd

    from elancry.study.results import Results

_SETS = "time_masi_alpha"
_LABELS = "label_fleiss_kappa"
_IN_TIME, _EVENTS, _RATINGS = "time_fleiss_kappa", "event_kappa_ipf", "icc_2_1"


def headline(results: Results) -> list[str]:
    """Lines per system (labels of given units, time, events, ratings), with interval and raters if they are not all."""
    table = results.tables.get("agreement")
    if table is None:
        return []
    everybody = "|".join(results.design.raters)
    lines = []
    for system in results.codebook.systems:
        rows = table[(table["system"] == system.id) & (table["scope"] == "overall") & (table["session"] == "")]
        rows = rows[rows["aggregate"].isin(["pooled", "pair_mean"])]
        for row in rows[rows["measure"] == _LABELS].head(1).to_dict("records"):
            shown = {"system": system.id, "estimate": _estimate(row, everybody), "n": int(row["n_units"])}
            lines += [str(text("headline.labels", **shown)), str(text("headline.given-units"))]
        sets = rows[(rows["measure"] == _SETS) & (rows["variant"] == "with_none")].head(1).to_dict("records")
        if sets:
            # Codes that may be given at once have a tier each, of which none speaks for the system.
            lines.append(str(text("headline.sets", system=system.id, estimate=_estimate(sets[0], everybody))))
            lines += _ratings(table, system.id)
            continue
        in_time = rows[(rows["measure"] == _IN_TIME) & (rows["variant"] == "with_none")]
        for row in in_time.head(1).to_dict("records"):
            lines.append(str(text("headline.time", system=system.id, estimate=_estimate(row, everybody))))
        for row in rows[rows["measure"] == _EVENTS].head(1).to_dict("records"):
            said = {"system": system.id, "estimate": _estimate(row, everybody), "rule": row["variant"]}
            if row["variant"] == Matching.ONSET:
                lines.append(str(text("headline.events-by-onset", **said)))
            else:
                lines.append(str(text("headline.events", criterion=f"{row['criterion']:g}", **said)))
        lines += _ratings(table, system.id)
    return lines


def difference_lines(results: Results) -> list[str]:
    """A line for each headline that was compared: both values and their difference with its interval."""
    lines = []
    for row in agreement_rows.differences(rows_of(results.tables.get("agreement_differences"))):
        place = row["category"] or row["tier"]
        fields = {"what": f"{row['system']}, {place}" if place != row["system"] else place, "measure": row["measure"]}
        fields |= {name: row[name].replace("|", ", ") for name in ("first", "second")}
        if row["difference"] is None:
            lines.append(str(text("headline.no-difference", **fields, reason=str(row["undefined_reason"]))))
            continue
        difference = _coefficient(row["difference"])
        if row["ci_low"] is not None:
            low, high = _coefficient(row["ci_low"]), _coefficient(row["ci_high"])
            difference = str(text("headline.interval", estimate=difference, low=low, high=high))
        one, other = (_coefficient(row[f"estimate_{side}"]) for side in ("first", "second"))
        lines.append(str(text("headline.difference", **fields, one=one, other=other, difference=difference)))
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
    said = text("headline.ratings", system=system, low=_coefficient(low), high=_coefficient(high), n=len(rows))
    return [str(said)]


def _estimate(row: Mapping[Any, Any], everybody: str) -> str:
    """The estimate with its interval, or why there is none; and whose it is where it is not everybody's."""
    if math.isnan(row["estimate"]):
        return str(text("headline.undefined", reason=str(row["undefined_reason"])))
    said = _coefficient(row["estimate"])
    if not math.isnan(row["ci_low"]):
        low, high = _coefficient(row["ci_low"]), _coefficient(row["ci_high"])
        said = str(text("headline.interval", estimate=said, low=low, high=high))
    return said if row["raters"] == everybody else f"{said} ({row['raters'].replace('|', ', ')})"


def _coefficient(value: float) -> str:
    """Two decimals without the leading zero, as APA prints coefficients that cannot exceed 1."""
    shown = f"{value:.2f}".replace("-0.00", "0.00")
    return shown.replace("0.", ".", 1) if abs(float(shown)) < 1 else shown
