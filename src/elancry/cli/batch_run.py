"""What all batch operations share: their options, the run over the files, `changes.csv`, the words at the end."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from elancry.cli.each_file import (
    FileOutcome,
    State,
    Tally,
    finding_line,
    refuse_inputs,
    run_over,
    write_over,
)
from elancry.cli.options import FILE, force_option, jobs_option, talk_options
from elancry.errors import UsageError
from elancry.findings import printable
from elancry.spans import format_ms
from elancry.texts import Text, shown, text

if TYPE_CHECKING:
    from elancry.edit.batch import Function
    from elancry.edit.statistics import StatisticsChoice
    from elancry.outputs import OutputFolder


@dataclass(frozen=True)
class Run:
    """What a batch command was told beside its own choices."""

    paths: tuple[Path, ...]
    output: Path | None
    dry_run: bool
    force: bool
    jobs: int
    quiet: bool
    verbose: bool


def _shared() -> tuple[Callable[[Any], Any], ...]:
    return (
        click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH..."),
        click.option("-o", "--output", type=FILE, metavar="DIR", help=str(text("batch.output"))),
        click.option("--dry-run", is_flag=True, help=str(text("batch.dry-run"))),
        force_option,
        jobs_option,
        talk_options,
    )


class BatchCommand(click.Command):
    """A command with options of its own, then PATH..., -o, --dry-run, ...; its function gets the latter as `run`."""

    def __init__(
        self,
        name: str,
        function: Callable[..., int],
        options: Sequence[click.Parameter],
        help: str,
        example: str,
    ) -> None:
        def gathered(**values: Any) -> int:
            own = {key: values.pop(key) for key in Run.__dataclass_fields__}
            return function(run=Run(**own), **values)

        for shared in reversed(_shared()):
            shared(gathered)
        params = [*options, *reversed(gathered.__click_params__)]  # type: ignore[attr-defined]
        super().__init__(name, callback=gathered, params=params, help=help, epilog=example)


@dataclass(frozen=True)
class _Change:
    """The work on one file, for `each_file`; picklable."""

    operation: str
    function: Function
    choices: object
    output: Path | None

    def __call__(self, path: Path, name: str) -> FileOutcome:
        from elancry.edit.batch import change_file

        done = change_file(path, name, self.operation, self.function, self.choices, self.output)
        state = State.CHANGED if done.changed else State.UNCHANGED
        return FileOutcome(name, state, done.rows, done.findings, done.contents)


@dataclass(frozen=True)
class _Count:
    """The statistics of one file, for `each_file`; picklable."""

    choices: StatisticsChoice
    recording: bool

    def __call__(self, path: Path, name: str) -> FileOutcome:
        from elancry.edit.batch import count_file

        done = count_file(path, name, self.choices, recording=self.recording)
        return FileOutcome(name, State.CHANGED, done.rows, done.findings)


def run_operation(run: Run, operation: str, function: Function, choices: object) -> int:
    """Apply an operation to all files: copies and `changes.csv` in the output folder, or a list of the changes."""
    from elancry.edit.batch import TABLE
    from elancry.edit.change import COLUMNS
    from elancry.edit.preferences_names import preferences_beside, preferences_name

    files = _files(run)
    if run.dry_run:
        tally = Tally()
        work = _Change(operation, function, choices, None)
        for outcome in run_over(files, work, jobs=run.jobs, quiet=run.quiet, verb=str(text("batch.verb-looking"))):
            tally.add(outcome)
            _say(outcome, run)
            for row in outcome.rows:
                click.echo(change_line(row))
        if not run.quiet:
            _end(tally, run, tally.sentence(text("batch.would-change")))
            click.echo(text("batch.nothing-written"), err=True)
        return tally.exit_code
    output = _output(run)
    refuse_inputs(files, output)
    names = [name for path, name in files]
    names += [preferences_name(name) for path, name in files if preferences_beside(path).is_file()]
    folder = _folder(run, [*names, TABLE])
    work = _Change(operation, function, choices, output)
    tally = _written(run, folder, files, work, TABLE, COLUMNS, str(text("batch.verb-changing")))
    folder.finish(among=frozenset(names))
    if not run.quiet:
        _end(tally, run, tally.sentence())
        failed = tally.states[State.FAILED]
        table = str(output / TABLE)
        if failed == tally.files:
            click.echo(text("batch.only-table", table=table))
            return tally.exit_code
        listed = [text("batch.changes-listed", n=tally.rows, table=table)] if tally.rows else []
        left_out = text("batch.copies-but", n=failed, folder=str(output))
        copies = left_out if failed else text("batch.copies", folder=str(output))
        click.echo(" ".join(map(str, [*listed, copies])))
    return tally.exit_code


def run_statistics(run: Run, choices: StatisticsChoice, *, recording: bool) -> int:
    """Write `statistics.csv` about all files; with a dry run, to the screen."""
    from elancry.edit.batch import STATISTICS
    from elancry.edit.statistics import COLUMNS

    files = _files(run)
    if run.dry_run:
        tally = Tally()
        stream = io.StringIO()
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(COLUMNS)
        for outcome in run_over(files, _Count(choices, recording), jobs=run.jobs, quiet=run.quiet):
            tally.add(outcome)
            table.writerows(outcome.rows)
            click.echo(stream.getvalue(), nl=False)
            stream.seek(0)
            stream.truncate()
        for line in () if run.quiet else tally.findings_lines():
            click.echo(line, err=True)
        return tally.exit_code
    output = _output(run)
    refuse_inputs(files, output)
    folder = _folder(run, [STATISTICS])
    tally = _written(
        run, folder, files, _Count(choices, recording), STATISTICS, COLUMNS, str(text("batch.verb-reading"))
    )
    if not run.quiet:
        _end(tally, run, tally.sentence(text("batch.read")))
        click.echo(text("batch.lines-in", n=tally.rows, table=str(output / STATISTICS)))
    return tally.exit_code


def change_line(row: Sequence[object]) -> str:
    """A row of `changes.csv` as a person reads it, in the language of messages."""
    file, _, what, tier, annotation, before, after, start_ms, end_ms = row
    place: list[str | Text] = [str(file)]
    if tier:
        place.append(text("where.tier", name=tier))
    if annotation:
        place.append(text("where.annotation", name=annotation))
    if isinstance(start_ms, int) and isinstance(end_ms, int):
        place.append(f"{format_ms(start_ms)} - {format_ms(end_ms)}")
    said = " -> ".join(repr(str(value)) for value in (before, after) if value)
    return printable(f"{shown(place)}: {what}{f': {said}' if said else ''}")


def _files(run: Run) -> tuple[tuple[Path, str], ...]:
    """The files that are meant, each once; a link and its target are one."""
    from elancry.check.roster import find_files, passed_words

    found = find_files(run.paths)
    if found.passed_over and not run.quiet:
        click.echo(text("batch.passed-over", what=passed_words(found.passed_over)), err=True)
    real: dict[Path, tuple[Path, str]] = {}
    for path, name in found.files:
        real.setdefault(path.resolve(), (path, name))
    return tuple(real.values())


def _output(run: Run) -> Path:
    if run.output is None:
        raise UsageError(text("batch.where-to"), hint=text("batch.hint-where-to"))
    return run.output


def _folder(run: Run, names: Sequence[str]) -> OutputFolder:
    from elancry.outputs import OutputFolder

    folder = OutputFolder(_output(run), command="batch", force=run.force)
    folder.refuse_foreign(names)
    return folder


def _written(
    run: Run,
    folder: OutputFolder,
    files: Sequence[tuple[Path, str]],
    work: Callable[[Path, str], FileOutcome],
    table_name: str,
    columns: Sequence[str],
    verb: str,
) -> Tally:
    """Run the work, with its rows streamed to a table."""
    from elancry.edit.change import in_table

    with _table(folder, table_name) as table:
        table.writerow(columns)

        def take(outcome: FileOutcome) -> None:
            table.writerows(map(in_table, outcome.rows))
            _say(outcome, run)

        return write_over(files, work, folder, jobs=run.jobs, quiet=run.quiet, verb=verb, take=take)


@contextmanager
def _table(folder: OutputFolder, name: str) -> Iterator[Any]:
    """A CSV writer; its file is in place at the end also where the run was stopped, with what was done up to then."""
    stopped: BaseException | None = None
    with folder.writing(name) as raw:
        stream = io.TextIOWrapper(raw, encoding="utf-8", newline="", errors="surrogatepass")
        try:
            yield csv.writer(stream, lineterminator="\n")
        except BaseException as error:
            stopped = error
        stream.flush()
        stream.detach()
    if stopped is not None:
        raise stopped


def _say(outcome: FileOutcome, run: Run) -> None:
    if run.verbose:
        for item in outcome.findings:
            click.echo(finding_line(item), err=True)


def _end(tally: Tally, run: Run, sentence: str) -> None:
    lines = [] if run.verbose else tally.findings_lines()
    for line in lines:
        click.echo(line, err=True)
    if any(number > 1 for number in tally.findings.values()) and lines:
        click.echo(text("batch.verbose-shows"), err=True)
    click.echo(sentence)
