"""How fast elancry reads and writes, next to a bare lxml parse and to pympi, all in one run on one machine.

    python benchmarks/eaf_speed.py [FOLDER_OF_REAL_FILES] [--sizes 1,10,100] [--rounds 5] > table.md

Every reader works in processes of its own, each read once after one tiny file for practice, as a user meets it; what
an earlier reader leaves in the memory allocator would change the next one's time by two thirds. Counted is processor
time, the best of some rounds in which the competitors take turns. Writing is given three times over: making the bytes
and writing them plainly, which is the same work for both; the whole of our safe write, which waits for the disk
(fsync) where pympi does not; and the first against pympi. "Read" ends with a pandas table of all annotations for
elancry, with the parsed tree for lxml, and with the `Eaf` object for pympi. Real files that one of them cannot read or
save are left out and counted.
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


def in_own_process(*arguments: str) -> list[float]:
    run = subprocess.run([sys.executable, __file__, *arguments], check=True, capture_output=True, text=True)
    return [float(number) for number in run.stdout.split()]


def best_reads(paths: Sequence[Path], rounds: int, readers: Sequence[str] = tuple(READERS)) -> dict[str, float]:
    best = dict.fromkeys(readers, float("inf"))
    for _ in range(rounds):
        for name in readers:
            best[name] = min(best[name], in_own_process("--read", name, *map(str, paths))[0])
    return best


def print_reads(reader: str, paths: Sequence[Path]) -> None:
    practise(reader)
    total = 0.0
    for path in paths:
        start = time.process_time()
        result = READERS[reader](path)
        total += time.process_time() - start
        del result
    print(total)


def practise(reader: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        READERS[reader](generate(Path(folder) / "tiny.eaf", 0.01))
    gc.collect()


PLAIN, SAFE = "plain", "safe"


def best_writes(paths: Sequence[Path], rounds: int) -> dict[str, list[float]]:
    """Processor and elapsed seconds of each way to write."""
    best = {name: [float("inf")] * 2 for name in (PLAIN, SAFE, PYMPI)}
    for _ in range(rounds):
        for name in best:
            took = in_own_process("--write", name, *map(str, paths))
            best[name] = [min(pair) for pair in zip(best[name], took, strict=True)]
    return best


def print_writes(way: str, paths: Sequence[Path]) -> None:
    cpu_seconds = elapsed = 0.0
    with tempfile.TemporaryDirectory() as folder:
        # The first file twice: once for practice.
        for number, path in enumerate([paths[0], *paths] if len(paths) > 1 else paths):
            target = Path(folder) / f"{number}.eaf"
            source = elancry.read_eaf(path) if way != PYMPI else read_pympi(path)
            gc.collect()
            before, start = time.process_time(), time.perf_counter()
            if way == PYMPI:
                source.to_file(str(target))  # type: ignore[attr-defined]
            elif way == SAFE:
                elancry.write_eaf(source, target)  # type: ignore[arg-type]
            else:
                target.write_bytes(source.to_bytes())  # type: ignore[attr-defined]
            if number or len(paths) == 1:
                elapsed += time.perf_counter() - start
                cpu_seconds += time.process_time() - before
            del source
            target.unlink()
    print(cpu_seconds, elapsed)


def peak_megabytes(reader: str, path: Path) -> float:
    """Peak memory of reading, above what the process needs with everything imported and one tiny file read."""
    return in_own_process("--peak", reader, str(path))[0]


def print_peak(reader: str, path: Path) -> None:
    practise(reader)
    before = peak_kilobytes()
    kept = READERS[reader](path)
    print((peak_kilobytes() - before) / 1024)
    del kept


def peak_kilobytes() -> int:
    """Linux only; `getrusage` would count what the parent process used before this one began."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def usable(paths: Sequence[Path], folder: Path) -> tuple[list[Path], list[Path]]:
    """The files that both elancry and pympi can read and write, and those that only elancry can."""
    good: list[Path] = []
    refused: list[Path] = []
    for path in paths:
        try:
            elancry.read_eaf(path)
        except UnreadableInput:
            continue
        try:
            (folder / "trial.eaf").unlink(missing_ok=True)
            read_pympi(path).to_file(str(folder / "trial.eaf"))  # type: ignore[attr-defined]
        except Exception:
            refused.append(path)
        else:
            good.append(path)
    return good, refused


def print_table(arguments: argparse.Namespace, folder: Path) -> None:
    sets: list[tuple[str, list[Path]]] = []
    refused: list[Path] = []
    if arguments.real is not None:
        found = sorted(p for p in arguments.real.rglob("*") if p.suffix in (".eaf", ".etf") and p.is_file())
        good, refused = usable(found, folder)
        sets.append((f"{len(good)} real files", good))
        print(
            f"Of {len(found)} real files, {len(found) - len(good) - len(refused)} cannot be read by elancry "
            f"and {len(refused)} more cannot be read and saved by pympi.\n"
        )
    for size in arguments.sizes:
        sets.append((f"generated, {size:g} MB", [generate(folder / f"{size:g}.eaf", size)]))
    print(
        f"{platform.machine()}, {platform.system()} {platform.release()}, {cpu()}, Python {platform.python_version()}"
    )
    print(", ".join(f"{name} {version(name)}" for name in ("lxml", "numpy", "pandas", "pympi-ling")) + "\n")
    print("| files | MB | lxml parse s | elancry to table s | of lxml | pympi read s | elancry of pympi |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    writes = []
    for label, paths in sets:
        megabytes = sum(path.stat().st_size for path in paths) / 1e6
        rounds = arguments.rounds if megabytes < 50 else max(2, arguments.rounds // 2)
        read = best_reads(paths, rounds)
        bare, ours, theirs = read[BARE_LXML], read[ELANCRY], read[PYMPI]
        print(
            f"| {label} | {megabytes:.1f} | {bare:.4f} | {ours:.4f} | {ours / bare:.2f} | {theirs:.4f} "
            f"| {ours / theirs:.2f} |",
            flush=True,
        )
        writes.append((label, best_writes(paths, rounds)))
    if refused:
        megabytes = sum(path.stat().st_size for path in refused) / 1e6
        read = best_reads(refused, arguments.rounds, (BARE_LXML, ELANCRY))
        bare, ours = read[BARE_LXML], read[ELANCRY]
        print(
            f"| {len(refused)} that pympi refuses | {megabytes:.1f} | {bare:.4f} | {ours:.4f} | {ours / bare:.2f} | | |"
        )
    print(
        "\n| files | elancry, plain write: CPU s | pympi: CPU s | elancry of pympi "
        "| elancry, safe write: elapsed s | pympi: elapsed s | elancry of pympi |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|")
    for label, write in writes:
        plain, safe, theirs_cpu, theirs = write[PLAIN][0], write[SAFE][1], *write[PYMPI]
        print(
            f"| {label} | {plain:.4f} | {theirs_cpu:.4f} | {plain / theirs_cpu:.2f} "
            f"| {safe:.4f} | {theirs:.4f} | {safe / theirs:.2f} |"
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
    parser.add_argument("--read", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--write", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--peak", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak:
        print_peak(arguments.peak[0], Path(arguments.peak[1]))
        return
    if arguments.read or arguments.write:
        name, *files = arguments.read or arguments.write
        (print_reads if arguments.read else print_writes)(name, [Path(file) for file in files])
        return
    with tempfile.TemporaryDirectory() as folder:
        print_table(arguments, Path(folder))


if __name__ == "__main__":
    main()
