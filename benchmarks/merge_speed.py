"""How fast elancry merges, next to parsing and writing the same files with bare lxml, in one run on one machine.

    python benchmarks/merge_speed.py [--sizes 2500,10000] [--raters 4] [--rounds 7] > table.md

"Bare lxml" parses each rater's file and serialises it again. "Merge" starts from the same files on disk and ends with
the bytes of the merged document, every rater's tiers in it; start-up, checking, consensus and tables are not in it.
Times are processor time, the best of some rounds in which the two take turns. With `--grow` the whole command
`elancry merge` is timed on studies whose size doubles, in processes of their own, to show how its time grows.
"""

from __future__ import annotations

import argparse
import gc
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from eaf_speed import cpu
from lxml import etree

from elancry.check.coding import CheckedCoding
from elancry.check.study import check_files
from elancry.eaf import Document, Vocabulary, VocabularyEntry, new_document
from elancry.merge.assemble import Assembly
from elancry.merge.tier_names import read_parts
from elancry.seeds import stream

CATEGORIES = 9
LONGEST_MS = 900


def coded(name: str, n: int, *, systems: int = 4, categories: int = CATEGORIES, sequences: int = 0) -> Document:
    """One rater's file: `n` annotations on `systems` tiers with vocabularies and CVE_REF, in `sequences` if any."""
    draw = stream(20240417, "merge_speed", name)
    editor = new_document(author=name, date="2024-04-17T12:00:00+00:00").edit()
    editor.languages.add("eng", "English")
    per_tier = max(1, n // systems)
    if sequences:
        editor.types.add("Sequence")
        editor.tiers.add("Sequence", "Sequence")
        length = per_tier * 1000 // sequences
        for number in range(sequences):
            editor.annotations.add("Sequence", number * length, (number + 1) * length, f"seq{number + 1}")
    for system in range(systems):
        tier = f"system{system}"
        entries = tuple(VocabularyEntry(f"c{k}", {"eng": f"category {k}"}) for k in range(categories))
        editor.vocabularies.add(Vocabulary(tier, entries, {}))
        editor.types.add(tier, vocabulary=tier)
        editor.tiers.add(tier, tier, annotator=name)
        jitter = draw.integers(0, 80, (per_tier, 2)).tolist()
        codes = draw.integers(0, categories, per_tier).tolist()
        for number, ((first, last), code) in enumerate(zip(jitter, codes, strict=True)):
            start = 1000 * number
            editor.annotations.add(
                tier, start + first, start + LONGEST_MS + last, f"category {code}", cve_ref=f"c{code}"
            )
    return editor.document()


def write_study(folder: Path, raters: int, n: int, **shape: int) -> list[Path]:
    """One session by `raters` raters with `n` annotations each."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(raters):
        paths.append(folder / f"s1__R{number + 1}.eaf")
        paths[-1].write_bytes(coded(f"R{number + 1}", n, **shape).to_bytes())
    return paths


def bare(paths: Sequence[Path]) -> list[bytes]:
    return [
        etree.tostring(etree.parse(str(path)), encoding="UTF-8", xml_declaration=True, pretty_print=False)
        for path in paths
    ]


def merged(coding: CheckedCoding) -> bytes:
    return Assembly(read_parts(coding, "s1")).document("s1.merged.eaf").to_bytes()


def best(actions: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    times = [float("inf")] * len(actions)
    for _ in range(rounds):
        for place, action in enumerate(actions):
            gc.collect()
            start = time.process_time()
            action()
            times[place] = min(times[place], time.process_time() - start)
    return times


def print_ratios(sizes: Sequence[int], raters: int, rounds: int, folder: Path) -> None:
    print("| raters x annotations | MB | lxml parse and write s | elancry merge s | of lxml |\n|---|--:|--:|--:|--:|")
    for n in sizes:
        paths = write_study(folder / f"ratio{n}", raters, n)
        coding = check_files([folder / f"ratio{n}"])
        document = Assembly(read_parts(coding, "s1")).document("s1.merged.eaf")
        kept = sum(len(document.annotations(tier.id)) for tier in document.tiers)
        if kept != raters * n:
            raise SystemExit(f"{raters * n} annotations went in, {kept} came out")
        theirs, ours = best([lambda: bare(paths), lambda: merged(coding)], rounds)  # noqa: B023  used at once
        size = sum(path.stat().st_size for path in paths) / 1e6
        print(f"| {raters} x {n:,} | {size:.1f} | {theirs:.3f} | {ours:.3f} | {ours / theirs:.2f} |", flush=True)


GROWTH: dict[str, tuple[dict[str, int], ...]] = {
    "annotations (2 raters, 2 systems, `--min-ms 300`)": tuple(
        {"n": n, "systems": 2} for n in (10_000, 20_000, 40_000)
    ),
    "sequences (2 raters, 12 annotations each)": tuple(
        {"n": 12 * n, "systems": 2, "sequences": n} for n in (750, 1500, 3000)
    ),
    "categories (2 raters, 3,000 annotations)": tuple({"n": 3000, "systems": 1, "categories": n} for n in (750, 1500)),
    "tiers (2 raters, 1 annotation each)": tuple({"n": n, "systems": n, "categories": 3} for n in (1000, 2000)),
}


def print_growth(folder: Path) -> None:
    print("\n| what grows | sizes | seconds of `elancry merge` |\n|---|---|---|")
    for what, shapes in GROWTH.items():
        seconds = []
        for place, shape in enumerate(shapes):
            study = folder / f"grow{len(what)}-{place}"
            write_study(study, 2, shape["n"], **{name: value for name, value in shape.items() if name != "n"})
            seconds.append(command_seconds(study, folder / f"out{len(what)}-{place}"))
        key = next(iter(name for name in ("sequences", "categories") if name in shapes[0]), "n")
        if "tiers" in what:
            key = "systems"
        if what.startswith("categories"):
            key = "categories"
        sizes = ", ".join(f"{shape[key]:,}" for shape in shapes)
        print(f"| {what} | {sizes} | {', '.join(f'{value:.1f}' for value in seconds)} |", flush=True)


def command_seconds(study: Path, out: Path) -> float:
    """Processor time of the whole command, start-up and tables included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    run = [sys.executable, "-c", "from elancry.cli.main import main; main()"]
    subprocess.run(
        [*run, "merge", str(study), "-o", str(out), "--min-ms", "300", "-q"], check=False, capture_output=True
    )
    if not (out / "merge.json").is_file():
        raise SystemExit(f"merging {study.name} failed")
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=lambda text: [int(size) for size in text.split(",")], default=[2500, 10_000])
    parser.add_argument("--raters", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--grow", action="store_true")
    arguments = parser.parse_args()
    print(
        f"{platform.machine()}, {platform.system()} {platform.release()}, {cpu()}, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in ("lxml", "numpy", "pandas"))
        + "\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        print_ratios(arguments.sizes, arguments.raters, arguments.rounds, Path(folder))
        if arguments.grow:
            print_growth(Path(folder))


if __name__ == "__main__":
    main()
