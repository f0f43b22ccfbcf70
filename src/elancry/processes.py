"""A map over pieces of work: in this process, in several that end with it, or on a Dask cluster.

On a cluster the files' contents and what is computed from them go to its workers, and nowhere else. All of them need
the same elancry and the same folders under the same names.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import islice, starmap
from pathlib import Path
from typing import Any, TypeVar

from elancry import __version__
from elancry.errors import UsageError
from elancry.texts import Text, text

T = TypeVar("T")

AHEAD = 8
"""Pieces of work per process that are submitted before their results are taken."""

PATIENCE_S = 20
"""How long a cluster may take to answer."""

_cluster: ContextVar[Any] = ContextVar("cluster", default=None)
"""The client of the cluster that work is shared out to."""


def parallel_map(
    work: Callable[..., T], arguments: Iterable[tuple[Any, ...]], *, jobs: int, ahead: int = AHEAD
) -> Iterator[T]:
    """`work(*item)` for each item of `arguments`, in order, by `jobs` processes; by this one where `jobs` is 1.

    Within `on_cluster` the processes are those of the cluster.

    `work` and the items can be pickled. They are submitted in portions of `jobs * ahead`, because results
    that wait to be taken fill the memory. Raises what `work` raises, and UsageError where a process was ended from
    outside.
    """
    if jobs == 1 and _cluster.get() is None:
        yield from starmap(work, arguments)
        return
    left = iter(arguments)
    if (client := _cluster.get()) is not None:
        yield from _on_workers(work, left, jobs * ahead, client)
        return
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

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


@dataclass(frozen=True)
class Desk:
    """Who does the work, and who hears of it: `progress` gets what is being done, how much is done and how much there
    is."""

    jobs: int = 1
    progress: Callable[[Text, int, int], None] | None = None

    def each(
        self,
        doing: Text,
        work: Callable[..., T],
        items: Sequence[tuple[Any, ...]],
        *,
        large: bool,
        sizes: Sequence[int] | None = None,
    ) -> Iterator[T]:
        """`work(*item)` for each of `items`, in order; by all processes where it is `large`, else by this one.

        `sizes` say how much work each is, in any unit; without them all are alike. Results must not depend on who does
        the work: random streams are those of names.
        """
        done, total = 0, len(items) if sizes is None else sum(sizes)
        if self.progress is not None and total:
            self.progress(doing, 0, total)
        found = parallel_map(work, items, jobs=self.jobs) if large else starmap(work, items)
        for at, result in enumerate(found):
            done += 1 if sizes is None else sizes[at]
            if self.progress is not None:
                self.progress(doing, done, total)
            yield result


ALONE = Desk()


@contextlib.contextmanager
def on_cluster(address: str) -> Iterator[int]:
    """Share all work out to the Dask cluster whose scheduler answers at `address`; gives its number of threads.

    Raises UsageError where Dask is not installed, nobody answers, there is no worker, or one has another elancry.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(text("processes.no-dask"), hint=text("processes.no-dask-hint")) from error
    # What it has to say comes as an error here; its log would stand between our lines.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    nobody = UsageError(
        text("processes.no-cluster", address=address, seconds=PATIENCE_S), hint=text("processes.no-cluster-hint")
    )
    client = None
    with contextlib.suppress(OSError, ValueError, ImportError):
        client = Client(address, timeout=PATIENCE_S)
    if client is None:
        # The one that did not connect closes itself when it is collected, and must not while another begins.
        gc.collect()
        raise nobody
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE_S)
            versions = client.run(_version, on_error="return")
        except (OSError, ValueError) as error:
            raise nobody from error
        for worker, version in sorted(versions.items()):
            if version != __version__:
                has = version if isinstance(version, str) else "-"
                raise UsageError(
                    text("processes.other-version", worker=worker, has=has, here=__version__),
                    hint=text("processes.other-version-hint"),
                )
        reset = _cluster.set(client)
        try:
            yield sum(client.nthreads().values())
        finally:
            _cluster.reset(reset)


def _version() -> str:
    from elancry import __version__ as there

    return there


def _on_workers(work: Callable[..., T], left: Iterator[tuple[Any, ...]], portion: int, client: Any) -> Iterator[T]:
    # Not through joblib: with one thread on the cluster it does the work in this process.
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    folder = str(Path.cwd())
    try:
        while items := list(islice(left, portion)):
            waiting = [client.submit(_in_folder, folder, work, item, pure=False) for item in items]
            for at, future in enumerate(waiting):
                yield future.result()
                # What was taken need not be kept on the cluster.
                waiting[at] = None
    except (KilledWorker, CommClosedError) as error:
        raise UsageError(
            text("processes.cluster-lost", address=client.scheduler.address),
            hint=text("processes.ended-from-outside-hint"),
        ) from error


def _in_folder(folder: str, work: Callable[..., T], item: tuple[Any, ...]) -> T:
    """On a worker: paths are meant from where the command was given."""
    try:
        os.chdir(folder)
    except OSError as error:
        raise UsageError(
            text("processes.folder-not-shared", folder=folder), hint=text("processes.folder-not-shared-hint")
        ) from error
    return work(*item)


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
