"""Nothing is lost: real files and one document with everything, read, written, edited; inventories and schemas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from elancry.eaf import (
    Constraint,
    Document,
    Editor,
    Vocabulary,
    VocabularyEntry,
    new_document,
    parse_eaf,
    read_eaf,
)
from elancry.errors import UnreadableInput

EVERYTHING = """<?xml version="1.0" encoding="UTF-8"?>
<!-- before the root --><?elan keep?>
<ANNOTATION_DOCUMENT xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" AUTHOR="R" DATE="2024-04-17T12:00:00+02:00"
  FORMAT="3.0" VERSION="3.0" xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
  <LICENSE LICENSE_URL="http://example.org/licence">Terms &amp; conditions</LICENSE>
  <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
    <MEDIA_DESCRIPTOR MEDIA_URL="file:///s01.mp4" MIME_TYPE="video/mp4" RELATIVE_MEDIA_URL="./s01.mp4" TIME_ORIGIN="40"/>
    <LINKED_FILE_DESCRIPTOR LINK_URL="file:///x.xml" MIME_TYPE="text/xml" RELATIVE_LINK_URL="./x.xml"/>
    <PROPERTY NAME="URN">urn:nl-mpi-tools-elan-eaf:1</PROPERTY>
    <PROPERTY NAME="lastUsedAnnotationId">30</PROPERTY>
  </HEADER>
  <TIME_ORDER>
    <TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="ts2"/><TIME_SLOT TIME_SLOT_ID="ts3"/>
    <TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="900"/><TIME_SLOT TIME_SLOT_ID="ts5" TIME_VALUE="1000"/>
    <!-- a slot -->
    <TIME_SLOT TIME_SLOT_ID="ts6" TIME_VALUE="2000"/>
  </TIME_ORDER>
  <TIER ANNOTATOR="R1" DEFAULT_LOCALE="en" EXT_REF="er1" LANG_REF="eng" LINGUISTIC_TYPE_REF="root" PARTICIPANT="P" TIER_ID="Sequence">
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" CVE_REF="c1" EXT_REF="er1 er2" LANG_REF="deu" SVG_REF="s" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts4"><ANNOTATION_VALUE>eins
zwei\t</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts5" TIME_SLOT_REF2="ts6"><ANNOTATION_VALUE/></ALIGNABLE_ANNOTATION></ANNOTATION>
  </TIER>
  <TIER LINGUISTIC_TYPE_REF="sub" PARENT_REF="Sequence" TIER_ID="Words">
    <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a3" ANNOTATION_REF="a1"><ANNOTATION_VALUE> x </ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
    <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a4" ANNOTATION_REF="a1" PREVIOUS_ANNOTATION="a3"><ANNOTATION_VALUE>\U0001f622</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
    <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a5" ANNOTATION_REF="a1" PREVIOUS_ANNOTATION="a4"><ANNOTATION_VALUE>z<!-- note --></ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
  </TIER>
  <TIER LINGUISTIC_TYPE_REF="assoc" PARENT_REF="Words" TIER_ID="Gloss">
    <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a6" ANNOTATION_REF="a4" EXT_REF="er2"><ANNOTATION_VALUE>g</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
  </TIER>
  <TIER LINGUISTIC_TYPE_REF="time" PARENT_REF="Sequence" TIER_ID="Parts">
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a7" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2"><ANNOTATION_VALUE>p</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a8" TIME_SLOT_REF1="ts2" TIME_SLOT_REF2="ts3"><ANNOTATION_VALUE>q</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a9" TIME_SLOT_REF1="ts3" TIME_SLOT_REF2="ts4"><ANNOTATION_VALUE>r</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
  </TIER>
  <LINGUISTIC_TYPE CONTROLLED_VOCABULARY_REF="cv" EXT_REF="er1" GRAPHIC_REFERENCES="true" LEXICON_REF="lex" LINGUISTIC_TYPE_ID="root" TIME_ALIGNABLE="true"/>
  <LINGUISTIC_TYPE CONSTRAINTS="Symbolic_Subdivision" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="sub" TIME_ALIGNABLE="false"/>
  <LINGUISTIC_TYPE CONSTRAINTS="Symbolic_Association" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="assoc" TIME_ALIGNABLE="false"/>
  <LINGUISTIC_TYPE CONSTRAINTS="Time_Subdivision" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="time" TIME_ALIGNABLE="true"/>
  <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="unused" TIME_ALIGNABLE="true"/>
  <LOCALE COUNTRY_CODE="US" LANGUAGE_CODE="en"/><LOCALE LANGUAGE_CODE="de" VARIANT="v"/>
  <LANGUAGE LANG_DEF="http://x/eng" LANG_ID="eng" LANG_LABEL="English"/><LANGUAGE LANG_ID="deu"/>
  <CONSTRAINT DESCRIPTION="d" STEREOTYPE="Time_Subdivision"/><CONSTRAINT STEREOTYPE="Symbolic_Subdivision"/>
  <CONSTRAINT STEREOTYPE="Symbolic_Association"/><CONSTRAINT STEREOTYPE="Included_In"/>
  <CONTROLLED_VOCABULARY CV_ID="cv"><DESCRIPTION LANG_REF="eng">D</DESCRIPTION><DESCRIPTION LANG_REF="deu"/>
    <CV_ENTRY_ML CVE_ID="c1" EXT_REF="er2"><CVE_VALUE DESCRIPTION="one" LANG_REF="eng">one</CVE_VALUE><CVE_VALUE LANG_REF="deu">eins</CVE_VALUE></CV_ENTRY_ML>
  </CONTROLLED_VOCABULARY>
  <CONTROLLED_VOCABULARY CV_ID="outside" EXT_REF="er3"/>
  <LEXICON_REF DATCAT_ID="d" DATCAT_NAME="n" LEX_REF_ID="lex" LEXICON_ID="l" LEXICON_NAME="L" NAME="n" TYPE="t" URL="http://x"/>
  <REF_LINK_SET CV_REF="cv" LINK_SET_ID="rs1" LINK_SET_NAME="links">
    <CROSS_REF_LINK REF1="a1" REF2="a3" REF_LINK_ID="k1" DIRECTIONALITY="undirected">c</CROSS_REF_LINK>
    <CROSS_REF_LINK REF1="k1" REF2="a2" REF_LINK_ID="k2"/>
    <GROUP_REF_LINK REFS="a3 a4 k2" REF_LINK_ID="k3" REF_TYPE="t"/>
  </REF_LINK_SET>
  <EXTERNAL_REF EXT_REF_ID="er1" TYPE="iso12620" VALUE="http://x/DC-1"/>
  <EXTERNAL_REF EXT_REF_ID="er2" TYPE="resource_url" VALUE="http://x"/>
  <EXTERNAL_REF EXT_REF_ID="er3" TYPE="ecv" VALUE="file:///x.ecv"/>
