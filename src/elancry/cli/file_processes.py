"""Work on files one after the other, or in several processes that end with the main one.

No file's error leaves this room: it becomes that file's outcome.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from elancry.cli.file_outcome import FileOutcome, State, Work
from elancry.errors import ElancryError, InvalidInput, UsageError

_FILES_PER_JOB = 8


def outcomes_of(files: Sequence[tuple[Path, str]], work: Work, jobs: int) -> Iterator[FileOutcome]:
    """The outcome of `work` for each file, in order; see `elancry.cli.each_file.run_over`."""
    if jobs == 1 or len(files) < 2:
        for path, name in files:
            yield _one(work, path, name)
        return
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    # In portions: joblib works ahead of whoever takes the results, and all of them would lie in memory.
    portion = jobs * _FILES_PER_JOB
    try:
        with Parallel(n_jobs=jobs, return_as="generator") as pool:
            for start in range(0, len(files), portion):
                with _deaf_children():
                    outcomes = pool(
                        delayed(_in_worker)(work, path, name) for path, name in files[start : start + portion]
                    )
                yield from outcomes
    except TerminatedWorkerError as error:
        raise UsageError(
            "a process that worked on the files was ended from outside, probably because memory ran out",
            hint="Close other programs, or run the command with --jobs 1. What was written is whole.",
        ) from error


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes that are started here do not hear Ctrl-C: what is ignored when they start stays so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _in_worker(work: Work, path: Path, name: str) -> FileOutcome:
    """Ctrl-C reaches every process of a terminal; the main one ends the workers, which must not die before."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return _one(work, path, name)


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
