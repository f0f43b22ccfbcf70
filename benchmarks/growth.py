"""How do time and memory grow with the size of a study? Every question at three sizes, in a process of its own.

    python benchmarks/growth.py [--only NAME,...]

The smallest size is worked on twice and counted the second time, without imports and first calls. Times are processor
time. The growth is the exponent g of time = c * size^g between the smallest and the largest size: 1 is linear, 2
quadratic; where there is a fixed share it is lower. Memory is the peak of the process above what it had after the
smallest size.

Studies are made up: raters mark one annotation a second with jittered edges and agree on four of five.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from elancry.agreement.metric_alpha import Metric, alpha_of
from elancry.check.naming import FilePattern
from elancry.check.study import check_files, roster_of
from elancry.eaf import Document, Vocabulary, VocabularyEntry, new_document
from elancry.errors import InvalidInput
from elancry.seeds import stream
from elancry.study.plan import Plan, plan_for
from elancry.study.run import AGREE, ANALYZE, run_study

# Before NumPy starts its threads; processes of single sizes inherit it.
THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Shape:
    """A made-up study; `annotations` of each rater on each system's tier of a session."""

    sessions: int = 20
    raters: int = 2
    systems: int = 1
    categories: int = 5
    annotations: int = 20
    sequences: int = 1


def write_study(folder: Path, shape: Shape) -> None:
    """One file a session and rater."""
    for session in range(shape.sessions):
        for rater in range(shape.raters):
            document = coded(f"S{session + 1:05d}", f"R{rater + 1}", shape)
            (folder / f"S{session + 1:05d}__R{rater + 1}.eaf").write_bytes(document.to_bytes())


def coded(session: str, rater: str, shape: Shape) -> Document:
    """What one rater coded of one session."""
    editor = new_document(author=rater, date="2024-04-17T12:00:00+00:00").edit()
    editor.languages.add("eng", "English")
    length = shape.annotations * 1000 // shape.sequences
    editor.types.add("Sequence")
    editor.tiers.add("Sequence", "Sequence", annotator=rater)
    for number in range(shape.sequences):
        editor.annotations.add("Sequence", number * length, (number + 1) * length, f"seq{number + 1}")
    for system in range(shape.systems):
        tier = f"system{system + 1}"
        truth = stream(20240417, session, tier).integers(0, shape.categories, shape.annotations)
        own = stream(20240417, session, tier, rater)
        slips = own.random(shape.annotations) < 0.2
        truth[slips] = own.integers(0, shape.categories, int(slips.sum()))
        jitter = own.integers(0, 80, (shape.annotations, 2)).tolist()
        entries = tuple(VocabularyEntry(f"c{k}", {"eng": f"category {k}"}) for k in range(shape.categories))
        editor.vocabularies.add(Vocabulary(tier, entries, {}))
        editor.types.add(tier, vocabulary=tier)
        editor.tiers.add(tier, tier, annotator=rater)
        for number, ((first, last), code) in enumerate(zip(jitter, truth.tolist(), strict=True)):
            start = 1000 * number
            editor.annotations.add(tier, start + first, start + 900 + last, f"category {code}", cve_ref=f"c{code}")
    return editor.document()


Work = Callable[[], object]


def check(folder: Path) -> Work:
    """All files of a study, read and checked."""
    return lambda: check_files([folder])


def computed(command: str) -> Callable[[Path], Work]:
    """A whole command: read, computed, written."""
    return lambda folder: lambda: run_study([folder], Plan(), Path(f"{folder}.out"), command=command)


def roster(folder: Path, n: int) -> Work:
    """A folder of `n` files: which of them are there, whose they are, which are copies."""
    for number in range(n):
        (folder / f"S{number // 3:05d}__R{number % 3}.eaf").touch()
    return lambda: roster_of([folder], FilePattern(), False)


def unknown_keys(folder: Path, n: int) -> Work:
    """A plan of `n` keys that no plan has: every one is an error with its line."""
    path = folder / "study.yaml"
    path.write_text("".join(f"unknown_{number}: {number}\n" for number in range(n)), encoding="utf-8")

    def read() -> None:
        with contextlib.suppress(InvalidInput):
            plan_for((), study=path)

    return read


