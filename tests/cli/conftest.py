"""Small studies to run commands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from elancry.cli.main import run
from elancry.codebook.load import load_codebook
from elancry.simulate.study import simulate_study
from elancry.simulate.write import write_study


@dataclass(frozen=True)
class Said:
    """What a command left: exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


@pytest.fixture
def elancry(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command as a person would; a traceback on the screen fails the test."""

    def call(*arguments: object) -> Said:
        capsys.readouterr()
        code = run([str(item) for item in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        assert "elancry itself failed" not in captured.err, captured.err
        return Said(code, captured.out, captured.err)

    return call


def make_study(folder: Path, *, sessions: int = 3, sequences: int = 4, raters: tuple[str, ...] = ("R1", "R2")) -> Path:
    """A synthetic study without mistakes; only the .eaf files are kept."""
    study = simulate_study(
        load_codebook("crying"), sessions=sessions, sequences=sequences, raters=raters, mistakes=False, seed=1
    )
    write_study(study, folder)
    for item in folder.iterdir():
        if item.suffix != ".eaf":
            item.unlink()
    return folder


@pytest.fixture(scope="session")
def make_coded() -> Callable[..., Path]:
    """`make_study`, for studies of other sizes."""
    return make_study


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Three sessions, two raters, in a folder whose name has a blank and umlauts."""
    return make_study(tmp_path / "Müllers Videos")
