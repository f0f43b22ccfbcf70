"""Why the same moment, what follows and whole sequences may answer differently: a paragraph with a study's numbers.

The example is the pair of categories with the smallest p at the same moment; every number is one of a table.
"""

from __future__ import annotations

from collections.abc import Iterator

from elancry.report import sentences
from elancry.report.names import NO_FINDING
from elancry.report.numbers import NO_BREAK, interval, length, number, p_equation
from elancry.report.rows import Row
from elancry.report.view import View, significant


def three_answers(view: View) -> str:
    """The paragraph; empty where fewer than two of the three analyses are there."""
    together = view.rows("cooccurrence")
    after = [row for row in view.rows("sequential") if row["window_ms"] is not None]
    after = [row for row in after if (row["window_ms"], row["anchor"]) == (after[0]["window_ms"], after[0]["anchor"])]
    across = [row for row in view.rows("regression", se_type="CR2") if not NO_FINDING.fullmatch(row["term"])]
    if sum(map(bool, (together, after, across))) < 2:
        return ""
    words = view.words
    counts = [
        _count(view, "three.count_moment", together, "p_permutation"),
        _count(
            view, "three.count_after", after, "p_permutation", window=length(after[0]["window_ms"]) if after else ""
        ),
        _count(view, "three.count_across", across, "p"),
    ]
    parts = [words("three.why"), words("three.found", counts=words.listed([part for part in counts if part]))]
    tested = [row for row in together if row["p_permutation"] is not None and row["ratio"] is not None]
    if tested:
        row = min(tested, key=lambda one: float(one["p_permutation"]))
        numbers = "; ".join(_answers(row, after, across, view))
        parts.append(words("three.example", first=_name(view, row, "a"), second=_name(view, row, "b"), numbers=numbers))
    return " ".join(parts)


def _count(view: View, key: str, rows: list[Row], p: str, **fields: str) -> str:
    tested = [row for row in rows if row[p] is not None]
    if not tested:
        return ""
    found = sum(significant(row["p_holm"]) for row in tested)
    return view.words(key, found=str(found), tested=str(len(tested)), **fields)


def _name(view: View, row: Row, side: str) -> str:
    return view.quoted(view.names.category(row[f"system_{side}"], row[f"category_{side}"]))


def _answers(row: Row, after: list[Row], across: list[Row], view: View) -> Iterator[str]:
    words = view.words
    yield words("three.moment", numbers=_ratio(row, view))
    pair = {(row["system_a"], row["category_a"]), (row["system_b"], row["category_b"])}
    for one in after:
        if {(one["given_system"], one["given"]), (one["target_system"], one["target"])} != pair:
            continue
        if one["p_permutation"] is None or one["ratio"] is None:
            continue
        yield words(
            "three.after",
            given=view.quoted(view.names.category(one["given_system"], one["given"])),
            target=view.quoted(view.names.category(one["target_system"], one["target"])),
            window=length(one["window_ms"]),
            numbers=_ratio(one, view),
        )
    for slope in across:
        sides = (slope["outcome_system"], slope["outcome"]), (slope["predictor_system"], slope["term"])
        if set(sides) == pair and slope["p"] is not None:
            yield _across(slope, view)
            return


def _across(slope: Row, view: View) -> str:
    words = view.words
    numbers = f"b{NO_BREAK}={NO_BREAK}{number(slope['b'])}, {words('ci')}{NO_BREAK}"
    numbers += f"{interval(slope['ci_low'], slope['ci_high'], zero=True)}, {p_equation(slope['p'])}"
    outcome = view.quoted(view.names.category(slope["outcome_system"], slope["outcome"]))
    return words("three.across", outcome=outcome, numbers=numbers)


def _ratio(row: Row, view: View) -> str:
    return f"{sentences.ratio_with_interval(row, view)}, {p_equation(row['p_permutation'])}"
