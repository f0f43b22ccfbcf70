"""The loop over files of every command that works file by file: batch, convert, migrate, check --fix.

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
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from elancry.cli.exits import Exit
from elancry.cli.show import counter
from elancry.errors import ElancryError, InvalidInput, OutputRefused, UsageError
from elancry.findings import Finding, Severity, printable
from elancry.processes import parallel_map
from elancry.texts import Text, text

if TYPE_CHECKING:
    from elancry.outputs import OutputFolder

_FILES_PER_WRITE = 32
_BYTES_PER_WRITE = 32 << 20
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_CLEAR_LINE = "\r\x1b[K"


class State(StrEnum):
    """What became of a file."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file.

    `name` is the input's name relative to the folder given. `rows` are lines for a table, in whatever columns the
    command has; `contents` what is to be written, by name relative to the output folder; `message` says of a failed
    file why, and how to mend it. `findings` may come with every state.
    """

    name: str
    state: State
    rows: tuple[Any, ...] = ()
    findings: tuple[Finding, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    message: str = ""


Work = Callable[[Path, str], FileOutcome]


class Tally:
    """How many files came to which end, and what was found, in a few words however many files there are."""

    def __init__(self) -> None:
        self.states: Counter[State] = Counter()
        self.findings: Counter[str] = Counter()
        self.rows = 0
        self._first: dict[str, Finding] = {}
        self._errors = 0

    def add(self, outcome: FileOutcome) -> None:
        """Count one file."""
        self.states[outcome.state] += 1
        self.rows += len(outcome.rows)
        for item in outcome.findings:
            self.findings[item.code] += 1
            self._first.setdefault(item.code, item)
            self._errors += item.severity is Severity.ERROR

    @property
    def files(self) -> int:
        """All files that came to an end."""
        return self.states.total()

    @property
    def exit_code(self) -> Exit:
        """0 all fine, 1 errors were found or some files failed, 2 every file failed."""
        if self.files and self.states[State.FAILED] == self.files:
            return Exit.UNUSABLE
        return Exit.ERRORS_FOUND if self.states[State.FAILED] or self._errors else Exit.CLEAN

    def sentence(self, changed: Text | None = None) -> str:
        """`1000 files: 998 changed, 1 unchanged, 1 failed.`; `changed` is the word for what was done to them."""
        words = {state: Text(f"files.{state.value}") for state in State}
        words[State.CHANGED] = changed or words[State.CHANGED]
        parts = [
            text("files.so-many", number=self.states[state], what=word)
            for state, word in words.items()
            if self.states[state]
        ]
        done = tuple(parts) or text("files.nothing-done")
        return str(text("files.done", files=text("count.files", n=self.files), what=done))

    def findings_lines(self) -> list[str]:
        """One line for each kind of finding: the first of them in full, and how many more there are; errors first."""
        order = list(Severity)
        lines = []
        for code, item in sorted(self._first.items(), key=lambda entry: order.index(entry[1].severity)):
            more = f" (and {self.findings[code] - 1} more of these)" if self.findings[code] > 1 else ""
            lines.append(finding_line(item) + more)
        return lines


def failure_line(outcome: FileOutcome) -> str:
    """Of a failed file, its name, once, and why it failed."""
    own, message = outcome.name.rpartition("/")[2], outcome.message
    if message.startswith(f"{own} "):
        message = f"it{message[len(own) :]}"
    message = message.removeprefix(f"{own}: ")
    return f"failed: {printable(outcome.name)}: {message}"


def finding_line(item: Finding) -> str:
    """A finding on one line, its hint on a second."""
    where = f"{item.where}: " if item.where else ""
    hint = f"\n    {printable(item.hint)}" if item.hint else ""
    return f"{item.severity.shown} {item.code}: {printable(where + item.message)}{hint}"


def run_over(
    files: Sequence[tuple[Path, str]], work: Work, *, jobs: int = 1, quiet: bool = False, verb: str = "Reading"
) -> Iterator[FileOutcome]:
    """The outcome of `work` for every file (path, name), in order; `jobs` files are worked on at the same time.

    A progress bar is shown on the error stream while it is a terminal, unless `quiet`; failures are reported there at
    once. Raises UsageError if a worker process was killed, which the operating system does where memory runs out.
    """
    bar = counter(verb, quiet=quiet)
    pieces = ((work, path, name) for path, name in files)
    for done, outcome in enumerate(parallel_map(_one, pieces, jobs=jobs if len(files) > 1 else 1), 1):
        if outcome.state is State.FAILED:
            click.echo((_CLEAR_LINE if bar and done > 1 else "") + failure_line(outcome), err=True)
        yield outcome
        if bar:
            bar(done, len(files))


def all_over(
    files: Sequence[tuple[Path, str]], work: Work, *, jobs: int = 1, quiet: bool = False, verb: str = "Reading"
) -> list[FileOutcome] | None:
    """The outcomes for every file, for commands that write all files or none; `None`, which is said, if one failed."""
    done = list(run_over(files, work, jobs=jobs, quiet=quiet, verb=verb))
    if any(outcome.state is State.FAILED for outcome in done):
        click.echo(text("files.nothing-written"), err=True)
        return None
    return done


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


def _one(work: Work, path: Path, name: str) -> FileOutcome:
    try:
        return work(path, name)
    except InvalidInput as error:
        text = error.message + ("" if error.hint is None else f" {error.hint}")
        found = tuple(replace(item, file=item.file or name) for item in error.findings)
        return FileOutcome(name, State.FAILED, findings=found, message=text)
    except ElancryError as error:
        return FileOutcome(name, State.FAILED, message=str(error))
    except OSError as error:
        return FileOutcome(name, State.FAILED, message=f"it cannot be read: {error.strerror or error}")
    except Exception as error:
        if os.environ.get("ELANCRY_TRACEBACK"):
            raise
        said = f"elancry itself failed ({type(error).__name__}: {error}). Please report this."
        return FileOutcome(name, State.FAILED, message=said)
