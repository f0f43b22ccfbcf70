"""The loop over files of every command that works file by file: batch, convert, migrate, check --fix.

    folder = OutputFolder(output, command="batch", force=force)
    refuse_inputs(files, output)
    tally = write_over(files, work, folder, jobs=jobs, quiet=quiet, doing=text("progress.changing"))
    say(tally.summary())
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

from elancry.cli.exits import Exit
from elancry.cli.kinds import Kinds
from elancry.cli.say import say
from elancry.cli.show import counter
from elancry.errors import ElancryError, InvalidInput, OutputRefused, UsageError
from elancry.findings import Finding, printable
from elancry.paths import real_path
from elancry.processes import parallel_map
from elancry.texts import Text, text

if TYPE_CHECKING:
    from elancry.outputs import OutputFolder

_FILES_PER_WRITE = 32
_BYTES_PER_WRITE = 32 << 20
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_CLEAR_LINE = "\r\x1b[K"
READING = text("progress.reading")


class State(StrEnum):
    """What became of a file."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file.

    `name` is the input's name relative to the folder given. `rows` are lines for a table, in whatever columns the
    command has; `contents` what is to be written, by name relative to the output folder; `problem` says of a failed
    file why, `hint` how to mend it. `findings` may come with every state.
    """

    name: str
    state: State
    rows: tuple[Any, ...] = ()
    findings: tuple[Finding, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    problem: Text | str = ""
    hint: Text | str | None = None


Work = Callable[[Path, str], FileOutcome]


class Tally:
    """How many files came to which end, and what was found, in a few words however many files there are."""

    def __init__(self, kinds: Kinds | None = None) -> None:
        self.states: Counter[State] = Counter()
        self.kinds = Kinds() if kinds is None else kinds
        self.rows = 0

    def add(self, outcome: FileOutcome) -> None:
        """Count one file."""
        self.states[outcome.state] += 1
        self.rows += len(outcome.rows)
        self.kinds.add(outcome.findings)

    @property
    def files(self) -> int:
        """All files that came to an end."""
        return self.states.total()

    @property
    def exit_code(self) -> Exit:
        """0 all fine, 1 errors were found or some files failed, 2 every file failed."""
        if self.files and self.states[State.FAILED] == self.files:
            return Exit.UNUSABLE
        return Exit.ERRORS_FOUND if self.states[State.FAILED] or self.kinds.errors else Exit.CLEAN

    def summary(self, changed: str = State.CHANGED.value) -> Text:
        """`1000 files: 998 changed, 1 unchanged, 1 failed.`; `changed` names the text of the first state."""
        names = {State.CHANGED: changed, State.UNCHANGED: "unchanged", State.FAILED: "failed"}
        parts = [Text(f"files.state.{name}", {"n": self.states[at]}) for at, name in names.items() if self.states[at]]
        return text("files.summary", files=text("count.files", n=self.files), parts=parts or text("files.state.none"))


def failure_line(outcome: FileOutcome) -> str:
    """Of a failed file, its name, once, why it failed, and the hint on a second line."""
    name, problem = printable(outcome.name), printable(str(outcome.problem))
    said = (
        text("files.failed", problem=problem)
        if name in problem
        else text("files.failed-named", name=name, problem=problem)
    )
    if outcome.hint is None:
        return f"{said}"
    return "\n".join([f"{said}", *(f"  {printable(line.strip())}" for line in str(outcome.hint).split("\n"))])


def run_over(
    files: Sequence[tuple[Path, str]], work: Work, *, jobs: int = 1, quiet: bool = False, doing: Text = READING
) -> Iterator[FileOutcome]:
    """The outcome of `work` for every file (path, name), in order; `jobs` files are worked on at the same time.

    A progress bar is shown on the error stream while it is a terminal, unless `quiet`; failures are reported there at
    once. Raises UsageError if a worker process was killed, which the operating system does where memory runs out.
    """
    bar = counter(doing, quiet=quiet)
    pieces = ((work, path, name) for path, name in files)
    for done, outcome in enumerate(parallel_map(_one, pieces, jobs=jobs if len(files) > 1 else 1), 1):
        if outcome.state is State.FAILED:
            say(failure_line(outcome), err=True, lead=_CLEAR_LINE if bar and done > 1 else "")
        yield outcome
        if bar:
            bar(done, len(files))


def all_over(
    files: Sequence[tuple[Path, str]], work: Work, *, jobs: int = 1, quiet: bool = False, doing: Text = READING
) -> list[FileOutcome] | None:
    """The outcomes for every file, for commands that write all files or none; `None`, which is said, if one failed."""
    done = list(run_over(files, work, jobs=jobs, quiet=quiet, doing=doing))
    if any(outcome.state is State.FAILED for outcome in done):
        say(text("files.nothing-written"), err=True)
        return None
    return done


def write_over(
    files: Sequence[tuple[Path, str]],
    work: Work,
    folder: OutputFolder,
    *,
    jobs: int = 1,
    quiet: bool = False,
    doing: Text,
    take: Callable[[FileOutcome], None] | None = None,
    kinds: Kinds | None = None,
) -> Tally:
    """Run `work` over the files and write what it returns to `folder`; `take` gets every outcome once that is done,
    `kinds` the findings.

    What cannot be written counts as a failure of that file, except that a full disk ends the run (OutputRefused).
    """
    tally = Tally(kinds)
    waiting: dict[str, FileOutcome] = {}

    def done(outcome: FileOutcome) -> None:
        waiting.pop(outcome.name)
        tally.add(outcome)
        if take is not None:
            take(outcome)

    def write() -> None:
        try:
            for outcome in _written(tuple(waiting.values()), folder):
                done(outcome)
        except BaseException:
            # Stopped, or the disk is full: what was written all the same is reported.
            for outcome in [item for item in waiting.values() if _stands(item, folder.folder)]:
                done(outcome)
            raise

    for outcome in run_over(files, work, jobs=jobs, quiet=quiet, doing=doing):
        waiting[outcome.name] = outcome
        size = sum(len(data) for item in waiting.values() for data in item.contents.values())
        if len(waiting) >= _FILES_PER_WRITE or size >= _BYTES_PER_WRITE:
            write()
    write()
    return tally


def refuse_inputs(files: Sequence[tuple[Path, str]], output: Path) -> None:
    """Raise OutputRefused where writing to `output` could touch an input, UsageError where two have one name.

    No input may be in the output folder, also not through links, and nothing there under a name that will be written
    may be an input under another name (a hard link).
    """
    target = real_path(output)
    output_id = _identity(output)
    names: dict[str, Path] = {}
    identities = {_identity(path) for path, _ in files} - {None}
    for path, name in files:
        real = real_path(path)
        above = {_identity(folder) for folder in (path.absolute().parent, *real.parents)} - {None}
        if real.is_relative_to(target) or output_id in above:
            raise OutputRefused(
                text("files.inside-output", path=str(path), folder=str(output)), hint=text("files.inside-output-hint")
            )
        if _identity(output / name) in identities:
            raise OutputRefused(text("files.linked-output", path=str(output / name)), hint=text("files.another-folder"))
        other = names.setdefault(name.casefold(), path)
        if other is not path:
            raise UsageError(
                text("files.one-name", one=str(other), other=str(path), name=name), hint=text("files.one-name-hint")
            )


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file or folder from all others whatever its name; `None` where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _written(outcomes: Sequence[FileOutcome], folder: OutputFolder) -> Iterator[FileOutcome]:
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
            failed = replace(outcome, state=State.FAILED, rows=(), problem=error.said, hint=error.advice)
            say(failure_line(failed), err=True)
            yield failed
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
        found = tuple(replace(item, file=item.file or name) for item in error.findings)
        return FileOutcome(name, State.FAILED, findings=found, problem=error.said, hint=error.advice)
    except ElancryError as error:
        return FileOutcome(name, State.FAILED, problem=error.said, hint=error.advice)
    except OSError as error:
        return FileOutcome(name, State.FAILED, problem=text("files.unreadable", problem=error.strerror or str(error)))
    except Exception as error:
        if os.environ.get("ELANCRY_TRACEBACK"):
            raise
        said = text("files.own-failure", kind=type(error).__name__, problem=str(error))
        return FileOutcome(name, State.FAILED, problem=said)
