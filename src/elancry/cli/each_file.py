"""One piece of work over many files: in parallel, with progress, file by file, the bad ones beside the good ones.

    folder = OutputFolder(output, command="batch", force=force)
    refuse_inputs(files, output)
    tally = write_over(files, work, folder, jobs=jobs, quiet=quiet, verb="Changing")
    click.echo(tally.sentence())
    return tally.exit_code

`work(path, name)` reads one file and returns a `FileOutcome`. With several jobs it runs in other processes: it must be
picklable (a function of a module, a `functools.partial` of one, or a frozen dataclass with `__call__`). An error in one
file becomes its outcome and never stops the others. Results are handed on as they come and then forgotten, in the order
of the files, so that memory does not grow with their number.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from elancry.cli.file_outcome import FileOutcome as FileOutcome
from elancry.cli.file_outcome import State as State
from elancry.cli.file_outcome import Tally as Tally
from elancry.cli.file_outcome import Work as Work
from elancry.cli.file_outcome import failure_line as failure_line
from elancry.cli.file_outcome import finding_line as finding_line
from elancry.cli.file_outcome import printable as printable
from elancry.cli.file_processes import outcomes_of
from elancry.errors import OutputRefused, UsageError

if TYPE_CHECKING:
    from elancry.outputs import OutputFolder

_FILES_PER_WRITE = 32
_BYTES_PER_WRITE = 32 << 20
_BAR = 24
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def run_over(
    files: Sequence[tuple[Path, str]], work: Work, *, jobs: int = 1, quiet: bool = False, verb: str = "Reading"
) -> Iterator[FileOutcome]:
    """The outcome of `work` for every file (path, name), in order; `jobs` files are worked on at the same time.

    A progress bar stands on the error stream while it is a terminal, unless `quiet`; failures are said there at once.
    Raises UsageError if a worker process was killed, which the operating system does where memory runs out.
    """
    bar = _Bar(verb, len(files), shown=not quiet and sys.stderr.isatty())
    try:
        for done, outcome in enumerate(outcomes_of(files, work, jobs), 1):
            if outcome.state is State.FAILED:
                bar.say(failure_line(outcome))
            yield outcome
            bar.advance(done)
    finally:
        bar.close()


def write_over(
    files: Sequence[tuple[Path, str]],
    work: Work,
    folder: OutputFolder,
    *,
    jobs: int = 1,
    quiet: bool = False,
    verb: str = "Writing",
    take: Callable[[FileOutcome], None] | None = None,
    choose: str = "with -o",
) -> Tally:
    """Run `work` over the files and write what it returns to `folder`; `take` gets every outcome once that is done.

    What cannot be written counts as a failure of that file, except that a full disk ends the run (OutputRefused).
    `choose` says in hints how another output folder is given.
    """
    tally = Tally()
    waiting: dict[str, FileOutcome] = {}

    def done(outcome: FileOutcome) -> None:
        waiting.pop(outcome.name)
        tally.add(outcome)
        if take is not None:
            take(outcome)

    def write() -> None:
        try:
            for outcome in _written(tuple(waiting.values()), folder, choose):
                done(outcome)
        except BaseException:
            # Stopped, or the disk is full: what was written all the same is told.
            for outcome in [item for item in waiting.values() if _stands(item, folder.folder)]:
                done(outcome)
            raise

    for outcome in run_over(files, work, jobs=jobs, quiet=quiet, verb=verb):
        waiting[outcome.name] = outcome
        size = sum(len(data) for item in waiting.values() for data in item.contents.values())
        if len(waiting) >= _FILES_PER_WRITE or size >= _BYTES_PER_WRITE:
            write()
    write()
    return tally


def refuse_inputs(files: Sequence[tuple[Path, str]], output: Path) -> None:
    """Raise OutputRefused where writing to `output` could touch an input, UsageError where two have one name.

    No input may lie in the output folder, also not through links, and nothing that stands there under a name that will
    be written may be an input under another name (a hard link).
    """
    target = output.resolve()
    output_id = _identity(output)
    names: dict[str, Path] = {}
    identities = {_identity(path) for path, _ in files} - {None}
    for path, name in files:
        real = path.resolve()
        above = {_identity(folder) for folder in (path.absolute().parent, *real.parents)} - {None}
        if real.is_relative_to(target) or output_id in above:
            raise OutputRefused(
                f"{path} lies in the output folder {output}; originals are never changed",
                hint="Choose another folder with -o, one that holds none of the files you work on.",
            )
        if _identity(output / name) in identities:
            raise OutputRefused(
                f"{output / name} is one of the files to work on, under another name (a link)",
                hint="Choose another output folder with -o.",
            )
        other = names.setdefault(name.casefold(), path)
        if other is not path:
            raise UsageError(
                f"{other} and {path} would both be written as {name}",
                hint="Rename one of them, or run the command once for each folder.",
            )


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file or folder from all others whatever its name; `None` where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _written(outcomes: Sequence[FileOutcome], folder: OutputFolder, choose: str) -> Iterator[FileOutcome]:
    """The outcomes after their contents were written: together, or one by one where that is refused."""
    together = {name: data for outcome in outcomes for name, data in outcome.contents.items()}
    try:
        if together:
            folder.write_all(together)
        yield from outcomes
        return
    except OutputRefused as error:
        _stop_if_full(error)
    for outcome in outcomes:
        try:
            if outcome.contents:
                folder.write_all(outcome.contents)
        except OutputRefused as error:
            _stop_if_full(error)
            message = str(error).replace("with -o", choose)
            click.echo(f"failed: {printable(outcome.name)}: {message}", err=True)
            yield replace(outcome, state=State.FAILED, rows=(), message=message)
        else:
            yield outcome


def _stands(outcome: FileOutcome, folder: Path) -> bool:
    """Whether everything of an outcome is on the disk."""
    try:
        return all((folder / name).read_bytes() == data for name, data in outcome.contents.items())
    except OSError:
        return False


def _stop_if_full(error: OutputRefused) -> None:
    if isinstance(error.__cause__, OSError) and error.__cause__.errno in _DISK_FULL:
        raise error


class _Bar:
    """`Changing 12 of 1000 [###.....]` on one line of the error stream."""

    def __init__(self, verb: str, total: int, *, shown: bool) -> None:
        self._verb, self._total, self._shown = verb, total, shown
        self._width = 0

    def advance(self, done: int) -> None:
        if not self._shown:
            return
        filled = _BAR * done // self._total
        text = f"{self._verb} {done} of {self._total} [{'#' * filled}{'.' * (_BAR - filled)}]"
        click.echo("\r" + text, nl=False, err=True)
        self._width = len(text)

    def say(self, text: str) -> None:
        """A line that stays, above the bar."""
        self._clear()
        click.echo(text, err=True)

    def close(self) -> None:
        self._clear()

    def _clear(self) -> None:
        if self._width:
            click.echo("\r" + " " * self._width + "\r", nl=False, err=True)
            self._width = 0
