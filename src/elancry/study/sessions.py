"""The sessions table of a study (`sessions.csv`): who was treated by whom, and what else is known about a session.

One row per session with the column `session`; `patient` and `therapist` and any covariates beside it are optional. Only
what the plan uses goes on to the results: the table may hold more about people than a result should.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from elancry.choices import Level
from elancry.csv_input import CsvRow, CsvTable, read_csv_input
from elancry.errors import InvalidInput
from elancry.findings import Finding, Severity, finding
from elancry.names import nearest
from elancry.study.associate.nesting import LEVELS
from elancry.study.plan_keys import Plan
from elancry.texts import text

SESSION = "session"
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


@dataclass(frozen=True)
class SessionsTable:
    """Rows by column name, with only the columns that the plan uses; and what was odd about them."""

    rows: tuple[dict[str, str], ...]
    findings: tuple[Finding, ...]


def read_sessions(plan: Plan, sessions: Sequence[str]) -> SessionsTable | None:
    """The table that `plan` names, for the coded `sessions`; `None` where it names none.

    Raises InvalidInput with everything that is wrong: a session of the study missing or there twice, a column that the
    plan needs missing, empty or not of numbers.
    """
    if plan.sessions is None:
        return None
    if not Path(plan.sessions).is_file():
        hint = "Paths in a plan are relative to the plan."
        missing = plan.impossible("sessions", f"there is no file {plan.sessions}", hint)
        raise InvalidInput("the sessions table is not there", [missing])
    # Findings go into results, which tell no folders of this computer.
    table = read_csv_input(Path(plan.sessions), required=(SESSION,), optional=LEVELS[:-1], others=True)
    table.name = Path(plan.sessions).name
    used = [row for row in table.rows if row.values[SESSION] in set(sessions)]
    problems = [
        *_rows_against_sessions(table, sessions),
        *_cluster_problems(plan, table, used),
        *_covariate_problems(plan, table, used),
    ]
    errors = [item for item in problems if item.severity is Severity.ERROR]
    if errors:
        noun = "mistake" if len(errors) == 1 else "mistakes"
        raise InvalidInput(f"{len(errors)} {noun} in the sessions table {plan.sessions}", errors)
    kept = [SESSION, *(name for name in LEVELS[:-1] if name in table.columns), *(plan.covariates or ())]
    rows = tuple({name: _pointed(name, row.values[name]) for name in dict.fromkeys(kept)} for row in used)
    return SessionsTable(rows, (*table.findings, *problems))


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
    if level not in table.columns:
        yield plan.impossible("cluster", f"{table.name} has no column {level}", f"Add the column {level} to the table.")
        return
    for row in used:
        if not row.values[level]:
            message = f"{level} is empty in line {row.line} of {table.name}, and errors are to be clustered by it"
            yield plan.impossible("cluster", message, "Fill it in, or choose cluster: session.")


def _covariate_problems(plan: Plan, table: CsvTable, used: Sequence[CsvRow]) -> Iterator[Finding]:
    others = [name for name in table.columns if name != SESSION]
    for name in plan.covariates or ():
        if name not in others:
            close = nearest(name, others)
            hint = f"Did you mean {close!r}?" if close else f"It has: {', '.join(others) or 'session only'}."
            yield plan.impossible("covariates", f"{table.name} has no column {name!r}", hint)
            continue
        wrong = [row for row in used if row.values[name] and not _NUMBER.fullmatch(_pointed(name, row.values[name]))]
        if wrong:
            message = (
                f"{name} holds {wrong[0].values[name]!r} in line {wrong[0].line} of {table.name}; it needs numbers"
            )
            yield plan.impossible(
                "covariates", message, "Code it as numbers, for example 0 and 1; leave unknown ones empty."
            )
        elif used and not any(row.values[name] for row in used):
            yield plan.impossible("covariates", f"the column {name} of {table.name} is empty")


def _pointed(name: str, cell: str) -> str:
    """A number with a decimal comma gets a point; ids stay as they are."""
    return cell.replace(",", ".") if name not in LEVELS and _DECIMAL_COMMA.fullmatch(cell) else cell
