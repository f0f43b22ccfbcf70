"""How long do `agree` and `analyze` take, and how much memory, beside the mere import of the libraries they use?

    python benchmarks/analyze_speed.py --rounds 3 > table.md

The sample study (46 sequences in 32 sessions, 3 raters, systems of 4 and 9 categories), each command in a process of
its own, one after the other in every round: processor time (with that of processes it starts) and highest memory, the
least of all rounds. `report` and `figures` show results again that were computed before.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[1] / "sample_eaf"
IMPORT = "import pandas, statsmodels.api, matplotlib.pyplot, scipy.stats, pingouin"
LIBRARIES = ("numpy", "scipy", "pandas", "matplotlib", "statsmodels", "pingouin")
COMMAND = "import sys; from elancry.cli.start import main; sys.argv[0] = 'elancry'; main()"


def measured(arguments: list[str]) -> tuple[float, float]:
    """Seconds of processor time and highest MB of `python ARGUMENTS`, which must succeed."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    process = os.posix_spawn(
        sys.executable,
        [sys.executable, *arguments],
        {**os.environ, "PYTHONWARNINGS": "ignore"},
        file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, 1), (os.POSIX_SPAWN_DUP2, nowhere, 2)],
    )
    os.close(nowhere)
    _, status, usage = os.wait4(process, 0)
    if status:
        sys.exit(f"{' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="rows to run besides the import, by their beginning: agree, analyze")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = f"{folder}/analyze"
        sample = ["-c", COMMAND]
        options = ["--codebook", "crying", "--force", "--quiet"]
        rows = {
            "import of the libraries": ["-c", IMPORT],
            "agree": [*sample, "agree", str(SAMPLE), "-o", f"{folder}/agree", *options],
            "analyze, figures as SVG": [*sample, "analyze", str(SAMPLE), "-o", results, *options],
            "analyze, figures as SVG, PDF and PNG": [
                *sample, "analyze", str(SAMPLE), "-o", f"{folder}/print", *options, "--print-figures",
            ],
            "report, of what was analyzed": [*sample, "report", results, "-o", f"{folder}/report", *options[2:]],
            "figures, of what was analyzed": [*sample, "figures", results, "-o", f"{folder}/figures", *options[2:]],
        }  # fmt: skip
        of_import, *others = rows
        rows = {name: rows[name] for name in (of_import, *(name for name in others if name.startswith(given.only)))}
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in rows}
        for number in range(given.rounds):
            for name, arguments in rows.items():
                found[name].append(measured(arguments))
                print(f"{number + 1}: {name} {found[name][-1][0]:.2f} s", file=sys.stderr)
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors, load", end=" ")
    print(f"{os.getloadavg()[0]:.1f}, " + ", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    print("\n| what | processor s | of the import | MB | above the import |\n|---|--:|--:|--:|--:|")
    seconds_of_import, memory_of_import = (min(values) for values in zip(*found[of_import], strict=True))
    for name, each in found.items():
        seconds, memory = (min(values) for values in zip(*each, strict=True))
        ratio, more = seconds / seconds_of_import, memory - memory_of_import
        print(f"| {name} | {seconds:.1f} | {ratio:.1f} | {memory:.0f} | {more:.0f} |")


if __name__ == "__main__":
    main()
