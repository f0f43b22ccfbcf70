from __future__ import annotations

from pathlib import Path

import pytest

from elancry.check.coding import CheckedCoding, CodedFile, CodedTier, natural_key
from elancry.codebook.model import Category, Codebook, System
from elancry.errors import InvalidInput, UnreadableInput
from elancry.findings import finding

CODEBOOK = Codebook("c", "C", (System("a", {}, (Category("x", {}),)), System("b", {}, (Category("y", {}),))))


def coded_file(session: str, rater: str, *tiers: CodedTier) -> CodedFile:
    name = f"{session}__{rater}.eaf"
    return CodedFile(Path(name), name, session, rater, None, "", None, tiers)


def test_natural_order():
    assert sorted(["R10", "R2", "R1x", "r1", "R1", ""], key=natural_key) == ["", "R1", "r1", "R1x", "R2", "R10"]


def test_roster_per_system_leaves_missing_tiers_out():
    coding = CheckedCoding(
        CODEBOOK,
        (
            coded_file("s2", "R10", CodedTier("R10", "a", "interval", None, "a")),
            coded_file("s2", "R2", CodedTier("R2", "a", "interval", None, "a", missing=True)),
            coded_file("s1", "R2", CodedTier("R2", "b", "interval", None, "b")),
        ),
    )
    assert coding.raters == ("R2", "R10")
    assert coding.sessions == ("s1", "s2")
    assert coding.raters_of("s2") == ("R2", "R10")
    assert coding.coded == {"s1": {"a": (), "b": ("R2",)}, "s2": {"a": ("R10",), "b": ()}}


def test_a_file_of_several_raters_counts_each_and_never_the_consensus():
    tiers = [CodedTier(rater, "a", "interval", None, f"a@{rater}") for rater in ("R1", "R2", "consensus")]
    assert coded_file("s", "", *tiers).raters == ("R1", "R2")


def test_blocking_findings_stop_with_all_of_them_named():
    clean = CheckedCoding(CODEBOOK, ())
    clean.require_usable()
    place = [{"file": f"s__R{number}.eaf", "annotation": "a1"} for number in (1, 2)]
    broken = clean.with_findings(finding("sequence-id-contradicts-time", "no shared time", **where) for where in place)
    broken = broken.with_findings([finding("sequence-none", "nobody")])
    with pytest.raises(InvalidInput) as raised:
        broken.require_usable()
    assert len(raised.value.findings) == 2
    assert "2 errors must be corrected first" in str(raised.value)
    assert "s__R2.eaf, annotation a1: no shared time" in str(raised.value)
    with pytest.raises(UnreadableInput) as unreadable:
        broken.with_findings([finding("file-unreadable", "cut off", file="x.eaf")]).require_usable()
    assert "x.eaf: cut off" in str(unreadable.value)
    assert "s__R1.eaf, annotation a1: no shared time" in str(unreadable.value)
