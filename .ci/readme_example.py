"""Run the first example of the README with an installed elancry, in an empty folder.

The example is the first ```console block after the line `<!-- example -->`; its lines that begin with `$ ` are run.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path


def commands(readme: str) -> list[str]:
    """The commands of the first marked block."""
    found = re.search(r"<!-- example -->\s*```console\n(.*?)```", readme, flags=re.DOTALL)
    if found is None:
        sys.exit("the README has no marked example")
    return [line[2:] for line in found[1].splitlines() if line.startswith("$ ")]


def main(readme: Path, binaries: Path) -> None:
    """Run every command; the first that fails ends the run."""
    listed = commands(readme.read_text(encoding="utf-8"))
    if not listed:
        sys.exit("the README's example holds no command")
    environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory(prefix="elancry Beispiel ä ") as folder:
        for command in listed:
            print(f"$ {command}", flush=True)
            subprocess.run(shlex.split(command), cwd=folder, env=environment, check=True)
    print(f"{len(listed)} commands of the README ran")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]).resolve())
