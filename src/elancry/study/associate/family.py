"""Rows of one table that are tested together: their p values corrected for how many they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from elancry.association.multiplicity import corrected

Row = dict[str, Any]


def correct(rows: Iterable[Row], p: str, *family: str) -> None:
    """Write `p_holm` and `p_bh` into `rows`: those with equal values in the columns `family` are one family."""
    families: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        families.setdefault(tuple(row.get(name) for name in family), []).append(row)
    for members in families.values():
        holm, bh = corrected([row.get(p) for row in members])
        for row, p_holm, p_bh in zip(members, holm, bh, strict=True):
            row.update(p_holm=p_holm, p_bh=p_bh)


def number(value: float) -> float | None:
    """A plain number for a cell, `None` where there is none."""
    return None if value != value else float(value)