def interval_alpha(_folder: Path, n: int) -> Work:
    """Interval alpha of `n` units by three raters, every number different."""
    values = stream(20240417, "alpha").random((n, 3))
    return lambda: alpha_of(values, Metric.INTERVAL)


@dataclass(frozen=True)
class Question:
    """What grows: the sizes, and how a study of a size is made and worked on."""

    unit: str
    sizes: tuple[int, int, int]
    prepare: Callable[[Path, int], Work]


def of_study(unit: str, sizes: tuple[int, int, int], of: Callable[[Path], Work], key: str, **shape: int) -> Question:
    """A made-up study whose `key` grows."""

    def prepare(folder: Path, size: int) -> Work:
        write_study(folder, Shape(**{**shape, key: size}))
        return of(folder)

    return Question(unit, sizes, prepare)


QUESTIONS = {
    "check": of_study("sessions, 2 files each", (125, 500, 1000), check, "sessions"),
    "roster": Question("files in one folder", (1000, 3000, 10000), roster),
    "plan": Question("unknown keys", (1000, 5000, 20000), unknown_keys),
    "interval alpha": Question("units, 3 raters", (1000, 5000, 25000), interval_alpha),
    "agree: sessions": of_study("sessions, 3 raters", (32, 64, 128), computed(AGREE), "sessions", raters=3),
    "agree: categories": of_study(
        "categories, 40 sessions", (5, 16, 50), computed(AGREE), "categories", sessions=40, annotations=100
    ),
    "agree: raters": of_study("raters, 50 sessions", (3, 6, 12), computed(AGREE), "raters", sessions=50),
    "agree: one long tier": of_study(
        "annotations, 2 raters, 50 sequences",
        (5000, 10000, 20000),
        computed(AGREE),
        "annotations",
        sessions=1,
        sequences=50,
    ),
    "agree: sequences": of_study(
        "sequences in one session, 2000 annotations",
        (50, 200, 800),
        computed(AGREE),
        "sequences",
        sessions=1,
        annotations=2000,
    ),
    "analyze: systems": of_study(
        "systems, 12 sessions", (2, 6, 20), computed(ANALYZE), "systems", sessions=12, categories=3
    ),
}


def one(name: str) -> dict[str, Any]:
    """Seconds of processor time of each size, and MB that the largest takes above what the smallest took."""
    question, seconds = QUESTIONS[name], []
    with tempfile.TemporaryDirectory() as place:
        works = [question.prepare(Path(tempfile.mkdtemp(dir=place)), size) for size in question.sizes]
        works[0]()
        before = peak_mb()
        for work in works:
            begun = time.process_time()
            work()
            seconds.append(time.process_time() - begun)
    return {"seconds": seconds, "mb": peak_mb() - before}


def peak_mb() -> float:
    """The most memory that this process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)


def measured(name: str) -> str:
    """A row of the table."""
    question = QUESTIONS[name]
    command = [sys.executable, __file__, "--one", name]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **THREADS})
    found = json.loads(run.stdout.splitlines()[-1])
    seconds = found["seconds"]
    growth = math.log(seconds[-1] / seconds[0]) / math.log(question.sizes[-1] / question.sizes[0])
    cells = [name, question.unit, *(f"{size:,}" for size in question.sizes)]
    shown = " / ".join(f"{value:.3f}" if value < 0.1 else f"{value:.1f}" for value in seconds)
    return f"| {cells[0]} | {cells[1]} | {' / '.join(cells[2:])} | {shown} | {growth:.1f} | {found['mb']:.0f} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default=",".join(QUESTIONS))
    parser.add_argument("--one")
    given = parser.parse_args(arguments)
    if given.one is not None:
        print(json.dumps(one(given.one)))
        return
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "pandas", "lxml"))
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, {packages}\n")
    print("| what | size | sizes | seconds | growth | MB at the largest |")
    print("|---|---|---|---|--:|--:|")
    for name in given.only.split(","):
        print(measured(name), flush=True)


if __name__ == "__main__":
    main()
