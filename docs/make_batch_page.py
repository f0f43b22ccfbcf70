"""Put real output into batch.md: for `<!-- output: COMMAND -->` what it prints, for `<!-- file: NAME N -->` N lines.

The commands run one after the other in one folder with a part of the sample study: `coded/` holds two sessions by three
raters, `videos/` empty files called like their recordings, `revised.yaml` the codebook with one label reworded.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import tempfile
from pathlib import Path

from elancry.cli.main import run
from elancry.codebook.load import builtin_path

PAGE = Path(__file__).with_name("batch.md")
LABEL = "en: inhibited"
SAMPLE = Path(__file__).resolve().parents[1] / "sample_eaf"
BLOCK = re.compile(r"(<!-- (output|file): (.*?) -->\s*```text\n)(.*?)(```)", flags=re.DOTALL)


def filled(page: str) -> str:
    """`page` with what its commands print today."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        for name in ("coded", "videos"):
            (base / name).mkdir()
        for path in sorted(SAMPLE.glob("S0[12]__R?.eaf")):
            shutil.copy(path, base / "coded")
        for name in ("S01.mp4", "S02.mp4"):
            (base / "videos" / name).touch()
        book = builtin_path("crying").read_text(encoding="utf-8")
        if LABEL not in book:
            raise ValueError(f"the codebook has no {LABEL!r} to reword")
        (base / "revised.yaml").write_text(book.replace(LABEL, "en: inhibited crying"), encoding="utf-8")
        with contextlib.chdir(base):
            return BLOCK.sub(lambda match: match[1] + _content(match[2], match[3]) + match[5], page)


def _content(kind: str, what: str) -> str:
    if kind == "output":
        return f"$ {what}\n{said(what)}"
    name, lines = what.rsplit(" ", 1)
    return "".join(Path(name).read_text(encoding="utf-8").splitlines(keepends=True)[: int(lines)])


def said(command: str) -> str:
    """What a command prints on both streams; a long list is cut."""
    program, *arguments = shlex.split(command)
    if program != "elancry":
        raise ValueError(f"the page runs {program}")
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        run(arguments)
    text = stream.getvalue().replace(f"{os.path.realpath('.')}/", "/study/").replace(f"{Path.cwd()}/", "/study/")
    lines = text.splitlines(keepends=True)
    if len(lines) > 12:
        lines = [*lines[:6], "...\n", *lines[-5:]]
    return "".join(lines)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
