"""What `elancry agree` shows raters in training: how far each agrees, what is confused, and how it went on the way.

It reads the tables `training`, `drift` and `apart` of the results and computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from elancry.codebook.model import System
    from elancry.study.results import Results

Row = Mapping[Any, Any]

# So many sessions fit on a screen; more are asked for with --curve.
SESSIONS_SHOWN = 10
CONFUSIONS_SHOWN = 2
IN_TIME, EVENTS = "time_cohen_kappa", "event_kappa_ipf"


def training_lines(results: Results, *, against: str | None = None, curve: bool = False) -> list[str]:
    """All lines; none where nothing was compared. `curve` shows every session and not only the last ones."""
    training = _rows(results.tables.get("training"))
    if not training:
        return []
    whom = "the others" if against is None else against
    lines = ["", f"Each rater with {whom}. Kappa: 1 = always the same, 0 = as good as chance."]
    apart, drift = _rows(results.tables.get("apart")), _rows(results.tables.get("drift"))
    for system in results.codebook.systems:
        for tier in dict.fromkeys(row["tier"] for row in training if row["system"] == system.id):
            own = [row for row in training if row["tier"] == tier]
            lines += ["", system.label("en") if tier == system.tier_name else f"{system.label('en')}, {tier}"]
            lines += _raters(own)
            lines += _confusions([row for row in apart if row["tier"] == tier], system)
            lines += _curve(own, every=curve)
            lines += _drift([row for row in drift if row["tier"] == tier])
    return lines


def _rows(table: pd.DataFrame | None) -> list[Row]:
    if table is None:
        return []
    return list(table.astype(object).where(table.notna(), None).to_dict("records"))


def _raters(rows: Sequence[Row]) -> Iterator[str]:
    overall = [row for row in rows if row["session"] == ""]
    raters = list(dict.fromkeys(row["rater"] for row in overall))
    width = max([5, *map(len, raters)])
    yield f"  {'rater':<{width}}  {'same category at the same time':<32}  same events"
    for rater in raters:
        cells = [
            next((r for r in overall if r["rater"] == rater and r["measure"] == m), None) for m in (IN_TIME, EVENTS)
        ]
        yield f"  {rater:<{width}}  {_estimate(cells[0]):<32}  {_estimate(cells[1])}".rstrip()
    for reason in dict.fromkeys(row["undefined_reason"] for row in overall if row["estimate"] is None):
        yield f"  (no number: {reason})"


def _estimate(row: Row | None) -> str:
    if row is None or row["estimate"] is None:
        return "-"
    text = _number(row["estimate"])
    return text if row["ci_low"] is None else f"{text} [{_number(row['ci_low'])}, {_number(row['ci_high'])}]"


def _confusions(rows: Sequence[Row], system: System) -> Iterator[str]:
    """The longest confusions of every rater: of two categories before coded time with nothing."""
    for rater in sorted({row["rater"] for row in rows}, key=[row["rater"] for row in rows].index):
        own = [row for row in rows if row["rater"] == rater]
        mixed = [row for row in own if "none" not in (row["category"], row["other_category"])]
        for row in (mixed or own)[:CONFUSIONS_SHOWN]:
            others = row["others"].split("|")
            verb = "code" if len(others) > 1 else "codes"
            sequences = "1 sequence" if row["n_sequences"] == 1 else f"{row['n_sequences']} sequences"
            yield (
                f"  {rater} codes {_category(row['category'], system)} where {_listed(others)} {verb} "
                f"{_category(row['other_category'], system)}: {_duration(row['ms'])} in {sequences}"
            )


def _category(name: str, system: System) -> str:
    if name == "none":
        return "nothing"
    known = system.category(name)
    return f'"{known.label("en") if known else name}"'


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _duration(ms: int) -> str:
    seconds = ms / 1000
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {seconds % 60:.0f} s"


def _curve(rows: Sequence[Row], *, every: bool) -> Iterator[str]:
    """Kappa in time, session by session, a column for each rater."""
    found = [row for row in rows if row["session"] and row["measure"] == IN_TIME]
    sessions = [name for _, name in sorted({(row["place"], row["session"]) for row in found})]
    if len(sessions) < 2:
        return
    raters = list(dict.fromkeys(row["rater"] for row in found))
    shown = sessions if every else sessions[-SESSIONS_SHOWN:]
    left = len(sessions) - len(shown)
    more = f" (the last {len(shown)} of {len(sessions)}; --curve shows all)" if left else ""
    yield f"  Session by session, same category at the same time{more}:"
    width = max(map(len, ["session", *shown]))
    columns = [max(5, len(name)) for name in raters]
    names = "".join(f"  {name:>{wide}}" for name, wide in zip(raters, columns, strict=True))
    yield f"  {'session':<{width}}{names}"
    cells = {(row["session"], row["rater"]): row["estimate"] for row in found}
    for session in shown:
        values = [cells.get((session, rater)) for rater in raters]
        line = "".join(
            f"  {'-' if value is None else _number(value):>{wide}}" for value, wide in zip(values, columns, strict=True)
        )
        yield f"  {session:<{width}}{line}"


def _drift(rows: Sequence[Row]) -> Iterator[str]:
    """The pairs whose agreement in time has changed, where the interval of the change leaves out 0."""
    known = [row for row in rows if row["measure"] == IN_TIME and row["ci_low"] is not None]
    changed = [row for row in known if row["ci_low"] > 0 or row["ci_high"] < 0]
    for row in changed:
        pair = _listed(row["raters"].split("|"))
        yield (
            f"  {pair} agree {'more' if row['change'] > 0 else 'less'} in the second half of the sessions: "
            f"{_number(row['second_half'])} after {_number(row['first_half'])}, change "
            f"{_number(row['change'], sign=True)} [{_number(row['ci_low'], sign=True)}, "
            f"{_number(row['ci_high'], sign=True)}]"
        )
    if known and not changed:
        yield "  No pair of raters agrees clearly more or less in the second half of the sessions than in the first."


def _number(value: float, *, sign: bool = False) -> str:
    """Two decimals without the leading zero, as APA prints what cannot exceed 1."""
    text = f"{value:+.2f}" if sign else f"{value:.2f}"
    return text.replace("0.", ".", 1) if abs(value) < 0.995 else text
