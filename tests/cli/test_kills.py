"""Commands that are killed at thirty moments; `benchmarks/kills.py`, which says what must hold, takes three hundred."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = Path(__file__).parents[2] / "benchmarks" / "kills.py"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.skipif(not KILLS.is_file(), reason="the benchmarks are not here")
def test_a_kill_at_any_moment_leaves_whole_files_and_the_command_can_be_run_again():
    run = subprocess.run(
        [sys.executable, str(KILLS), "--moments", "30", "--starts", "3"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
    assert "33 signals" in run.stdout
