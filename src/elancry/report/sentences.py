"""Plain-language sentences made from rows of the tables, never stronger than the numbers.

The word for a level of agreement is the table's own (decided there from the interval's lower limit); without an
interval, or with one that reaches chance, no word of praise is used whatever the table says.
"""

from __future__ import annotations

from elancry.report.numbers import NO_BREAK, coefficient, interval, length, number, p_equation
from elancry.report.rows import Row
from elancry.report.view import View, significant
from elancry.study.results import Coverage

LEVELS = ("poor", "slight", "fair", "moderate", "substantial", "almost perfect", "good", "excellent")

SYMBOLS = {
    "time_krippendorff_alpha": "α",
    "time_fleiss_kappa": "κ (Fleiss)",
    "time_conger_kappa": "κ (Conger)",
    "time_cohen_kappa": "κ (Cohen)",
    "time_gwet_ac1": "AC1",
    "time_brennan_prediger": "BP",
    "time_masi_alpha": "α",
    "label_krippendorff_alpha": "α",
    "label_fleiss_kappa": "κ (Fleiss)",
    "label_conger_kappa": "κ (Conger)",
    "label_cohen_kappa": "κ (Cohen)",
    "label_gwet_ac1": "AC1",
    "label_brennan_prediger": "BP",
    "event_kappa_ipf": "κ",
    "event_kappa_matched": "κ",
    "icc_1_1": "ICC(1,1)",
    "icc_2_1": "ICC(2,1)",
    "icc_3_1": "ICC(3,1)",
    "icc_1_k": "ICC(1,k)",
    "icc_2_k": "ICC(2,k)",
    "icc_3_k": "ICC(3,k)",
    "alpha_interval": "α",
    "alpha_ordinal": "α",
    "kappa_quadratic": "κ",
}


def symbol(measure: str) -> str:
    """The sign of a coefficient as it stands before the equals sign."""
    return SYMBOLS.get(measure, measure)


def with_interval(row: Row, view: View) -> str:
    """`α = .74, 95 % CI [.66, .80]`; the interval is left out where there is none."""
    value = f"{symbol(row['measure'])}{NO_BREAK}={NO_BREAK}{coefficient(row['estimate'])}"
    if row["ci_low"] is None or row["ci_high"] is None:
        return value
    return f"{value}, {view.words('ci')}{NO_BREAK}{interval(row['ci_low'], row['ci_high'])}"


def agreement(row: Row, what: str, view: View) -> str:
    """How far raters agree on `what`, from one row of the agreement table."""
    words = view.words
    if row["estimate"] is None:
        return words(
            "agree.undefined",
            what=what,
            symbol=symbol(row["measure"]),
            reason=words.said(row["undefined_reason"] or "?").rstrip("."),
        )
    numbers = with_interval(row, view)
    if row["ci_low"] is None:
        return words("agree.no_interval", what=what, numbers=numbers)
    if row["ci_low"] <= 0:
        return words("agree.chance", what=what, numbers=numbers)
    if row["level"] not in LEVELS:
        return words("agree.no_level", what=what, numbers=numbers)
    return words(f"agree.{row['level'].replace(' ', '_')}", what=what, numbers=numbers)


def basis(row: Row, view: View) -> str:
    """On how much a coefficient rests: `46 sequences from 32 sessions; raters R1, R2, R3`."""
    words = view.words
    parts = []
    if row["n_units"] is not None:
        events = row["measure"].startswith(("event", "onset", "offset", "boundary"))
        if row["measure"].startswith("label"):
            parts.append(words.count("given_unit", row["n_units"]))
        else:
            parts.append(words.count("event", row["n_units"]) if events else view.units(row["n_units"]))
    if row["n_sessions"] is not None and not (
        view.results.design.whole_sessions and row["n_units"] == row["n_sessions"]
    ):
        parts.append(words("from_sessions", sessions=words.count("session", row["n_sessions"])))
    text = " ".join(parts)
    if row["compared_ms"] is not None and row["measure"].startswith("time"):
        text = words("compared", units=text, time=length(row["compared_ms"]))
    return words("basis", units=text, raters=view.raters(row["raters"])) if text else view.raters(row["raters"])


def ratio_with_interval(row: Row, view: View) -> str:
    """`ratio 1.45, 95 % CI [1.02, 2.06]`; the interval is left out where there is none."""
    value = view.words("cooccurrence.ratio", ratio=number(row["ratio"]))
    if row["ratio_low"] is None:
        return value
    return f"{value}, {view.words('ci')}{NO_BREAK}{interval(row['ratio_low'], row['ratio_high'], zero=True)}"


