"""What `elancry agree` shows raters in training: how far each agrees, what is confused, and how it went on the way.

It reads the tables `training`, `rounds`, `drift`, `apart` and `differences` of the results and computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from elancry.cli.rounds_table import grid, number, rounds_lines

if TYPE_CHECKING:
    import pandas as pd

    from elancry.codebook.model import System
    from elancry.study.results import Results

Row = Mapping[Any, Any]

# So many sessions fit on a screen; more are asked for with --curve.
SESSIONS_SHOWN = 10
CONFUSIONS_SHOWN = 2
IN_TIME, EVENTS, RATINGS = "time_cohen_kappa", "event_kappa_ipf", "kappa_quadratic"
# A difference in ratings is worth a line from so many sequences and standard errors on (Student's t of 4 df, .975).
FEWEST_RATINGS, CLEARLY = 5, 2.776


def training_lines(results: Results, *, against: str | None = None, curve: bool = False) -> list[str]:
    """All lines; none where nothing was compared. `curve` shows every session and not only the last ones."""
    training, rounds = _rows(results.tables.get("training")), _rows(results.tables.get("rounds"))
    if not training and not rounds:
        return []
    lines = [""]
    if training:
        if against is not None:
            lines.append(f"Gold rater: {against}. Everybody else is compared with {against} alone.")
        whom = "the others" if against is None else against
        lines.append(f"Each rater with {whom}. Kappa: 1 = always the same, 0 = as good as chance.")
        lines += _why_no_interval(training)
    apart, drift = _rows(results.tables.get("apart")), _rows(results.tables.get("drift"))
    differences = _rows(results.tables.get("differences"))
    for system in results.codebook.systems:
        of_system = [row for row in training if row["system"] == system.id]
        in_rounds = [row for row in rounds if row["system"] == system.id]
        for tier in dict.fromkeys(row["tier"] for row in [*of_system, *in_rounds] if not row["category"]):
            own = [row for row in of_system if row["tier"] == tier]
            lines += ["", system.label("en") if tier == system.tier_name else f"{system.label('en')}, {tier}"]
            if own:
                lines += _raters(own)
                lines += _confusions([row for row in apart if row["tier"] == tier], system)
                lines += _curve(own, every=curve)
                lines += _drift([row for row in drift if row["tier"] == tier])
            lines += rounds_lines([row for row in in_rounds if row["tier"] == tier])
        rated = [row for row in of_system if row["measure"] == RATINGS]
        if rated:
            lines += ["", f"{system.label('en')}, ratings"]
            lines += _ratings(rated, system)
            of_ratings = [row for row in differences if row["system"] == system.id and row["what"] == "rating"]
            lines += _biases(of_ratings, system)
    return lines


def _rows(table: pd.DataFrame | None) -> list[Row]:
    if table is None:
        return []
    return list(table.astype(object).where(table.notna(), None).to_dict("records"))


def _why_no_interval(rows: Sequence[Row]) -> Iterator[str]:
    """Once: what the brackets are, or why there are none."""
    overall = [row for row in rows if row["session"] == "" and row["estimate"] is not None]
    if any(row["ci_low"] is not None for row in overall):
        yield "In brackets: where the kappa would probably lie with other sessions (95 % interval)."
    elif overall:
        yield f"{overall[0]['undefined_reason']} Practise more before you trust these numbers."


def _names(rows: Sequence[Row]) -> dict[str, str]:
    """Rater -> what stands in the table; two raters with each other have one kappa and one line."""
    raters = list(dict.fromkeys(row["rater"] for row in rows))
    if len(raters) == 2 and all({row["rater"], row["against"]} == set(raters) for row in rows):
        return {raters[0]: f"{raters[0]} and {raters[1]}"}
    return {name: name for name in raters}


def _raters(rows: Sequence[Row]) -> Iterator[str]:
    overall = [row for row in rows if row["session"] == ""]
    names = _names(overall)
    width = max([5, *map(len, names.values())])
    yield f"  {'rater':<{width}}  {'same category at the same time':<32}  same events"
    for rater, name in names.items():
        cells = [
            next((r for r in overall if r["rater"] == rater and r["measure"] == m), None) for m in (IN_TIME, EVENTS)
        ]
        yield f"  {name:<{width}}  {_estimate(cells[0]):<32}  {_estimate(cells[1])}".rstrip()
    yield from _reasons(overall)


def _reasons(rows: Sequence[Row]) -> Iterator[str]:
    for reason in dict.fromkeys(row["undefined_reason"] for row in rows if row["estimate"] is None):
        yield f"  (-: no number. {reason})"


def _ratings(rows: Sequence[Row], system: System) -> Iterator[str]:
    """Weighted kappa of every category, a column for each rater."""
    names = _names(rows)
    labels = {row["category"]: _label(row["category"], system) for row in rows}
    cells = {(row["category"], row["rater"]): _estimate(row) for row in rows}
    width = max(map(len, ["same rating (weighted kappa)", *labels.values()]))
    columns = {
        rater: max([len(name), *(len(cells.get((c, rater), "-")) for c in labels)]) for rater, name in names.items()
    }
    heads = "".join(f"  {name:<{columns[rater]}}" for rater, name in names.items())
    yield f"  {'same rating (weighted kappa)':<{width}}{heads}".rstrip()
    for category, label in labels.items():
        line = "".join(f"  {cells.get((category, rater), '-'):<{wide}}" for rater, wide in columns.items())
        yield f"  {label:<{width}}{line}".rstrip()
    yield from _reasons(rows)


def _biases(rows: Sequence[Row], system: System) -> Iterator[str]:
    """Who clearly rates higher than whom, the largest differences first."""
    clear = [
        row
        for row in rows
        if row["n"] >= FEWEST_RATINGS and abs(row["bias"]) > CLEARLY * row["sd"] / row["n"] ** 0.5 and row["bias"] != 0
    ]
    for row in sorted(clear, key=lambda row: -abs(row["bias"]))[: 2 * CONFUSIONS_SHOWN]:
        how = "higher" if row["bias"] > 0 else "lower"
        yield (
            f"  {row['rater_b']} rates {_category(row['category'], system)} {how} than {row['rater_a']}: "
            f"{abs(row['bias']):.1f} points on average over {row['n']} sequences"
        )


def _estimate(row: Row | None) -> str:
    if row is None or row["estimate"] is None:
        return "-"
    text = number(row["estimate"])
    return text if row["ci_low"] is None else f"{text} [{number(row['ci_low'])}, {number(row['ci_high'])}]"


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
    return "nothing" if name == "none" else f'"{_label(name, system)}"'


def _label(name: str, system: System) -> str:
    known = system.category(name)
    return known.label("en") if known else name


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
    raters = _names([row for row in rows if row["session"] == ""])
    shown = sessions if every else sessions[-SESSIONS_SHOWN:]
    left = len(sessions) - len(shown)
    more = f" (the last {len(shown)} of {len(sessions)}; --curve shows all)" if left else ""
    yield f"  Session by session, same category at the same time{more}:"
    cells = {(row["session"], row["rater"]): row["estimate"] for row in found}
    yield from grid("session", {session: session for session in shown}, raters, cells)


def _drift(rows: Sequence[Row]) -> Iterator[str]:
    """The pairs whose agreement in time has changed, where the interval of the change leaves out 0."""
    known = [row for row in rows if row["measure"] == IN_TIME and row["ci_low"] is not None]
    changed = [row for row in known if row["ci_low"] > 0 or row["ci_high"] < 0]
    for row in changed:
        pair = _listed(row["raters"].split("|"))
        yield (
            f"  {pair} agree {'more' if row['change'] > 0 else 'less'} in the second half of the sessions: "
            f"{number(row['second_half'])} after {number(row['first_half'])}, change "
            f"{number(row['change'], sign=True)} [{number(row['ci_low'], sign=True)}, "
            f"{number(row['ci_high'], sign=True)}]"
        )
    if known and not changed:
        yield "  No pair of raters agrees clearly more or less in the second half of the sessions than in the first."
