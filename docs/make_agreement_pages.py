"""Write the numbers of docs/which-coefficient.md and docs/easydiag-and-elan.md. A test says when they are out of date.

    python docs/make_agreement_pages.py

Every number of the two pages stands between `<!-- made: NAME -->` and `<!-- end -->` and is computed here: from the
sample study, or from the worked examples below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from elancry.agreement import easydiag
from elancry.align.events import Events, link_events
from elancry.align.events_of import SequenceEvents
from elancry.align.sequences import match_sequences
from elancry.choices import Linking, Matching
from elancry.codebook.model import Codebook
from elancry.study.agree.elan_dialog import dialog_families
from elancry.study.agree.engine import Engine
from elancry.study.agree.families import Questions
from elancry.study.compared import Compared
from elancry.study.plan import Plan
from elancry.study.run import check_study

FOLDER = Path(__file__).parent
SAMPLE = FOLDER.parent / "sample_eaf"
BLOCK = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

Row = dict[str, Any]
Value = Callable[[np.ndarray], np.ndarray]


def fill(page: str, blocks: dict[str, str]) -> str:
    """`page` with the content of its blocks made anew; an unknown block is a KeyError."""
    return BLOCK.sub(lambda found: f"{found[1]}\n{blocks[found[2]]}\n\n{found[3]}", page)


# ---- the sample study ---------------------------------------------------------------------------------------------


def sample_rows() -> list[Row]:
    """The agreement table of the sample study under the default plan."""
    plan = Plan(codebook="crying")
    coding = check_study([SAMPLE], plan)
    sequences, _ = match_sequences(coding)
    return Questions.of(Compared.of(coding, sequences), plan).rows()


def which_coefficient(rows: Sequence[Row]) -> dict[str, str]:
    """Blocks of which-coefficient.md."""
    return {"questions": _questions(rows), "neighbours": _neighbours(rows), "ratings": _ratings(rows)}


SYSTEMS = ("crying_form", "intervention")


def _one(rows: Sequence[Row], system: str, measure: str, **wanted: Any) -> Row:
    wanted = {"scope": "overall", **wanted}
    found = [
        row
        for row in rows
        if row["system"] == system and row["measure"] == measure and all(row.get(k) == v for k, v in wanted.items())
    ]
    return next(row for at in ("pooled", "pair_mean") for row in found if row["aggregate"] == at)


def _interval(row: Row) -> str:
    text = _two(row["estimate"])
    return text if row["ci_low"] is None else f"{text} [{_two(row['ci_low'])}, {_two(row['ci_high'])}]"


def _two(value: float) -> str:
    text = f"{value:.2f}"
    return text.replace("0.", ".", 1) if abs(value) < 0.995 else text


def _questions(rows: Sequence[Row]) -> str:
    asked: list[tuple[str, str, Callable[[str], str]]] = [
        (
            "Time-based: same category at the same time?",
            "`time_fleiss_kappa`, with_none",
            lambda s: _interval(_one(rows, s, "time_fleiss_kappa", variant="with_none")),
        ),
        (
            "Event-based: same events?",
            "`event_kappa_ipf`, overlap .60",
            lambda s: _interval(_one(rows, s, "event_kappa_ipf")),
        ),
        (
            "Boundaries: same onsets and offsets?",
            "`boundary_f1` within 1 s",
            lambda s: _interval(_one(rows, s, "boundary_f1", tolerance_ms=1000)),
        ),
        ("Same units and labels?", "`unitizing_alpha`", lambda s: _interval(_one(rows, s, "unitizing_alpha"))),
        ("Same rating, one rater?", "`icc_2_1`, rating", lambda s: _range(rows, s, "icc_2_1", "rating")),
        ("Same rating, mean of the team?", "`icc_2_k`, rating", lambda s: _range(rows, s, "icc_2_k", "rating")),
        ("Same share of time, mean of the team?", "`icc_2_k`, share", lambda s: _range(rows, s, "icc_2_k", "share")),
        ("In the same sequences?", "`presence_gwet_ac1`", lambda s: _range(rows, s, "presence_gwet_ac1", None)),
    ]
    lines = ["| question | row of `tables/agreement.csv` | crying form | intervention |", "|---|---|---|---|"]
    for question, measure, value in asked:
        lines.append(f"| {question} | {measure} | {value(SYSTEMS[0])} | {value(SYSTEMS[1])} |")
    return "\n".join(lines)


def _by_category(rows: Sequence[Row], system: str, measure: str, variant: str | None) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        wanted = (system, measure, variant, "pooled", "category")
        if (row["system"], row["measure"], row.get("variant"), row["aggregate"], row["scope"]) == wanted:
            found.setdefault(row["category"], row)
    return found


def _range(rows: Sequence[Row], system: str, measure: str, variant: str | None) -> str:
    values = [row["estimate"] for row in _by_category(rows, system, measure, variant).values()]
    known = [value for value in values if value is not None]
    return f"{_two(min(known))} to {_two(max(known))} in {len(known)} categories"


NEIGHBOURS = (
    ("time_percent", "percent of time agreed"),
    ("time_cohen_kappa", "Cohen's kappa, mean of the pairs"),
    ("time_conger_kappa", "Conger's kappa"),
    ("time_fleiss_kappa", "Fleiss' kappa"),
    ("time_krippendorff_alpha", "Krippendorff's alpha"),
    ("time_gwet_ac1", "Gwet's AC1"),
    ("time_brennan_prediger", "Brennan-Prediger"),
)


def _neighbours(rows: Sequence[Row]) -> str:
    lines = ["| coefficient on time | crying form, with none | without none |", "|---|---|---|"]
    for measure, name in NEIGHBOURS:
        cells = [_interval(_one(rows, SYSTEMS[0], measure, variant=v)) for v in ("with_none", "without_none")]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _ratings(rows: Sequence[Row]) -> str:
    lines = [
        "| crying form, rating of | one rater, ICC(2,1) | mean of the three, ICC(2,k) | word |",
        "|---|---|---|---|",
    ]
    one = _by_category(rows, SYSTEMS[0], "icc_2_1", "rating")
    mean = _by_category(rows, SYSTEMS[0], "icc_2_k", "rating")
    for category, row in one.items():
        lines.append(f"| {category} | {_interval(row)} | {_interval(mean[category])} | {mean[category]['level']} |")
    return "\n".join(lines)


# ---- EasyDIAg and ELAN --------------------------------------------------------------------------------------------

# Seconds and category: rater 1 and rater 2 of file A; files B and C differ from it at the end.
BOTH_1 = [(0, 5, "sob"), (6, 11, "hold"), (12, 17, "sob"), (18, 23, "hold"), (24, 29, "sob"), (30, 35, "hold")]
BOTH_2 = [(0, 5, "sob"), (6, 11, "hold"), (12, 16, "hold"), (18, 23, "hold"), (24, 29, "sob"), (30, 35, "hold")]
ONLY_1, ONLY_2 = (36, 41, "sob"), (42, 47, "sob")
EXAMPLES = {
    "A": ([*BOTH_1, ONLY_1], [*BOTH_2, ONLY_2]),
    "B": ([*BOTH_1, ONLY_1], [*BOTH_2, (42, 47, "wail")]),
    "C": (BOTH_1, BOTH_2),
}
CRITERION = 0.6


def events_of(example: str) -> tuple[list[str], Events, Events]:
    """Categories and the events of both raters."""
    raters = EXAMPLES[example]
    names = sorted({value for spans in raters for _, _, value in spans})
    first, second = (
        Events.of(
            np.array([1000 * start for start, _, _ in spans]),
            np.array([1000 * end for _, end, _ in spans]),
            np.array([names.index(value) for _, _, value in spans]),
        )
        for spans in raters
    )
    return names, first, second


def table_of(example: str) -> tuple[list[str], np.ndarray]:
    """Categories and EasyDIAg's table of an example."""
    names, first, second = events_of(example)
    link_a, link_b, _ = link_events(first, second, Matching.EASYDIAG, CRITERION)
    return names, easydiag.event_table(first.codes, second.codes, link_a, link_b, len(names))


