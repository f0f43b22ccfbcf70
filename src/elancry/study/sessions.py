"""The sessions table of a study (`sessions.csv`): who was treated by whom, and what else is known about a session.

One row per session with the column `session`; `patient` and `therapist` and any covariates beside it are optional. Only
what the plan uses goes on to the results: the table may hold more about people than a result should.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from elancry.choices import Level
from elancry.csv_input import CsvRow, CsvTable, read_csv_input
from elancry.errors import InvalidInput
from elancry.findings import Finding, Severity, finding
from elancry.names import nearest, there_are
from elancry.paths import why_no_file
from elancry.study.nesting import LEVELS, Cluster, cluster_of_study
from elancry.study.plan_keys import Plan
from elancry.texts import text

SESSION = "session"
ROUND, CODEBOOK_VERSION = "round", "codebook_version"
BY_FILE = (ROUND, CODEBOOK_VERSION)
"""What agreement is compared by that the files say; anything else is a column of the table."""
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


@dataclass(frozen=True)
class SessionsTable:
    """Rows by column name, with only the columns that the plan uses; and what was odd about them."""

    rows: tuple[dict[str, str], ...]
    findings: tuple[Finding, ...]
    groups: Mapping[str, str] = field(default_factory=dict)
    """Session -> what stands in the column that agreement is compared by; "" where nothing does."""


@dataclass(frozen=True)
class Nesting:
    """The sessions table of a study, if there is one, its one cluster, and what is to be said of both."""

    table: SessionsTable | None
    cluster: Cluster
    findings: tuple[Finding, ...]


def nesting_of(plan: Plan, sessions: Sequence[str], with_sequences: Sequence[str]) -> Nesting:
    """How the sessions of a study are nested; `with_sequences` are those that hold a sequence.

    Raises what `read_sessions` and `cluster_of_study` do.
    """
    table = read_sessions(plan, sessions)
    cluster = cluster_of_study(with_sequences, None if table is None else table.rows, plan.cluster)
    if table is None:
        return Nesting(None, cluster, ())
    chosen = finding("nesting-cluster", text("finding.nesting-cluster.message", reason=cluster.reason))
    return Nesting(table, cluster, (*table.findings, chosen))


def read_sessions(plan: Plan, sessions: Sequence[str]) -> SessionsTable | None:
    """The table that `plan` names, for the coded `sessions`; `None` where it names none.

    Raises InvalidInput with everything that is wrong: a session of the study missing or there twice, a column that the
    plan needs missing, empty or not of numbers.
    """
    if plan.sessions is None:
        return None
    absent = list(unknown_columns(plan))
    if absent:
        raise InvalidInput(text("sessions.mistakes", n=len(absent), path=plan.sessions), absent)
    table = _table(plan.sessions)
    used = [row for row in table.rows if row.values[SESSION] in set(sessions)]
    problems = [
        *_rows_against_sessions(table, sessions),
        *_cluster_problems(plan, table, used),
        *_covariate_problems(plan, table, used),
    ]
    errors = [item for item in problems if item.severity is Severity.ERROR]
    if errors:
        raise InvalidInput(text("sessions.mistakes", n=len(errors), path=plan.sessions), errors)
    kept = [SESSION, *(name for name in LEVELS[:-1] if name in table.columns), *(plan.covariates or ())]
    rows = tuple({name: _pointed(name, row.values[name]) for name in dict.fromkeys(kept)} for row in used)
    groups = {} if plan.compare in (None, *BY_FILE) else {row.values[SESSION]: row.values[plan.compare] for row in used}
    return SessionsTable(rows, (*table.findings, *problems), groups)


def unknown_columns(plan: Plan) -> Iterator[Finding]:
    """The table that is not there, or the columns that it lacks, of those that the plan asks for by name."""
    if plan.sessions is None:
        return
    if not Path(plan.sessions).is_file():
        problem = why_no_file(Path(plan.sessions)) or text("sessions.no-file", path=plan.sessions)
        yield plan.impossible("sessions", problem, text("sessions.no-file-hint"))
        return
    table = _table(plan.sessions)
    known = [name for name in table.columns if name != SESSION]
    level = [] if plan.cluster in (Level.AUTO, Level.SESSION) else [plan.cluster.value]
    column = [] if plan.compare in (None, *BY_FILE) else [plan.compare]
    for key, names in (("cluster", level), ("covariates", plan.covariates or ()), ("compare", column)):
        for name in names:
            if name not in known:
                hint = there_are(name, known) if known else text("sessions.only-session")
                yield plan.impossible(key, text("sessions.no-column", table=table.name, name=name), hint)


def _table(path: str) -> CsvTable:
    table = read_csv_input(Path(path), required=(SESSION,), optional=LEVELS[:-1], others=True)
    # Findings go into results, which tell no folders of this computer.
    table.name = Path(path).name
    return table


def _rows_against_sessions(table: CsvTable, sessions: Sequence[str]) -> Iterator[Finding]:
    first: dict[str, CsvRow] = {}
    for row in table.rows:
        name = row.values[SESSION]
        if not name:
            yield finding(
                "csv-row", text("finding.csv-row.message-empty", column="session"), file=table.name, line=row.line
            )
        elif name in first:
            message = text("finding.sessions-twice.message", name=name, line=first[name].line)
            yield finding(
                "sessions-twice", message, hint=text("finding.sessions-twice.hint"), file=table.name, line=row.line
            )
        else:
            first[name] = row
    missing = [name for name in sessions if name not in first]
    for name in missing:
        close = nearest(name, [row for row in first if row not in sessions])
        hint = (
            text("finding.sessions-missing.hint-close", close=close)
            if close
            else text("finding.sessions-missing.hint-add")
        )
        yield finding(
            "sessions-missing",
            text("finding.sessions-missing.message", name=name),
            hint=hint,
            file=table.name,
            session=name,
        )
    for name, row in first.items():
        if name not in sessions:
            close = nearest(name, missing)
            hint = (
                text("finding.sessions-unknown.hint-close", close=close)
                if close
                else text("finding.sessions-unknown.hint")
            )
            yield finding(
                "sessions-unknown",
                text("finding.sessions-unknown.message", name=name),
                hint=hint,
                file=table.name,
                line=row.line,
            )


def _cluster_problems(plan: Plan, table: CsvTable, used: Iterable[CsvRow]) -> Iterator[Finding]:
    level = plan.cluster.value
    if plan.cluster in (Level.AUTO, Level.SESSION):
        return
    for row in used:
        if not row.values[level]:
            problem = text("sessions.cluster-empty", name=level, line=row.line, table=table.name)
            yield plan.impossible("cluster", problem, text("sessions.cluster-empty-hint"))


def _covariate_problems(plan: Plan, table: CsvTable, used: Sequence[CsvRow]) -> Iterator[Finding]:
    for name in plan.covariates or ():
        wrong = [row for row in used if row.values[name] and not _NUMBER.fullmatch(_pointed(name, row.values[name]))]
        if wrong:
            first = wrong[0]
            problem = text(
                "sessions.not-a-number", name=name, value=first.values[name], line=first.line, table=table.name
            )
            yield plan.impossible("covariates", problem, text("sessions.not-a-number-hint"))
        elif used and not any(row.values[name] for row in used):
            yield plan.impossible("covariates", text("sessions.column-empty", name=name, table=table.name))


def _pointed(name: str, cell: str) -> str:
    """A number with a decimal comma gets a point; ids stay as they are."""
    return cell.replace(",", ".") if name not in LEVELS and _DECIMAL_COMMA.fullmatch(cell) else cell
