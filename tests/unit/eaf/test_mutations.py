"""A thousand seeded mutations; ten thousand are run by hand with the same job (`benchmarks/eaf_mutations.py`)."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
REAL = Path(__file__).parents[4] / "shared" / "eaf" / "real"


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    import eaf_mutations

    return eaf_mutations


@pytest.mark.slow
def test_mutated_files_give_a_document_or_one_refusal(job: ModuleType) -> None:
    """Real files where they are present, generated ones elsewhere."""
    outcomes, wrong = job.run(1000, REAL if REAL.is_dir() else None, seed=20240417)
    assert not wrong, wrong[0]
    assert sum(outcomes.values()) == 1000
    assert min(outcomes["refused"], outcomes["with findings"]) > 100
