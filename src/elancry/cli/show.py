"""What commands say at their end, for people at a terminal."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from elancry.cli.exits import Exit
from elancry.cli.say import coloured, say
from elancry.findings import Finding, Severity, printable
from elancry.texts import Text, shown, text

if TYPE_CHECKING:
    from elancry.check.coding import CheckedCoding
    from elancry.errors import ElancryError
    from elancry.study.run import Outcome


def error_line(error: ElancryError) -> str:
    """What ends a command, its hint on a second line."""
    said = text("main.error", problem=error.message)
    return str(said) if error.hint is None else f"{said}\n  {error.hint}"


PROGRESS = "elancry.progress"
"""Where the context of a command keeps what `--progress` says."""
_PER_SECOND = 10


def _as_json() -> bool:
    context = click.get_current_context(silent=True)
    return context is not None and context.meta.get(PROGRESS) == "json"


class JsonLines:
    """Progress for other programs: a line of JSON each time, but no more than some in a second.

        {"progress": {"what": {"code": "progress.reading"}, "said": "Reading", "done": 3, "total": 96,
                      "seconds_left": 12.4}}

    `total` is 0 for a step of unknown length; `seconds_left` is null where nothing can be estimated yet.
    """

    def __init__(self) -> None:
        self._label: Text | None = None
        self._begun = self._last = 0.0

    def __call__(self, label: Text, done: int, total: int) -> None:
        """Tell how far `label` is."""
        now = time.monotonic()
        fresh = label != self._label
        if fresh:
            self._label, self._begun = label, now
        elif done != total and now - self._last < 1 / _PER_SECOND:
            return
        self._last = now
        left = (now - self._begun) / done * (total - done) if done and not fresh else None
        told = {
            "what": label.as_data(),
            "said": str(label),
            "done": done,
            "total": total,
            "seconds_left": None if left is None else round(left, 1),
        }
        say(json.dumps({"progress": told}, ensure_ascii=False), err=True)


def counter(label: Text, *, quiet: bool = False) -> Callable[[int, int], None] | None:
    """A callback that gets (done, all) and draws a bar on the error stream; `None` where that is not a terminal.

    With `--progress json` it writes lines of JSON there, terminal or not, also where the command is `quiet`.
    """
    if _as_json():
        return partial(JsonLines(), label)
    if quiet or not sys.stderr.isatty():
        return None
    bars: list[Any] = []

    def show(done: int, total: int) -> None:
        if not bars:
            bars.append(click.progressbar(length=total, label=str(label), show_pos=True, file=sys.stderr))
            bars[0].render_progress()
        bars[0].update(done - bars[0].pos)
        if done == total:
            bars.pop().render_finish()

    return show


def progress(*, quiet: bool) -> Callable[[Text, int, int], None] | None:
    """A callback that gets (what is being done, done, all) and says so on the error stream, with a bar if all > 0.

    `None` where that is not a terminal; lines of JSON as in `counter`.
    """
    if _as_json():
        return JsonLines()
    if quiet or not sys.stderr.isatty():
        return None
    bars: dict[Text, Callable[[int, int], None]] = {}

    def show(label: Text, done: int, total: int) -> None:
        if not total:
            say(f"{label} ...", err=True)
            return
        bar = bars.get(label) or counter(label)
        if bar is not None:
            bars[label] = bar
            bar(done, total)

    return show


def summary_line(coding: CheckedCoding) -> str:
    """What was read and how many findings there are, in one or two lines."""
    from elancry.check.roster import passed_words
    from elancry.table.flow_words import shown_by_files

    read = text(
        "check.read-raters" if coding.raters else "check.read",
        counts=(
            text("count.files", n=len(coding.files)),
            text("count.sessions", n=len(coding.sessions)),
            text("count.raters", n=len(coding.raters)),
        ),
        raters=coding.raters,
    )
    passed = passed_words(coding.passed_over)
    said = text("check.read-passed-over", read=read, passed=passed) if passed else read
    left = shown_by_files(coding)
    return "\n".join([f"{said}.", findings_line(coding.findings), *([str(left)] if left is not None else [])])


def findings_line(findings: Sequence[Finding]) -> str:
    """`2 errors, 5 warnings.` or `Nothing found.`"""
    counts = Counter(item.severity for item in findings)
    said = [severity.counted(counts[severity]) for severity in Severity if counts[severity]]
    return shown(said or text("finding.none")) + "."


def say_at_once(item: Finding) -> None:
    """Print a finding, with its hint, to the error stream before the work goes on."""
    from elancry.check.render import render_text

    say(render_text([item], verbose=True), err=True)


def say_findings(findings: Sequence[Finding], *, verbose: bool, quiet: bool = False) -> None:
    """Print findings to the error stream: with `verbose` every one, else one line per kind of error and warning.

    `quiet`: errors only, with what they say: what made a command fail is never silent.
    """
    from elancry.check.render import render_text

    if quiet:
        findings = [item for item in findings if item.severity is Severity.ERROR]
        if findings:
            say(render_text(findings, verbose=verbose), err=True)
        return
    if verbose and findings:
        say(render_text(findings, verbose=True), err=True)
        return
    by_kind: dict[str, list[Finding]] = {}
    for item in findings:
        if item.severity is not Severity.INFO:
            by_kind.setdefault(item.code, []).append(item)
    order = list(Severity)
    for code, items in sorted(by_kind.items(), key=lambda entry: order.index(entry[1][0].severity)):
        kind = coloured(str(items[0].severity.shown), items[0].severity)
        where = printable(items[0].where or items[0].session or str(text("finding.whole-study")))
        more = len(items) - 1
        said = text("list.more", names=where, n=more) if more else where
        say(f" {code}: {said}", err=True, lead=kind)
    if by_kind:
        say(text("finding.verbose-explains"), err=True)


def say_outcome(outcome: Outcome, *, quiet: bool, verbose: bool) -> int:
    """The end of `agree` and `analyze`: findings, headline numbers, where the report is. Returns the exit code."""
    from elancry.report.headline import difference_lines, headline
    from elancry.table.flow_words import flow_lines
    from elancry.table.schema import FLOW

    results = outcome.results
    say_findings(results.findings, verbose=verbose, quiet=quiet)
    if not quiet:
        design = results.design
        counts = (
            text("count.files", n=len(results.provenance.inputs)),
            text("count.sessions", n=len(design.sessions)),
            text("count.sequences", n=len(design.sequences)),
            text("count.raters", n=len(design.raters)),
        )
        say(f"{text('check.read-raters', counts=counts, raters=design.raters)}.")
        say(findings_line(results.findings))
        for line in headline(results):
            say(f"  {line}")
        for line in difference_lines(results):
            say(f"  {line}")
        if FLOW.name in results.tables:
            for said in flow_lines(results.tables[FLOW.name].to_dict("records")):
                say(said)
        for part, why in results.omitted.items():
            say(text("outcome.left-out", part=part, why=str(why)))
        say(text("outcome.report", path=str(outcome.report)))
    return Exit.ERRORS_FOUND if any(item.severity is Severity.ERROR for item in results.findings) else Exit.CLEAN
