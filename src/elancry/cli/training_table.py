"""What `elancry agree` shows raters in training: how far each agrees, what is confused, and how it went on the way.

It reads the tables `training`, `rounds`, `drift`, `apart` and `differences` of the results and computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from elancry.cli.rounds_table import grid, number, rounds_lines
from elancry.texts import message_language, text

if TYPE_CHECKING:
    import pandas as pd

    from elancry.codebook.model import System
    from elancry.study.results import Results

Row = Mapping[Any, Any]

# So many sessions fit on a screen; more are asked for with --curve.
SESSIONS_SHOWN = 10
CONFUSIONS_SHOWN = 2
IN_TIME, EVENTS, RATINGS = "time_cohen_kappa", "event_kappa_ipf", "kappa_quadratic"
LABELS = "label_cohen_kappa"
# A difference in ratings is worth a line from so many sequences and standard errors on (Student's t of 4 df, .975).
FEWEST_RATINGS, CLEARLY = 5, 2.776


def training_lines(results: Results, *, against: str | None = None, curve: bool = False) -> list[str]:
    """All lines; none where nothing was compared. `curve` shows every session and not only the last ones."""
    training, rounds = _rows(results.tables.get("training")), _rows(results.tables.get("rounds"))
    if not training and not rounds:
        return []
    lines = [""]
    if training:
        if against is None:
            lines.append(str(text("training.each-with-others")))
        else:
            lines += [str(text("training.gold", rater=against)), str(text("training.each-with-gold", rater=against))]
        lines += _why_no_interval(training)
    apart, drift = _rows(results.tables.get("apart")), _rows(results.tables.get("drift"))
    differences = _rows(results.tables.get("differences"))
    for system in results.codebook.systems:
        of_system = [row for row in training if row["system"] == system.id]
        in_rounds = [row for row in rounds if row["system"] == system.id]
        for tier in dict.fromkeys(row["tier"] for row in [*of_system, *in_rounds] if not row["category"]):
            own = [row for row in of_system if row["tier"] == tier]
            label = _system(system)
            lines += ["", label if tier == system.tier_name else f"{label}, {tier}"]
            if own:
                # Where units are given, agreement in time is no achievement of the raters.
                lead = LABELS if any(row["measure"] == LABELS for row in own) else IN_TIME
                lines += _raters(own, lead)
                lines += _confusions([row for row in apart if row["tier"] == tier], system)
                lines += _curve(own, lead, every=curve)
                lines += _drift([row for row in drift if row["tier"] == tier], lead)
            lines += rounds_lines([row for row in in_rounds if row["tier"] == tier])
        rated = [row for row in of_system if row["measure"] == RATINGS]
        if rated:
            lines += ["", str(text("training.ratings-of", system=_system(system)))]
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
        yield str(text("training.brackets"))
    elif overall:
        yield str(text("training.no-interval", reason=str(overall[0]["undefined_reason"])))


def _names(rows: Sequence[Row]) -> dict[str, str]:
    """Rater -> the name in the table; two raters with each other have one kappa and one line."""
    raters = list(dict.fromkeys(row["rater"] for row in rows))
    if len(raters) == 2 and all({row["rater"], row["against"]} == set(raters) for row in rows):
        return {raters[0]: str(text("list.and", names=raters[0], last=raters[1]))}
    return {name: name for name in raters}


def _head(lead: str) -> str:
    """What a kappa of this measure is about."""
    return str(text("training.head.labels" if lead == LABELS else "training.head.time"))


def _raters(rows: Sequence[Row], lead: str) -> Iterator[str]:
    overall = [row for row in rows if row["session"] == ""]
    names = _names(overall)
    rater_head, lead_head, events_head = (
        str(text("training.head.rater")),
        _head(lead),
        str(text("training.head.events")),
    )
    width = max([len(rater_head), *map(len, names.values())])
    yield f"  {rater_head:<{width}}  {lead_head:<32}  {events_head}"
    for rater, name in names.items():
        cells = [next((r for r in overall if r["rater"] == rater and r["measure"] == m), None) for m in (lead, EVENTS)]
        yield f"  {name:<{width}}  {_estimate(cells[0]):<32}  {_estimate(cells[1])}".rstrip()
    yield from _reasons([row for row in overall if row["measure"] in (lead, EVENTS)])


def _reasons(rows: Sequence[Row]) -> Iterator[str]:
    for reason in dict.fromkeys(row["undefined_reason"] for row in rows if row["estimate"] is None):
        yield f"  {text('training.no-number', reason=str(reason))}"


def _ratings(rows: Sequence[Row], system: System) -> Iterator[str]:
    """Weighted kappa of every category, a column for each rater."""
    names = _names(rows)
    labels = {row["category"]: _label(row["category"], system) for row in rows}
    cells = {(row["category"], row["rater"]): _estimate(row) for row in rows}
    head = str(text("training.head.rating"))
    width = max(map(len, [head, *labels.values()]))
    columns = {
        rater: max([len(name), *(len(cells.get((c, rater), "-")) for c in labels)]) for rater, name in names.items()
    }
    heads = "".join(f"  {name:<{columns[rater]}}" for rater, name in names.items())
    yield f"  {head:<{width}}{heads}".rstrip()
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
        said = text(
            "training.rates-higher" if row["bias"] > 0 else "training.rates-lower",
            rater=row["rater_b"],
            other=row["rater_a"],
            category=_category(row["category"], system),
            points=f"{abs(row['bias']):.1f}",
            sequences=text("count.sequences", n=int(row["n"])),
        )
        yield f"  {said}"


def _estimate(row: Row | None) -> str:
    if row is None or row["estimate"] is None:
        return "-"
    shown = number(row["estimate"])
    return shown if row["ci_low"] is None else f"{shown} [{number(row['ci_low'])}, {number(row['ci_high'])}]"


def _confusions(rows: Sequence[Row], system: System) -> Iterator[str]:
    """The longest confusions of every rater: of two categories before coded time with nothing."""
    for rater in sorted({row["rater"] for row in rows}, key=[row["rater"] for row in rows].index):
        own = [row for row in rows if row["rater"] == rater]
        mixed = [row for row in own if "none" not in (row["category"], row["other_category"])]
        for row in (mixed or own)[:CONFUSIONS_SHOWN]:
            others = row["others"].split("|")
            said = text(
                "training.confusion",
                n=len(others),
                rater=rater,
                category=_category(row["category"], system),
                others=_listed(others),
                other_category=_category(row["other_category"], system),
                time=_duration(row["ms"]),
                sequences=text("count.sequences", n=int(row["n_sequences"])),
            )
            yield f"  {said}"


def _category(name: str, system: System) -> str:
    return str(text("training.nothing") if name == "none" else text("training.quoted", name=_label(name, system)))


def _label(name: str, system: System) -> str:
    known = system.category(name)
    return known.label(message_language()) if known else name


def _system(system: System) -> str:
    return system.label(message_language())


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else str(text("list.and", names=tuple(names[:-1]), last=names[-1]))


def _duration(ms: int) -> str:
    seconds = ms / 1000
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {seconds % 60:.0f} s"


def _curve(rows: Sequence[Row], lead: str, *, every: bool) -> Iterator[str]:
    """The leading kappa, session by session, a column for each rater."""
    found = [row for row in rows if row["session"] and row["measure"] == lead]
    sessions = [name for _, name in sorted({(row["place"], row["session"]) for row in found})]
    if len(sessions) < 2:
        return
    raters = _names([row for row in rows if row["session"] == ""])
    shown = sessions if every else sessions[-SESSIONS_SHOWN:]
    left = len(sessions) - len(shown)
    title = (
        text("training.curve-last", what=_head(lead), shown=len(shown), n=len(sessions))
        if left
        else text("training.curve", what=_head(lead))
    )
    yield f"  {title}"
    cells = {(row["session"], row["rater"]): row["estimate"] for row in found}
    yield from grid(str(text("training.session")), {session: session for session in shown}, raters, cells)


def _drift(rows: Sequence[Row], lead: str) -> Iterator[str]:
    """The pairs whose leading agreement has changed, where the interval of the change leaves out 0."""
    known = [row for row in rows if row["measure"] == lead and row["ci_low"] is not None]
    changed = [row for row in known if row["ci_low"] > 0 or row["ci_high"] < 0]
    for row in changed:
        pair = _listed(row["raters"].split("|"))
        said = text(
            "training.drift-more" if row["change"] > 0 else "training.drift-less",
            pair=pair,
            second=number(row["second_half"]),
            first=number(row["first_half"]),
            change=number(row["change"], sign=True),
            low=number(row["ci_low"], sign=True),
            high=number(row["ci_high"], sign=True),
        )
        yield f"  {said}"
    if known and not changed:
        yield f"  {text('training.no-drift')}"
