"""From TIME_ORIGIN in the files to the moment that the report plays."""

from __future__ import annotations

from pathlib import Path

from elancry.check.study import check_files
from elancry.study.media import media_key
from elancry.study.plan import Plan
from elancry.study.run import compute


def test_a_recording_begins_where_the_files_say(study_folder) -> None:
    """R1 began 4 s into the recording, R2 10 s into it: 6 s are added to R2's times, and time 0 is at 4 s for both.

    recording  0   4        10
    R1             0---------6--
    R2                       0--
    """
    study_folder.add("s1", "R1", origin_ms=4_000, form=[(6_000, 8_000, "protest")], sequences=[(6_000, 9_000, "1")])
    study_folder.add("s1", "R2", origin_ms=10_000, form=[(0, 2_000, "protest")], sequences=[(0, 3_000, "1")])
    study_folder.add("s2", "R1", origin_ms=None, form=[(0, 2_000, "protest")], media=["a.mp4", "b.mp4"])
    coding = check_files([study_folder.folder], codebook=study_folder.codebook)
    results = compute(coding, Plan(resamples=0, permutations=0), command="agree", say=lambda _: None)
    assert results.media == (
        ("s1", media_key("s1.mp4"), 4_000),
        ("s2", media_key("a.mp4"), 0),
        ("s2", media_key("b.mp4"), 0),
    )
    (start,) = {int(line.start_ms[0]) for line in results.timelines if line.session == "s1"}
    assert start == 6_000, "both raters coded the same moment: 10 s into the recording"


def test_no_recordings_name_stands_in_results(study_folder, tmp_path: Path) -> None:
    from elancry.cli.main import run

    for rater in ("R1", "R2"):
        study_folder.add("s1", rater, media=["Mrs Miller.mp4"], form=[(0, 2_000, "protest")])
    assert run(["agree", str(study_folder.folder), "-o", str(tmp_path / "out"), "--quiet"]) == 0
    for name in ("results.json", "drawing.json", "report.html"):
        assert "Miller" not in (tmp_path / "out" / name).read_text(encoding="utf-8")


def test_the_key_of_a_recording_is_fnv_1a_of_its_name():
    """Test values of FNV-1a, 32 bits, by its authors: "" 811c9dc5, "a" e40c292c, "foobar" bf9cf968."""
    assert [media_key(name) for name in ("a.mp4", "foobar.WAV", "FooBar")] == ["e40c292c", "bf9cf968", "bf9cf968"]
    assert media_key("Tür.mp4") == media_key("TU\u0308R.mov"), "composed and decomposed umlauts are one"
