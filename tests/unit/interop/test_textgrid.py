"""Praat TextGrids: every form that the Praat manual describes is read, and what is written is read back."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from elancry.eaf import Document, new_document
from elancry.errors import UnreadableInput
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices
from elancry.interop.textgrid import read, write_long, write_short

LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 2.3
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "Ma""ry"
        xmin = 0
        xmax = 2.3
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 0.3
            text = ""
        intervals [2]:
            xmin = 0.3
            xmax = 1.001
            text = "a ""q""
line 2 text = ""x"" xmin = 3"
        intervals [3]:
            xmin = 1.001
            xmax = 2.3
            text = " ! no comment "
    item [2]:
        class = "TextTier"
        name = "item [3]: class = "
        xmin = 0
        xmax = 2.3
        points: size = 2
        points [1]:
            number = 0.5
            mark = "p"
        points [2]:
            number = 5.1e-1
            mark = ""
"""
SHORT = """"ooTextFile short"
"TextGrid"
0
2.3
<exists>
2
"IntervalTier"
"Ma""ry"
0 2.3 3
0 0.3 ""
0.3 1.001 "a ""q""
line 2 text = ""x"" xmin = 3"
1.001 2.3 " ! no comment "
"TextTier" "item [3]: class = " 0 2.3 2 0.5 "p" 0.51 ""
"""
# The noise that the Praat manual allows: comments, units, words.
NOISY = """File type = "ooTextFile"
Object class = "TextGrid"
! a comment with "a quote and 3
0s 2.3s <exists> 2 tiers
"IntervalTier" called "Ma""ry" from 0 seconds to 2.3 seconds with 3 intervals: ! 9
0 0.3 ""
0.3 1.001 "a ""q""
line 2 text = ""x"" xmin = 3"
1.001 2.3 " ! no comment "
"TextTier" "item [3]: class = " 0 2.3 2 0.5 "p" 0.51 ""
"""
EXPECTED = {
    'Ma"ry': [(300, 1001, 'a "q"\nline 2 text = "x" xmin = 3'), (1001, 2300, " ! no comment ")],
    "item [3]: class = ": [(500, 510, "p"), (510, 550, "")],
}


