"""What the simulation found, in words: assumptions, the cheapest design that will do, a preregistration's sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from elancry import __version__
from elancry.power.figure import power_svg
from elancry.power.model import Assumptions
from elancry.power.pilot import Pilot
from elancry.power.plan import Row
from elancry.report.numbers import ABSENT, coefficient
from elancry.report.words import Words
from elancry.table.export import csv_bytes
from elancry.table.schema import POWER


@dataclass(frozen=True)
class Said:
    """`assumed`, what came out, and the sentence for a preregistration."""

    assumed: str
    results: tuple[str, ...]
    methods: str


def words_on(
    assumed: Assumptions, pilot: Pilot | None, rows: Sequence[Row], aim: float, seed: int, language: str
) -> Said:
    """The words on rows of schema.POWER, cheapest design first; `aim` is the power that is wanted."""
    words = Words(language)
    numbers = {
        "icc": coefficient(assumed.icc),
        "rater_share": coefficient(assumed.rater_share),
        "session_share": coefficient(assumed.within),
        "slope": coefficient(assumed.slope),
    }
    first = words("power.assumed", **numbers)
    if pilot is not None:
        of = {"system": pilot.system, "category": pilot.category}
        first = f"{words('power.pilot', score=words.get(f'score.{pilot.score}', pilot.score), **of)} {first}"
    enough = [row for row in rows if row["power"] >= aim]
    chosen = (
        min(enough, key=lambda row: int(row["n_codings"])) if enough else max(rows, key=lambda row: float(row["power"]))
    )
    key = "power.enough" if enough else "power.not_enough"
    design = {
        "sessions": str(chosen["n_sessions"]),
        "per_session": f"{chosen['sequences_per_session']:.3g}",
        "raters": str(chosen["n_raters"]),
        "share": f"{100 * chosen['double_coded_share']:.0f}",
        "codings": str(chosen["n_codings"]),
        "power": coefficient(chosen["power"]),
        "power_error": coefficient(chosen["power_mc_error"], 3),
        "width": coefficient(chosen["width"]),
        "aim": coefficient(aim),
    }
    results = [words(key, **design)]
    if any(row["without_interval"] > 0 for row in rows):
        results.append(words("power.without_interval"))
    methods = words(
        "power.methods" if chosen["width"] is not None else "power.methods_without_width",
        **design,
        **numbers,
        studies=str(chosen["n_studies"]),
        seed=str(seed),
        version=__version__,
    )
    return Said(first, tuple(results), methods)


HEADS = ("sessions", "per_session", "raters", "share", "codings", "icc", "width", "without", "power", "formula")


def table_lines(rows: Sequence[Row], language: str) -> Iterator[str]:
    """The rows as lines of text, a column each for `HEADS`; Monte-Carlo errors follow their numbers."""
    words = Words(language)
    cells = [[words(f"power.head.{name}") for name in HEADS]]
    for row in rows:
        formula = f"{coefficient(row.get('width_bonett'))} {coefficient(row.get('power_closed_form'))}"
        cells.append(
            [
                str(row["n_sessions"]),
                f"{row['sequences_per_session']:.3g}",
                str(row["n_raters"]),
                f"{100 * row['double_coded_share']:.0f} %",
                str(row["n_codings"]),
                _with_error(row, "icc"),
                _with_error(row, "width"),
                f"{100 * row['without_interval']:.0f} %",
                _with_error(row, "power"),
                formula if formula.replace(ABSENT, "").strip() else ABSENT,
            ]
        )
    widths = [max(len(line[at]) for line in cells) for at in range(len(HEADS))]
    for line in cells:
        yield "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def _with_error(row: Row, name: str) -> str:
    if row[name] is None:
        return ABSENT
    return f"{coefficient(row[name], 3)} ±{coefficient(row[f'{name}_mc_error'], 3)}"


TABLE, FIGURE, WORDS = FILES = "tables/power.csv", "figures/power.svg", "power.md"
"""What `pages` makes."""


def pages(said: Said, rows: Sequence[Row], aim: float, language: str) -> Mapping[str, bytes | str]:
    """The files: the table, the figure, and the words as Markdown."""
    lines = [said.assumed, *said.results, "```text\n" + "\n".join(table_lines(rows, language)) + "\n```", said.methods]
    return {
        TABLE: csv_bytes(POWER.frame(rows)),
        FIGURE: power_svg(rows, aim, language),
        WORDS: "\n\n".join(lines) + "\n",
    }
