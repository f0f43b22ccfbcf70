"""Long work tells how far it is: a bar in a terminal, lines of JSON for other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from elancry.cli.main import cli

SAMPLE = Path(__file__).resolve().parents[2] / "sample_eaf"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sessions of the sample study, three raters."""
    folder = tmp_path_factory.mktemp("coded")
    for path in SAMPLE.glob("S0[12]__*.eaf"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def told(*arguments: str) -> list[dict[str, Any]]:
    """What a command tells as JSON, once it is known to have ended well."""
    run = CliRunner().invoke(cli, [*arguments, "--progress", "json"])
    assert run.exit_code in (0, 1), run.output
    lines = [line for line in run.stderr.splitlines() if line.startswith('{"progress"')]
    return [json.loads(line)["progress"] for line in lines]


def ends(lines: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """What was done -> (done, all) where it was told last; `done` never falls."""
    found: dict[str, tuple[int, int]] = {}
    for line in lines:
        code = line["what"]["code"]
        assert line["done"] >= found.get(code, (0, 0))[0]
        assert line["seconds_left"] is None or line["seconds_left"] >= 0
        found[code] = line["done"], line["total"]
    return found


@pytest.mark.parametrize(
    ("command", "more", "doing"),
    [
        ("check", [], {"progress.reading": (6, 6)}),
        ("merge", ["-o"], {"progress.reading": (6, 6), "progress.merging": (2, 2)}),
    ],
)
def test_files_and_sessions_are_counted(
    study: Path, tmp_path: Path, command: str, more: list[str], doing: dict[str, tuple[int, int]]
) -> None:
    """Six files of two sessions."""
    assert ends(told(command, str(study), *more, *([str(tmp_path / "out")] if more else []), "-q")) == doing


def test_computing_is_told_too(study: Path, tmp_path: Path) -> None:
    """Families of coefficients, in as many parts as they have rows to make, until all are done."""
    few = ["--set", "resamples=20"]
    found = ends(told("agree", str(study), "-o", str(tmp_path / "out"), "--codebook", "crying", "-q", *few))
    done, total = found["progress.agreement"]
    assert done == total > 100
    assert found["progress.step-report"] == (0, 0)


def test_without_a_terminal_nothing_is_told(study: Path) -> None:
    assert CliRunner().invoke(cli, ["check", str(study), "-q"]).stderr.count("progress") == 0
