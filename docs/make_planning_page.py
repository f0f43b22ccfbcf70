"""Put real output into docs/planning.md. A test says when it is out of date.

python docs/make_planning_page.py
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

from elancry.cli.main import run

PAGE = Path(__file__).parent / "planning.md"
OUTPUT = re.compile(r"(<!-- output: (.*?) -->\n+```text\n)(.*?)(```)", flags=re.DOTALL)


def said(command: str) -> str:
    """A command and what it prints on its output stream."""
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        code = run(shlex.split(command)[1:])
    if code:
        raise RuntimeError(f"{command}: {errors.getvalue()}")
    return "".join(f"{line.rstrip()}\n" for line in (f"$ {command}", *out.getvalue().splitlines()))


def filled(page: str) -> str:
    """`page` with the output that its commands have today."""
    return OUTPUT.sub(lambda found: found[1] + said(found[2]) + found[4], page)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
