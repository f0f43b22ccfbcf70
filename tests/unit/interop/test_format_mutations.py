"""Damaged files of every format are refused, told or read whole (see benchmarks/format_mutations.py)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
import format_mutations  # noqa: E402

NUMBER, SEED = 300, 20240417


@pytest.mark.parametrize("name", format_mutations.readable())
def test_no_damage_goes_unnoticed(name: str, capsys: pytest.CaptureFixture[str]):
    counts = format_mutations.run(name, NUMBER, SEED, show=10)
    faults = {what: counts[what] for what in format_mutations.FAULTS if counts[what]}
    assert not faults, capsys.readouterr().out
    assert counts.total() == NUMBER
    assert counts["refused"] > 0  # the mutations do damage


def test_the_job_sees_what_is_lost():
    rows, _ = format_mutations.read("srt", format_mutations.original("srt"))
    assert rows.total() == 8
    shorter = format_mutations.original("srt").decode().split("\n\n", 1)[1].encode()
    assert format_mutations.outcome("srt", shorter, rows, frozenset()) == "SILENT"