def content(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def only(data: bytes, choices: Choices | None = None) -> Document:
    result = read(data, "s01.TextGrid", choices or Choices())
    assert list(result.documents) == ["s01"]
    return result.documents["s01"]


@pytest.mark.parametrize("text", [LONG, SHORT, NOISY], ids=["long", "short", "noisy"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom"])
def test_every_form_and_encoding_reads_the_same(text: str, encoding: str):
    data = b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-bom" else text.encode(encoding)
    document = only(data)
    assert content(document) == EXPECTED
    assert document.findings == ()


def test_line_ends_of_windows_are_no_part_of_texts():
    assert content(only(LONG.replace("\n", "\r\n").encode())) == EXPECTED


def test_what_is_not_utf8_is_read_as_cp1252_and_told():
    result = read(SHORT.replace('"p"', '"ö"').encode("latin-1"), "x.TextGrid", Choices())
    assert [item.code for item in result.findings] == ["convert-encoding-guessed"]
    assert "ö" in [a.value for a in result.documents["x"].annotations("item [3]: class = ")]


def test_finer_times_are_rounded_half_up_and_told():
    result = read(SHORT.replace("1.001", "1.0005").encode(), "x.TextGrid", Choices())
    assert [(i.code, i.message) for i in result.findings] == [
        ("convert-time-rounded", "2 times were rounded to whole milliseconds")
    ]
    assert content(result.documents["x"])['Ma"ry'][0][:2] == (300, 1001)
    noise = read(SHORT.replace("1.001", "1.0009999999999999").encode(), "x.TextGrid", Choices())
    assert noise.findings == ()


def test_only_chosen_tiers():
    assert list(content(only(LONG.encode(), Choices(tiers=('Ma"ry',))))) == ['Ma"ry']


@pytest.mark.parametrize("write", [write_long, write_short])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_reading_then_writing_gives_the_same(write, encoding: str):
    written = write(only(LONG.encode()), Choices(encoding=encoding))
    assert list(written.files) == [".TextGrid"]
    again = only(written.files[".TextGrid"])
    assert content(again) == EXPECTED
    assert write(again, Choices(encoding=encoding)).files == written.files


def test_written_as_praat_writes():
    """The example of the Praat manual, but for its tiers."""
    document, _ = build_document([FlatTier("Mary", [(0, 2300, "x")]), FlatTier("bell", [], points=True)], name="")
    # Praat leaves a blank at the end of most lines, here a dot.
    lines = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0·
xmax = 2.3·
tiers? <exists>·
size = 2·
item []:·
    item [1]:
        class = "IntervalTier"·
        name = "Mary"·
        xmin = 0·
        xmax = 2.3·
        intervals: size = 1·
        intervals [1]:
            xmin = 0·
            xmax = 2.3·
            text = "x"·
    item [2]:
        class = "TextTier"·
        name = "bell"·
        xmin = 0·
        xmax = 2.3·
        points: size = 0·
"""
    assert write_long(document, Choices()).files[".TextGrid"].decode() == lines.replace("·", " ")


def test_pympi_reads_what_is_written(tmp_path: Path):
    """A second implementation, on names and texts without quotes in names (which it mixes up)."""
    pympi = pytest.importorskip("pympi")
    document, _ = build_document(
        [FlatTier("a", [(10, 20, 'x "y"\nz'), (30, 1234, "ü")]), FlatTier("p", [(7, 7, "m")], points=True)], name=""
    )
    for write in (write_long, write_short):
        path = tmp_path / "x.TextGrid"
        path.write_bytes(write(document, Choices()).files[".TextGrid"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            grid = pympi.TextGrid(str(path))
        assert grid.tiers[0].intervals == [
            (0.0, 0.01, ""), (0.01, 0.02, 'x "y"\nz'), (0.02, 0.03, ""), (0.03, 1.234, "ü")
        ]  # fmt: skip
        assert grid.tiers[1].intervals == [(0.007, "m")]


def test_losses_are_told():
    editor = new_document(date="2024-04-17T12:00:00+00:00").edit()
    editor.types.add("t")
    editor.tiers.add("a", "t", participant="P", annotator="R")
    editor.annotations.add("a", 0, 10, "")
    editor.annotations.add("a", 10, 20, "x\r\ny")
    editor.media.add("file:///v.mp4", "video/mp4")
    written = write_long(editor.document(), Choices(tiers=("a", "nowhere")))
    assert [(item.code, item.message) for item in written.findings] == [
        ("convert-tier-unknown", "there is no tier 'nowhere'"),
        ("convert-lost", "TextGrid does not keep annotations without a value (1 here)"),
        ("convert-lost", "TextGrid does not keep participants of tiers (1 here)"),
        ("convert-lost", "TextGrid does not keep annotators of tiers (1 here)"),
        ("convert-lost", "TextGrid does not keep linked media files (1 here)"),
        ("convert-left-behind", "TextGrid does not keep ids of annotations (2 here)"),
        ("convert-left-behind", "TextGrid does not keep linguistic types (1 here)"),
        ("convert-left-behind", "TextGrid does not keep author, date and properties of the file (1 here)"),
        ("convert-text-changed", "in 1 text: carriage returns became line breaks"),
    ]
    assert content(only(written.files[".TextGrid"])) == {"a": [(10, 20, "x\ny")]}


def test_a_document_without_tiers():
    written = write_long(new_document(), Choices())
    assert content(only(written.files[".TextGrid"])) == {}


BAD = {
    "empty": (b"", "x.TextGrid is empty (0 bytes)"),
    "binary": (b"ooBinaryFile\x08TextGrid", "is a binary TextGrid"),
    "no text": (b"\x00\x01\x02", "is not a text file"),
    "utf-16 cut": (b"\xff\xfeF", "begins like UTF-16 text"),
    "other text": (b"Dear all,\n", "the file ends where a text was expected"),
    "other file type": (b'"x"\n"TextGrid"\n', 'the first line is not File type = "ooTextFile"'),
    "pitch": (b'"ooTextFile"\n"Pitch 1"\n', "contains a Praat 'Pitch 1', not a TextGrid"),
    "cut": (LONG[: LONG.index("line 2")].encode(), "a quoted text does not end"),
    "cut between": (SHORT[: SHORT.index("0.5")].encode(), "x.TextGrid:14: not a Praat TextGrid: the file ends"),
    "wrong kind": (SHORT.replace("TextTier", "NoteTier").encode(), "x.TextGrid:14: not a Praat TextGrid: "),
    "text for number": (SHORT.replace("0.5", '"0.5"').encode(), "expected a number, not the text '0.5'"),
    "endless": (SHORT.replace("2.3\n<", "2e99\n<").encode(), "2e99 is not a valid time in seconds"),
    "many": (b'"ooTextFile" "TextGrid" 0 1 <exists> 99999999999', "the file ends where a text was expected"),
    "digits": (b'"ooTextFile" "TextGrid" ' + b"1" * 100_000, "is not a valid time in seconds"),
    "minus": (b'"ooTextFile" "TextGrid" 0 1 <exists> -1', "-1 is not a valid count"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_textgrid_is_refused_in_words(name: str):
    data, words = BAD[name]
    with pytest.raises(UnreadableInput) as caught:
        read(data, "x.TextGrid", Choices())
    assert words in str(caught.value)


def test_a_long_unclosed_text_takes_no_time():
    data = b'"ooTextFile" "TextGrid" 0 1 <exists> 1 "' + b'a""' * 300_000
    with pytest.raises(UnreadableInput):
        read(data, "x.TextGrid", Choices())


def test_an_interval_that_ends_before_it_begins_is_refused_with_its_line():
    with pytest.raises(UnreadableInput) as caught:
        read(SHORT.replace("0.3 1.001", "0.3 0.2").encode(), "x.TextGrid", Choices())
    assert caught.value.message == "x.TextGrid:11: the interval ends before it begins (0.3-0.2)"
    assert caught.value.hint


def test_intervals_that_do_not_follow_each_other_are_told():
    result = read(SHORT.replace("0.3 1.001", "0.4 1.001").encode(), "x.TextGrid", Choices())
    assert [(item.code, item.line) for item in result.findings] == [("convert-damaged", 11)]
    assert result.findings[0].message == "tier 'Ma\"ry': 1 interval does not begin where the previous one ends"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0 2.3 2 0.5", "0 2.3 1 0.5", "after the last tier that the file announces"),
        ("<exists>\n2", "<absent>", "after the last tier that the file announces"),
        ("<exists>", "<exsts>", "<exsts> is neither <exists> nor <absent>"),
    ],
)
def test_nothing_behind_the_announced_tiers_is_passed_over(old: str, new: str, words: str):
    with pytest.raises(UnreadableInput, match=words):
        read(SHORT.replace(old, new).encode(), "x.TextGrid", Choices())
