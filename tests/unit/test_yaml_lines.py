"""YAML trees and walks: every refusal says where, what was given and what was expected."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import pytest

from elancry.errors import UnreadableInput
from elancry.findings import CATALOGUE
from elancry.names import nearest
from elancry.yaml_lines import MAX_DEPTH, Kind, Section, Walk, parse_yaml, read_yaml

KEYS = ("name", "count", "share", "on", "colour", "list", "map", "part")


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


def top(text: str) -> tuple[Section, Walk]:
    walk = Walk("trial.yaml", "plan")
    return walk.section(parse_yaml(text, "trial.yaml"), KEYS, "the trial"), walk


def found(walk: Walk) -> list[tuple[str, int | None, str]]:
    return [(item.code, item.line, item.message) for item in walk.findings]


def test_lines_count_from_one_and_survive_blocks_and_comments() -> None:
    node = parse_yaml("# comment\nname: >-\n  two\n  lines\nlist:\n  - a\n  - b: c\n", "x")
    lines = {key.text: value.line for key, value in node.entries}
    assert node.kind is Kind.MAPPING
    assert lines == {"name": 2, "list": 6}
    assert node.entries[0][1].text == "two lines"
    assert node.entries[1][1].items[1].line == 7


@pytest.mark.parametrize("word", ["no", "off", "1.0", "1e3", "0o17", "2020-01-01", "12:30:45", "NO"])
def test_scalars_stay_what_was_written(word: str) -> None:
    # YAML 1.1 would make False, 1.0, 1000.0, 15, a date and 45045 of these.
    assert parse_yaml(f"name: {word}", "x").entries[0][1].text == word


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a:\n\tb: 1", "x:2: the line begins with a tab character"),
        ("a: &anchor 1\nb: *anchor", "x:1: anchors (&name) and aliases (*name) are not accepted here"),
        ("a: *anchor", "x:1: anchors (&name) and aliases (*name) are not accepted here"),
        ("a: !!python/object:os.system 1", "x:1: YAML tags (!name) are not accepted here"),
        ("a: 1\n---\nb: 2", "x:2: a second document begins here (---)"),
        ("a: b: c", "x:1: not valid YAML: a second ': ' on the same line. Given: 'a: b: c'"),
        ("a: [1, 2", "x:1: not valid YAML"),
        ("a: 1\n  b: 2", "x:2: not valid YAML"),
        ("a: \x01", "x:1: the character U+0001 is not allowed in YAML"),
        ("[" * (MAX_DEPTH + 5), f"x:1: nested too deeply; at most {MAX_DEPTH} levels are allowed"),
        ("- " * 4000 + "a", f"x:1: nested too deeply; at most {MAX_DEPTH} levels are allowed"),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        parse_yaml(text, "x")
    assert message in caught.value.message


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(9))
    with pytest.raises(UnreadableInput, match="x:1: anchors"):
        parse_yaml(bomb, "x")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("id: a\ntitle: Tränen".encode("cp1252"))
    with pytest.raises(UnreadableInput, match=r"latin\.yaml:2: the file is not UTF-8 \(byte 0xe4\)"):
        read_yaml(latin)
    with pytest.raises(UnreadableInput, match="is a folder"):
        read_yaml(tmp_path)
    with pytest.raises(UnreadableInput, match="cannot be read"):
        read_yaml(tmp_path / "absent.yaml")
    huge = tmp_path / "huge.yaml"
    huge.write_bytes(b"#" * 5_000_001)
    with pytest.raises(UnreadableInput, match="5,000,001 bytes"):
        read_yaml(huge)


def test_a_byte_order_mark_and_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: a")
    assert read_yaml(path).entries[0][0].text == "name"
    path.write_bytes(b"")
    assert read_yaml(path).kind is Kind.EMPTY


def test_unknown_keys_come_with_the_nearest_known_one() -> None:
    _, walk = top("nmae: a\nxyzzy: b\nname: c")
    assert found(walk) == [
        ("plan-unknown-key", 1, "the trial: unknown key 'nmae'"),
        ("plan-unknown-key", 2, "the trial: unknown key 'xyzzy'"),
    ]
    assert walk.findings[0].hint == "Did you mean 'name'?"
    assert walk.findings[1].hint == "Known keys here: " + ", ".join(KEYS) + "."


def test_a_key_given_twice_names_both_lines() -> None:
    section, walk = top("name: a\ncount: 1\nname: b")
    assert found(walk) == [
        ("plan-duplicate-key", 3, "the trial: the key 'name' occurs a second time (first in line 1)")
    ]
    assert section.text("name") == "a"


def test_right_values_give_no_findings() -> None:
    section, walk = top("name: ' a '\ncount: -3\non: yes\ncolour: red\nlist: [a, b]\nmap: {en: x}\npart: {name: y}")
    assert section.text("name") == "a"
    assert section.integer("count") == -3
    assert section.flag("on") is True
    assert section.choice("colour", Colour) is Colour.RED
    assert section.texts("list") == ("a", "b")
    assert [(key.text, value.text) for key, value in section.pairs("map")] == [("en", "x")]
    part = section.section("part", ("name",), "the part")
    assert part is not None
    assert part.text("name") == "y"
    assert walk.findings == []


def test_absent_values_give_defaults_and_no_findings() -> None:
    section, walk = top("name:\ncount: ~")
    assert section.text("name", default="x") == "x"
    assert section.integer("count", default=0) == 0
    assert section.flag("on") is False
    assert section.texts("list") == ()
    assert walk.findings == []


def test_zero_is_a_value() -> None:
    section, walk = top("count: 0\nname: '0'")
    assert section.integer("count", default=7) == 0
    assert section.text("name", default="x") == "0"
    assert walk.findings == []


@pytest.mark.parametrize(
    ("line", "read", "message"),
    [
        ("name: [a]", lambda s: s.text("name"), "the trial, 'name': expected text, not a list"),
        ("count: 1.5", lambda s: s.integer("count"), "the trial, 'count': expected a whole number, not '1.5'"),
        ("count: 9.5", lambda s: s.integer("count"), "expected a whole number, not '9.5'"),
        ("on: maybe", lambda s: s.flag("on"), "expected true or false, not 'maybe'"),
        ("colour: gren", lambda s: s.choice("colour", Colour), "red, green (did you mean 'green'?), not 'gren'"),
        ("list: {a: b}", lambda s: s.items("list"), "expected a list (lines that begin with -), not a mapping"),
        ("list: [[a]]", lambda s: s.texts("list"), "the trial, 'list': expected text, not a list"),
        ("map: a", lambda s: s.pairs("map"), "expected a mapping (key: value lines), not 'a'"),
        ("part: a", lambda s: s.section("part", ("name",), "the part"), "the part: expected a mapping with the keys"),
        ("count: 1", lambda s: s.text("name", required=True), "the trial: the key 'name' is missing"),
        ("name:", lambda s: s.text("name", required=True), "the trial: the key 'name' has no value"),
    ],
)  # fmt: skip
def test_wrong_values_are_one_finding_each(line: str, read, message: str) -> None:  # type: ignore[no-untyped-def]
    section, walk = top(line)
    read(section)
    assert len(walk.findings) == 1
    assert message in walk.findings[0].message
    assert walk.findings[0].line == 1
    assert walk.findings[0].code in CATALOGUE


def test_what_is_no_mapping_is_reported_once_and_its_required_keys_are_not_asked_for() -> None:
    walk = Walk("trial.yaml", "plan")
    section = walk.section(parse_yaml("- a\n- b", "x"), KEYS, "the trial")
    assert section.text("name", required=True) is None
    assert [item.code for item in walk.findings] == ["plan-wrong-type"]


def test_nearest() -> None:
    assert nearest("colur", ["colour", "key"]) == "colour"
    assert nearest("COLOUR", ["colour", "key"]) == "colour"
    assert nearest("zebra", ["colour", "key"]) is None


def test_a_key_may_be_called_null():
    tree = parse_yaml("null: swap\nother: null\n", "a")
    assert [(key.text, value.kind, value.text) for key, value in tree.entries] == [
        ("null", Kind.TEXT, "swap"),
        ("other", Kind.EMPTY, ""),
    ]
