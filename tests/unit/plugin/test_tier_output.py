"""New tiers as ELAN loads them, and files that must not be lost."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elancry.errors import OutputRefused
from elancry.files import write_bytes
from elancry.plugin.tier_output import laid_out, new_tiers, tiers_xml, usable_output
from elancry.plugin.xml_input import Segment, read_tier


def test_overlap_is_taken_out():
    # a |----------|
    # b     |---|          starts inside a: a ends there
    # c     |------|       same start as b: one annotation with both texts
    # d                 |  no length: one millisecond
    laid = laid_out([Segment(500, 900, "b"), Segment(0, 1000, "a"), Segment(500, 950, "c"), Segment(2000, 2000, "d")])
    assert laid == [Segment(0, 500, "a"), Segment(500, 950, "b | c"), Segment(2000, 2001, "d")]


@given(st.lists(st.tuples(st.integers(-50, 3000), st.integers(0, 900), st.sampled_from("abc")), max_size=30))
def test_laid_out_tiers_never_overlap_and_lose_no_place(items: list[tuple[int, int, str]]):
    segments = [Segment(start, start + length, value) for start, length, value in items]
    laid = laid_out(segments)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(laid))
    assert all(item.start_ms < item.end_ms for item in laid)
    assert {item.start_ms for item in laid} == {max(item.start_ms, 0) for item in segments}


def test_times_are_whole_milliseconds_and_values_are_escaped():
    text = tiers_xml({"a": [Segment(16_777_217, 16_777_219, 'R1=a & b | R2=<"x">\x00\x0b')], "b": []})
    root = ElementTree.fromstring(text)
    assert root.tag == "TIERS"
    assert [item.get("columns") for item in root] == ["a", "b"]
    span = root[0][0]
    assert (span.get("start"), span.get("end")) == ("16777217", "16777219")
    assert span[0].text == 'R1=a & b | R2=<"x">  '
    assert read_tier(text.replace('<TIER columns="b">\n</TIER>\n', "").encode(), "R1")[0].start_ms == 16_777_217


def test_a_file_that_elan_made_and_an_earlier_output_may_be_written(tmp_path: Path):
    made = tmp_path / "Müllers Video_tiers 1.xml"
    made.write_bytes(b"")
    for _ in range(2):
        with new_tiers(usable_output(str(made), []), {"a": [Segment(0, 1, "x")]}):
            assert b'start="0"' in made.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [made.name]


@pytest.mark.parametrize("before", [None, b"", b"<TIERS><TIER columns='old'/></TIERS>"])
def test_whoever_stops_finds_the_file_as_it_was(tmp_path: Path, before: bytes | None):
    path = tmp_path / "new tiers.xml"
    if before is not None:
        path.write_bytes(before)
    with pytest.raises(KeyboardInterrupt), new_tiers(path, {"a": [Segment(0, 1, "x")]}):  # noqa: PT012
        assert b'start="0"' in path.read_bytes()
        raise KeyboardInterrupt
    assert (path.read_bytes() if path.exists() else None) == before
    assert [item.name for item in tmp_path.iterdir()] == ([] if before is None else [path.name])


def test_no_file_of_ours_stands_beside_the_one_that_elan_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def no_temporary_file(_: int) -> str:
        raise AssertionError("a kill would leave it beside the video")

    monkeypatch.setattr("elancry.files.secrets.token_hex", no_temporary_file)
    with pytest.raises(AssertionError, match="beside the video"):
        write_bytes(tmp_path / "any other file", b"")
    path = tmp_path / "made by ELAN.xml"
    path.write_bytes(b"")
    with new_tiers(path, {"a": []}):
        pass
    assert b"<TIERS>" in path.read_bytes()


@pytest.mark.parametrize(
    "content", [b"RIFF\x00\x00WAVE", b"<ANNOTATION_DOCUMENT><TIER TIER_ID='a'/></ANNOTATION_DOCUMENT>", b"notes"]
)
def test_what_a_rater_typed_by_mistake_is_not_lost(tmp_path: Path, content: bytes):
    path = tmp_path / "mine"
    path.write_bytes(content)
    with pytest.raises(OutputRefused, match="contains something other than"):
        usable_output(str(path), [])
    assert path.read_bytes() == content


def test_inputs_folders_and_half_paths_are_refused(tmp_path: Path):
    path = tmp_path / "r1.xml"
    path.write_text("<TIER columns='a'/>")
    (tmp_path / "x").mkdir()
    with pytest.raises(OutputRefused, match="also one of the input files"):
        usable_output(str(tmp_path / "x" / ".." / "r1.xml"), ["", "easydiag", str(path)])
    with pytest.raises(OutputRefused, match="is a folder"):
        usable_output(str(tmp_path), [])
    with pytest.raises(OutputRefused, match="an absolute path"):
        usable_output("out.xml", [])
    with pytest.raises(OutputRefused, match="there is no folder"):
        usable_output(str(tmp_path / "nowhere" / "out.xml"), [])
