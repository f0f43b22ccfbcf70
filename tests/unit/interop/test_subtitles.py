"""WebVTT and SRT: codes on the video and back, the W3C's examples, and files of other programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.eaf import Document
from elancry.errors import UnreadableInput
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices
from elancry.interop.subtitles import srt, webvtt

ALL = Choices()
HOSTILE = [
    (0, 1000, "a --> b\n\n00:00:01.000 --> 00:00:02.000\nc"), (1000, 1500, ""), (1500, 1600, "\n"),
    (1600, 1700, "<b>&amp; 'x' \"y\" <i"), (1700, 1800, "\t x \u2028\x85"), (1800, 1900, "NOTE no"),
    (1900, 2000, "7"), (2000, 2100, "a\n\n\n8\n\n"), (2100, 2200, "\U0001f622: é"), (2200, 2300, "x: y"),
    (3_600_000, 3_723_004, "late"), (400_000_000, 400_000_001, "\r\n later"),
]  # fmt: skip


def content(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def document(*tiers: FlatTier) -> Document:
    return build_document(tiers, name="s01.eaf")[0]


def test_cues_say_tier_and_value_in_the_order_of_time():
    made = document(FlatTier("form", [(62_500, 3_700_000, "protest")]), FlatTier("by", [(0, 100, "a & b")]))
    assert webvtt.write(made, ALL).files[".vtt"].decode() == (
        "WEBVTT\n\nNOTE elancry: each cue is an annotation, tier: value\n\n"
        "00:00:00.000 --> 00:00:00.100\nby: a &amp; b\n\n00:01:02.500 --> 01:01:40.000\nform: protest\n"
    )
    assert srt.write(made, Choices(tiers=("form",))).files[".srt"].decode() == (
        "1\n00:01:02,500 --> 01:01:40,000\nform: protest\n"
    )


def test_webvtt_gives_every_text_back():
    made = document(FlatTier("t: a\n\n<b>", HOSTILE), FlatTier(":", [(0, 5000, "x")]), FlatTier("u:", [(7, 9, "")]))
    written = webvtt.write(made, ALL)
    result = webvtt.read(written.files[".vtt"], "s01.vtt", ALL)
    assert content(result.documents["s01"]) == content(made)
    assert result.findings == ()
    assert webvtt.write(result.documents["s01"], ALL).files == written.files


def test_srt_gives_texts_back_but_for_what_it_tells():
    made = document(FlatTier("t: a", HOSTILE), FlatTier("u", [(0, 5000, "5")]))
    written = srt.write(made, ALL)
    result = srt.read(written.files[".srt"], "s01.srt", ALL)
    assert content(result.documents["s01"]) == {
        "t꞉ a": [
            (0, 1000, "a --> b\n\n00:00:01.000 → 00:00:02.000\nc"), (1000, 1500, ""), (1500, 1600, ""),
            (1600, 1700, "‹b›&amp; 'x' \"y\" <i"), (1700, 1800, "\t x \u2028\x85"), (1800, 1900, "NOTE no"),
            (1900, 2000, "7"), (2000, 2100, "a\n8"), (2100, 2200, "\U0001f622: é"), (2200, 2300, "x: y"),
            (3_600_000, 3_723_004, "late"), (400_000_000, 400_000_001, "\n later"),
        ],
        "u": [(0, 5000, "5")],
    }  # fmt: skip
    told = [item.message for item in written.findings if item.code == "convert-text-changed"]
    assert told == [
        "in 12 texts: line breaks and colons in a tier's name became spaces and ꞉",
        "in 1 text: carriage returns became line breaks",
        "in 1 text: what players would read as tags got different brackets",
        "in 1 text: what looks like a timing got a different arrow",
        "in 2 texts: line breaks at the end were dropped",
        "in 1 text: an empty line before a number was dropped, because the number would have looked like "
        "the number of a cue",
    ]


W3C = """\
WEBVTT - Translation of that film I like
Kind: captions

NOTE
This is a
comment

STYLE
::cue(b) { color: peachpuff; }

1 - The Gilligan Cut
00:11.000 --> 00:13.000 position:10%,line-left align:left
<v Roger Bingham>We are in New <i>York</i> City

00:13.000 --> 100:00:16.000
<v.loud Neil deGrasse &amp; Tyson>Actually &lt;at&gt; the
Hayden</v>

