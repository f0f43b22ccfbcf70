"""Hostile and broken input: a document with findings or one clear refusal, never a traceback, never another file."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from elancry.eaf import Document, new_document, parse_eaf, read_eaf, write_eaf
from elancry.errors import UnreadableInput

GOOD = new_document(author="A").to_bytes()
LAUGHS = (
    '<!DOCTYPE a [<!ENTITY x0 "ha">'
    + "".join(f'<!ENTITY x{n} "&x{n - 1};&x{n - 1};&x{n - 1};&x{n - 1};">' for n in range(1, 30))
    + ']><ANNOTATION_DOCUMENT AUTHOR="&x29;"/>'
)


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableInput) as caught:
        parse_eaf(data, "f.eaf")
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("before", ["", "<!-- c -->", "<?pi x?>\n<!-- <!DOCTYPE --> ", "<!--" + "x" * 100_000 + "-->"])
def test_document_types_are_refused_before_a_parser_sees_them(encoding: str, before: str) -> None:
    for body in (LAUGHS, '<!DOCTYPE ANNOTATION_DOCUMENT SYSTEM "http://localhost:9/x.dtd"><ANNOTATION_DOCUMENT/>'):
        assert "has a document type declaration" in refusal((before + body).encode(encoding))


def test_external_entities_open_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    entity = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    body = f'{entity}<ANNOTATION_DOCUMENT AUTHOR="a">&x;</ANNOTATION_DOCUMENT>'
    assert "secret" not in refusal(body.encode())


def test_no_file_but_the_named_one_is_opened_and_no_network_used(tmp_path: Path) -> None:
    """Watched by the interpreter's own audit hook, and by the system for what libxml2 would open itself."""
    path = tmp_path / "a.eaf"
    path.write_bytes(GOOD.replace(b"<HEADER", b'<?xml-stylesheet href="x.xsl"?><HEADER'))
    program = """
import sys
from elancry.eaf import read_eaf
import elancry.eaf.structure, elancry.eaf.document
read_eaf(sys.argv[1]).findings
seen, watched = [], ("open", "socket.connect")
sys.addaudithook(lambda event, args: seen.append((event, str(args[0]))) if event in watched else None)
read_eaf(sys.argv[1]).findings
print(seen)
"""
    run = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str([("open", str(path))])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty (0 bytes)"),
        (b"\0" * 4096, "is empty (4096 bytes)"),
        (b" \n", "is empty"),
        (b"hello", "it is not XML"),
        (b"PK\x03\x04\x00\x00", "it is not XML"),
        (b"\x89PNG\r\n\x1a\n\x00<\x7fq</x>", "it is not XML"),
        (b"x<?xml version='1.0'?><ANNOTATION_DOCUMENT/>", "cannot be read as XML: line 1"),
        (b"<html></html>", "a web page"),
        (b"<preferences/>", "an ELAN preferences file (.pfsx), not an annotation file"),
        (b"<CV_RESOURCE/>", "an external controlled vocabulary (.ecv), not an annotation file"),
        (b"<other/>", "a different kind of XML: its root is <other>"),
        (b"<ANNOTATION_DOCUMENT/><b/>", "cannot be read as XML"),
        (b'<?xml version="1.0" encoding="no-such"?><ANNOTATION_DOCUMENT/>', "f.eaf"),
        (b'<?xml version="1.0" encoding="UTF-8"?><ANNOTATION_DOCUMENT AUTHOR="\xff\xfe"/>', "cannot be read as XML"),
        (b"<ANNOTATION_DOCUMENT>&undefined;</ANNOTATION_DOCUMENT>", "cannot be read as XML"),
        (b'<ANNOTATION_DOCUMENT AUTHOR="a\x00b"/>', "cannot be read as XML"),
        (b'<ANNOTATION_DOCUMENT AUTHOR="' + b"x" * 11_000_000 + b'"/>', "cannot be read as XML"),
        (b"<ANNOTATION_DOCUMENT>" + b"<a>" * 100_000, "cannot be read as XML"),
        (b"<" + b"n" * 200_000 + b"/>", "f.eaf"),
    ],
    ids=range(19),
)
def test_what_cannot_be_read_is_refused_in_words(data: bytes, words: str) -> None:
    message = refusal(data)
    assert words in message
    assert len(message) < 1000


def test_deep_nesting_within_the_limit_survives() -> None:
    depth = 200
    data = b"<ANNOTATION_DOCUMENT>" + b"<a>" * depth + b"</a>" * depth + b"</ANNOTATION_DOCUMENT>"
    assert parse_eaf(data).tiers == ()


def test_truncation_at_every_byte_is_one_clear_error() -> None:
    whole = parse_eaf(GOOD).to_bytes().rstrip()
    for length in range(len(whole)):
        with pytest.raises(UnreadableInput):
            parse_eaf(whole[:length], "f.eaf")
    assert isinstance(parse_eaf(whole), Document)


