"""GSEQ's timed event data: the language of its samples in, sessions that GSEQ takes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from elancry.eaf import Document, read_eaf
from elancry.errors import UnreadableInput
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices
from elancry.interop.sdis.names import LONGEST, Names, as_word, legend, legend_line
from elancry.interop.sdis.read import read_sdis
from elancry.interop.sdis.write import gather_sdis, write_sdis

EVERYTHING = Choices()

# Every piece of the language that the samples shipped with GSEQ use (mominf.sds), with times of our own.
SAMPLE = """!
Mother and infant,
a comment of several lines
!
Timed                                    % Data type declaration
($Mother = MPas MAct)                    % a set of codes
($Infant = IQuiet = IQ   % not engaged
           IActive = IA) % long names
* Skill = 1 (Low = 1 High = 2) Place (Home Out);

<Dyad Low 1>
% first session
MPas,00:00-01:07 MAct,01:25- MPas,01:37-
&
IQ,00:00- IA,01:25- Smile,01:30 IQ,01:48-02:14 ,02:45;

MAct,00:00-00:19 MPas,00:25- ,1:00:00.5
(Skill=High,Home)/

< Dyad Low 2>
MPas,5-7.25 (Low, Out)/
% End of data
"""


def spans(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {
        tier.id: [(item.start_ms, item.end_ms, item.value) for item in document.annotations(tier.id)]
        for tier in document.tiers
    }


def read(text: str, name: str = "x.sds") -> tuple[dict[str, Document], list[str]]:
    result = read_sdis(text.encode(), name, EVERYTHING)
    for document in result.documents.values():
        assert document.findings == ()
    return dict(result.documents), [found.message for found in result.findings]


def test_the_language_of_the_samples():
    """
    Mother   MPas 0-67   MAct 85-97, open to the next onset   MPas 97-165, open to the end of the session
    Infant   IQ 0-85 (open)   IA 85-90 (open, to Smile)   Smile at 90   IQ 108-134
    """
    documents, findings = read(SAMPLE)
    assert findings == []
    assert {stem: spans(document) for stem, document in documents.items()} == {
        "Dyad Low 1 1": {
            "Mother": [(0, 67_000, "MPas"), (85_000, 97_000, "MAct"), (97_000, 165_000, "MPas")],
            "Infant": [(0, 85_000, "IQuiet"), (85_000, 90_000, "IActive"), (108_000, 134_000, "IQuiet")],
            "Smile": [(90_000, 90_040, "Smile")],
        },
        "Dyad Low 1 2": {"Mother": [(0, 19_000, "MAct"), (25_000, 3_600_500, "MPas")]},
        "Dyad Low 2": {"Mother": [(5000, 7250, "MPas")]},
    }
    first = documents["Dyad Low 1 1"]
    assert [dict(entry.values) for entry in first.vocabularies[0].entries] == [{"und": "MPas"}, {"und": "MAct"}]
    said = {stem: [value for name, value in one.properties if "variable" in name] for stem, one in documents.items()}
    assert said == {"Dyad Low 1 1": ["High", "Home"], "Dyad Low 1 2": ["High", "Home"], "Dyad Low 2": ["Low", "Out"]}
    assert documents["Dyad Low 2"].header_property("sdis.variable.Place") == "Out"


def test_the_export_of_boris():
    """`export_aggregated_events` in BORIS: no declarations, subject and behavior joined, three decimals."""
    text = "% SDIS file created by BORIS (www.boris.unito.it) at 2024-01-01 10:00:00\nTimed <seconds>;\n\n<obs 1>\n"
    documents, findings = read(text + "P_talk,1.250-2.500 P_cry,2.000-3.125 P_talk,4.000-5.000 /\n\n")
    assert spans(documents["obs 1"]) == {
        "P_cry": [(2000, 3125, "P_cry")],
        "P_talk": [(1250, 2500, "P_talk"), (4000, 5000, "P_talk")],
    }
    assert findings == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("nothing", 'does not begin with "Timed"'),
        ("Timed ($A = b)", 'does not begin with "Timed"'),
        ("Event ($A = b); b b/", "contains Event data"),
        ("state a b; a=3/", "contains state data"),
        ("Interval = 5; a,*2/", "contains Interval data"),
        ("Timed <frames>; a,1-2/", "counts time in 'frames'"),
        ("{}", 'does not begin with "Timed"'),
    ],
)
def test_other_data_are_refused_in_words(text: str, words: str):
    with pytest.raises(UnreadableInput) as refusal:
        read(text)
    assert "x.sds" in refusal.value.message
    assert words in refusal.value.message


@pytest.mark.parametrize(
    ("data", "expected", "said"),
    [
        ("a,1-2/", [(1000, 2000)], []),
        ("a,1- ,5/", [(1000, 5000)], []),
        (",0 a,1- ,5/", [(1000, 5000)], []),
        ("a,1- a,3-4/", [(1000, 3000), (3000, 4000)], []),
        ("a,1- & b,2-9/", [(1000, 9000), (2000, 9000)], []),
        ("a,1- ,9 & b,2- ,9/", [(1000, 9000), (2000, 9000)], []),
        ("a,0.0004-2/", [(0, 2000)], ["1 time was rounded to whole milliseconds"]),
        (";;/ ;/ a,1-2/", [(1000, 2000)], []),
        ("a,1-2% 3 events were left out\n/", [(1000, 2000)], []),
    ],
    ids=range(9),
)  # fmt: skip
def test_data_line_by_line(data: str, expected: list[tuple[int, int]], said: list[str]):
    documents, findings = read(f"Timed;\n{data}")
    found = sorted(span[:2] for document in documents.values() for rows in spans(document).values() for span in rows)
    assert found == expected
    assert findings == said


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("a,1-2", "x.sds:2: the last unit does not end with '/': the file may be truncated"),
        ("a,1-2\nb,5.00-2.00/", "x.sds:3: the event ends before it begins (b,5.00-2.00)"),
        ("a,5- a,3-4/", "x.sds:2: the event ends before it begins (a,5-)"),
        ("a,1-2\nodd a,3-4/", "x.sds:3: 'odd' cannot be understood"),
        ("y,7.0q-8.00/", "x.sds:2: 'q-8.00' cannot be understood"),
        ("y,7.0 8.00/", "x.sds:2: '8.00' cannot be understood"),
        ("a,1:2:3:4-5 a,1-2/", "x.sds:2: 'a,1:2:3:4-5' cannot be understood"),
        ("a,99999999999-2/", "x.sds:2: 'a,99999999999-2' cannot be understood"),
        ("a,1000000000-1000000001/", "x.sds:2: 'a,1000000000-1000000001' cannot be understood"),
        ("</<>a,1-2/", "x.sds:2: '<' cannot be understood"),
        ("a,1-2 $ %& x/", "x.sds:2: '$' cannot be understood"),
        ("a,1-2\ny,7,8 ,9/", "x.sds:3: ',9' cannot be understood"),
        ("a,1-2\ny,7,8 z,9/", "x.sds:3: 'z' lasts beyond the end of its session (8.000 s)"),
        ("x,5.00,3.00/", "x.sds:2: 'x' lasts beyond the end of its session (3.000 s)"),
        ("y,7.0%-8.00\n z,8-9/", "x.sds:2: '%' stands inside a time"),
        ("y,7.0-!8.00 z,8-9!/", "x.sds:2: '!' stands inside a time"),
    ],
    ids=range(16),
)  # fmt: skip
def test_a_damaged_line_is_refused_with_line_and_remedy(data: str, words: str):
    with pytest.raises(UnreadableInput) as refusal:
        read(f"Timed;\n{data}")
    assert refusal.value.message.startswith(words)
    assert refusal.value.hint


def test_milliseconds_and_windows_lines():
    documents, findings = read("Timed <milliseconds>;\r\n<a>\r\nx,1500-2000/\r\n")
    assert spans(documents["a"]) == {"x": [(1500, 2000, "x")]}
    assert findings == []


def test_hostile_sizes_take_no_time_that_grows_faster_than_they_do():
    for text in ("!" * 60_000, "%" * 60_000, "(" * 60_000, "x" * 200_000, "<" * 60_000, "a," * 60_000):
        try:
            documents, _ = read(f"Timed;{text}")
        except UnreadableInput:
            continue
        assert not any(spans(document) for document in documents.values())
    legend_text = "% elancry " + "[" * 200_000
    assert read(f"Timed;\n{legend_text}\na,1-2/")[1] == []


def test_more_codes_than_tiers_anybody_looks_at_have_no_vocabularies():
    documents, findings = read("Timed;" + " ".join(f"c{n},{n}-{n + 1}" for n in range(301)) + "/")
    (document,) = documents.values()
    assert (len(document.tiers), document.vocabularies) == (301, ())
    assert findings == ["no vocabularies were made: 301 tiers are too many"]


def coded(name: str, *tiers: FlatTier) -> Document:
    return build_document(tiers, name=name, date="2024-01-01T00:00:00+00:00")[0]


def test_a_session_as_gseq_reads_it():
    document = coded(
        "s 01.eaf",
        FlatTier("form", [(0, 1500, "despair"), (1500, 62_050, "Trotz & Wut")], ("Trotz & Wut", "despair")),
        FlatTier("sobs", [(700, 700, "sob")], points=True),
    )
    text = write_sdis(document, EVERYTHING).files[".sds"].decode("ascii")
    bare = [line for line in text.splitlines() if line and not line.startswith("%")]
    assert bare == [
        "Timed <seconds>",
        "($form = Trotz_Wut despair) ($sobs = sob)",
        ";",
        "<s_01>",
        "despair,0.00-1.50 Trotz_Wut,1.50-62.05",
        "&",
        "sob,0.70 ,62.05/",
    ]
    documents, findings = read(text)
    assert findings == []
    assert spans(documents["s 01"]) == {
        "form": [(0, 1500, "despair"), (1500, 62_050, "Trotz & Wut")],
        "sobs": [(700, 740, "sob")],
    }


def test_rounding_is_told_and_what_becomes_too_short_is_a_moment():
    document = coded("s.eaf", FlatTier("t", [(4, 1236, "a"), (2001, 2003, "b")]))
    result = write_sdis(document, EVERYTHING)
    assert b"a,0.00-1.24 b,2.00 ,2.00/" in result.files[".sds"]
    (found,) = [found for found in result.findings if found.code == "convert-sdis-rounded"]
    assert found.message == "4 times were rounded to hundredths of a second"


def test_one_code_for_a_value_in_all_sessions_and_another_for_it_on_another_tier():
    one = coded("s1.eaf", FlatTier("left", [(0, 100, "yes")]), FlatTier("right", [(0, 100, "yes"), (100, 200, "no")]))
    two = coded("s2.eaf", FlatTier("right", [(0, 100, "no"), (100, 200, "yes")]))
    files = gather_sdis({"s1": one, "s2": two}, EVERYTHING).files
    text = files[".sds"].decode()
    assert "($left = yes) ($right = ri_yes no)" in text
    assert "no,0.00-1.00" not in text
    assert files == gather_sdis({"s2": two, "s1": one}, EVERYTHING).files
    documents, _ = read(text)
    assert spans(documents["s2"]) == {"right": [(0, 100, "no"), (100, 200, "yes")]}


def test_a_tier_of_free_text_is_told():
    document = coded("s.eaf", FlatTier("speech", [(n * 10, n * 10 + 10, f"sentence {n}") for n in range(41)]))
    codes = [found.code for found in write_sdis(document, EVERYTHING).findings]
    assert "convert-sdis-many-codes" in codes


def test_nothing_but_the_coding_is_in_the_file():
    editor = coded("s.eaf", FlatTier("t", [(0, 10, "a")])).edit()
    editor.header.set_author("Erika Mustermann")
    editor.media.add("file:///home/erika/v.mp4", "video/mp4")
    assert b"rika" not in write_sdis(editor.document(), EVERYTHING).files[".sds"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("despair", "despair"),
        ("Größe (m²)", "Groesse_m2"),
        ("1st", "c_1st"),
        ("a-b/c,d;e<f>g%h!i", "a_b_c_d_e_f_g_h"),
        ("", ""),
        ("漢字", ""),
        ("x" * 40, "x" * LONGEST),
        ("__", ""),
    ],
)
def test_words_that_gseq_takes(text: str, word: str):
    assert as_word(text) == word


def test_words_are_never_given_twice():
    names = Names()
    given = [names.word("Yes", "left_Yes", otherwise="code") for _ in range(4)]
    assert given == ["Yes", "left_Yes", "left_Yes_2", "left_Yes_3"]
    assert [names.word("漢字", otherwise="code") for _ in range(2)] == ["code", "code_2"]
    assert names.word("yes", otherwise="code") == "yes_2"
    long = [names.word("x" * 40, otherwise="code") for _ in range(12)]
    assert len(set(long)) == 12
    assert max(map(len, long)) == LONGEST


def test_the_legend_holds_anything_in_one_plain_line():
    value = 'a%b!c\n"ä😢\\'
    line = legend_line(code="x", value=value)
    assert line.isascii()
    assert line.count("%") == 1
    assert "!" not in line
    assert "\n" not in line
    assert list(legend(line[1:])) == [{"code": "x", "value": value}]
    for other in ("elancry", 'elancry {"a": 1}', "elancry []", "elancry {", "note"):
        assert list(legend(other)) == []


@pytest.mark.parametrize("number", range(3))
def test_real_files_keep_every_value_and_time_to_a_hundredth(shared: Path, number: int):
    files = sorted(path for path in (shared / "eaf" / "real").rglob("*.eaf") if path.stat().st_size < 200_000)
    for path in files[number::3]:
        try:
            document = read_eaf(path)
        except UnreadableInput:
            continue
        again = read_sdis(write_sdis(document, EVERYTHING).files[".sds"], "x.sds", EVERYTHING).documents
        assert [contents(one) for one in again.values()] == [contents(document)] * bool(contents(document)), path.name


def contents(document: Document) -> list[tuple[Any, ...]]:
    found = []
    for tier in document.tiers:
        for item in document.annotations(tier.id):
            start, end = (item.start_ms + 5) // 10, (item.end_ms + 5) // 10
            found.append((start, item.value) if end <= start + 4 else (start, end, item.value))
    return sorted(found, key=str)


def test_a_sign_that_hides_data_as_a_comment_is_told():
    _, messages = read("Timed (a b);\na,1-2 %b,3-4\n ,5/\n")
    assert messages == ["a comment contains what looks like data ('b,3-')"]


def test_a_file_of_ours_tells_how_many_events_it_held():
    data = write_sdis(coded("s01", FlatTier("t", [(0, 100, "a"), (200, 300, "b")])), EVERYTHING).files[".sds"].decode()
    assert read(data)[1] == []
    shorter = data.replace(" b,0.20-0.30", "")
    assert shorter != data
    with pytest.raises(UnreadableInput) as refusal:
        read(shorter)
    line = data.split("\n").index("<s01>") + 1
    assert refusal.value.message == f"x.sds:{line}: the comment above unit 's01' gives 2 events; the file has 1"