</ANNOTATION_DOCUMENT>
<!-- after --><?elan end?>
"""  # noqa: E501


ANNOTATIONS = ("ALIGNABLE_ANNOTATION", "REF_ANNOTATION")


def everything() -> Document:
    return parse_eaf(EVERYTHING.encode(), "all.eaf")


def canonical(data: bytes) -> bytes:
    result: bytes = etree.tostring(etree.fromstring(data).getroottree(), method="c14n", with_comments=True)
    return result


def inventory(data: bytes) -> Counter[tuple[str, ...]]:
    """Every element with its path of names, attributes and own text, every comment and instruction."""
    items: Counter[tuple[str, ...]] = Counter()
    tree = etree.fromstring(data).getroottree()
    nodes = [*tree.getroot().itersiblings(preceding=True), *tree.getroot().iter(), *tree.getroot().itersiblings()]
    for node in nodes:
        path = "/".join(str(above.tag) for above in reversed(list(node.iterancestors())))
        text = (node.text or "") if not len(node) else (node.text or "").strip()
        attributes = (
            sorted(f"{name}={value}" for name, value in node.attrib.items()) if isinstance(node.tag, str) else []
        )
        items[(path, str(node.tag), text, *attributes)] += 1
    return items


def test_a_document_with_everything_is_written_as_it_was_read() -> None:
    assert canonical(everything().to_bytes()) == canonical(EVERYTHING.encode())
    assert canonical(everything().edit().document().to_bytes()) == canonical(EVERYTHING.encode())


def test_the_document_with_everything_is_valid(shared: Path) -> None:
    schema = etree.XMLSchema(file=str(shared / "eaf" / "EAFv3.0.xsd"))
    schema.assertValid(etree.fromstring(EVERYTHING.encode()))
    assert everything().findings == ()


def test_every_real_file_is_written_as_it_was_read(shared: Path) -> None:
    paths = sorted(path for path in (shared / "eaf" / "real").rglob("*") if path.suffix in (".eaf", ".etf"))
    assert len(paths) >= 88
    unreadable = []
    for path in paths:
        try:
            document = read_eaf(path)
        except UnreadableInput:
            unreadable.append(path.name)
            continue
        expected = canonical(path.read_bytes())
        assert canonical(document.to_bytes()) == expected, path
        assert canonical(document.edit().document().to_bytes()) == expected, path
        frame = document.to_frame()
        assert len(frame) == len(list(etree.parse(str(path)).iter(*ANNOTATIONS))), path
        assert not {"eaf-stray-annotation"} & {finding.code for finding in document.findings}, path
        assert (frame.end_ms >= frame.start_ms).all(), path
        assert sum(len(document.annotations(tier.id)) for tier in document.tiers) == len(frame), path
    assert unreadable == ["tools__DoReCo__crdo.eaf"]  # cut off; the only one that is no XML


def languages(editor: Editor) -> None:
    editor.languages.add("fra", "French")
    editor.vocabularies.add(
        Vocabulary("new", (VocabularyEntry("n1", {"eng": "a", "fra": "b"}, {"eng": "d"}),), {"fra": "x"})
    )
    editor.types.add("newtype", vocabulary="new")
    editor.tiers.add("New", "newtype", participant="P", annotator="R2", lang_ref="fra", locale="de")


def annotations(editor: Editor) -> None:
    editor.annotations.add("Sequence", 950, 990, "between", cve_ref="c1", ext_ref="er1", lang_ref="deu")
    editor.annotations.add("Sequence", 3000, 4000, " <&> ")
    parent = editor.annotations.add("Sequence", 5000, 6000, "")
    editor.annotations.add_reference("Words", parent, "w1")
    second = editor.annotations.add_reference("Words", parent, "w2")
    editor.annotations.add_reference("Gloss", second, "g2", ext_ref="er2")
    editor.annotations.add("Parts", 5000, 5400, "p1")
    editor.annotations.add("Parts", 5400, 6000, "p2")


def header(editor: Editor) -> None:
    editor.media.add("file:///b.wav", "audio/x-wav", "./b.wav", 10)
    editor.header.set_property("elancry.codebook", "crying 1")
    editor.external_refs.add("er4", "resource_url", "http://y")
    editor.types.add("inc", constraint=Constraint.INCLUDED_IN, ext_ref="er4")


ADDING: list[Callable[[Editor], None]] = [languages, annotations, header]


@pytest.mark.parametrize("change", ADDING)
def test_adding_changes_nothing_that_was_there(change: Callable[[Editor], None], shared: Path) -> None:
    document = everything()
    editor = document.edit()
    change(editor)
    result = editor.document()
    lost = inventory(EVERYTHING.encode()) - inventory(result.to_bytes())
    counter = ("ANNOTATION_DOCUMENT/HEADER", "PROPERTY", "30", "NAME=lastUsedAnnotationId")
    assert set(lost) == ({counter} if change is annotations else set())
    assert result.findings == ()
    etree.XMLSchema(file=str(shared / "eaf" / "EAFv3.0.xsd")).assertValid(etree.fromstring(result.to_bytes()))
    assert canonical(document.to_bytes()) == canonical(EVERYTHING.encode()), "the document itself changed"


def test_what_is_added_to_real_files_breaks_nothing(shared: Path) -> None:
    """A tier, annotations and a vocabulary in every real file: all else stays, no new schema or structure error."""
    tried = 0
    for path in sorted((shared / "eaf" / "real").rglob("*.eaf")):
        try:
            document = read_eaf(path)
        except UnreadableInput:
            continue
        data = document.to_bytes()
        version = document.format_version
        schema_path = shared / "eaf" / f"EAFv{version}.xsd"
        schema = etree.XMLSchema(file=str(schema_path)) if schema_path.exists() else None
        editor = document.edit()
        editor.types.add("elancry test")
        editor.tiers.add("elancry test", "elancry test", participant="P")
        editor.annotations.add_many("elancry test", [(n * 100, n * 100 + 50, f"v{n}", None) for n in range(20)])
        result = editor.document()
        lost = {
            item for item in inventory(data) - inventory(result.to_bytes()) if "lastUsedAnnotationId" not in item[-1]
        }
        assert not lost, path
        assert Counter(f.code for f in result.findings) == Counter(f.code for f in document.findings), path
        if schema is not None:
            before, after = schema_errors(schema, data), schema_errors(schema, result.to_bytes())
            assert not after - before, (path, after - before)
        tried += 1
    assert tried >= 80


def schema_errors(schema: etree.XMLSchema, data: bytes) -> set[str]:
    schema.validate(etree.fromstring(data))
    return {entry.message for entry in schema.error_log}


def test_a_new_document_is_valid(shared: Path) -> None:
    schema = etree.XMLSchema(file=str(shared / "eaf" / "EAFv3.0.xsd"))
    schema.assertValid(etree.fromstring(new_document(author="ä", date="2024-04-17T12:00:00+02:00").to_bytes()))
    schema.assertValid(etree.fromstring(new_document().to_bytes()))


def test_an_old_file_that_gets_a_language_becomes_one_of_3_0(shared: Path) -> None:
    """Every real file before EAF 2.8: raised without a new schema error, old vocabularies as multilingual ones."""
    raised = converted = 0
    schema = etree.XMLSchema(file=str(shared / "eaf" / "EAFv3.0.xsd"))
    for path in sorted((shared / "eaf" / "real").rglob("*.e[at]f")):
        try:
            document = read_eaf(path)
        except UnreadableInput:
            continue
        if not document.format_version.startswith(("2.3", "2.4", "2.5", "2.6", "2.7")):
            continue
        old_schema = etree.XMLSchema(file=str(shared / "eaf" / f"EAFv{document.format_version}.xsd"))
        broken_before = bool(schema_errors(old_schema, document.to_bytes()))
        editor = document.edit()
        editor.languages.add("xxa", "a language")
        editor.vocabularies.add(
            Vocabulary("elancry test", (VocabularyEntry("cve_xxa", {"xxa": "x"}, {}, None),), {}, None)
        )
        result = editor.document()
        for old in document.vocabularies:
            new = result.vocabulary(old.id)
            assert new is not None
            assert [list(entry.values.values()) for entry in new.entries] == [
                list(entry.values.values()) for entry in old.entries
            ]
            assert all(entry.id and "" not in entry.values for entry in new.entries)
            converted += bool(old.entries)
        assert result.format_version == "3.0"
        assert b"EAFv3.0.xsd" in result.to_bytes()
        if not broken_before:
            assert not schema_errors(schema, result.to_bytes()), path
            raised += 1
    assert raised > 0
    assert converted > 0


OLD_VOCABULARY = b"""<ANNOTATION_DOCUMENT AUTHOR="" DATE="2010-01-01T00:00:00+01:00" FORMAT="2.7" VERSION="2.7">
<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="9"/></TIME_ORDER>
<TIER LINGUISTIC_TYPE_REF="mood" TIER_ID="mood"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1"
 TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2"><ANNOTATION_VALUE>glad</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
