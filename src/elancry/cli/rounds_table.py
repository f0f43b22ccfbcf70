"""Numbers in columns on the terminal, and the learning curve over training rounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elancry.texts import Text, text

Row = Mapping[Any, Any]


def number(value: float, *, sign: bool = False) -> str:
    """Two decimals without the leading zero, as APA prints what cannot exceed 1."""
    shown = f"{value:+.2f}" if sign else f"{value:.2f}"
    return shown.replace("0.", ".", 1) if abs(value) < 0.995 else shown


def grid(
    corner: str,
    lines: Mapping[str, str],
    columns: Mapping[str, str],
    cells: Mapping[tuple[str, str], float | None],
) -> Iterator[str]:
    """Kappas by line and column, each with its name; `-` where there is none."""
    width = max(map(len, [corner, *lines.values()]))
    widths = {key: max(5, len(name)) for key, name in columns.items()}
    yield f"  {corner:<{width}}" + "".join(f"  {name:>{widths[key]}}" for key, name in columns.items())
    for line, name in lines.items():
        values = {key: cells.get((line, key)) for key in columns}
        shown = "".join(f"  {'-' if v is None else number(v):>{widths[key]}}" for key, v in values.items())
        yield f"  {name:<{width}}{shown}"


def rounds_lines(rows: Sequence[Row]) -> Iterator[str]:
    """The learning curve over rounds, and what each rater's next round has in common with the one before."""
    for measure in ("time_cohen_kappa", "event_kappa_ipf"):
        own = [row for row in rows if row["measure"] == measure]
        curve = [row for row in own if row["rater"] != row["against"]]
        again = [row for row in own if row["rater"] == row["against"]]
        rounds = _in_order(row["round"] for row in curve)
        if len(rounds) > 1:
            yield f"  {Text(f'training.rounds.{measure}')}"
            yield from grid(
                str(text("training.round")),
                rounds,
                _raters(curve),
                {(r["round"], r["rater"]): r["estimate"] for r in curve},
            )
        if again:
            yield f"  {Text(f'training.oneself.{measure}')}"
            steps = {f"{r['against_round']}|{r['round']}": "" for r in again}
            names = {
                step: str(text("list.and", names=_named(step.split("|")[0]), last=_named(step.split("|")[1])))
                for step in steps
            }
            cells = {(f"{r['against_round']}|{r['round']}", r["rater"]): r["estimate"] for r in again}
            yield from grid(str(text("training.rounds")), names, _raters(again), cells)


def _in_order(rounds: Iterator[str]) -> dict[str, str]:
    """Rounds as the table lists them, each rater's own in order."""
    from elancry.check.coding import natural_key

    return {name: _named(name) for name in sorted(set(rounds), key=natural_key)}


def _named(round_name: str) -> str:
    return round_name or str(text("training.no-round"))


def _raters(rows: Sequence[Row]) -> dict[str, str]:
    return {row["rater"]: row["rater"] for row in rows}
