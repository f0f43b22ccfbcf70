"""A table with a row for each file that a command worked on, written while it works."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from elancry.outputs import OutputFolder


@contextmanager
def table_in(folder: OutputFolder, name: str, columns: Sequence[str]) -> Iterator[Any]:
    """A CSV writer; its file is in place at the end also where the run was stopped, with what was done up to then."""
    stopped: BaseException | None = None
    with folder.writing(name) as raw:
        stream = io.TextIOWrapper(raw, encoding="utf-8", newline="", errors="surrogatepass")
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(columns)
        try:
            yield table
        except BaseException as error:
            stopped = error
        stream.flush()
        stream.detach()
    if stopped is not None:
        raise stopped
