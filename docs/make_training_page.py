"""Put real output into docs/rater-training.md. A test says when it is out of date.

    python docs/make_training_page.py

The practice study is simulated: gold codes the truth, Ana and Ben come nearer to it from round to round. Its six
sessions have one sequence each. `<!-- output: COMMAND -->` stands for all that a command prints, `<!-- output from
TEXT: COMMAND -->` for the part that begins with TEXT and ends before an empty line. Reports are not drawn.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

from elancry.cli.main import run
from elancry.codebook.load import load_codebook
from elancry.simulate.parameters import RaterModel, TruthModel
from elancry.simulate.study import simulate_study
from elancry.simulate.write import write_study

PAGE = Path(__file__).parent / "rater-training.md"
OUTPUT = re.compile(r"(<!-- output(?: from ([^:]*))?: (.*?) -->\n+```text\n)(.*?)(```)", flags=re.DOTALL)
SEED = 3
FIRST = {
    "Ana": RaterModel(confusion=0.45, missed=0.15, extra=0.15, jitter_ms=900, rating_noise=0.6, rating_bias=0.8),
    "Ben": RaterModel(confusion=0.3, missed=0.2, extra=0.2, jitter_ms=1400, rating_noise=0.8),
}
ROUNDS = 3


def in_round(first: RaterModel, number: int) -> RaterModel:
    """The rater of a later round: every mistake divided by its number."""
    less = {name: getattr(first, name) / number for name in ("confusion", "missed", "extra", "jitter_ms")}
    return replace(first, **less)


def write_practice(folder: Path) -> None:
    """`practice/`: the last round under plain names; `rounds/`: every round of the trainees, and gold once."""
    codebook = load_codebook("five-reasons-to-cry")
    for number in range(1, ROUNDS + 1):
        models = {"gold": RaterModel(), **{name: in_round(first, number) for name, first in FIRST.items()}}
        study = simulate_study(
            codebook,
            sessions=6,
            sequences=6,
            raters=tuple(models),
            seed=SEED,
            mistakes=False,
            effects=(),
            truth_model=TruthModel(),
            rater_models=models,
        )
        coded = folder / f"coded{number}"
        (folder / "rounds").mkdir(exist_ok=True)
        for path in write_study(study, coded):
            session, rater = path.stem.split("__")
            name = path.name if rater == "gold" else f"{session}__{rater}__{number}.eaf"
            (folder / "rounds" / name).write_bytes(path.read_bytes())
    (folder / f"coded{ROUNDS}").rename(folder / "practice")


@contextlib.contextmanager
def practice() -> Iterator[None]:
    """Work in an empty folder with the practice study in it."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        write_practice(Path(folder))
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def said(command: str, begin: str | None = None) -> str:
    """A command and what it prints on its output stream, from the line that starts with `begin` to an empty one."""
    out, errors = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
        mock.patch("elancry.study.run.save_results", lambda _results, folder, **_: folder.folder / "report.html"),
    ):
        code = run(shlex.split(command)[1:])
    if code not in (0, 1):
        raise RuntimeError(f"{command}: {errors.getvalue()}")
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    if begin:
        first = next(at for at, line in enumerate(lines) if line.strip().startswith(begin))
        lines = ["[...]", *lines[first : lines.index("", first)], "[...]"]
    return "".join(f"{line}\n" for line in (f"$ {command}", *lines))


def filled(page: str) -> str:
    """`page` with the output that its commands have today."""
    with practice():
        return OUTPUT.sub(lambda found: found[1] + said(found[3], found[2]) + found[5], page)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
