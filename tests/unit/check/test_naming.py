from __future__ import annotations

import pytest

from elancry.check.naming import FileName, FilePattern, TierPattern, original_of_copy, reserved
from elancry.errors import UsageError


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("{session}__{rater}", "s01__R1.eaf", FileName("s01", "R1")),
        ("{session}__{rater}", "clinic__s01__R1.eaf", FileName("clinic__s01", "R1")),
        ("{session}__{rater}", "week 1/s01__R1.eaf", FileName("s01", "R1")),
        ("{session}__{rater}", "s01_R1.eaf", FileName("s01_R1")),
        ("{rater}/{session}", "study/R1/s01.eaf", FileName("s01", "R1")),
        ("{session}__{rater}__{round}", "s01__R1__2.eaf", FileName("s01", "R1", "2")),
        ("round{round}/{session}_{rater}", "round2/s01_R1.eaf", FileName("s01", "R1", "2")),
        # A gold rater codes once: names without the round of the pattern.
        ("{session}__{rater}__{round}", "s01__R0.eaf", FileName("s01", "R0")),
        ("{round}/{session}_{rater}", "s01_R0.eaf", FileName("s01", "R0")),
        ("{session}_r{round}_{rater}", "s01_R0.eaf", FileName("s01_R0")),
        ("{session}__{rater}", "s01.merged.eaf", FileName("s01")),
        # A name in decomposed Unicode (macOS) is the same session as one in composed Unicode.
        ("{session}__{rater}", "Mu\u0308ller__R1.EAF", FileName("M\u00fcller", "R1")),
        ("*_{session}_{rater}", "copy_s01_R1.eaf", FileName("s01", "R1")),
    ],
)
def test_file_names(pattern, name, expected):
    assert FilePattern(pattern).match(name) == expected


def test_a_file_named_alone_may_use_its_folders():
    assert FilePattern("{rater}/{session}").match("s01.eaf", "study/R1/s01.eaf") == FileName("s01", "R1")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("{rater}", "lacks the field {session}"),
        ("{session}__{coder}", "unknown field {coder}\n  Available: session, rater, round."),
        ("{session}_{session}", "contains the same field twice"),
    ],
)
def test_patterns_that_cannot_be(pattern, text):
    with pytest.raises(UsageError) as raised:
        FilePattern(pattern)
    assert text in str(raised.value)


def test_tier_patterns():
    assert TierPattern("{tier}-{rater}").match("crying-form-R1") == ("crying-form", "R1")
    assert TierPattern("{tier}-{rater}").match("Sequence") is None
    with pytest.raises(UsageError, match=r"lacks the field \{rater\}"):
        TierPattern("{tier}")


@pytest.mark.parametrize(
    ("stem", "others", "original"),
    [
        ("s01__R1 (1)", (), "s01__R1"),
        ("s01__R1 - Kopie", (), "s01__R1"),
        ("s01__R1 - Copy (2)", (), "s01__R1"),
        ("s01__R1 copy", (), "s01__R1"),
        ("s01__R1 (Anna's conflicted copy 2024-05-01)", (), "s01__R1"),
        ("s01__R1-LAPTOP7", ("s01__R1",), "s01__R1"),
        ("s01__R1-DESKTOP-4F2", ("s01__R1",), "s01__R1"),
        ("s01__R1-LAPTOP7", (), None),
        ("s01__Anna-Lena", ("s01__Anna",), None),
        ("s01__R12", ("s01__R1",), None),
    ],
)
def test_conflict_copies(stem, others, original):
    assert original_of_copy(stem, others) == original


def test_reserved_names():
    assert reserved("R1") is None
    assert str(reserved("Consensus")) == "is reserved for the tiers of merged files"
    assert "contains '@'" in str(reserved("a@b"))
    assert "contains '|'" in str(reserved("a|b"))
