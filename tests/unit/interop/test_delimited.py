"""Tables: ours come back as they were, ELAN's export is read in every variant, and written as ELAN writes it."""

from __future__ import annotations

import csv
import io
from itertools import product

import pytest

from elancry.eaf import Document
from elancry.errors import UnreadableInput
from elancry.interop.delimited import table as delimited
from elancry.interop.delimited.table import read
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices, Read
from elancry.times import Unit, parse_time

ALL = Choices()
ROWS = {
    "form": [(950, 2_345, "protest"), (62_500, 63_000, "3")],
    "by": [(950, 2_345, "42"), (3_723_004, 7_200_000, 'a "b", c;')],
}


def content(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def made(*tiers: FlatTier) -> Document:
    return build_document(tiers or [FlatTier(n, rows, participant="P " + n) for n, rows in ROWS.items()], name="s")[0]


def only(text: str | bytes, name: str = "s01.txt") -> Read:
    result = read(text.encode() if isinstance(text, str) else text, name, ALL)
    assert list(result.documents) == ["s01"]
    return result


def clock(ms: int) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def smpte(ms: int) -> str:
    """PAL, as ELAN counts frames: cut off."""
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}:{ms % 1000 // 40:02d}"


FORMS = {"hh:mm:ss.ms": clock, "ss.msec": lambda ms: repr(ms / 1000), "msec": str, "PAL": smpte}


def elan_export(
    *, names: bool, participants: bool, fields: tuple[str, ...], forms: tuple[str, ...], csv_format: bool
) -> str:
    """ELAN's exportTiers, as its source code goes about it (written anew, for the test)."""
    quote = (lambda text: '"' + text.replace('"', '""') + '"') if csv_format else str
    lines = []
    for tier, rows in ROWS.items():
        for start, end, value in rows:
            cells = [quote(tier)] * names + [quote("P " + tier)] * participants
            moments = {"begin": start, "end": end, "duration": end - start}
            cells += [FORMS[form](moments[field]) for field in fields for form in forms]
            lines.append(("," if csv_format else "\t").join([*cells, quote(value)]))
    return "\n".join(lines) + "\n"


FIELDS = [("begin", "end", "duration"), ("begin", "end"), ("begin", "duration")]
VARIANTS = [
    (names, participants, fields, forms, csv_format)
    for names, participants, fields, forms, csv_format in product(
        (True, False),
        (True, False),
        FIELDS,
        [("hh:mm:ss.ms", "ss.msec"), ("hh:mm:ss.ms",), ("ss.msec",), ("msec",), tuple(FORMS), ("msec", "PAL")],
        (True, False),
    )
]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: "-".join(map(str, v)))
def test_every_variant_of_elans_export(variant):
    names, participants, fields, forms, csv_format = variant
    text = elan_export(names=names, participants=participants, fields=fields, forms=forms, csv_format=csv_format)
    result = only(text)
    document = result.documents["s01"]
    assert [item.code for item in result.findings if item.code != "convert-tier-split"] == (
        [] if len(fields) == 3 else ["convert-columns-guessed"]
    )
    if names:
        assert content(document) == ROWS
        assert [tier.participant for tier in document.tiers] == (["P form", "P by"] if participants else [None, None])
    else:
        rows = sorted(row for rows in ROWS.values() for row in rows)
        assert sorted(row for rows in content(document).values() for row in rows) == rows


def test_smpte_alone_is_as_exact_as_frames_are():
    text = elan_export(
        names=True, participants=True, fields=("begin", "end", "duration"), forms=("PAL",), csv_format=False
    )
    result = only(text)
    assert content(result.documents["s01"]) == {
        "form": [(920, 2320, "protest"), (62_480, 63_000, "3")],
        "by": [(920, 2320, "42"), (3_723_000, 7_200_000, 'a "b", c;')],
    }
    assert [item.code for item in result.findings] == ["convert-time-rounded"]


def test_written_as_elan_writes():
    text = delimited.write_elan_tab(made(), ALL).files[".txt"].decode()
    assert text == elan_export(
        names=True,
        participants=True,
        fields=("begin", "end", "duration"),
        forms=("hh:mm:ss.ms", "ss.msec"),
        csv_format=False,
    )
    assert text.splitlines()[0] == "form\tP form\t00:00:00.950\t0.95\t00:00:02.345\t2.345\t00:00:01.395\t1.395\tprotest"


COLUMNS = """\
Begin Time - hh:mm:ss.ms\tBegin Time - ss.msec\tEnd Time - hh:mm:ss.ms\tEnd Time - ss.msec\t\
Duration - hh:mm:ss.ms\tDuration - ss.msec\tform\tby
00:00:00.950\t0.95\t00:00:02.345\t2.345\t00:00:01.395\t1.395\tprotest\t42
00:01:02.500\t62.5\t00:01:03.000\t63.0\t00:00:00.500\t0.5\t3\t
01:02:03.004\t3723.004\t02:00:00.000\t7200.0\t00:57:56.996\t3476.996\t\ta "b", c;

"""