def easydiag_and_elan() -> dict[str, str]:
    """Blocks of easydiag-and-elan.md."""
    blocks = {f"table_{example}": _event_table(*table_of(example)) for example in EXAMPLES}
    blocks["line"] = _line()
    blocks["numbers"] = _numbers()
    blocks["values"] = _values("A")
    blocks["dialog"] = _dialog("A")
    return blocks


def _line() -> str:
    lines = ["```text"]
    for name, spans in zip(("rater 1", "rater 2"), EXAMPLES["A"], strict=True):
        text = [" "] * 75
        for start, end, value in spans:
            inside = f"{value:-<{int((end - start) * 1.5) - 1}}"
            text[int(start * 1.5) : int(start * 1.5) + len(inside) + 2] = [*f"|{inside}|"]
        lines.append(f"{name}  {''.join(text).rstrip()}")
    seconds = "".join(f"{second:<9}" for second in range(0, 49, 6))
    return "\n".join([*lines, f"seconds  {seconds.rstrip()}", "```"])


def _event_table(names: Sequence[str], table: np.ndarray) -> str:
    head = [*names, "no match"]
    lines = [f"| rater 1 \\ rater 2 | {' | '.join(head)} |", "|---" * (len(head) + 1) + "|"]
    for at, (name, row) in enumerate(zip(head, table, strict=True)):
        cells = [f"{value:g}" for value in row]
        if at == len(names):
            cells[-1] = "(cannot be)"
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _numbers() -> str:
    asked: tuple[tuple[str, Value, Value | None], ...] = (
        ("kappa", easydiag.kappa_ipf, easydiag.elan_kappa),
        ("kappa max", easydiag.kappa_max, easydiag.elan_kappa_max),
        ("attainable kappa", easydiag.kappa_attainable, None),
        ("raw agreement", easydiag.raw, easydiag.raw),
    )
    lines = ["| | | EasyDIAg's definition (elancry) | ELAN (`--matching elan`) |", "|---|---|---|---|"]
    for example in EXAMPLES:
        _, table = table_of(example)
        for at, (name, ours, elans) in enumerate(asked):
            label = f"file {example}" if at == 0 else ""
            theirs = "(not there)" if elans is None else f"{float(elans(table)):.6f}"
            lines.append(f"| {label} | {name} | {float(ours(table)):.6f} | {theirs} |")
    return "\n".join(lines)


