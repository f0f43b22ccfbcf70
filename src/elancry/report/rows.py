"""Rows of result tables as plain mappings, and the choice of those rows that a page has room for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Row = Mapping[str, Any]


def rows_of(frame: pd.DataFrame | None, **wanted: str) -> list[Row]:
    """Rows whose text columns equal `wanted`, in table order; missing cells are `None`, numbers are plain Python."""
    if frame is None:
        return []
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    missing = frame.isna()
    columns = [
        [
            None if gone else _plain(value)
            for value, gone in zip(frame[name].tolist(), missing[name].tolist(), strict=True)
        ]
        for name in frame.columns
    ]
    names = list(frame.columns)
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def distinct(rows: Iterable[Row], *names: str) -> list[tuple[Any, ...]]:
    """Distinct combinations of the named columns in order of first appearance."""
    return list(dict.fromkeys(tuple(row[name] for name in names) for row in rows))


# A number over all pairs of raters first; the mean over pairs next; with two raters the pair is all there is.
_AGGREGATES = ("pooled", "pair_mean", "pair")


def exact(rows: Iterable[Row]) -> list[Row]:
    """Rows of the exact version: neither binned time nor a tolerance at boundaries."""
    return [row for row in rows if row["time_unit_ms"] is None and not row["tolerance_ms"]]


def pick(rows: Iterable[Row]) -> Row | None:
    """The row that speaks for all raters, or `None`.

    Several pairs without a row over all of them have no spokesman: one pair must not stand for the team.
    """
    listed = list(rows)
    for aggregate in _AGGREGATES:
        found = [row for row in listed if row["aggregate"] == aggregate]
        if found and (aggregate != "pair" or len(distinct(found, "raters")) == 1):
            return found[0]
    return None