def test_a_column_per_tier_is_written_and_read():
    written = delimited.write_elan_columns(made(), ALL)
    assert written.files[".txt"].decode() == COLUMNS
    assert content(only(COLUMNS).documents["s01"]) == ROWS


def test_a_column_per_tier_from_an_elan_in_another_language():
    text = COLUMNS.replace("Begin Time", "Anfangszeit").replace("End Time", "x").replace("Duration", "Dauer")
    assert content(only(text).documents["s01"]) == ROWS


def test_tiers_may_be_called_like_columns_of_other_tables():
    text = COLUMNS.replace("form\tby", "text\tEnd Time")
    assert list(content(only(text).documents["s01"])) == ["text", "End Time"]


def test_a_column_per_tier_of_several_files():
    text = COLUMNS.rstrip("\n").replace("form\tby", "form\tby\tFile Name\tFile Path")
    text = text.replace("\t42", "\t42\ts01.eaf\tC:\\x\\s01.eaf").replace("\t3\t", "\t3\t\ts02.eaf\tC:\\x\\s02.eaf")
    text = text.replace("c;", "c;\ts02.eaf\tC:\\x\\s02.eaf")
    result = read(text.encode(), "all.txt", ALL)
    assert {stem: content(document) for stem, document in result.documents.items()} == {
        "s01": {"form": [(950, 2345, "protest")], "by": [(950, 2345, "42")]},
        "s02": {"form": [(62_500, 63_000, "3")], "by": [(3_723_004, 7_200_000, 'a "b", c;')]},
    }


def test_media_lines_and_file_lines_of_elan():
    text = (
        '"#/data/s01.eaf"\n"#file:///v1.mp4 -- offset: 40"\na\t0.0\t1.0\tx\n\n'
        '"#/data/s02.eaf"\n"#file:///v2.mp4 -- offset: 0"\n"#file:///v2.wav -- offset: 0"\na\t0.0\t2.0\ty\n\n'
    )
    result = read(text.encode(), "all.txt", ALL)
    assert {stem: content(document) for stem, document in result.documents.items()} == {
        "s01": {"a": [(0, 1000, "x")]},
        "s02": {"a": [(0, 2000, "y")]},
    }
    assert [(m.url, m.time_origin_ms) for m in result.documents["s01"].media] == [("file:///v1.mp4", 40)]
    assert len(result.documents["s02"].media) == 2


def test_a_file_column_without_a_header():
    text = "a\t0.0\t1.0\tx\ts01.eaf\nb\t0.0\t1.0\ty\ts02.eaf\n"
    assert set(read(text.encode(), "all.txt", ALL).documents) == {"s01", "s02"}


