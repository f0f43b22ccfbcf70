"""Who codes which session: everybody everything, a table, or a design in which only a part is coded by all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from elancry.codebook.names import RESERVED, file_name_problem
from elancry.csv_input import read_csv_input
from elancry.errors import UsageError
from elancry.names import there_are
from elancry.seeds import DEFAULT_SEED, stream
from elancry.texts import Text, text

Assignment = Mapping[str, tuple[str, ...]]
"""Session -> the raters who code it, in the order of the roster."""


def check_raters(raters: Sequence[str]) -> tuple[str, ...]:
    """The raters' names as given; UsageError for names that files or merged tiers cannot carry, or given twice."""
    if not raters:
        raise UsageError(text("template.no-raters"), hint=text("template.no-raters-hint"))
    seen: dict[str, str] = {}
    for rater in raters:
        problem = _problem(rater)
        if problem is not None:
            raise UsageError(
                text("template.bad-rater", name=rater, problem=problem), hint=text("template.bad-rater-hint")
            )
        # Two files whose names differ in case only are one file on Windows and macOS.
        other = seen.get(rater.casefold())
        if other is not None:
            code = "template.rater-twice" if other == rater else "template.rater-twice-spelt"
            raise UsageError(text(code, name=rater, other=other))
        seen[rater.casefold()] = rater
    return tuple(raters)


def _problem(rater: str) -> Text | None:
    if "@" in rater:
        return text("template.rater-at")
    if "__" in rater:
        return text("template.rater-underscores")
    if rater.casefold() in RESERVED:
        return text("codebook.name-reserved", words=tuple(sorted(RESERVED)))
    return file_name_problem(rater)


def everybody(sessions: Sequence[str], raters: Sequence[str]) -> Assignment:
    """Every rater codes every session."""
    return {session: tuple(raters) for session in sessions}


def overlapping(
    sessions: Sequence[str], raters: Sequence[str], share: float, *, seed: int = DEFAULT_SEED
) -> Assignment:
    """`share` (0 to 1) of the sessions is coded by all raters, the others by one each, dealt out evenly.

    The number coded by all is `share` times the number of sessions, rounded half up, and at least one where `share` is
    above 0. Which sessions and who codes the others is drawn from `seed`; the order of `sessions` does not matter.
    """
    if not 0 <= share <= 1:
        raise UsageError(text("template.overlap", share=share), hint=text("template.overlap-hint"))
    names = sorted(sessions)
    common = max(int(share * len(names) + 0.5), 1 if share > 0 else 0)
    generator = stream(seed, "assignment")
    shuffled = [names[index] for index in generator.permutation(len(names))]
    dealers = [raters[index] for index in generator.permutation(len(raters))]
    single = {session: (dealers[place % len(dealers)],) for place, session in enumerate(shuffled[common:])}
    return {session: single.get(session, tuple(raters)) for session in names}


def read_assignment(
    path: Path, sessions: Sequence[str] | None = None, raters: Sequence[str] | None = None
) -> Assignment:
    """The assignment in a table `session,rater`; sessions that it does not name are coded by nobody.

    In the order of `sessions` and of the roster `raters`, where these are known, else of the table.

    UnreadableInput for what is no table. InvalidInput, with all of them, for sessions without a medium, raters not on
    the roster and rows given twice.
    """
    table = read_csv_input(path, required=("session", "rater"), others=True)
    found: dict[str, dict[str, None]] = {}
    for row in table.rows:
        session, rater = table.value(row, "session", str), table.value(row, "rater", str)
        if session is None or rater is None:
            continue
        if sessions is not None and session not in sessions:
            message = text("template.assign-no-session", name=session)
            table.report(row, message, there_are(session, sessions))
        if raters is not None and rater not in raters:
            message = text("template.assign-no-rater", name=rater)
            table.report(row, message, there_are(rater, raters))
        if rater in found.setdefault(session, {}):
            table.report(row, text("template.assign-twice", session=session, rater=rater))
        found[session][rater] = None
    table.require_usable()
    return {
        session: tuple(rater for rater in raters or found[session] if rater in found[session])
        for session in sessions or found
        if session in found
    }
