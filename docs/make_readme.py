"""Put real output into README.md: each block after `<!-- output: COMMAND -->` becomes what the command prints.

The commands of the marked example run first, one after the other in one empty folder; the others then in the same one.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
EXAMPLE = re.compile(r"(<!-- example -->\s*```console\n)(.*?)(```)", flags=re.DOTALL)
OUTPUT = re.compile(r"(<!-- output: (.*?) -->\s*```text\n)(.*?)(```)", flags=re.DOTALL)


def filled(readme: str) -> str:
    """`readme` with the output that its commands have today."""
    with tempfile.TemporaryDirectory() as folder:
        printed: dict[str, str] = {}
        for block in EXAMPLE.findall(readme):
            for command in (line[2:] for line in block[1].splitlines() if line.startswith("$ ")):
                printed[command] = said(command, folder)
        return OUTPUT.sub(lambda match: match[1] + (printed.get(match[2]) or said(match[2], folder)) + match[4], readme)


def said(command: str, folder: str) -> str:
    """What a command prints on both streams."""
    program, *arguments = shlex.split(command)
    if program != "elancry":
        raise ValueError(f"the README runs {program}")
    code = "from elancry.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=True,
    )
    return "".join(line.rstrip() + "\n" for line in done.stdout.splitlines())


if __name__ == "__main__":
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