HOSTILE = [
    (0, 1, "line\nbreak"), (1, 2, 'quote " and ""'), (2, 3, "\t tab , ; "), (3, 4, ""), (4, 5, "=1+2"),
    (5, 6, "a --> b"), (6, 7, "\U0001f622\u2028\x85"), (7, 8, "\ufeff"), (8, 9, "\n"), (9, 10, "#x -- offset: 1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("write", "suffix"), [(delimited.write_csv, ".csv"), (delimited.write_tsv, ".tsv")], ids=["csv", "tsv"]
)
def test_our_tables_give_every_text_back(write, suffix: str):
    tiers = [FlatTier("a\n\t", HOSTILE, participant='P"', annotator="R"), FlatTier("#b.eaf", [(0, 9, "x" * 200_000)])]
    written = write(made(*tiers), ALL)
    result = only(written.files[suffix], f"s01{suffix}")
    assert content(result.documents["s01"]) == {"a\n\t": HOSTILE, "#b.eaf": [(0, 9, "x" * 200_000)]}
    assert [(t.participant, t.annotator) for t in result.documents["s01"].tiers] == [('P"', "R"), (None, None)]
    assert result.findings == ()


def test_many_recordings_in_one_table():
    documents = {"r1/s01": made(FlatTier("a", [(0, 1, "x")])), "s02": made(FlatTier("a", [(5, 7, "y")]))}
    written = delimited.gather_csv(documents, ALL)
    text = written.files[".csv"].decode()
    assert text == ("file,tier,participant,annotator,start_ms,end_ms,value\nr1/s01.eaf,a,,,0,1,x\ns02.eaf,a,,,5,7,y\n")
    again = read(written.files[".csv"], "all.csv", ALL).documents
    assert {stem: content(document) for stem, document in again.items()} == {
        "s01": {"a": [(0, 1, "x")]},
        "s02": {"a": [(5, 7, "y")]},
    }


def test_files_of_one_name_in_two_folders_keep_their_folders():
    text = "file,tier,start_ms,end_ms,value\nr1/s01.eaf,a,0,1,x\nr2/s01.eaf,a,0,1,y\n"
    assert list(read(text.encode(), "all.csv", ALL).documents) == ["r1/s01", "r2/s01"]


def test_the_annotations_table_of_merge():
    text = (
        "session,sequence,rater,system,tier,annotation_id,start_ms,end_ms,value,category,file\n"
        "S01,1,R1,form,form,a1,100,200,protest,protest,S01__R1.eaf\n"
        'S01,1,R2,form,form,a1,100,250,"de,spair",despair,S01__R2.eaf\n'
    )
    result = read(text.encode(), "annotations.csv", ALL)
    assert {stem: content(document) for stem, document in result.documents.items()} == {
        "S01__R1": {"form": [(100, 200, "protest")]},
        "S01__R2": {"form": [(100, 250, "de,spair")]},
    }
    assert [tier.annotator for d in result.documents.values() for tier in d.tiers] == ["R1", "R2"]
    assert [item.code for item in result.findings] == ["convert-not-understood"]
    assert "'session', 'sequence', 'system', 'annotation_id', 'category'" in result.findings[0].message


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("tier;start_s;end_s;value\na;0,5;1,25;x\n", {"a": [(500, 1250, "x")]}),
        ("sep=;\nTier;Begin;Duration;Label\na;0:01.5;0:02;x\n", {"a": [(1500, 3500, "x")]}),
        ("\n\nStart (s),End (s),Speaker,Text\n1,2.5,P1,hi\n", {"annotations": [(1000, 2500, "hi")]}),
        ("begin time\tend time\tvalue\n1.5\t2.5\tx\n", {"annotations": [(1500, 2500, "x")]}),
        ('begin,end,"tier"\n0:00:01.0004,0:00:02.0005,a\n', {"a": [(1000, 2001, "")]}),
        ("start_ms,end_ms,gaze,hand\n1,5,left,\n2,9,,up\n", {"gaze": [(1, 5, "left")], "hand": [(2, 9, "up")]}),
    ],
    ids=range(6),
)  # fmt: skip
def test_tables_of_people(text: str, rows: dict[str, list[tuple[int, int, str]]]):
    assert content(only(text, "s01.csv").documents["s01"]) == rows


def test_a_guessed_unit_is_told():
    # 40,000 s would be more than 11 hours.
    result = only("tier,begin,end,value\na,1,40000,x\n")
    assert content(result.documents["s01"]) == {"a": [(1, 40_000, "x")]}
    assert [item.code for item in result.findings] == ["convert-time-unit-guessed"]


def test_rows_without_times_are_left_out_and_told():
    result = only("tier,start_ms,end_ms,value\na,1,200,x\na,,2,y\na,one,2,z\n\n")
    assert content(result.documents["s01"]) == {"a": [(1, 200, "x")]}
    assert [(item.code, item.line) for item in result.findings] == [("convert-row-skipped", 3)]
    assert result.findings[0].message == "2 rows lack a valid start or end time: lines 3, 4"


@pytest.mark.parametrize("times", ["2000,1000", "-5,1000"])
def test_rows_whose_times_are_impossible_are_told_with_their_lines(times: str):
    result = only(f"tier,start_ms,end_ms,value\na,1,200,x\na,{times},y\n")
    assert content(result.documents["s01"]) == {"a": [(1, 200, "x")]}
    assert [(item.code, item.line) for item in result.findings] == [("convert-row-skipped", 3)]


def test_a_table_with_a_header_and_no_rows():
    assert content(only("tier,start_ms,end_ms,value\n").documents["s01"]) == {}


def test_only_chosen_tiers():
    data = delimited.write_csv(made(), ALL).files[".csv"]
    assert list(content(read(data, "s01.csv", Choices(tiers=("by",))).documents["s01"])) == ["by"]
    assert b"form" not in delimited.write_csv(made(), Choices(tiers=("by",))).files[".csv"]


@pytest.mark.parametrize(
    ("text", "unit", "ms"),
    [
        ("1", Unit.MS, 1), ("1.0", Unit.MS, 1), ("1.5", Unit.MS, 2), ("-1", Unit.MS, None), ("", Unit.MS, None),
        ("0.0005", Unit.SECONDS, 1), ("1E3", Unit.SECONDS, 1_000_000), ("1e999", Unit.SECONDS, None),
        ("100:00:00.5", Unit.CLOCK, 360_000_500), ("1:2", Unit.CLOCK, 62_000), ("nan", Unit.SECONDS, None),
        ("00:00:01:24", Unit.SMPTE, 1960), ("00:00:01;24", Unit.SMPTE, 1960), ("١", Unit.MS, 1),
    ],
)  # fmt: skip
def test_forms_of_times(text: str, unit: Unit, ms: int | None):
    assert parse_time(text, unit) == ms


