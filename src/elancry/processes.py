"""A map over pieces of work in several processes, which end with the main one."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, starmap
from typing import Any, TypeVar

from elancry.errors import UsageError
from elancry.texts import text

T = TypeVar("T")

AHEAD = 8
"""Pieces of work per process that are submitted before their results are taken."""


def parallel_map(
    work: Callable[..., T], arguments: Iterable[tuple[Any, ...]], *, jobs: int, ahead: int = AHEAD
) -> Iterator[T]:
    """`work(*item)` for each item of `arguments`, in order, by `jobs` processes; by this one where `jobs` is 1.

    `work` and the items can be pickled. They are submitted in portions of `jobs * ahead`, because results
    that wait to be taken fill the memory. Raises what `work` raises, and UsageError where a process was ended from
    outside.
    """
    if jobs == 1:
        yield from starmap(work, arguments)
        return
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    left = iter(arguments)
    try:
        with Parallel(n_jobs=jobs, return_as="generator") as pool:
            while portion := list(islice(left, jobs * ahead)):
                with _children_ignore_interrupts():
                    done: Iterable[T] = pool(delayed(_in_worker)(work, item) for item in portion)
                yield from done
    except TerminatedWorkerError as error:
        raise UsageError(
            text("processes.ended-from-outside"), hint=text("processes.ended-from-outside-hint")
        ) from error


@contextlib.contextmanager
def _children_ignore_interrupts() -> Iterator[None]:
    """Processes that are started here ignore Ctrl-C: what is ignored when they start stays so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _in_worker(work: Callable[..., T], item: tuple[Any, ...]) -> T:
    """Ctrl-C reaches every process of a terminal; the main one ends the workers, which must not die before."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return work(*item)