def test_a_cut_off_file_is_told_from_a_spoilt_one() -> None:
    assert "The end is missing" in refusal(GOOD[: len(GOOD) // 2])
    assert "Open the file in ELAN" in refusal(GOOD.replace(b"<HEADER", b"<HEADER <"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings_are_understood_and_written_as_utf8(encoding: str) -> None:
    declared = encoding.replace("-sig", "")
    text = f'<?xml version="1.0" encoding="{declared}"?><ANNOTATION_DOCUMENT AUTHOR="Müller"/>'
    document = parse_eaf(text.encode(encoding))
    assert document.author == "Müller"
    assert document.to_bytes().startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert "Müller".encode() in document.to_bytes()


def test_comments_and_instructions_around_the_root_survive() -> None:
    data = b"<?xml version='1.0'?><!-- before --><?pi here?><ANNOTATION_DOCUMENT/><!-- after --><?pi there?>"
    document = parse_eaf(data)
    for result in (document.to_bytes(), document.edit().document().to_bytes()):
        again = etree.tostring(etree.fromstring(result).getroottree(), method="c14n", with_comments=True)
        assert again == etree.tostring(etree.fromstring(data).getroottree(), method="c14n", with_comments=True)


def test_paths_that_lead_nowhere_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="there is no such file"):
        read_eaf(tmp_path / "missing.eaf")
    with pytest.raises(UnreadableInput, match="is a folder"):
        read_eaf(tmp_path)
    with pytest.raises(UnreadableInput, match="cannot be read"):
        read_eaf("nul\0byte.eaf")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.eaf"
    path.write_bytes(GOOD)
    path.chmod(0)
    with pytest.raises(UnreadableInput, match="no read permission"):
        read_eaf(path)


def test_reading_and_writing_elsewhere_leaves_the_input_alone(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path = folder / "a.eaf"
    path.write_bytes(GOOD)
    before = path.stat()
    folder.chmod(0o500)
    try:
        document = read_eaf(path)
        document.to_frame()
        editor = document.edit()
        editor.header.set_author("B")
        write_eaf(editor.document(), tmp_path / "out.eaf")
    finally:
        folder.chmod(0o700)
    after = path.stat()
    assert (path.read_bytes(), after.st_mtime_ns, after.st_ino) == (GOOD, before.st_mtime_ns, before.st_ino)
    assert document.author == "A"
    assert read_eaf(tmp_path / "out.eaf").author == "B"


READ_AND_MEASURE = """
import pathlib, sys
import elancry.eaf.structure
def peak():
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
from elancry.eaf import new_document, parse_eaf, read_eaf
parse_eaf(new_document().to_bytes()).findings
before = peak()
document = read_eaf(sys.argv[1])
document.findings
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_a_hostile_file_takes_no_more_than_a_few_times_the_memory_of_a_good_one(tmp_path: Path) -> None:
    """8 MB each: annotations of a good file against the smallest elements and attributes that fill as much."""
    size = 8_000_000
    annotation = (
        '<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a%d" TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2">'
        "<ANNOTATION_VALUE>value</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
    )
    fillings = {
        "good": "".join(annotation % n for n in range(size // len(annotation))),
        "elements": "<a/>" * (size // 4),
        "attributes": "<b c=''/>" * (size // 9),
    }
    used = {}
    for kind, inside in fillings.items():
        path = tmp_path / f"{kind}.eaf"
        path.write_text(
            f"<ANNOTATION_DOCUMENT><TIER TIER_ID='t'>{inside}</TIER></ANNOTATION_DOCUMENT>", encoding="ascii"
        )
        run = subprocess.run([sys.executable, "-c", READ_AND_MEASURE, str(path)], capture_output=True, check=True)
        used[kind] = int(run.stdout)
    assert used["good"] > 0
    assert used["elements"] < 6 * used["good"]
    assert used["attributes"] < 6 * used["good"]


def test_documents_travel_between_processes() -> None:
    document = parse_eaf(GOOD, "a.eaf")
    copy = pickle.loads(pickle.dumps(document))
    assert (copy.to_bytes(), copy.name) == (document.to_bytes(), "a.eaf")


def test_reading_to_a_table_takes_steps_in_proportion_to_the_size() -> None:
    """Counted, not timed: eight times the annotations may take at most eight times the calls."""

    def calls(number: int) -> int:
        slots = "".join(f'<TIME_SLOT TIME_SLOT_ID="ts{n}" TIME_VALUE="{n}"/>' for n in range(number + 1))
        items = "".join(
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" TIME_SLOT_REF1="ts{n}" TIME_SLOT_REF2="ts{n + 1}">'
            "<ANNOTATION_VALUE/></ALIGNABLE_ANNOTATION></ANNOTATION>"
            for n in range(number)
        )
        data = (
            f"<ANNOTATION_DOCUMENT><HEADER/><TIME_ORDER>{slots}</TIME_ORDER>"
            f'<TIER TIER_ID="t" LINGUISTIC_TYPE_REF="l">{items}</TIER>'
            '<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="l"/></ANNOTATION_DOCUMENT>'
        ).encode()
        counted = 0

        def count(_frame: object, event: str, _argument: object) -> None:
            nonlocal counted
            counted += event in ("call", "c_call")

        sys.setprofile(count)
        try:
            table = parse_eaf(data).to_frame()
        finally:
            sys.setprofile(None)
        assert len(table) == number
        return counted

    calls(1)
    assert calls(4_000) <= 8 * calls(500)


def test_the_place_of_a_mistake_is_said_once():
    with pytest.raises(UnreadableInput) as caught:
        parse_eaf(b"<ANNOTATION_DOCUMENT>\n  <TIER>\n</ANNOTATION_DOCUMENT>", "x.eaf")
    assert caught.value.message.count("line 3") == 1
    assert caught.value.message.count("column") == 1
