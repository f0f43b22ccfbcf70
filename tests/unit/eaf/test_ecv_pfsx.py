"""External vocabularies and preferences: what is written is valid, and vocabularies come back as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from elancry.eaf import (
    ExternalVocabularies,
    Preferences,
    Vocabulary,
    VocabularyEntry,
    parse_eaf,
    parse_ecv,
    read_ecv,
    write_ecv,
    write_pfsx,
)
from elancry.eaf.pfsx import EntryPreference
from elancry.errors import UnreadableInput, UsageError

FORMS = Vocabulary(
    "crying_form",
    (
        VocabularyEntry("protest", {"eng": "protest", "deu": "Protest"}, {"eng": "angry <&>"}, ext_ref="er1"),
        VocabularyEntry("despair", {"eng": "despair", "deu": "Verzweiflung"}),
    ),
    {"eng": "Forms", "deu": "Formen"},
)
CONTENT = ExternalVocabularies(
    {"eng": "English", "deu": "German"},
    (FORMS,),
    {"er1": ("resource_url", "http://x")},
    {"eng": "http://cdb.iso.org/lg/CDB-00138502-001", "deu": "http://the-laboratory/german"},
    author="A",
    date="2024-04-17T12:00:00+02:00",
)


def test_vocabularies_come_back_as_they_were(tmp_path: Path, shared: Path) -> None:
    write_ecv(CONTENT, tmp_path / "v.ecv")
    assert read_ecv(tmp_path / "v.ecv") == CONTENT
    assert CONTENT.vocabulary("crying_form") == FORMS
    assert CONTENT.vocabulary("other") is None
    schema = etree.XMLSchema(file=str(shared / "eaf" / "EAFv2.8.xsd"))
    schema.assertValid(etree.parse(str(tmp_path / "v.ecv")))


def test_a_language_without_a_definition_gets_the_one_of_elan() -> None:
    """ELAN ignores the values of a language without LANG_DEF. German's is that of two real files."""
    written = parse_ecv(ExternalVocabularies({"deu": "German"}, (), date="2024-04-17T12:00:00+02:00").to_bytes())
    assert written.definitions == {"deu": "http://cdb.iso.org/lg/CDB-00138497-001"}


def test_real_vocabularies_are_read(shared: Path) -> None:
    """Values read by eye in the file."""
    path = next((shared / "eaf" / "real").rglob("test_data__fables_cv.ecv"))
    marker = read_ecv(path).vocabulary("MarkerType")
    assert marker is not None
    assert [entry.values["und"] for entry in marker.entries] == ["Narration", "Dialogue", "Meta", "Title"]
    assert marker.entries[0].id == "cveid_ab0c94c7-cac2-4df3-a83e-81671aec9aaa"


def test_other_xml_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="a different kind of XML: its root is <ANNOTATION_DOCUMENT>"):
        parse_ecv(b"<ANNOTATION_DOCUMENT/>", "x.ecv")


def test_old_vocabularies_have_one_language_without_a_name() -> None:
    document = parse_eaf(
        b'<ANNOTATION_DOCUMENT><CONTROLLED_VOCABULARY CV_ID="v" DESCRIPTION="d">'
        b'<CV_ENTRY DESCRIPTION="one">1</CV_ENTRY><CV_ENTRY>2<!-- two --></CV_ENTRY></CONTROLLED_VOCABULARY>'
        b"</ANNOTATION_DOCUMENT>"
    )
    vocabulary = document.vocabulary("v")
    assert vocabulary is not None
    assert vocabulary.descriptions == {"": "d"}
    assert [(dict(e.values), dict(e.descriptions), e.id) for e in vocabulary.entries] == [
        ({"": "1"}, {"": "one"}, None),
        ({"": "2"}, {}, None),
    ]
    with pytest.raises(UsageError, match="lacks its id or a language"):
        ExternalVocabularies({}, (vocabulary,)).to_bytes()


def test_preferences_are_valid_and_say_what_elan_reads(tmp_path: Path, shared: Path) -> None:
    preferences = Preferences(
        tier_order=("Sequence", "crying_form"),
        tier_colours={"crying_form": (160, 0, 90)},
        entries={"crying_form": {"protest": EntryPreference((255, 0, 0), ord("P")), "despair": EntryPreference()}},
    )
    write_pfsx(preferences, tmp_path / "a.pfsx")
    tree = etree.parse(str(tmp_path / "a.pfsx"))
    etree.XMLSchema(file=str(shared / "eaf" / "Prefs_v1.1.xsd")).assertValid(tree)
    assert tree.xpath("prefList[@key='MultiTierViewer.TierOrder']/String/text()") == ["Sequence", "crying_form"]
    assert tree.xpath("prefGroup[@key='TierColors']/pref[@key='crying_form']/Object/text()") == ["160,0,90"]
    entry = "prefGroup[@key='CV.ML.Prefs']/prefGroup[@key='crying_form']/prefGroup[@key='protest']"
    assert tree.xpath(f"{entry}/pref[@key='KeyCode']/Int/text()") == ["80"]
    assert tree.xpath(f"{entry}/pref[@key='Color']/Object/text()") == ["255,0,0"]
    with pytest.raises(UsageError, match="is not a colour"):
        Preferences(tier_colours={"x": (256, 0, 0)}).to_bytes()