def _values(example: str) -> str:
    names, table = table_of(example)
    lines = ["| value | kappa | kappa max | raw | positive agreement |", "|---|---|---|---|---|"]
    for at, name in enumerate(names):
        functions = (
            easydiag.category_kappa,
            easydiag.category_kappa_max,
            easydiag.category_raw,
            easydiag.positive_agreement,
        )
        cells = [f"{float(function(table, at)):.4f}" for function in functions]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _dialog(example: str) -> str:
    names, first, second = events_of(example)
    # One session with one sequence that holds everything.
    columns = zip(*((own.start_ms, own.end_ms, own.codes) for own in (first, second)), strict=True)
    item = SequenceEvents("S", "S", "crying", "crying", tuple(names), ("R1", "R2"), *map(tuple, columns))
    compared = Compared(Codebook(id="example", title="example", systems=()), ("R1", "R2"), events=(item,))
    found = {"modified Cohen's kappa": float(easydiag.elan_kappa(table_of(example)[1]))}
    shown = {
        "event_elan_overlap_ratio": "overlap/extent ratio",
        "event_elan_fleiss_kappa": "modified Fleiss' kappa, with *unmatched*",
        "event_elan_fleiss_kappa_matched": "modified Fleiss' kappa, without",
    }
    for family in dialog_families(compared, Linking(Matching.ELAN, CRITERION)):
        for row in Engine(seed=1, n_resamples=0).rows(family):
            if row["measure"] in shown and row["aggregate"] == "pair" and row["scope"] == "overall":
                found[shown[row["measure"]]] = row["estimate"]
    return "\n".join([f"| file {example} | |", "|---|--:|", *(f"| {name} | {n:.4f} |" for name, n in found.items())])


def main() -> None:
    """Write both pages."""
    for name, blocks in (
        ("which-coefficient.md", which_coefficient(sample_rows())),
        ("easydiag-and-elan.md", easydiag_and_elan()),
    ):
        path = FOLDER / name
        path.write_text(fill(path.read_text(encoding="utf-8"), blocks), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
