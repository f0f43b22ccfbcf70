"""`check` answers every planted mistake with the finding that the record names, in its file and tier, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.check.study import check_files
from elancry.codebook.load import load_codebook
from elancry.findings import CATALOGUE, Severity
from elancry.simulate.mistake_kinds import FINDING_OF, HARMLESS, MistakeKind, PlantedMistake
from elancry.simulate.simulated import SimulatedStudy
from elancry.simulate.study import simulate_study
from elancry.simulate.write import write_study

# Where a finding about two files may name either of them.
ABOUT_SEVERAL_FILES = {MistakeKind.OTHER_MEDIUM}


def place(mistake: PlantedMistake) -> tuple[str, str, str | None]:
    return (mistake.finding, mistake.file, mistake.tier)


def study(mistakes: bool | str) -> SimulatedStudy:
    return simulate_study(load_codebook("crying"), sessions=6, sequences=11, raters=("R1", "R2"), mistakes=mistakes)


@pytest.mark.parametrize("mistakes", [False, True, "all"])
def test_every_mistake_is_found_and_nothing_else(mistakes: bool | str, tmp_path: Path) -> None:
    planted = study(mistakes)
    write_study(planted, tmp_path)
    findings = check_files([tmp_path], codebook=planted.codebook).findings
    expected = {place(item) for item in planted.mistakes if item.kind not in ABOUT_SEVERAL_FILES}
    several = {item.finding for item in planted.mistakes if item.kind in ABOUT_SEVERAL_FILES}
    # A file that links another session's medium also makes one medium the medium of two sessions.
    aside = several | ({"media-two-sessions"} if several else set())
    assert {(f.code, f.file, f.tier) for f in findings if f.code not in aside} == expected
    assert several <= {f.code for f in findings}
    if mistakes is True:
        assert len(expected) == len(HARMLESS)


def test_harmless_mistakes_are_no_errors() -> None:
    for kind in HARMLESS:
        assert CATALOGUE[FINDING_OF[kind]].severity is not Severity.ERROR, kind
    assert set(FINDING_OF) == set(MistakeKind)
