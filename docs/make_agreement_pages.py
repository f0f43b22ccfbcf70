"""Write the numbers of docs/which-coefficient.md and docs/easydiag-and-elan.md. A test says when they are out of date.

    python docs/make_agreement_pages.py

Every number of the two pages stands between `<!-- made: NAME -->` and `<!-- end -->` and is computed here: from the
sample study, or from the worked examples below. The decision figure, images/which-coefficient.svg, is drawn here too.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from elancry.agreement import easydiag
from elancry.align.events import Events, link_events
from elancry.align.events_of import SequenceEvents
from elancry.align.sequences import match_sequences
from elancry.choices import Linking, Matching
from elancry.cli.main import run
from elancry.codebook.model import Codebook
from elancry.study.agree.elan_dialog import dialog_families
from elancry.study.agree.engine import Engine, Family
from elancry.study.agree.event import event_families
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
    return Questions.of(sample(), PLAN).rows()


PLAN = Plan(codebook="crying")


@cache
def sample() -> Compared:
    """The sample study, lined up."""
    return compared_in(SAMPLE, PLAN)


def compared_in(folder: Path, plan: Plan) -> Compared:
    """The coding in a folder, lined up."""
    coding = check_study([folder], plan)
    return Compared.of(coding, match_sequences(coding)[0])


def which_coefficient(rows: Sequence[Row]) -> dict[str, str]:
    """Blocks of which-coefficient.md."""
    return {
        "questions": _questions(rows),
        "premarked": _premarked(),
        "faces": _faces(),
        "neighbours": _neighbours(rows),
        "ratings": _ratings(rows),
    }


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


# ---- given units and concurrent codes: tables that are converted, then compared -----------------------------------

HEAD = "file,tier,start_ms,end_ms,value"


def premarked_table() -> str:
    """The sample's sequences with one code each: the form of crying that the rater gave most of the time."""
    rows = [HEAD]
    for line in sample().timelines:
        if line.system == "crying_form":
            span = f"{line.start_ms[0]},{line.end_ms[-1]}"
            for at, rater in enumerate(line.raters):
                amounts = [line.durations[line.codes[:, at] == code].sum() for code in range(len(line.categories))]
                file, most = f"{line.session}__{rater}", line.categories[int(np.argmax(amounts))]
                rows += [f"{file},Sequence,{span},{line.sequence}", f"{file},crying_form,{span},{most}"]
    return "\n".join([*rows, ""])


EXPRESSIONS = (("AU6", "AU12"), ("AU1", "AU4"), ("AU1", "AU4", "AU15"), ("AU12",))


def faces_table() -> str:
    """Simulated faces: 12 sessions, 8 expressions each of one to three facial action units, two raters who each miss 15
    units in 100 and are up to 200 ms off."""
    rng, rows = np.random.default_rng(12), [HEAD]
    for session in range(1, 13):
        truth, time = [], 1000
        for _ in range(8):
            time += int(rng.integers(2000, 6000))
            end = time + int(rng.integers(1500, 4000))
            for unit in EXPRESSIONS[int(rng.integers(len(EXPRESSIONS)))]:
                truth.append((time + int(rng.integers(0, 300)), end, unit))
            time = end
        for rater in ("R1", "R2"):
            for start, end, unit in truth:
                if rng.random() > 0.15:
                    a, b = rng.integers(-200, 200, 2).tolist()
                    rows.append(f"S{session:02d}__{rater},face,{start + a},{end + b},{unit}")
    return "\n".join([*rows, ""])


def converted(table: str, plan: Plan) -> Questions:
    """What is asked of a table after `elancry convert TABLE coded`."""
    with tempfile.TemporaryDirectory() as folder:
        source, coded = Path(folder) / "table.csv", Path(folder) / "coded"
        source.write_text(table, encoding="utf-8")
        run(["convert", str(source), str(coded), "--quiet"])
        return Questions.of(compared_in(coded, plan), plan)


