"""What ELAN writes, what older ELANs write, and what nobody should."""

from __future__ import annotations

import pytest

from elancry.errors import UnreadableInput
from elancry.plugin.xml_input import Segment, read_params, read_tier

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def params(*pairs: tuple[str, str]) -> str:
    lines = "".join(f'<param name="{name}">{value}</param>\n' for name, value in pairs)
    return f'{HEAD}<PARAM xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n{lines}</PARAM>\n'


def tier(*spans: tuple[str, str, str]) -> str:
    lines = "".join(f'\t<span start="{a}" end="{b}"><v>{v}</v></span>\n' for a, b, v in spans)
    return f'{HEAD}<TIER xsi:noNamespaceSchemaLocation="x" columns="tier_1">\n{lines}</TIER>\n'.replace(
        "<TIER ", '<TIER xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    )


def test_parameters_as_elan_sends_them():
    given = read_params(params(("R1", "/tmp/Müller 1.xml"), ("overlap", "60.0"), ("R3", "")).encode())
    assert given == {"R1": "/tmp/Müller 1.xml", "overlap": "60.0", "R3": ""}


def test_an_ampersand_that_elan_escaped_and_one_that_it_did_not():
    # ELAN 5 prints the path as it is, ELAN 6 escapes it (LocalRecognizer, before and after XMLEscape).
    assert read_params(params(("R1", "/R&amp;D/a.xml")).encode()) == {"R1": "/R&D/a.xml"}
    assert read_params(params(("R1", "/R&D/a.xml"), ("overlap", "60.0")).encode()) == {
        "R1": "/R&D/a.xml",
        "overlap": "60.0",
    }


def test_parameters_in_the_code_page_of_windows():
    assert read_params(params(("R1", "C:\\Müller\\a.xml")).encode("cp1252")) == {"R1": "C:\\Müller\\a.xml"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        b"<PARAM><param name='R1'>/tmp/a.xml</param>",
        b"<OTHER/>",
        HEAD.encode() + b"<PARAM><param name=",
    ],
)
def test_what_is_no_parameters_is_refused_in_words(data: bytes):
    with pytest.raises(UnreadableInput, match="did not arrive, or were truncated"):
        read_params(data)


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE PARAM [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE PARAM [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!doctype PARAM SYSTEM "http://example.org/x.dtd">',
        "<! DOCTYPE PARAM>",
    ],
)
def test_entities_are_refused_before_anything_is_read(declaration: str):
    body = params(("R1", "&x;")).replace(HEAD, HEAD + declaration)
    with pytest.raises(UnreadableInput, match="document type declaration"):
        read_params(body.encode())
    with pytest.raises(UnreadableInput, match="document type declaration"):
        read_tier((HEAD + declaration + "<TIER/>").encode("utf-16"), "R1")


def test_a_tier_as_elan_writes_it():
    found = read_tier(tier(("0.000", "1.000", "point"), ("1.500", "2.001", "Wörter\nzwei")).encode(), "R1")
    assert found == [Segment(0, 1000, "point"), Segment(1500, 2001, "Wörter\nzwei")]


def test_times_with_a_point_are_seconds_and_exact_times_without_are_milliseconds():
    # 16777.217 s is the first time that a 32-bit float cannot hold to the millisecond.
    found = read_tier(tier(("16777.217", "16777.219", "a"), ("83500", "83600", "b")).encode(), "R1")
    assert found == [Segment(83_500, 83_600, "b"), Segment(16_777_217, 16_777_219, "a")]


def test_a_value_that_elan_did_not_escape():
    found = read_tier(tier(("0.000", "1.000", "R&D <3"), ("2.000", "3.000", "a &lt; b")).encode(), "R1")
    assert [item.value for item in found] == ["R&D <3", "a < b"]


def test_an_empty_tier_is_a_tier():
    assert read_tier(tier().encode(), "R1") == []
    assert read_tier(b"<TIERS><TIER columns='a'/></TIERS>", "R1") == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<ANNOTATION_DOCUMENT/>", "not a tier"),
        (b"RIFF....WAVE", "not a tier"),
        (b"<TIERS></TIERS>", "not a tier"),
        (b"<TIERS><TIER columns='a'/><TIER columns='b'/></TIERS>", "several tiers"),
        (b"<TIER columns='a b'><span start='0' end='1'><v>x</v><v>y</v></span></TIER>", "several tiers"),
        (tier(("x", "1.0", "a")).encode(), "a time that is not a number: 'x'"),
        (tier(("1,5", "2,0", "a")).encode(), "a time that is not a number"),
        (tier(("nan", "2.0", "a")).encode(), "a time that is not a number"),
        (tier(("2.000", "1.000", "a")).encode(), "from 2000 ms to 1000 ms"),
        (tier(("-1.000", "1.000", "a")).encode(), "from -1000 ms"),
    ],
)
def test_what_is_no_tier_is_refused_with_its_slot(data: bytes, words: str):
    with pytest.raises(UnreadableInput, match=words) as refused:
        read_tier(data, "R2")
    assert "R2" in refused.value.message


def test_an_enormous_file_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("elancry.plugin.xml_input.MOST_BYTES", 10)
    with pytest.raises(UnreadableInput, match="exceed"):
        read_tier(b"<TIER/>" * 10, "R1")
    monkeypatch.setattr("elancry.plugin.xml_input.MOST_PARAMETER_BYTES", 10)
    with pytest.raises(UnreadableInput, match="exceed"):
        read_params(b"<PARAM></PARAM>")


@pytest.mark.parametrize(
    "spans",
    [
        '<span start="0" end="1"><v>a & b</v></span><span end="1" start="0"><v>c</v></span>',
        '<span start="0" end="1"><v>a & b</v></span><span start="2" end="3"><v>c</v>',
        '<span start="0" end="1">' * 20_000,
    ],
)
def test_half_a_tier_gives_no_numbers(spans: str):
    with pytest.raises(UnreadableInput, match="cannot be read completely"):
        read_tier(f"<TIER>{spans}</TIER>".encode(), "R1")


def test_a_value_with_the_name_of_an_element():
    found = read_tier(tier(("0.000", "1.000", "<span"), ("2.000", "3.000", "<v <spanner")).encode(), "R1")
    assert [item.value for item in found] == ["<span", "<v <spanner"]


def test_elements_that_never_end_are_read_once():
    # As slow as the square of their number before: minutes.
    assert read_params(b"<PARAM>" + b'<param name="a" ' * 40_000 + b"&</PARAM>") == {}
    (only,) = read_tier(b'<TIER><span start="1" end="2">' + b"<v>" * 40_000 + b"</span></TIER>", "R1")
    assert only == Segment(1, 2, "")
