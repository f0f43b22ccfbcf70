"""Sequences in sessions, sessions of patients, patients of therapists: the level within which errors may go together.

One cluster serves everything: standard errors of regressions, exchanges of the tests in time, resampling of agreement,
correlations and effect sizes. With a sessions table it is the highest level with at least ten groups, else the session;
fewer groups than ten leave too few independent observations for standard errors (Cameron & Miller 2015).

It must be the coarsest unit that can have habits in *both* systems: a patient who always cries in one way and is always
answered in one way makes two categories go together in all of their sequences, whatever happens at the moment.
`assumed` says what is taken for granted where the cluster may be too fine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from elancry.choices import Level
from elancry.errors import UsageError
from elancry.texts import Text, some, text

if TYPE_CHECKING:
    import pandas as pd

LEVELS = ("therapist", "patient", "session")
FEWEST_GROUPS = 10


@dataclass(frozen=True)
class Cluster:
    """The column that clusters and why; `groups`: session -> its group, where that is not the session itself."""

    column: str
    reason: Text
    groups: Mapping[str, str] = field(default_factory=dict)

    def group_of(self, session: str) -> str:
        """The group that a session belongs to."""
        return self.groups.get(session, session)


def with_sessions(frame: pd.DataFrame, sessions: Iterable[Mapping[str, str]]) -> pd.DataFrame:
    """`frame` (`sequences.csv`) with the columns of the sessions table joined by `session`, after its first four.

    A column whose every filled cell is a number becomes numbers; empty cells are missing. Raises UsageError for a
    session of the study that the table lacks or has twice.
    """
    import pandas as pd

    rows: dict[str, Mapping[str, str]] = {}
    for row in sessions:
        if row["session"] in rows:
            raise UsageError(text("nesting.session-twice", session=row["session"]))
        rows[row["session"]] = row
    missing = sorted(set(frame["session"]) - set(rows))
    if missing:
        raise UsageError(
            text("nesting.sessions-missing", names=some(missing, 20)), hint=text("nesting.sessions-missing-hint")
        )
    joined = frame.copy()
    names = [name for name in dict.fromkeys(key for row in rows.values() for key in row) if name != "session"]
    for position, name in enumerate(names):
        if name in frame:
            raise UsageError(text("nesting.column-taken", name=name))
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
            raise UsageError(text("name.none.cluster", name=wanted), hint=text("nesting.cluster-hint"))
        if _empty(frame, wanted):
            raise UsageError(text("nesting.cluster-gaps", name=wanted))
        reason = text("nesting.as-planned", level=_level(wanted), n=int(frame[wanted].nunique()))
        return Cluster(wanted, reason, _groups(frame, wanted))
    passed: list[Text] = []
    for level in LEVELS[:-1]:
        if level not in frame:
            continue
        number = frame[level].nunique()
        if _empty(frame, level):
            passed.append(text("nesting.level-empty", level=_level(level)))
        elif number < FEWEST_GROUPS:
            passed.append(text("nesting.few-groups", n=number, levels=_level(level, number), fewest=FEWEST_GROUPS))
        else:
            reason = text("nesting.highest", level=_level(level), n=number, fewest=FEWEST_GROUPS)
            return Cluster(level, _with(reason, passed), _groups(frame, level))
    reason = text("nesting.session", level=_level("session"), n=int(frame["session"].nunique()))
    return Cluster("session", _with(reason, passed))


def cluster_of_study(sessions: Sequence[str], rows: Iterable[Mapping[str, str]] | None, wanted: Level) -> Cluster:
    """The one cluster of a study with sequences in `sessions`; `rows` are those of its sessions table.

    Raises UsageError as `with_sessions` and `choose_cluster` do.
    """
    import pandas as pd

    frame = pd.DataFrame({"session": list(dict.fromkeys(sessions))}, dtype="object")
    if rows is not None:
        frame = with_sessions(frame, rows)
    return choose_cluster(frame, None if wanted is Level.AUTO else wanted.value)


BY_SESSION = Cluster("session", text("nesting.no-table"))
"""Every session is a cluster of its own."""


def assumed(cluster: str, frame: pd.DataFrame) -> Text | None:
    """What tests and intervals over `cluster` take for granted; `None` where the sessions table leaves nothing open.

    `frame` is `sequences.csv`: its columns say which levels are known. Of two known levels the finer is assumed not to
    share habits within the coarser.
    """
    above = [level for level in LEVELS[:-1] if level in frame and LEVELS.index(level) < LEVELS.index(cluster)]
    if above:
        levels = [_level(level, 2) for level in above]
        return text("nesting.assumes-above", clusters=_level(cluster, 2), levels=levels, cluster=_level(cluster))
    if cluster == "session":
        return text("nesting.assumes-sessions")
    below = "patient" if cluster == "therapist" and "patient" in frame else None
    if below and frame.groupby(below)[cluster].nunique().max() > 1:
        return text("nesting.crossed", clusters=_level(cluster, 2), levels=_level(below, 2))
    return None


def _with(reason: Text, passed: list[Text]) -> Text:
    return text("nesting.and-passed", reason=reason, passed=passed) if passed else reason


def _level(name: str, n: int = 1) -> Text:
    return text(f"level.{name}", n=n)


def _groups(frame: pd.DataFrame, column: str) -> dict[str, str]:
    if column == "session":
        return {}
    return dict(zip(frame["session"].astype(str), frame[column].astype(str), strict=True))


def _empty(frame: pd.DataFrame, column: str) -> bool:
    return bool(frame[column].isna().any() or (frame[column] == "").any())
