"""How fast elancry reads and writes, next to a bare lxml parse and to pympi, all in one run on one machine.

    python benchmarks/eaf_speed.py [FOLDER_OF_REAL_FILES] [--sizes 1,10,100] [--rounds 5] > table.md

Times are the best of some rounds, in which the competitors take turns; reading is measured in processor time (other
work on the machine disturbs it less), writing in elapsed time (it waits for the disk). Memory is the peak of a process
of its own. Both are steady only on a quiet machine.
"Read" ends with a pandas table of all annotations for elancry, with the parsed tree for lxml, and with the `Eaf`
object for pympi. Real files that pympi cannot read or save are left out of its comparison and counted.
"""

from __future__ import annotations

import argparse
import gc
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from generated_eaf import generate
from lxml import etree

import elancry
from elancry.errors import UnreadableInput

BARE_LXML = "bare lxml"
ELANCRY = "elancry"
PYMPI = "pympi"


def read_bare(path: Path) -> object:
    return etree.parse(str(path))


def read_elancry(path: Path) -> object:
    document = elancry.read_eaf(path)
    return document, document.to_frame()


def read_pympi(path: Path) -> object:
    from pympi.Elan import Eaf

    return Eaf(str(path))


READERS: dict[str, Callable[[Path], object]] = {BARE_LXML: read_bare, ELANCRY: read_elancry, PYMPI: read_pympi}


def timed(action: Callable[[], object], clock: Callable[[], float]) -> float:
    gc.collect()
    start = clock()
    result = action()
    elapsed = clock() - start
    del result
    return elapsed


def best_reads(paths: Sequence[Path], rounds: int) -> dict[str, float]:
    best = dict.fromkeys(READERS, float("inf"))
    for _ in range(rounds):
        for name, reader in READERS.items():
            best[name] = min(
                best[name], timed(lambda reader=reader: [reader(path) for path in paths], time.process_time)
            )
    return best


def best_writes(paths: Sequence[Path], rounds: int, folder: Path) -> dict[str, float]:
    best = {ELANCRY: float("inf"), PYMPI: float("inf")}
    for _ in range(rounds):
        ours = theirs = 0.0
        for path in paths:
            document, table = read_elancry(path)  # type: ignore[misc]
            ours += timed(lambda document=document: elancry.write_eaf(document, folder / "ours.eaf"), time.perf_counter)
            del document, table
            eaf = read_pympi(path)
            (folder / "theirs.eaf").unlink(missing_ok=True)
            theirs += timed(lambda eaf=eaf: eaf.to_file(str(folder / "theirs.eaf")), time.perf_counter)  # type: ignore[attr-defined]
            del eaf
        best = {ELANCRY: min(best[ELANCRY], ours), PYMPI: min(best[PYMPI], theirs)}
    return best


def peak_megabytes(reader: str, path: Path) -> float:
    """Peak memory of reading, above what the process needs with everything imported and one tiny file read."""
    run = subprocess.run(
        [sys.executable, __file__, "--peak", reader, str(path)], check=True, capture_output=True, text=True
    )
    return float(run.stdout)


def print_peak(reader: str, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        READERS[reader](generate(Path(folder) / "tiny.eaf", 0.01))
    before = peak_kilobytes()
    kept = READERS[reader](path)
    print((peak_kilobytes() - before) / 1024)
    del kept


def peak_kilobytes() -> int:
    """Linux only; `getrusage` would count what the parent process used before this one began."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def usable(paths: Sequence[Path], folder: Path) -> tuple[list[Path], int]:
    """The files that both elancry and pympi can read and write, and how many pympi cannot."""
    good, refused = [], 0
    for path in paths:
        try:
            elancry.read_eaf(path)
        except UnreadableInput:
            continue
        try:
            (folder / "trial.eaf").unlink(missing_ok=True)
            read_pympi(path).to_file(str(folder / "trial.eaf"))  # type: ignore[attr-defined]
        except Exception:
            refused += 1
        else:
            good.append(path)
    return good, refused


def print_table(arguments: argparse.Namespace, folder: Path) -> None:
    sets: list[tuple[str, list[Path]]] = []
    if arguments.real is not None:
        found = sorted(p for p in arguments.real.rglob("*") if p.suffix in (".eaf", ".etf") and p.is_file())
        good, refused = usable(found, folder)
        sets.append((f"{len(good)} real files", good))
        print(f"Of {len(found)} real files, {refused} cannot be read and saved by pympi and are left out.\n")
    for size in arguments.sizes:
        sets.append((f"generated, {size:g} MB", [generate(folder / f"{size:g}.eaf", size)]))
    print(
        f"{platform.machine()}, {platform.system()} {platform.release()}, {cpu()}, Python {platform.python_version()}"
    )
    print(", ".join(f"{name} {version(name)}" for name in ("lxml", "numpy", "pandas", "pympi-ling")) + "\n")
    print(
        "| files | MB | lxml parse s | elancry to table s | of lxml | pympi read s | elancry of pympi "
        "| elancry write s | pympi write s | elancry of pympi |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for label, paths in sets:
        megabytes = sum(path.stat().st_size for path in paths) / 1e6
        rounds = arguments.rounds if megabytes < 50 else max(2, arguments.rounds // 2)
        read, write = best_reads(paths, rounds), best_writes(paths, rounds, folder)
        bare, ours, theirs = read[BARE_LXML], read[ELANCRY], read[PYMPI]
        print(
            f"| {label} | {megabytes:.1f} | {bare:.3f} | {ours:.3f} | {ours / bare:.2f} | {theirs:.3f} "
            f"| {ours / theirs:.2f} | {write[ELANCRY]:.3f} | {write[PYMPI]:.3f} "
            f"| {write[ELANCRY] / write[PYMPI]:.2f} |",
            flush=True,
        )
    print("\n| file | lxml tree MB | elancry MB | of lxml | pympi MB |\n|---|--:|--:|--:|--:|")
    for size in arguments.sizes:
        path = folder / f"{size:g}.eaf"
        peaks = {name: peak_megabytes(name, path) for name in READERS}
        print(
            f"| generated, {size:g} MB | {peaks[BARE_LXML]:.0f} | {peaks[ELANCRY]:.0f} "
            f"| {peaks[ELANCRY] / peaks[BARE_LXML]:.2f} | {peaks[PYMPI]:.0f} |",
            flush=True,
        )


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown processor")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real", nargs="?", type=Path)
    parser.add_argument(
        "--sizes", type=lambda text: [float(size) for size in text.split(",")], default=[1.0, 10.0, 100.0]
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peak", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak:
        print_peak(arguments.peak[0], Path(arguments.peak[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        print_table(arguments, Path(folder))


if __name__ == "__main__":
    main()
