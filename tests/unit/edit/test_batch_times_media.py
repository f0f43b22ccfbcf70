"""Shifting times, finding media again, statistics."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.eaf import Constraint, Document, new_document
from elancry.edit.relink_media import Relink, relink_media, search_media
from elancry.edit.shift_times import Shift, shift_times
from elancry.edit.statistics import COLUMNS, StatisticsChoice, statistics_rows
from elancry.errors import InvalidInput, UnreadableInput, UsageError


def coded() -> Document:
    """
    ms        0    1000   2000   3000   4000
    form           |--a---|--b---|
    note           |x|                         Symbolic_Association under form's a
    late                         |--a---|
    """
    editor = new_document().edit()
    editor.types.add("root")
    editor.types.add("note", constraint=Constraint.SYMBOLIC_ASSOCIATION)
    editor.tiers.add("form", "root")
    editor.tiers.add("note", "note", parent="form")
    editor.tiers.add("late", "root")
    first = editor.annotations.add("form", 1000, 2000, "a")
    editor.annotations.add("form", 2000, 3000, "b")
    editor.annotations.add_reference("note", first, "x")
    editor.annotations.add("late", 3000, 4000, "a")
    editor.media.add("file:///C:/Users/anna/S 01.mp4", "video/mp4", "./S 01.mp4", 40)
    editor.media.add("file:///C:/Users/anna/deep/S01.wav", "audio/x-wav", None, None)
    return editor.document()


def spans(document: Document) -> list[tuple[str, int, int]]:
    return [(a.value, a.start_ms, a.end_ms) for tier in document.tiers for a in document.annotations(tier.id)]


def test_all_times_move_and_references_with_them() -> None:
    change = shift_times(coded(), Shift(500))
    assert spans(change.document) == [("a", 1500, 2500), ("b", 2500, 3500), ("x", 1500, 2500), ("a", 3500, 4500)]
    row = change.rows[0]
    assert (row.annotation, row.before, row.after) == (
        "a1", "0:00:01.000 - 0:00:02.000", "0:00:01.500 - 0:00:02.500",
    )  # fmt: skip
    assert len(change.rows) == 3  # what has times of its own
    assert shift_times(coded(), Shift(0)).rows == ()
    assert spans(shift_times(coded(), Shift(-1000)).document)[0] == ("a", 0, 1000)


def test_before_the_start_is_refused_with_every_annotation() -> None:
    with pytest.raises(InvalidInput, match="2 annotations would begin before the start") as caught:
        shift_times(coded(), Shift(-2500))
    first = caught.value.findings[0]
    assert (first.code, first.tier, first.annotation, first.start_ms) == ("batch-before-start", "form", "a1", 1000)
    assert first.message == "'a' would begin at -0:00:01.500"
    assert "--clip" in str(first.hint)


def test_clipping_cuts_at_0_and_removes_what_lies_before_with_what_refers_to_it() -> None:
    change = shift_times(coded(), Shift(-2500, clip=True))
    assert spans(change.document) == [("b", 0, 500), ("a", 500, 1500)]
    assert [str(row.what) for row in change.rows] == [
        "annotation before 0 ms removed", "times cut off at 0 ms", "annotation before 0 ms removed", "times shifted",
    ]  # fmt: skip
    assert not change.document.findings


def test_the_begin_of_the_media_moves_instead() -> None:
    change = shift_times(coded(), Shift(60, origin=True))
    assert [medium.time_origin_ms for medium in change.document.media] == [100, 60]
    assert spans(change.document) == spans(coded())
    assert change.rows[0].after == "0:00:00.100"
    with pytest.raises(UsageError, match="10 ms before the start of file:///C:/Users/anna/S 01"):
        shift_times(coded(), Shift(-50, origin=True))


def recordings(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_media_are_found_by_name_whatever_its_case(tmp_path: Path) -> None:
    videos = recordings(tmp_path / "Vidéos", "s 01.MP4", "a/S01.wav", "deep/S01.wav")
    change = relink_media(coded(), Relink(search_media([videos]), folder=tmp_path / "out"))
    first, second = change.document.media
    assert first.url == f"file://{videos.as_posix()}/s 01.MP4"
    assert (first.relative_url, first.mime_type, first.time_origin_ms) == ("../Vidéos/s 01.MP4", "video/mp4", 40)
    # Of two of one name the one in a folder of the same name as before.
    assert second.url.endswith("/deep/S01.wav")
    assert [str(row.what) for row in change.rows] == [
        "media file linked",
        "relative link",
        "media file linked",
        "relative link",
    ]
    again = relink_media(change.document, Relink(search_media([videos]), folder=tmp_path / "out"))
    assert again.rows == ()


def test_media_that_are_missing_or_several_keep_their_link(tmp_path: Path) -> None:
    videos = recordings(tmp_path / "v", "a/S01.wav", "b/S01.wav")
    change = relink_media(coded(), Relink(search_media([videos])))
    assert [item.code for item in change.findings] == ["batch-media-not-found", "batch-media-several"]
    assert change.rows == ()


def test_a_file_that_cannot_be_linked_matters_only_where_it_is_meant(tmp_path: Path) -> None:
    videos = recordings(tmp_path / "v", "S 01.mp4", "S01.wav", "100%.mp4", ".hidden/S01.wav")
    assert len(relink_media(coded(), Relink(search_media([videos, videos]))).rows) == 4
    odd = recordings(tmp_path / "50%", "S 01.mp4")
    with pytest.raises(UsageError, match="cannot be linked"):
        relink_media(coded(), Relink(search_media([odd])))
    with pytest.raises(UnreadableInput, match="there is no folder"):
        search_media([tmp_path / "none"])
    with pytest.raises(UsageError, match="no files"):
        search_media([_empty(tmp_path)])


def _empty(folder: Path) -> Path:
    (folder / "nothing").mkdir()
    return folder / "nothing"


@pytest.mark.parametrize(
    ("old", "new", "url"),
    [
        ("C:/Users/anna", "D:/study", "file:///D:/study/S 01.mp4"),
        ("c:\\users\\ANNA\\", "D:\\study\\", "file:///D:/study/S 01.mp4"),
        ("file:///C:/Users/anna", "/data", "file:///data/S 01.mp4"),
        ("C:/Users/anna", "//server/share", "file://server/share/S 01.mp4"),
        ("C:/Users/ann", "D:/study", None),
    ],
)
def test_the_begin_of_a_path_is_replaced_by_whole_folders(old: str, new: str, url: str | None) -> None:
    change = relink_media(coded(), Relink(None, (old, new)))
    assert change.document.media[0].url == (url or coded().media[0].url)
    assert change.document.media[0].relative_url == "./S 01.mp4"  # not on this computer: as it was
    with pytest.raises(UsageError, match="empty"):
        relink_media(coded(), Relink(None, ("file:///", "x")))


def test_statistics_are_those_of_elans_manual() -> None:
    """Observed 1000-4000 ms, so 3 s = 0.05 min. form: a and b of 1 s each; the value a on `late` begins 2 s in."""
    rows = [dict(zip(COLUMNS[1:], row, strict=True)) for row in statistics_rows(coded(), StatisticsChoice())]
    form, a, b, note, _, late, _ = rows
    assert (form["scope"], form["tier"], form["annotations"], form["total_ms"]) == ("tier", "form", 2, 2000)
    assert (form["per_minute"], form["time_ratio"], form["latency_ms"]) == (pytest.approx(40), pytest.approx(2 / 3), 0)
    assert (a["value"], a["mean_ms"], a["median_ms"], a["min_ms"], a["max_ms"]) == ("a", 1000, 1000, 1000, 1000)
    assert (b["latency_ms"], late["latency_ms"]) == (1000, 2000)
    assert (note["annotations"], note["observed_start_ms"], note["observed_end_ms"]) == (1, 1000, 4000)


def test_statistics_over_the_recording_and_of_nothing() -> None:
    (row, _) = statistics_rows(coded(), StatisticsChoice(("late",), 60_000))
    numbers = dict(zip(COLUMNS[1:], row, strict=True))
    assert (numbers["per_minute"], numbers["latency_ms"], numbers["observed_end_ms"]) == (1.0, 3000, 60_000)
    editor = new_document().edit()
    editor.types.add("root")
    editor.tiers.add("empty", "root")
    (row,) = statistics_rows(editor.document(), StatisticsChoice())
    assert row == ("tier", "empty", "", 0, 0, None, None, None, None, None, None, None, 0, 0)
