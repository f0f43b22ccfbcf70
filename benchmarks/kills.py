"""Killed at any moment: every file is the old one or the new one, and the same command then goes through.

    python benchmarks/kills.py                 300 moments of all commands, a few minutes
    python benchmarks/kills.py --moments 30    what the tests run

Each trial takes a folder with the results of an earlier run, changed input files, and the command that would replace
the results. A forked process runs it and gets a signal: SIGKILL, SIGTERM or SIGINT (Ctrl-C) in turn. Every second trial
gets it just before its n-th file operation (Python's audit events), n spread over all of them, the others after a
fraction of the command's time. Then this must hold:

- every file in the folder is byte for byte the old one or the new one, except that changes.csv of `batch`, which is in
  place also where the command was stopped, may tell of fewer files;
- after SIGTERM and Ctrl-C no temporary file is left, neither there nor in TMPDIR, and no traceback was printed;
- the same command goes through, without other options, and then every file is the new one: nothing was taken for an
  edit, kept for people, or called adjudicated.

Beside that, real processes get Ctrl-C during the first 0.2 s, while modules are imported. Needs POSIX.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import io
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

MOMENTS = 300
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
_OPERATIONS = re.compile(r"open|os\.(rename|remove|mkdir|rmdir|chmod|truncate|link|scandir|listdir)|shutil\..*")
_TEMPORARY = re.compile(r"\.elancry-\w+\.tmp")
_STARTED = "from elancry.cli.start import main; print('started', flush=True); main()"


@dataclass(frozen=True)
class Case:
    """A command that is killed: `old` made what stands in `out`, `new` replaces it."""

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    between: Callable[[Path], None] = field(default=lambda _out: None)
    """What people did to the results of `old`."""


class _Standing:
    """A clock that stands still, so that two runs write the same bytes."""

    UTC = datetime.UTC

    class datetime:
        """The one moment."""

        @staticmethod
        def now(zone: datetime.tzinfo) -> datetime.datetime:
            """The first of January 2026."""
            return datetime.datetime(2026, 1, 1, tzinfo=zone)


@dataclass
class Report:
    """How many trials there were, what they met, and what was wrong."""

    trials: Counter[str] = field(default_factory=Counter)
    left_old: int = 0
    left_new: int = 0
    left_both: int = 0
    temporary: int = 0
    wrong: list[str] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> int:
    """Run the trials and print the report; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moments", type=int, default=MOMENTS)
    parser.add_argument("--starts", type=int, default=None, help="processes that get Ctrl-C while they start")
    parser.add_argument("--only", default="", metavar="COMMAND,...", help="of these commands only")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        report = run(Path(name), given.moments, given.starts, given.seed, given.only.split(",") if given.only else None)
    print(f"{report.trials.total()} signals: {dict(sorted(report.trials.items()))}")
    print(f"left: old {report.left_old}, new {report.left_new}, some of both {report.left_both};")
    print(f"temporary files after SIGKILL: {report.temporary}; {time.monotonic() - started:.0f} s")
    for line in report.wrong:
        print(f"WRONG {line}")
    return 1 if report.wrong or not report.trials else 0


