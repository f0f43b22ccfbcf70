"""Work on files one after the other, or in several processes that end with the main one.

No file's error leaves this room: it becomes that file's outcome.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from elancry.cli.file_outcome import FileOutcome, State, Work
from elancry.errors import ElancryError, InvalidInput
from elancry.processes import shared_out


def outcomes_of(files: Sequence[tuple[Path, str]], work: Work, jobs: int) -> Iterator[FileOutcome]:
    """The outcome of `work` for each file, in order; see `elancry.cli.each_file.run_over`."""
    pieces = ((work, path, name) for path, name in files)
    return shared_out(_one, pieces, jobs=jobs if len(files) > 1 else 1)


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