@cache
def premarked() -> Questions:
    """The sample's sequences with one code each."""
    return converted(premarked_table(), PLAN)


@cache
def faces() -> Questions:
    """Facial action units."""
    units = sorted({unit for one in EXPRESSIONS for unit in one}, key=lambda name: int(name[2:]))
    return converted(faces_table(), Plan().choose(tiers=tuple(f"face.{unit}" for unit in units)))


def _pooled(questions: Questions, family: Family) -> dict[str, Row]:
    """Measure -> its row for all raters, or for the mean of the pairs."""
    rows = [row for row in questions.engine.rows(family) if row["scope"] == "overall"]
    return {row["measure"]: row for at in ("pair_mean", "pooled") for row in rows if row["aggregate"] == at}


LABELS = (
    ("percent", "percent agreed"),
    ("cohen_kappa", "Cohen's kappa, mean of the pairs"),
    ("conger_kappa", "Conger's kappa"),
    ("fleiss_kappa", "Fleiss' kappa"),
    ("krippendorff_alpha", "Krippendorff's alpha"),
    ("gwet_ac1", "Gwet's AC1"),
    ("brennan_prediger", "Brennan-Prediger"),
)


def _premarked() -> str:
    asked = premarked()
    (family,) = asked.labels
    labels, time = _pooled(asked, family), _pooled(asked, asked.time[0])
    lines = [
        f"| {labels['label_percent']['n_units']} sequences, one code each | labels, `label_*` | time, `time_*` |",
        "|---|---|---|",
    ]
    for measure, name in LABELS:
        lines.append(f"| {name} | {_interval(labels[f'label_{measure}'])} | {_interval(time[f'time_{measure}'])} |")
    return "\n".join(lines)


def _faces() -> str:
    asked = faces()
    together, without = (_pooled(asked, family) for family in asked.concurrent)
    shown = [
        ("sets of codes at every moment", "`time_masi_alpha`, with_none", together["time_masi_alpha"]),
        ("the same where both gave a code", "`time_masi_alpha`, without_none", without["time_masi_alpha"]),
        ("mean over the codes", "`time_mean_fleiss_kappa`", together["time_mean_fleiss_kappa"]),
    ]
    for family in asked.time:
        if family.base["variant"] == "with_none":
            tier = family.base["tier"]
            shown.append(
                (
                    f"{tier.partition('.')[2]} against the rest",
                    "`time_fleiss_kappa`",
                    _pooled(asked, family)["time_fleiss_kappa"],
                )
            )
    lines = ["| facial action units | row | |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {measure} | {_interval(row)} |" for name, measure, row in shown)])


# ---- the decision figure ------------------------------------------------------------------------------------------

WIDTH, STEP, TOP = 860, 96, 62
STYLE = """
text { font: 15px system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; fill: #1b1f24 }
.head { font-weight: 600 } .small { font-size: 13.5px; fill: #4a5460 }
.code { font: 13.5px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1b1f24 }
.page { fill: #ffffff } .asked { fill: #eef3f8; stroke: #7d8fa3 } .report { fill: #fff6e0; stroke: #b08a2e }
.line { stroke: #7d8fa3; stroke-width: 1.5; fill: none } .tip { fill: #7d8fa3 }
@media (prefers-color-scheme: dark) {
text, .code { fill: #e8edf2 } .small { fill: #b3bdc8 } .page { fill: #14181d }
.asked { fill: #1f2933; stroke: #6b7d90 } .report { fill: #332b17; stroke: #b9973f }
.line { stroke: #8fa1b4 } .tip { fill: #8fa1b4 } }
"""