def cooccurrence(rows: list[Row], view: View) -> str:
    """What stands out among the pairs of categories of two systems, after Holm's correction."""
    words, names = view.words, view.names
    tested = [row for row in rows if row["p_permutation"] is not None]
    first, second = names.system(rows[0]["system_a"]), names.system(rows[0]["system_b"])
    pair = {"first": view.quoted(first), "second": view.quoted(second), "tested": str(len(tested))}
    if not tested:
        return words("cooccurrence.untested", **pair)
    found = [row for row in tested if significant(row["p_holm"])]
    nominal = sum(significant(row["p_permutation"]) for row in tested)
    if not found:
        return words("cooccurrence.nothing", nominal=str(nominal), **pair)
    texts = []
    for row in sorted(found, key=lambda row: (row["p_holm"], row["category_a"], row["category_b"])):
        key = "cooccurrence.more" if (row["ratio"] or 0) > 1 else "cooccurrence.less"
        texts.append(
            words(
                key,
                a=view.quoted(names.category(row["system_a"], row["category_a"])),
                b=view.quoted(names.category(row["system_b"], row["category_b"])),
                ratio=ratio_with_interval(row, view),
                p=p_equation(row["p_holm"]),
            )
        )
    key = "cooccurrence.found_one" if len(found) == 1 else "cooccurrence.found"
    return words(key, found=str(len(found)), nominal=str(nominal), listed=_some(texts, view), **pair)


def regression(rows: list[Row], view: View) -> str:
    """Which predictors go with which outcomes after Holm's correction; `rows` are one family without intercepts."""
    words, names = view.words, view.names
    tested = [row for row in rows if row["p"] is not None]
    fields = {
        "outcomes": view.quoted(names.system(rows[0]["outcome_system"])),
        "predictors": view.quoted(names.system(rows[0]["predictor_system"])),
        "tested": str(len(tested)),
    }
    if not tested:
        return words("regression.untested", **fields)
    found = [row for row in tested if significant(row["p_holm"])]
    nominal = sum(significant(row["p"]) for row in tested)
    if not found:
        return words("regression.nothing", nominal=str(nominal), **fields)
    texts = []
    for row in sorted(found, key=lambda row: (row["p_holm"], row["outcome"], row["term"])):
        key = "regression.more" if row["b"] > 0 else "regression.less"
        texts.append(
            words(
                key,
                term=view.quoted(names.category(row["predictor_system"], row["term"])),
                outcome=view.quoted(names.category(row["outcome_system"], row["outcome"])),
                numbers=f"b{NO_BREAK}={NO_BREAK}{number(row['b'])}, {words('ci')}{NO_BREAK}"
                f"{interval(row['ci_low'], row['ci_high'], zero=True)}",
                p=p_equation(row["p_holm"]),
            )
        )
    key = "regression.found_one" if len(found) == 1 else "regression.found"
    return words(key, found=str(len(found)), nominal=str(nominal), listed=_some(texts, view), **fields)


def coverage(item: Coverage, view: View) -> str:
    """How many sequences were coded in one way, in how many of them by two raters, and by whom."""
    words, design = view.words, view.results.design
    what = words(f"coverage.{item.coding}", system=view.quoted(view.names.system(item.system)))
    everything, raters = str(len(design.sequences)), list(item.by_rater)
    if len(raters) == 1:
        text = words("coverage.one", what=what, coded=str(item.n_coded), all=everything, raters=raters[0])
    elif item.n_complete == len(design.sequences):
        text = words("coverage.all", what=what, all=everything, raters=words.listed(raters))
    else:
        counts = [words("coverage.rater", rater=rater, n=str(n)) for rater, n in item.by_rater.items()]
        text = words(
            "coverage.some",
            what=what,
            coded=str(item.n_coded),
            all=everything,
            double=str(item.n_double),
            complete=str(item.n_complete),
            raters=", ".join(counts),
        )
    absent = [rater for rater in design.raters if rater not in item.by_rater]
    return f"{text} {words('coverage.absent', raters=words.listed(absent))}" if absent else text


def fewer_raters(system: str, score: str, key: str, view: View) -> str:
    """That some scores of a system are means over fewer raters than others, as the text `key`; empty if none is."""
    item = view.coverage(system, "rating" if score == "rating" else "interval")
    if item is None or item.n_coded == item.n_complete:
        return ""
    return view.words(
        key,
        system=view.quoted(view.names.system(system)),
        n=str(item.n_coded - item.n_complete),
        all=str(item.n_coded),
        raters=str(len(item.by_rater)),
    )


def _some(texts: list[str], view: View) -> str:
    """The first few texts as one; how many more there are is said."""
    shown, more = "; ".join(texts[:5]), len(texts) - 5
    return view.words("and_more", listed=shown, more=str(more)) if more > 0 else shown
