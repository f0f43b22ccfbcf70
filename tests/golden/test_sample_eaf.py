"""sample_eaf/ is what `elancry simulate` writes, to the byte, and stays small and free of any machine's paths.

Where this fails after a change to templates, codebook or simulation, write it anew: the command stands in
sample_eaf/README.md.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from elancry.codebook.load import load_codebook
from elancry.simulate.study import simulate_study
from elancry.simulate.write import write_study

SAMPLE = Path(__file__).resolve().parents[2] / "sample_eaf"


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("again") / SAMPLE.name
    write_study(simulate_study(load_codebook("crying")), folder)
    return folder


def test_sample_is_what_the_command_writes(regenerated: Path) -> None:
    assert sorted(path.name for path in SAMPLE.iterdir()) == sorted(path.name for path in regenerated.iterdir())
    differing = [
        path.name for path in sorted(regenerated.iterdir()) if path.read_bytes() != (SAMPLE / path.name).read_bytes()
    ]
    assert differing == []


def test_sample_is_a_whole_study_and_small() -> None:
    files = sorted(SAMPLE.glob("*.eaf"))
    assert len(files) == 32 * 3
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) < 3_000_000
    truth = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    assert len(truth["sequences"]) == 46
    assert all(mistake["finding"] for mistake in truth["mistakes"])
    for path in files:
        linked = re.findall(r'MEDIA_URL="([^"]*)"', path.read_text(encoding="utf-8"))
        session = path.name.split("__")[0]
        assert linked == [f"file:///media/{session}.mp4", f"./{session}.mp4"]


def test_planted_agreement_is_in_the_range_of_a_trained_team() -> None:
    """What the sample is meant to show: a steady pair with kappa .6-.8, a rater apart, ratings with ICC .5-.9."""
    drawn = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["agreement_of_this_draw"]
    for system in ("crying_form", "intervention"):
        kappa = {
            (row["rater_a"], row["rater_b"]): row["kappa"]
            for row in drawn["time_cohen_kappa_with_none"]
            if row["system"] == system
        }
        assert 0.6 < kappa["R1", "R2"] < 0.8
        assert max(kappa["R1", "R3"], kappa["R2", "R3"]) < kappa["R1", "R2"]
    assert all(0.5 < row["icc_2_1"] < 0.9 for row in drawn["icc_2_1"])