def branches(rows: Sequence[Row]) -> list[tuple[tuple[str, str], tuple[str, str, str]]]:
    """What raters did (two lines), and what to report (kind of units, rows, what the example gives)."""
    asked, sets = premarked(), faces()
    labels = _pooled(asked, asked.labels[0])["label_fleiss_kappa"]
    masi = _pooled(sets, sets.concurrent[0])["time_masi_alpha"]
    time = _one(rows, SYSTEMS[0], "time_fleiss_kappa", variant="with_none")
    whole = Questions.of(sample(), PLAN)
    (onset,) = (
        one
        for one in event_families(whole.compared, [Linking(Matching.ONSET, float(PLAN.onset_tolerance_ms))])
        if one.base["system"] == SYSTEMS[0]
    )
    brief = _pooled(whole, onset)["event_kappa_ipf"]
    events = _one(rows, SYSTEMS[0], "event_kappa_ipf")
    one, team = (_range(rows, SYSTEMS[0], measure, "rating").partition(" in ")[0] for measure in ("icc_2_1", "icc_2_k"))
    return [
        (
            ("labelled units that were there", "beforehand: turns, trials, sequences"),
            ("Given units", "label_fleiss_kappa", f"sample, one code for each sequence: {_interval(labels)}"),
        ),
        (
            ("found stretches of time themselves,", "one code at a time"),
            (
                "Free units",
                "time_fleiss_kappa and event_kappa_ipf",
                f"sample, form of crying: {_interval(time)} and {_interval(events)}",
            ),
        ),
        (
            ("gave several codes at once,", "such as facial action units"),
            ("Concurrent codes", "time_masi_alpha, and the rows of each code", f"faces, simulated: {_interval(masi)}"),
        ),
        (
            ("marked brief events whose", "length says nothing"),
            ("Brief events", "event_kappa_ipf by --matching onset", f"sample, form of crying: {_interval(brief)}"),
        ),
        (
            ("gave each sequence a number", "on a scale"),
            (
                "Ratings",
                "icc_2_1 (one rater) or icc_2_k (mean of the team)",
                f"sample, form of crying: {one} or {team}",
            ),
        ),
    ]


def decision_figure(rows: Sequence[Row]) -> str:
    """The SVG; its colours follow the reader's, light or dark."""
    found = branches(rows)
    height = TOP + STEP * len(found) + 6
    label = "; ".join(f"raters {' '.join(did)}: {kind}, {measure}, {number}" for did, (kind, measure, number) in found)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"',
        f'aria-label="{escape(label)}">',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}" rx="8"/>',
        '<text class="head" x="24" y="34">The raters ...</text>',
        '<text class="head" x="400" y="34">Report, with its interval</text>',
        f'<path class="line" d="M 24 46 V {TOP + STEP * (len(found) - 1) + 38}"/>',
    ]
    for at, (did, (kind, measure, number)) in enumerate(found):
        y = TOP + STEP * at
        parts += [
            f'<path class="line" d="M 24 {y + 38} H 44"/><path class="line" d="M 340 {y + 38} H 390"/>',
            f'<path class="tip" d="M 400 {y + 38} l -12 -6 v 12 z"/>',
            f'<rect class="asked" x="44" y="{y}" width="296" height="76" rx="8"/>',
            f'<rect class="report" x="400" y="{y}" width="436" height="76" rx="8"/>',
            *(f'<text x="58" y="{y + 33 + 22 * row}">{escape(line)}</text>' for row, line in enumerate(did)),
            f'<text class="head" x="414" y="{y + 22}">{escape(kind)}</text>',
            f'<text class="code" x="414" y="{y + 43}">{escape(measure)}</text>',
            f'<text class="small" x="414" y="{y + 64}">{escape(number)}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


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
    """Write both pages and the figure."""
    rows = sample_rows()
    figure = FOLDER / "images" / "which-coefficient.svg"
    figure.write_text(decision_figure(rows), encoding="utf-8", newline="\n")
    for name, blocks in (
        ("which-coefficient.md", which_coefficient(rows)),
        ("easydiag-and-elan.md", easydiag_and_elan()),
    ):
        path = FOLDER / name
        path.write_text(fill(path.read_text(encoding="utf-8"), blocks), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