BAD = [
    (b"", "is empty"),
    (b"\0" * 10, "is empty"),
    (b"PK\x03\x04\x14\x00", "is an Excel workbook"),
    (b"a,\x00,b\n", "is not a text file"),
    (b"Dear all,\nhere are the data.\n", "x.csv:1: not a table of annotations: no columns can be identified"),
    (b"tier,start_ms,end_ms,value\na,x,y,z\n", "x.csv:2: not a table of annotations: no row has both a start"),
    (b"a\t1\tx\nb\t2\ty\n", "no columns can be identified as start and end"),
    (b'"#file:///x.mp4 -- offset: 0"\n', "contains no rows"),
]


@pytest.mark.parametrize(("data", "words"), BAD)
def test_other_files_are_refused_in_words(data: bytes, words: str):
    with pytest.raises(UnreadableInput) as caught:
        read(data, "x.csv", ALL)
    assert words in str(caught.value)


def test_python_reads_our_table_as_meant():
    data = delimited.write_csv(made(FlatTier("a", HOSTILE)), ALL).files[".csv"].decode()
    rows = list(csv.DictReader(io.StringIO(data, newline="")))
    assert [(int(row["start_ms"]), int(row["end_ms"]), row["value"]) for row in rows] == HOSTILE


def test_a_long_column_name_takes_no_time():
    assert content(only("(" * 100_000 + ",tier,start_ms,end_ms\nx,a,1,2\n").documents["s01"]) == {"a": [(1, 2, "")]}


DAMAGED = [
    ('tier,start_ms,end_ms,value\na,0,500,"x\na,600,700,y\n', "s01.csv:2: a quoted text begins here"),
    ("tier,start_ms,end_ms,value\na,0,500,x, y\n", "s01.csv:2: the row has 5 cells, but the header names 4 columns"),
]


@pytest.mark.parametrize(("text", "words"), DAMAGED)
def test_a_damaged_row_is_refused_with_line_and_remedy(text: str, words: str):
    with pytest.raises(UnreadableInput) as caught:
        only(text, "s01.csv")
    assert caught.value.message.startswith(words)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'tier,start_ms,end_ms,value\na,0,500,"x\na,600,700,y"\na,800,900,z\n',
            "s01.csv:2: a quoted text spans several lines, of which line 3 looks like a row of the table",
        ),
        (
            "tier,start_ms,end_ms,value\na,0,500,x\na,800,900\n",
            "s01.csv:3: the row has 3 of 4 cells and ends before the value",
        ),
    ],
)
def test_rows_inside_a_text_and_rows_cut_before_their_value_are_refused(text: str, words: str):
    with pytest.raises(UnreadableInput) as refusal:
        only(text, "s01.csv")
    assert refusal.value.message == words
    assert refusal.value.hint


def test_a_row_that_lacks_cells_behind_its_value_is_told():
    result = only("tier,start_ms,end_ms,value,participant\na,0,500,x,P1\nb,800,900,y\n", "s01.csv")
    assert [(item.code, item.line) for item in result.findings] == [("convert-row-incomplete", 3)]


def test_a_row_of_elan_that_contradicts_itself_is_told():
    # The clock of the second row says 3 s, the seconds 2 s.
    row = "a\t00:00:0{}.000\t{}.0\t00:00:0{}.000\t{}.0\t00:00:01.000\t1.0\tx\n"
    text = row.format(1, 1, 2, 2) + row.format(3, 2, 3, 3) + row.format(5, 5, 6, 6)
    result = only(text)
    assert content(result.documents["s01"]) == {"a": [(1000, 2000, "x"), (5000, 6000, "x")]}
    assert [(item.code, item.line) for item in result.findings] == [("convert-row-skipped", 2)]


def test_milliseconds_that_may_be_seconds_are_told():
    result = only("tier,start_ms,end_ms,value\na,10,65,x\na,75,140,y\n", "s01.csv")
    assert [item.code for item in result.findings] == ["convert-time-unit-doubtful"]


def test_further_names_of_values_are_names_of_tiers_where_other_columns_are_tiers():
    text = "start_ms,end_ms,behavior,affect\n0,500,cries,\n600,900,,sad\n"
    assert content(only(text, "s01.csv").documents["s01"]) == {
        "behavior": [(0, 500, "cries")],
        "affect": [(600, 900, "sad")],
    }


def test_a_row_of_a_column_per_tier_without_any_value_is_told():
    result = only("start_ms,end_ms,gaze,hand\n0,500,left,\n600,900,,\n", "s01.csv")
    assert content(result.documents["s01"]) == {"gaze": [(0, 500, "left")], "hand": []}
    assert [(item.code, item.line) for item in result.findings] == [("convert-row-incomplete", 3)]
