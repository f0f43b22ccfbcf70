"""`elancry power` as it is typed: what it prints and writes, and one sentence for what it cannot do."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.cli.exits import Exit
from elancry.cli.main import run

SMALL = ["power", "--icc", ".6", "--sessions", "12", "--raters", "2", "--double-coded", "1", "--studies", "20"]


def test_it_prints_and_writes_the_same_for_any_number_of_jobs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*SMALL, "-o", str(tmp_path / "one")]) == Exit.CLEAN
    said = capsys.readouterr()
    assert "1 design with 20 simulated studies" in said.err
    assert "Sample size was planned by simulating 20 studies per design" in said.out
    assert run([*SMALL, "-o", str(tmp_path / "two"), "--jobs", "2", "--quiet"]) == Exit.CLEAN
    assert capsys.readouterr() == ("", "")
    for name in ("tables/power.csv", "figures/power.svg", "power.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_what_people_changed_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "power.md").write_text("mine", encoding="utf-8")
    assert run([*SMALL, "-o", str(tmp_path)]) == Exit.UNUSABLE
    said = capsys.readouterr().err
    assert "power.md" in said
    assert "simulated studies" not in said
    assert (tmp_path / "power.md").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "tables").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing says how far raters agree"),
        (["--icc", "1.5"], "--icc must be above 0 and at most 1, got 1.5"),
        (["--icc", ".5", "--sessions", "0"], "--sessions must be 2 or more, got 0"),
        (["--icc", ".5", "--raters", "1"], "--raters must be 2 to 20, got 1"),
        (["--icc", ".5", "--sessions", "ten"], "expected numbers separated by commas, such as 16,32,64; got 'ten'"),
        (["--icc", ".5", "--studies", "99999"], "12 designs with 1199988 simulated studies in all are too many"),
        (["--from", "nowhere/results.json"], "there is no results.json in nowhere"),
    ],
)
def test_bad_input_is_one_sentence(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["power", *arguments]) == Exit.UNUSABLE
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Traceback" not in err
