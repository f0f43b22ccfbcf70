"""What all batch operations share: their options, the run over the files, `changes.csv`, the words at the end."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from elancry.cli.each_file import READING, FileOutcome, State, Tally, refuse_inputs, run_over, write_over
from elancry.cli.file_table import table_in
from elancry.cli.kinds import Kinds
from elancry.cli.options import FILE, force_option, jobs_option, talk_options
from elancry.cli.say import say, say_data
from elancry.cli.worded import Worded, option
from elancry.errors import ElancryError, UsageError
from elancry.findings import printable
from elancry.paths import real_path
from elancry.spans import format_ms
from elancry.texts import Text, shown, text

if TYPE_CHECKING:
    from elancry.edit.batch import Function
    from elancry.edit.statistics import StatisticsChoice
    from elancry.outputs import OutputFolder


@dataclass(frozen=True)
class Run:
    """What a batch command is given beside its own choices."""

    paths: tuple[Path, ...]
    output: Path | None
    dry_run: bool
    force: bool
    jobs: int
    quiet: bool
    verbose: bool

    def kinds(self) -> Kinds:
        """What the findings are handed to."""
        return Kinds(quiet=self.quiet, verbose=self.verbose)


_SHARED: tuple[Callable[[Any], Any], ...] = (
    click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH..."),
    option("-o", "--output", type=FILE, metavar="DIR", said=text("option.batch-output")),
    option("--dry-run", is_flag=True, said=text("option.dry-run")),
    force_option,
    jobs_option,
    talk_options,
)


class BatchCommand(Worded):
    """A command with options of its own, then PATH..., -o, --dry-run, ...; its function gets the latter as `run`."""

    def __init__(
        self,
        name: str,
        function: Callable[..., int],
        options: Sequence[click.Parameter],
        said: Text,
        examples: Sequence[str],
    ) -> None:
        def gathered(**values: Any) -> int:
            own = {key: values.pop(key) for key in Run.__dataclass_fields__}
            return function(run=Run(**own), **values)

        for shared in reversed(_SHARED):
            shared(gathered)
        params = [*options, *reversed(gathered.__click_params__)]  # type: ignore[attr-defined]
        super().__init__(name, callback=gathered, params=params, said=said, examples=tuple(examples))


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
    on_medium: bool

    def __call__(self, path: Path, name: str) -> FileOutcome:
        from elancry.edit.batch import count_file

        done = count_file(path, name, self.choices, recording=self.recording, on_medium=self.on_medium)
        return FileOutcome(name, State.CHANGED, done.rows, done.findings)


def run_operation(run: Run, operation: str, function: Function, choices: object) -> int:
    """Apply an operation to all files: copies and `changes.csv` in the output folder, or a list of the changes."""
    from elancry.edit.batch import TABLE
    from elancry.edit.change import COLUMNS
    from elancry.edit.preferences_names import preferences_beside, preferences_name

    files = _files(run)
    _refuse_unknown_names(files, _Change(operation, function, choices, None))
    if run.dry_run:
        tally = Tally(run.kinds())
        work = _Change(operation, function, choices, None)
        for outcome in run_over(files, work, jobs=run.jobs, quiet=run.quiet, doing=text("progress.looking")):
            tally.add(outcome)
            for row in outcome.rows:
                say(change_line(row))
        tally.kinds.say()
        if not run.quiet:
            say(tally.summary("would-change"))
            say(text("files.dry-run"), err=True)
        return tally.exit_code
    output = output_of(run)
    refuse_inputs(files, output)
    names = [name for path, name in files]
    names += [preferences_name(name) for path, name in files if preferences_beside(path).is_file()]
    folder = _folder(run, [*names, TABLE])
    work = _Change(operation, function, choices, output)
    tally = _written(run, folder, files, work, TABLE, COLUMNS, text("progress.changing"))
    folder.finish(among=frozenset(names))
    tally.kinds.say()
    if not run.quiet:
        say(tally.summary())
        failed = tally.states[State.FAILED]
        if tally.rows:
            say(text("batch.changes-listed", n=tally.rows, path=str(output / TABLE)))
        if not failed:
            say(text("batch.copies", folder=str(output)))
        elif failed < tally.files:
            say(text("batch.copies-but-failed", folder=str(output), n=failed))
        else:
            say(text("batch.only-table", path=str(output / TABLE)))
    return tally.exit_code


def run_statistics(run: Run, choices: StatisticsChoice, *, recording: bool, on_medium: bool) -> int:
    """Write `statistics.csv` about all files; with a dry run, to the screen."""
    from elancry.edit.batch import STATISTICS
    from elancry.edit.statistics import COLUMNS

    files = _files(run)
    _refuse_unknown_names(files, _Count(choices, recording=False, on_medium=False))
    if run.dry_run:
        tally = Tally(run.kinds())
        stream = io.StringIO()
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(COLUMNS)
        for outcome in run_over(files, _Count(choices, recording, on_medium), jobs=run.jobs, quiet=run.quiet):
            tally.add(outcome)
            table.writerows(outcome.rows)
            say_data(stream.getvalue(), nl=False)
            stream.seek(0)
            stream.truncate()
        tally.kinds.say()
        return tally.exit_code
    output = output_of(run)
    refuse_inputs(files, output)
    folder = _folder(run, [STATISTICS])
    tally = _written(run, folder, files, _Count(choices, recording, on_medium), STATISTICS, COLUMNS, READING)
    tally.kinds.say()
    if not run.quiet:
        say(tally.summary("read"))
        say(text("batch.statistics-lines", n=tally.rows, path=str(output / STATISTICS)))
    return tally.exit_code


def change_line(row: Sequence[object]) -> str:
    """A row of `changes.csv` as a person reads it."""
    file, _, what, tier, annotation, before, after, start_ms, end_ms = row
    place: list[Text | str] = [str(file)]
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
        say(text("files.passed-over", passed=passed_words(found.passed_over)), err=True)
    real: dict[Path, tuple[Path, str]] = {}
    for path, name in found.files:
        real.setdefault(real_path(path), (path, name))
    return tuple(real.values())


def _refuse_unknown_names(files: Sequence[tuple[Path, str]], work: Callable[[Path, str], FileOutcome]) -> None:
    """Raise UsageError for a tier or type that no file has; files are looked at until each name was in one of them."""
    absent: dict[Text | str, Text | str | None] | None = None
    for path, name in files:
        try:
            found = work(path, name).findings
        except (ElancryError, OSError):
            continue
        here = {item.said: item.advice for item in found if item.code == "batch-nothing-named"}
        absent = here if absent is None else {said: hint for said, hint in absent.items() if said in here}
        if not absent:
            return
    for said, hint in (absent or {}).items():
        raise UsageError(said, hint=hint)


def output_of(run: Run) -> Path:
    """Where the results go; UsageError where that was not said."""
    if run.output is None:
        raise UsageError(text("batch.no-output"), hint=text("batch.no-output-hint"))
    return run.output


def _folder(run: Run, names: Sequence[str]) -> OutputFolder:
    from elancry.outputs import OutputFolder

    folder = OutputFolder(output_of(run), command="batch", force=run.force)
    folder.refuse_foreign(names)
    return folder


def _written(
    run: Run,
    folder: OutputFolder,
    files: Sequence[tuple[Path, str]],
    work: Callable[[Path, str], FileOutcome],
    table_name: str,
    columns: Sequence[str],
    doing: Text,
) -> Tally:
    """Run the work, with its rows streamed to a table."""
    from elancry.edit.change import in_table

    with table_in(folder, table_name, columns) as table:

        def take(outcome: FileOutcome) -> None:
            table.writerows(map(in_table, outcome.rows))

        return write_over(
            files, work, folder, jobs=run.jobs, quiet=run.quiet, doing=doing, take=take, kinds=run.kinds()
        )
