"""Sequences in sessions, sessions of patients, patients of therapists: the level within which errors may go together.

With a sessions table the cluster is the highest level with at least ten groups, else the session; fewer groups than ten
leave too few independent observations for standard errors (Cameron & Miller 2015).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from elancry.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

LEVELS = ("therapist", "patient", "session")
FEWEST_GROUPS = 10


@dataclass(frozen=True)
class Cluster:
    """The column that clusters, and why in words."""

    column: str
    reason: str


def with_sessions(frame: pd.DataFrame, sessions: Iterable[Mapping[str, str]]) -> pd.DataFrame:
    """`frame` (`sequences.csv`) with the columns of the sessions table joined by `session`, after its first four.

    A column whose every filled cell is a number becomes numbers; empty cells are missing. Raises UsageError for a
    session of the study that the table lacks or has twice.
    """
    import pandas as pd

    rows: dict[str, Mapping[str, str]] = {}
    for row in sessions:
        if row["session"] in rows:
            raise UsageError(f"the sessions table has session {row['session']!r} twice")
        rows[row["session"]] = row
    missing = sorted(set(frame["session"]) - set(rows))
    if missing:
        raise UsageError(
            f"the sessions table lacks {', '.join(missing)}", hint="Every session that was coded needs a row."
        )
    joined = frame.copy()
    names = [name for name in dict.fromkeys(key for row in rows.values() for key in row) if name != "session"]
    for position, name in enumerate(names):
        if name in frame:
            raise UsageError(f"the sessions table may not have a column {name!r}: sequences.csv has one")
        cells = [rows[session].get(name, "") for session in frame["session"]]
        values: pd.Series[float] | pd.Series[str] = pd.Series(cells, dtype="object", index=frame.index)
        if name not in LEVELS:
            numbers = pd.to_numeric(values.where(values != "", None), errors="coerce")
            if numbers.notna().sum() == sum(cell != "" for cell in cells) > 0:
                values = numbers.astype("float64")
        joined.insert(min(4, len(frame.columns)) + position, name, values)
    return joined


def choose_cluster(frame: pd.DataFrame, wanted: str | None = None) -> Cluster:
    """The cluster of `frame`: `wanted`, else the highest level with at least ten groups, else the session.

    Raises UsageError where `wanted` is no column of it, or has empty cells.
    """
    if wanted is not None:
        if wanted not in frame:
            raise UsageError(
                f"the cluster {wanted!r} is no column",
                hint="Give a sessions table with this column, or choose session.",
            )
        if _empty(frame, wanted):
            raise UsageError(f"the cluster {wanted!r} is empty for some sessions")
        return Cluster(wanted, f"{wanted}: as the plan says ({frame[wanted].nunique()} groups)")
    passed: list[str] = []
    for level in LEVELS[:-1]:
        if level not in frame:
            continue
        number = frame[level].nunique()
        if _empty(frame, level):
            passed.append(f"{level} is empty for some sessions")
        elif number < FEWEST_GROUPS:
            passed.append(f"{number} {level}s are fewer than {FEWEST_GROUPS}")
        else:
            above = f"; {', '.join(passed)}" if passed else ""
            return Cluster(level, f"{level}: the highest level with at least {FEWEST_GROUPS} groups ({number}){above}")
    number = frame["session"].nunique()
    why = f"; {', '.join(passed)}" if passed else ""
    return Cluster("session", f"session: {number} groups{why}")


def _empty(frame: pd.DataFrame, column: str) -> bool:
    return bool(frame[column].isna().any() or (frame[column] == "").any())