cue without voice
00:20.000 --> 00:21.000
Text: with colon <00:20.500>karaoke
"""


def test_webvtt_of_others():
    result = webvtt.read(W3C.encode(), "film.vtt", ALL)
    assert content(result.documents["film"]) == {
        "Roger Bingham": [(11_000, 13_000, "We are in New York City")],
        "Neil deGrasse & Tyson": [(13_000, 360_016_000, "Actually <at> the\nHayden")],
        "Text": [(20_000, 21_000, "with colon karaoke")],
    }
    assert [item.message for item in result.findings] == [
        "2 notes, styles or regions were not carried over",
        "1 cue has a position on the picture, which was not carried over",
        "3 tags in cues (bold, colour, karaoke times) were removed",
    ]


def test_webvtt_as_youtube_and_teams_write_it():
    text = (
        "WEBVTT\nKind: captions\nStyle:\n::cue(c) { color: red;\n }\n##\n\n\n"
        "00:04:46.070 --> 00:04:46.470 align:start\nyeah\n<c.grey>what</c>\n"
        "00:05:04.080 --> 00:05:05.069 align:start\nthis<00:05:04.199><c> will</c>\n\n"
        "0:5:6.5 --> 0:5:7.50\n<v Yuri>There</v>\n"
    )
    result = webvtt.read(text.encode(), "x.vtt", ALL)
    assert content(result.documents["x"]) == {
        "subtitles": [(286_070, 286_470, "yeah\nwhat"), (304_080, 305_069, "this will")],
        "Yuri": [(306_500, 307_500, "There")],
    }


def test_without_names_in_every_cue_there_is_one_tier():
    text = "1\n0:00:01,5 --> 0:00:02,000 X1:40 X2:600\n{\\an8}<i>He said: hi</i>\n\n\n"
    text += "2\n00:03.000-->00:04.000\n\n- Yes.\n\n"
    result = srt.read(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), "film.srt", ALL)
    assert content(result.documents["film"]) == {"subtitles": [(1500, 2000, "He said: hi"), (3000, 4000, "\n- Yes.")]}
    assert [item.code for item in result.findings] == ["convert-not-understood"] * 2


def test_cues_that_overlap_on_one_tier_are_split():
    result = srt.read(b"1\n00:00:01,000 --> 00:00:03,000\na\n\n2\n00:00:02,000 --> 00:00:04,000\nb\n", "f.srt", ALL)
    assert content(result.documents["f"]) == {"subtitles": [(1000, 3000, "a")], "subtitles-2": [(2000, 4000, "b")]}
    assert [item.code for item in result.findings] == ["convert-tier-split"]


def test_nothing_to_show():
    for module, suffix in ((webvtt, ".vtt"), (srt, ".srt")):
        written = module.write(document(FlatTier("t", [])), ALL)
        result = module.read(written.files[suffix], f"f{suffix}", ALL)
        assert [a for rows in content(result.documents["f"]).values() for a in rows if a[2]] == []


BAD = [
    (webvtt, b"", "is empty"),
    (webvtt, b"WEBVTTX\n", "1: not a WebVTT file: its first line is not WEBVTT"),
    (webvtt, b"1\n00:00:01,000 --> 00:00:02,000\nsrt\n", "its first line is not WEBVTT"),
    (webvtt, b"WEBVTT\n\nx\n00:01 --> 00:02\nx\n", "4: the timing '00:01 --> 00:02' is damaged"),
    (webvtt, b"WEBVTT\n\nhello\n", "3: not a WebVTT file: a block is neither a cue nor a note"),
    (srt, b"\0\0\1", "is not a text file"),
    (srt, b"Dear all,\nno subtitles\n", "1: not an SRT file: no line contains a timing"),
    (srt, b"Dear all,\n\n1\n00:00:01,000 --> 00:00:02,000\nx\n", "does not begin with the number or"),
]


@pytest.mark.parametrize(("module", "data", "words"), BAD)
def test_other_files_are_refused_in_words(module, data: bytes, words: str):
    with pytest.raises(UnreadableInput) as caught:
        module.read(data, "x.sub", ALL)
    assert words in str(caught.value)


def test_many_open_tags_take_no_time():
    data = b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<" * 500_000
    assert content(webvtt.read(data, "f.vtt", ALL).documents["f"])["subtitles"] == [(1000, 2000, "")]


def test_many_open_fonts_take_no_time():
    data = b"1\n00:00:01,000 --> 00:00:02,000\n" + b"<font " * 150_000
    assert len(content(srt.read(data, "f.srt", ALL).documents["f"])["subtitles"][0][2]) == 900_000


DAMAGED = [
    ("1\n00:00:01,000 --> 00:00:02,0x0\na\n", 2, "the timing '00:00:01,000 --> 00:00:02,0x0' is damaged"),
    ("1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:03,000 -> 00:00:04,000\nb\n", 6, "the timing '00:00:03,000 -> "),
    ("1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:0x:03,000 --> 00:00:04,000\nb\n", 6, "the timing '00:0x:03,000"),
    ("1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:75,000 --> 00:01:04,000\nb\n", 6, "the timing '00:00:75,000"),
    ("1\n00:00:01,000 --> 00:00:02,000\na\n\n2\nb\n", 5, "the cue number 2 is not followed by a timing"),
    ("1\n00:00:02,000 --> 00:00:01,000\na\n", 2, "the cue ends before it begins"),
]


@pytest.mark.parametrize(("text", "line", "words"), DAMAGED)
def test_a_damaged_line_of_srt_is_refused_with_its_number(text: str, line: int, words: str):
    with pytest.raises(UnreadableInput) as caught:
        srt.read(text.encode(), "x.srt", ALL)
    assert caught.value.message.startswith(f"x.srt:{line}: {words}")
    assert caught.value.hint is not None


def test_an_arrow_between_words_is_text():
    read = srt.read(b"1\n00:00:01,000 --> 00:00:02,000\na --> b\n", "x.srt", ALL)
    assert content(read.documents["x"]) == {"subtitles": [(1000, 2000, "a --> b")]}


@pytest.mark.parametrize(("name", "module", "line"), [("broken_timing.srt", srt, 6), ("broken_timing.vtt", webvtt, 6)])
def test_no_cue_is_swallowed(shared: Path, name: str, module, line: int):
    with pytest.raises(UnreadableInput, match=rf"{name}:{line}: the timing .* is damaged"):
        module.read((shared / "cases" / name).read_bytes(), name, ALL)
