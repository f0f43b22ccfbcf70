"""JSON of other programs: bounded, and odd things told."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal

import pytest

from elancry.errors import UnreadableInput
from elancry.interop import json_input
from elancry.interop.json_input import as_text, in_seconds, mapping, milliseconds, read_json

KIND = "a BORIS project"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty (0 bytes)"),
        (b" \0\n", "is empty (3 bytes)"),
        (b"{", "p.boris:1: not a BORIS project: column 2"),
        (b'{"a": 1,\n "b" 2}', "p.boris:2: not a BORIS project: column 6"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"\x1f\x8bnothing", "damaged gzip"),
        (gzip.compress(b'{"a": 1}' * 1000)[:-20], "is a truncated gzip file"),
        (b"PK\x03\x04 a workbook", "p.boris:1: not a BORIS project: column 1"),
    ],
    ids=range(10),
)
def test_what_is_no_json_is_refused_in_words(data: bytes, words: str):
    with pytest.raises(UnreadableInput) as refusal:
        read_json(data, "p.boris", KIND)
    assert "p.boris" in refusal.value.message
    assert words in refusal.value.message


def test_a_gzip_bomb_is_unpacked_up_to_the_bound_only(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(json_input, "MOST_BYTES", 1_000_000)
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableInput, match="contains more than 1 MB"):
        read_json(bomb, "b.boris.gz", KIND)
    with pytest.raises(UnreadableInput, match="contains more than 1 MB"):
        read_json(b" " * 1_000_001, "b.boris", KIND)


def test_packed_and_marked_files_are_read():
    packed = gzip.compress(b'{"a": 1.5}')
    for data in (packed, b'\xef\xbb\xbf{"a": 1.5}', '{"a": 1.5}'.encode("utf-16"), '{"a": 1.5}'.encode("utf-32")):
        assert read_json(data, "p", KIND) == ({"a": Decimal("1.5")}, [])


def test_names_that_stand_twice_are_told_where_they_say_the_same():
    value, findings = read_json(b'{"a": 1, "a": 1, "b": {"c": 3, "c": 3, "c": 3}}', "p.boris", KIND)
    assert value == {"a": 1, "b": {"c": 3}}
    (found,) = findings
    assert found.code == "convert-not-understood"
    assert found.message.startswith("3 names occur twice at one place in the file ('a', 'c')")


def test_names_that_stand_twice_and_contradict_each_other_are_refused():
    with pytest.raises(UnreadableInput) as refusal:
        read_json(b'{"b": {"c": 1, "c": 1, "c": 3}}', "p.boris", KIND)
    assert refusal.value.message == "p.boris: the name 'c' occurs twice at one place with different values"
    assert refusal.value.hint


def test_characters_that_xml_cannot_hold_are_replaced_wherever_they_stand():
    value, findings = read_json(b'{"a\\u0000": ["x\\u0001", ["\\ud800"]], "b": {"c": "\\uffff"}}', "p", KIND)
    assert value == {"a\ufffd": ["x\ufffd", ["\ufffd"]], "b": {"c": "\ufffd"}}
    assert [(found.code, found.message[:12]) for found in findings] == [("convert-character-replaced", "4 characters")]
    assert read_json(b'"\\ud83d\\ude22"', "p", KIND) == ("\U0001f622", [])


def test_numbers_that_are_none_become_none_and_huge_ones_cost_nothing():
    digits = b"9" * 100_000
    value, _ = read_json(b"[NaN, Infinity, -Infinity, 1e999999999, " + digits + b", 22.425]", "p", KIND)
    assert value[:3] == [None, None, None]
    assert [milliseconds(number) for number in value] == [(None, False)] * 5 + [(22425, False)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Decimal("22.425"), (22425, False)),
        (0, (0, False)),
        ("12.3", (12300, False)),
        (" 12.3 ", (12300, False)),
        (Decimal("0.0005"), (1, True)),
        (Decimal("0.0004"), (0, True)),
        (Decimal("-1.5"), (-1500, False)),
        (10**7, (10**10, False)),
        (10**7 + 1, (None, False)),
        ("NaN", (None, False)),
        ("Infinity", (None, False)),
        ("NA", (None, False)),
        ("", (None, False)),
        ("1" * 50, (None, False)),
        (None, (None, False)),
        (True, (None, False)),
        ([1], (None, False)),
        (0.1, (100, True)),
    ],
)
def test_seconds_become_milliseconds(given: object, expected: tuple[int | None, bool]):
    """Half a millisecond goes up; a binary fraction (0.1 as a float) is not exact, which JSON never gives."""
    assert milliseconds(given) == expected


@pytest.mark.parametrize(("ms", "said"), [(0, "0.000"), (1234, "1.234"), (60_000, "60.000"), (-5, "-0.005")])
def test_seconds_as_text(ms: int, said: str):
    assert in_seconds(ms) == said
    assert milliseconds(said) == (ms, False)


def test_values_of_another_type_than_expected_are_nothing():
    assert [as_text(value) for value in ("a", 1, Decimal("1.5"), True, None, [], {})] == [
        "a",
        "1",
        "1.5",
        "",
        "",
        "",
        "",
    ]
    assert mapping([1]) == mapping("x") == mapping(None) == {}
    assert mapping({"a": 1}) == {"a": 1}


def test_a_large_file_is_read_whole():
    value, findings = read_json(json.dumps({str(n): [n, "x" * 20] for n in range(20_000)}).encode(), "p", KIND)
    assert len(value) == 20_000
    assert findings == []