def run(base: Path, moments: int, starts: int | None, seed: int, only: list[str] | None = None) -> Report:
    """All trials in the folder `base`, of the commands `only` if any are named."""
    report = Report()
    draw = random.Random(seed)
    cases = [case for case in prepared(base) if only is None or case.name in only]
    for number, case in enumerate(cases):
        share = moments // len(cases) + (number < moments % len(cases))
        try_case(base / case.name.replace(" ", "-"), case, share, draw, report)
    for _ in range(moments // 15 if starts is None else starts):
        try_start(base, cases[0], draw.uniform(0.0, 0.2), report)
    return report


def prepared(base: Path) -> list[Case]:
    """A small study in two states, two codebooks, and the commands."""
    from elancry.cli.main import run as elancry
    from elancry.study import provenance

    first, second = base / "coded-1", base / "coded-2"
    elancry(["simulate", "-o", str(first), "--sessions", "2", "--sequences", "2", "--raters", "R1,R2", "-q"])
    shutil.copytree(first, second)
    for path in second.glob("*__R1.eaf"):
        text = path.read_text(encoding="utf-8")
        # A rater mends the begin of the first annotation.
        moved = re.sub(r'TIME_VALUE="(\d+)"', lambda found: f'TIME_VALUE="{int(found[1]) + 40}"', text, count=1)
        path.write_text(moved, encoding="utf-8")
    books = [revised(base / f"book-{title}", title) for title in ("one", "two")]
    provenance.datetime = _Standing  # type: ignore[attr-defined]
    quick = ("--tiers", "crying_form", "--set", "resamples=0", "--set", "permutations=0")
    one, two = str(first), str(second)
    return [
        Case("merge", ("merge", one), ("merge", two)),
        Case("merge --resume", ("merge", one), ("merge", two, "--resume"), between=decide),
        Case("analyze", ("analyze", one, *quick), ("analyze", two, *quick)),
        Case("template", ("template", str(books[0])), ("template", str(books[1]))),
        Case("migrate", ("migrate", "crying", str(books[0]), one), ("migrate", "crying", str(books[1]), two)),
        Case("batch", ("batch", "shift-times", one, "--by", "100"), ("batch", "shift-times", two, "--by", "200")),
    ]


def revised(folder: Path, title: str) -> Path:
    """The codebook `crying` with its next version, another title, and nothing else changed."""
    from elancry.codebook.load import find_codebook

    text = find_codebook("crying").read_text(encoding="utf-8")
    version = re.search(r"(?m)^version: '?(\d+)'?$", text)
    if version is None:
        raise AssertionError("the built-in codebook has a version")
    text = text.replace(version[0], f"version: '{int(version[1]) + 1}'")
    text = re.sub(r"(?ms)^(changes|title):.*?(?=^\S|\Z)", "", text)
    folder.mkdir()
    path = folder / "crying.yaml"
    changes = f"changes: {{from: '{version[1]}', systems: {{}}}}"
    path.write_text(f"{text}\ntitle: {{en: {title}, de: {title}}}\n{changes}\n", encoding="utf-8")
    return path


def decide(out: Path) -> None:
    """The meeting changes a value in ELAN and adds a tier."""
    path = out / "S01.merged.eaf"
    text = path.read_text(encoding="utf-8")
    head, tier, rest = text.partition('TIER_ID="crying_form@consensus"')
    rest = re.sub(r"<ANNOTATION_VALUE>[^<]*<", "<ANNOTATION_VALUE>decided<", rest, count=1)
    note = '<TIER LINGUISTIC_TYPE_REF="elancry.disagreement" TIER_ID="Notes"/>'
    rest = rest.replace("<LINGUISTIC_TYPE ", f"{note}<LINGUISTIC_TYPE ", 1)
    path.write_text(head + tier + rest, encoding="utf-8")


def try_case(folder: Path, case: Case, moments: int, draw: random.Random, report: Report) -> None:
    """Kill one command at so many moments."""
    old, new = folder / "old", folder / "new"
    call((*case.old, "-o", str(old)))
    case.between(old)
    shutil.copytree(old, new)
    events = folder / "events"
    begun = time.monotonic()
    clean = child((*case.new, "-o", str(new)), folder, count_into=events)
    seconds = time.monotonic() - begun
    n_events = int(events.read_text())
    if clean not in (0, 1):
        report.wrong.append(f"{case.name}: the command itself ends with {clean}")
        return
    before, after = contents(old), contents(new)
    for number in range(moments):
        kind = SIGNALS[report.trials.total() % len(SIGNALS)]
        out = folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(old, out)
        at: dict[str, float] = {}
        if number % 2:
            at["after_s"] = draw.uniform(0.0, 1.05) * seconds
        else:
            at["at_event"] = 1 + int((number + draw.random()) / moments * n_events)
        where = f"{case.name}, {kind.name} {', '.join(f'{name} {value:.4g}' for name, value in at.items())}"
        ended = child((*case.new, "-o", str(out)), folder, kind=kind, **at)
        report.trials[kind.name] += 1
        report.wrong += [f"{where}: {what}" for what in look(folder, out, before, after, kind, ended, clean, report)]
        again = child((*case.new, "-o", str(out)), folder)
        if again != clean:
            report.wrong.append(f"{where}: again ends with {again}: {said(folder)}")
        elif differing := sorted(set(unlike(contents(out), after))):
            report.wrong.append(f"{where}: after running it again, not as ever: {differing}")


def look(
    folder: Path,
    out: Path,
    before: dict[str, str],
    after: dict[str, str],
    kind: int,
    ended: int,
    clean: int,
    report: Report,
) -> Iterator[str]:
    """What is wrong right after the signal."""
    now = contents(out)
    half = [
        name
        for name, digest in now.items()
        if digest not in (before.get(name), after.get(name)) and not done_so_far(out / name, folder / "new" / name)
    ]
    if half:
        yield f"neither old nor new: {sorted(half)}"
    if gone := [name for name in before if name in after and name not in now]:
        yield f"gone: {sorted(gone)}"
    olds = [name for name in after if before.get(name) != after[name] and now.get(name) == before.get(name)]
    news = [name for name in after if before.get(name) != after[name] and now.get(name) == after[name]]
    report.left_old += bool(olds and not news)
    report.left_new += bool(news and not olds)
    report.left_both += bool(news and olds)
    temporary = [path.name for path in out.rglob("*") if _TEMPORARY.fullmatch(path.name)]
    temporary += [path.name for path in (folder / "tmp").iterdir()]
    if kind == signal.SIGKILL:
        report.temporary += len(temporary)
        return
    if temporary:
        yield f"temporary files are left: {sorted(temporary)}"
    if ended not in (128 + kind, clean):
        yield f"ended with {ended}: {said(folder)}"
    if "Traceback" in said(folder) or "Exception ignored" in said(folder):
        yield f"not tidy: {said(folder)}"


def done_so_far(path: Path, whole: Path) -> bool:
    """Whether a table of `batch` tells of files that were done before the command was stopped, and of nothing else."""
    if path.name != "changes.csv":
        return False
    lines, all_lines = (file.read_text(encoding="utf-8").splitlines() for file in (path, whole))
    return lines[:1] == all_lines[:1] and set(lines) <= set(all_lines)


def try_start(base: Path, case: Case, after_s: float, report: Report) -> None:
    """A real process that gets Ctrl-C while it imports."""
    out = base / "start"
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-c", _STARTED, *case.new, "-o", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if process.stdout is None:
        raise AssertionError("its output is a pipe")
    process.stdout.readline()
    time.sleep(after_s)
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=300)
    report.trials["start"] += 1
    if process.returncode not in (130, 0, 1) or "Traceback" in words:
        report.wrong.append(f"start, Ctrl-C after {after_s:.3f} s: ended with {process.returncode}: {words}")


