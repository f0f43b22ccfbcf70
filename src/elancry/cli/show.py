"""What commands say at their end, for people at a terminal."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from elancry.cli.exits import Exit
from elancry.findings import Finding, Severity

if TYPE_CHECKING:
    import pandas as pd

    from elancry.check.coding import CheckedCoding
    from elancry.study.run import Outcome


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"


def counter(label: str, *, quiet: bool) -> Callable[[int, int], None] | None:
    """A callback that counts on one line of the error stream (`Reading 12 of 96`); `None` where nobody looks."""
    if quiet or not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        click.echo(f"\r{label} {done} of {total}" + ("\n" if done == total else ""), nl=False, err=True)

    return show


def steps(*, quiet: bool) -> Callable[[str], None] | None:
    """A callback that says on the error stream what is being done; `None` where nobody looks."""
    if quiet or not sys.stderr.isatty():
        return None
    return lambda text: click.echo(f"{text} ...", err=True)


def summary_line(coding: CheckedCoding) -> str:
    """What was read and how many findings there are, in one or two lines."""
    what = ((coding.files, "file"), (coding.sessions, "session"), (coding.raters, "rater"))
    read = ", ".join(count(len(items), noun) for items, noun in what)
    if coding.raters:
        read += f" ({', '.join(coding.raters)})"
    if coding.passed_over:
        read += "; passed over: " + ", ".join(f"{number} {reason}" for reason, number in coding.passed_over.items())
    return f"{read}.\n{findings_line(coding.findings)}"


def findings_line(findings: Sequence[Finding]) -> str:
    """`2 errors, 5 warnings.` or `Nothing found.`"""
    counts = [(sum(item.severity is severity for item in findings), severity) for severity in Severity]
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "remark"}
    said = [count(number, words[severity]) for number, severity in counts if number]
    return (", ".join(said) if said else "Nothing found") + "."


def say_findings(findings: Sequence[Finding], *, verbose: bool) -> None:
    """Print findings to the error stream: with `verbose` every one, else one line per kind of error and warning."""
    from elancry.check.render import render_text

    if verbose and findings:
        click.echo(render_text(findings, verbose=True), err=True)
        return
    by_kind: dict[str, list[Finding]] = {}
    for item in findings:
        if item.severity is not Severity.INFO:
            by_kind.setdefault(item.code, []).append(item)
    order = list(Severity)
    for code, items in sorted(by_kind.items(), key=lambda entry: order.index(entry[1][0].severity)):
        more = f" and {len(items) - 1} more" if len(items) > 1 else ""
        click.echo(f"{items[0].severity} {code}: {items[0].where or items[0].session or 'study'}{more}", err=True)
    if by_kind:
        click.echo("(--verbose, or `elancry check`, tells what each means and how to mend it)", err=True)


def say_outcome(outcome: Outcome, *, quiet: bool, verbose: bool) -> int:
    """The end of `agree` and `analyze`: findings, headline numbers, where the report is. Returns the exit code."""
    results = outcome.results
    if not quiet:
        say_findings(results.findings, verbose=verbose)
        design = results.design
        what = (
            (results.provenance.inputs, "file"),
            (design.sessions, "session"),
            (design.sequences, "sequence"),
            (design.raters, "rater"),
        )
        click.echo(", ".join(count(len(items), noun) for items, noun in what) + f" ({', '.join(design.raters)}).")
        click.echo(findings_line(results.findings))
        for line in headline(outcome):
            click.echo(line)
        for part, why in results.omitted.items():
            click.echo(f"Left out: {part}: {why}")
        click.echo(f"Report: {outcome.report}")
    return Exit.ERRORS_FOUND if any(item.severity is Severity.ERROR for item in results.findings) else Exit.CLEAN


_IN_TIME, _EVENTS, _RATINGS = "time_fleiss_kappa", "event_kappa_ipf", "icc_2_1"


def headline(outcome: Outcome) -> list[str]:
    """Three lines per system (time, events, ratings), with interval and raters where these are not all."""
    table = outcome.results.tables.get("agreement")
    if table is None:
        return []
    everybody = "|".join(outcome.results.design.raters)
    lines = []
    for system in outcome.results.codebook.systems:
        rows = table[(table["system"] == system.id) & (table["scope"] == "overall") & (table["session"] == "")]
        rows = rows[rows["aggregate"].isin(["pooled", "pair_mean"])]
        in_time = rows[(rows["measure"] == _IN_TIME) & (rows["variant"] == "with_none")]
        for row in in_time.head(1).to_dict("records"):
            lines.append(f"  {system.id}: same category at the same time, Fleiss' kappa {_estimate(row, everybody)}")
        for row in rows[rows["measure"] == _EVENTS].head(1).to_dict("records"):
            rule = f"{row['variant']} kappa, overlap {row['criterion']:g}"
            lines.append(f"  {system.id}: same events, {rule}: {_estimate(row, everybody)}")
        lines += _ratings(table, system.id)
    return lines


def _ratings(table: pd.DataFrame, system: str) -> list[str]:
    """The range of ICC(2,1) over the categories that were rated."""
    rows = table[(table["system"] == system) & (table["measure"] == _RATINGS) & (table["variant"] == "rating")]
    rows = rows[(rows["scope"] != "session") & rows["estimate"].notna()].drop_duplicates("category")
    if not len(rows):
        return []
    low, high = float(rows["estimate"].min()), float(rows["estimate"].max())
    between = _coefficient(low) if len(rows) == 1 else f"{_coefficient(low)} to {_coefficient(high)}"
    return [f"  {system}: same rating, ICC(2,1) {between} in {count(len(rows), 'category', 'categories')}"]


def _estimate(row: Mapping[Any, Any], everybody: str) -> str:
    """The estimate with its interval, or why there is none; and whose it is where it is not everybody's."""
    if math.isnan(row["estimate"]):
        return f"undefined: {row['undefined_reason']}"
    text = _coefficient(row["estimate"])
    if not math.isnan(row["ci_low"]):
        text += f", 95 % CI [{_coefficient(row['ci_low'])}, {_coefficient(row['ci_high'])}]"
    return text if row["raters"] == everybody else f"{text} ({row['raters'].replace('|', ', ')})"


def _coefficient(value: float) -> str:
    """Two decimals without the leading zero, as APA prints coefficients that cannot exceed 1."""
    text = f"{value:.2f}".replace("-0.00", "0.00")
    return text.replace("0.", ".", 1) if abs(float(text)) < 1 else text