</TIER>
<LINGUISTIC_TYPE CONTROLLED_VOCABULARY_REF="v" LINGUISTIC_TYPE_ID="mood" TIME_ALIGNABLE="true"/>
<CONTROLLED_VOCABULARY CV_ID="v" DESCRIPTION="moods"><!-- two -->
<CV_ENTRY DESCRIPTION="as of cheer">glad</CV_ENTRY><CV_ENTRY
 DESCRIPTION="">s&#228;d</CV_ENTRY></CONTROLLED_VOCABULARY>
</ANNOTATION_DOCUMENT>"""


def test_a_reference_to_an_entry_raises_the_format_of_an_old_file(shared: Path) -> None:
    for change in ("value", "annotation", "annotations"):
        editor = parse_eaf(OLD_VOCABULARY).edit()
        if change == "value":
            editor.annotations.set_value("a1", "säd", cve_ref="cveid1")
        elif change == "annotation":
            editor.annotations.add("mood", 10, 20, "säd", cve_ref="cveid1")
        else:
            editor.annotations.add_many("mood", [(10, 20, "säd", "cveid1")])
        result = editor.document()
        assert result.format_version == "3.0"
        (vocabulary,) = result.vocabularies
        assert [(entry.id, dict(entry.values), dict(entry.descriptions)) for entry in vocabulary.entries] == [
            ("cveid0", {"und": "glad"}, {"und": "as of cheer"}),
            ("cveid1", {"und": "säd"}, {"und": ""}),
        ]
        assert dict(vocabulary.descriptions) == {"und": "moods"}
        assert dict(result.languages) == {"und": "undetermined (und)"}
        assert b"<!-- two -->" in result.to_bytes()
        schema = etree.XMLSchema(file=str(shared / "eaf" / "EAFv3.0.xsd"))
        assert not schema_errors(schema, result.to_bytes())


def test_other_changes_leave_an_old_file_what_it_is() -> None:
    editor = parse_eaf(OLD_VOCABULARY).edit()
    editor.annotations.set_value("a1", "säd")
    editor.annotations.add("mood", 10, 20, "glad")
    result = editor.document()
    assert result.format_version == "2.7"
    assert b"<CV_ENTRY " in result.to_bytes()
