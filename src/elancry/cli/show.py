"""What commands say at their end, for people at a terminal."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from elancry.cli.exits import Exit
from elancry.findings import Finding, Severity
from elancry.texts import shown, text

if TYPE_CHECKING:
    from elancry.check.coding import CheckedCoding
    from elancry.study.run import Outcome


WIDTH = 24
"""Letters of a progress bar."""
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"


def coloured(text: str, severity: Severity) -> str:
    """`text` in the colour of a severity; plain where NO_COLOR is set (no-color.org).

    `click.echo` takes colours away again where the stream is no terminal.
    """
    if os.environ.get("NO_COLOR") or severity not in _COLOURS:
        return text
    return click.style(text, fg=_COLOURS[severity], bold=True)


def counter(label: str, *, quiet: bool) -> Callable[[int, int], None] | None:
    """A callback that draws a bar on one line of the error stream; `None` where nobody looks.

    `Reading 12 of 96 [###---------------------]`
    """
    if quiet or not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        filled = WIDTH * done // max(1, total)
        bar = f"{'#' * filled}{'-' * (WIDTH - filled)}"
        click.echo(f"\r{label} {done} of {total} [{bar}]" + ("\n" if done == total else ""), nl=False, err=True)

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
    counts = Counter(item.severity for item in findings)
    said = [severity.counted(counts[severity]) for severity in Severity if counts[severity]]
    return shown(said or text("finding.none")) + "."


def say_findings(findings: Sequence[Finding], *, verbose: bool) -> None:
    """Print findings to the error stream: with `verbose` every one, else one line per kind of error and warning."""
    from elancry.check.render import render_text
    from elancry.cli.each_file import printable

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
        kind = coloured(str(items[0].severity.shown), items[0].severity)
        where = printable(items[0].where or items[0].session or "study")
        click.echo(f"{kind} {code}: {where}{more}", err=True)
    if by_kind:
        click.echo("(--verbose, or `elancry check`, tells what each means and how to mend it)", err=True)


def say_outcome(outcome: Outcome, *, quiet: bool, verbose: bool) -> int:
    """The end of `agree` and `analyze`: findings, headline numbers, where the report is. Returns the exit code."""
    from elancry.report.headline import headline

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
        for line in headline(results):
            click.echo(f"  {line}")
        for part, why in results.omitted.items():
            click.echo(f"Left out: {part}: {why}")
        click.echo(f"Report: {outcome.report}")
    return Exit.ERRORS_FOUND if any(item.severity is Severity.ERROR for item in results.findings) else Exit.CLEAN
