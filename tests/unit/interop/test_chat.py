"""CHAT transcripts: those of others are read, ours come back."""

from __future__ import annotations

import pytest

from elancry.eaf import Constraint, Document, new_document
from elancry.errors import UnreadableInput
from elancry.interop.chat.transcript import read, write
from elancry.interop.format import Choices

ALL = Choices()


def content(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


# As in the CHAT manual, with a wrapped line, an old bullet and utterances without bullets.
MANUAL = """\
@UTF8
@Begin
@Languages:\teng
@Participants:\tCHI Ross Child, FAT Brian Father,
\tMOT Mother
@ID:\teng|macwhinney|CHI|2;10.10||||Target_Child|||
@Media:\t"boys59b", video
@Date:\t25-JAN-1984
*CHI:\twhy isn't Mommy coming ? \x150_1500\x15
%com:\tMother usually picks Ross up
\taround 4 PM .
%com:\tnot today
*FAT:\tdon't worry . \x15%snd:"boys59b"_1600_2400\x15
*FAT:\tshe'll be here soon .
*CHI:\tgood .
*MOT:\there \x154400_5000\x15 I am . \x155200_6000\x15
%mor:\tadv|here pro|I
*CHI:\tyes !
@End
"""


def test_a_transcript_of_others():
    result = read(MANUAL.encode(), "boys.cha", ALL)
    document = result.documents["boys"]
    # Two utterances share the two seconds between 2400 and 4400; the last one has a second of its own.
    assert content(document) == {
        "CHI": [(0, 1500, "why isn't Mommy coming ?"), (3400, 4400, "good ."), (6000, 7000, "yes !")],
        "CHI%com": [(0, 1500, "Mother usually picks Ross up around 4 PM .\nnot today")],
        "FAT": [(1600, 2400, "don't worry ."), (2400, 3400, "she'll be here soon .")],
        "MOT": [(4400, 6000, "here I am .")],
        "MOT%mor": [(4400, 6000, "adv|here pro|I")],
    }
    assert [(tier.id, tier.parent, tier.participant) for tier in document.tiers] == [
        ("CHI", None, "Ross"), ("CHI%com", "CHI", "Ross"), ("FAT", None, "Brian"),
        ("MOT", None, "MOT"), ("MOT%mor", "MOT", "MOT"),
    ]  # fmt: skip
    assert [m.url for m in document.media] == ["file:///boys59b"]
    assert [(item.code, item.message.split(" ")[0]) for item in result.findings] == [
        ("convert-not-understood", "1"), ("convert-not-understood", "1"), ("convert-time-made-up", "3"),
    ]  # fmt: skip
    assert document.findings == ()


def ours() -> Document:
    editor = new_document(date="2024-04-17T12:00:00+00:00").edit()
    editor.types.add("plain")
    editor.types.add("about", constraint=Constraint.SYMBOLIC_ASSOCIATION)
    editor.types.add("parts", constraint=Constraint.SYMBOLIC_SUBDIVISION)
    editor.tiers.add("CHI", "plain", participant="Ross B")
    editor.tiers.add("crying form: x", "plain")
    editor.tiers.add("T01", "plain", participant="P")
    editor.tiers.add("CHI%mor", "about", parent="CHI")
    editor.tiers.add("rating", "about", parent="crying form: x")
    editor.tiers.add("words", "parts", parent="CHI")
    editor.tiers.add("of rating", "about", parent="rating")
    editor.tiers.add("empty", "about", parent="CHI")
    first = editor.annotations.add("CHI", 0, 100, " a\tb\n")
    editor.annotations.add("CHI", 50_000, 60_000, "")
    form = editor.annotations.add("crying form: x", 20, 70, "@End")
    editor.annotations.add_reference("CHI%mor", first, "adv|a")
    rating = editor.annotations.add_reference("rating", form, "3")
    editor.annotations.add_reference("words", first, "a")
    editor.annotations.add_reference("words", first, "b")
    editor.annotations.add_reference("of rating", rating, "sure")
    editor.media.add("file:///data/S 01.mp4", "video/mp4")
    return editor.document()


def test_written_as_chat():
    written = write(ours(), ALL)
    assert written.files[".cha"].decode().split("\n") == [
        "@UTF8",
        "@Begin",
        "@Languages:\tund",
        "@Participants:\tCHI Ross_B Participant, T02 Participant, T01 P Participant, T03 Participant, T04 Participant",
        *(f"@ID:\tund|elancry|{code}|||||Participant|||" for code in ("CHI", "T02", "T01", "T03", "T04")),
        "@Media:\tS_01, video",
        "@Comment:\telancry tier CHI = CHI",
        "@Comment:\telancry tier CHI %mor = CHI%mor",
        "@Comment:\telancry tier CHI %xab = empty",
        "@Comment:\telancry tier T02 = crying form: x",
        "@Comment:\telancry tier T02 %xaa = rating",
        "@Comment:\telancry tier T01 = T01",
        "@Comment:\telancry tier T03 = words",
        "@Comment:\telancry tier T04 = of rating",
        "*CHI:\t a b  \x150_100\x15",
        "%mor:\tadv|a",
        "*T03:\ta \x150_50\x15",
        "*T02:\t@End \x1520_70\x15",
        "%xaa:\t3",
        "*T04:\tsure \x1520_70\x15",
        "*T03:\tb \x1550_100\x15",
        "*CHI:\t \x1550000_60000\x15",
        "@End",
        "",
    ]
    told = [item.message for item in written.findings if item.code in ("convert-lost", "convert-text-changed")]
    assert told == [
        "CHAT does not keep which tier is the parent of which (5 here)",
        "CHAT does not keep linked media files (1 here)",
        "in 1 text: spaces in a participant's name became _",
        "in 1 text: line breaks and tabs became spaces",
    ]


def test_what_is_written_comes_back():
    written = write(ours(), ALL)
    result = read(written.files[".cha"], "s01.cha", ALL)
    again = result.documents["s01"]
    assert result.findings == ()
    assert content(again) == {
        "CHI": [(0, 100, " a b "), (50_000, 60_000, "")],
        "CHI%mor": [(0, 100, "adv|a")],
        "empty": [],
        "crying form: x": [(20, 70, "@End")],
        "rating": [(20, 70, "3")],
        "T01": [],
        "words": [(0, 50, "a"), (50, 100, "b")],
        "of rating": [(20, 70, "sure")],
    }
    parents = {tier.id: tier.parent for tier in again.tiers if tier.parent}
    assert parents == {"CHI%mor": "CHI", "empty": "CHI", "rating": "crying form: x"}
    assert write(again, ALL).files[".cha"].count(b"\x15") == written.files[".cha"].count(b"\x15")


def test_a_dependent_tier_without_its_parent_speaks_for_itself():
    document = read(write(ours(), Choices(tiers=("rating",))).files[".cha"], "x.cha", ALL).documents["x"]
    assert content(document) == {"rating": [(20, 70, "3")]}


def test_utterances_that_have_no_room_between_their_neighbours():
    text = "@Begin\n*A:\ta \x150_10\x15\n*B:\tb\n*B:\tc\n*A:\td \x1510_20\x15\n@End\n"
    document = read(text.encode(), "x.cha", ALL).documents["x"]
    assert content(document)["B"] == [(10, 11, "b"), (11, 12, "c")]


BAD = [
    (b"", "is empty"),
    (b"@UTF8\n@Begin\nDear all,\n", "x.cha:3: not a CHAT transcript: 'Dear all,' does not begin"),
    (b"@UTF8\n*CHI:\thi\n", "x.cha:2: not a CHAT transcript: @Begin is missing before"),
    (
        b"@Begin\n%mor:\thi\n",
        "x.cha:2: not a CHAT transcript: %mor does not follow an utterance that it could depend on",
    ),
    (b"@UTF8\n", "x.cha:1: not a CHAT transcript: @Begin is missing"),
]


@pytest.mark.parametrize(("data", "words"), BAD)
def test_other_files_are_refused_in_words(data: bytes, words: str):
    with pytest.raises(UnreadableInput) as caught:
        read(data, "x.cha", ALL)
    assert words in str(caught.value)


DAMAGED = [
    ("*A:\ta \x151000_2x00\x15", "x.cha:2: the time mark '1000_2x00' is damaged"),
    ("*A:\ta \x159223372036854775807_9223372036854775808\x15", "x.cha:2: the time mark '9223372036854775807_"),
    ("*A:\ta \x152000_1000\x15", "x.cha:2: the time mark '2000_1000' ends before it begins"),
    ("*A:\ta \x151000_2000", "x.cha:2: a time mark is not closed"),
]


@pytest.mark.parametrize(("line", "words"), DAMAGED)
def test_a_damaged_time_mark_is_refused_with_its_line(line: str, words: str):
    with pytest.raises(UnreadableInput) as caught:
        read(f"@Begin\n{line}\n@End\n".encode(), "x.cha", ALL)
    assert caught.value.message.startswith(words)
    assert caught.value.hint == "A time mark contains start and end in milliseconds: 1000_2500."


def test_time_marks_that_name_the_medium_and_pictures_are_understood():
    text = '@Begin\n*A:\ta \x15%snd:"v"_1000_2000\x15 \x15%pic:"x.jpg"\x15\n@End\n'
    result = read(text.encode(), "x.cha", ALL)
    assert content(result.documents["x"])["A"] == [(1000, 2000, "a")]
    assert [item.code for item in result.findings] == ["convert-not-understood"]


def test_a_transcript_without_its_end_is_told():
    result = read(b"@Begin\n*A:\ta \x150_10\x15\n", "x.cha", ALL)
    assert [item.code for item in result.findings] == ["convert-damaged"]