def call(arguments: tuple[str, ...]) -> None:
    """Run a command here, which also imports what it needs before anything is forked."""
    from elancry.cli.main import run as elancry

    words = io.StringIO()
    with redirect_stdout(words), redirect_stderr(words):
        code = elancry([*arguments, "-q"])
    if code not in (0, 1):
        raise SystemExit(f"elancry {' '.join(arguments)} ends with {code}: {words.getvalue()}")


def child(
    arguments: tuple[str, ...],
    folder: Path,
    *,
    kind: int = 0,
    at_event: float = 0,
    after_s: float | None = None,
    count_into: Path | None = None,
) -> int:
    """Run a command in a forked process and return how it ended, as a shell says it; `said` has its words.

    `kind` is the signal that it gets before its `at_event`-th file operation, or `after_s` seconds.
    """
    shutil.rmtree(folder / "tmp", ignore_errors=True)
    (folder / "tmp").mkdir(parents=True)
    # In the child, a signal waits until everything is in place that answers it.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS[1:])
    process = os.fork()
    if process == 0:
        _run_child(arguments, folder, kind if at_event else 0, int(at_event), count_into)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS[1:])
    if after_s is not None:
        time.sleep(after_s)
        os.kill(process, kind)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    return 128 - status if status < 0 else status


def _run_child(arguments: tuple[str, ...], folder: Path, kind: int, at_event: int, count_into: Path | None) -> None:
    code = 70
    try:
        tempfile.tempdir = str(folder / "tmp")
        seen = 0

        def hook(event: str, _given: object) -> None:
            nonlocal seen
            if _OPERATIONS.fullmatch(event):
                seen += 1
                if seen == at_event:
                    os.kill(os.getpid(), kind)

        with (folder / "said").open("w", encoding="utf-8") as words, redirect_stdout(words), redirect_stderr(words):
            sys.addaudithook(hook)
            from elancry.cli.main import main as whole

            try:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS[1:])
                whole([*arguments, "-q"])
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 70
            except KeyboardInterrupt:
                code = 128 + signal.SIGINT  # as `elancry.cli.start` has it
        if count_into is not None:
            count_into.write_text(str(seen))
    finally:
        os._exit(code)


def said(folder: Path) -> str:
    """What the last child printed."""
    return (folder / "said").read_text(encoding="utf-8").strip() if (folder / "said").exists() else ""


def contents(folder: Path) -> dict[str, str]:
    """Name -> digest of every file, but for the manifest and temporary files."""
    found = {}
    for path in folder.rglob("*"):
        if not path.is_file() or path.name == ".elancry-files.json" or _TEMPORARY.fullmatch(path.name):
            continue
        found[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def unlike(now: dict[str, str], wanted: dict[str, str]) -> Iterator[str]:
    """Names of files that are missing, too many or different."""
    yield from set(now) ^ set(wanted)
    yield from (name for name in set(now) & set(wanted) if now[name] != wanted[name])


if __name__ == "__main__":
    sys.exit(main())
