"""Languages as ELAN knows them."""

from __future__ import annotations

import pytest

from elancry.eaf.languages import definition_of, elan_accepts, elan_languages, known_definition, label_of

# LANG_DEF in ELAN 6.9 itself or in files that it wrote.
SEEN = {
    "bam": "http://cdb.iso.org/lg/CDB-00138482-001",
    "deu": "http://cdb.iso.org/lg/CDB-00138497-001",
    "eng": "http://cdb.iso.org/lg/CDB-00138502-001",
    "fra": "http://cdb.iso.org/lg/CDB-00138512-001",
    "jpn": "http://cdb.iso.org/lg/CDB-00138539-001",
    "nld": "http://cdb.iso.org/lg/CDB-00138580-001",
    "und": "http://cdb.iso.org/lg/CDB-00130975-001",
}


def test_the_table_holds_what_was_seen_in_elan() -> None:
    assert {name: definition_of(name) for name in SEEN} == SEEN


def test_every_language_of_the_table_has_its_own_id_and_definition() -> None:
    """184 languages of ISO 639-1, and the undetermined one."""
    table = elan_languages()
    assert len(table) == len({item.id for item in table}) == len({item.definition for item in table}) == 185
    assert all(elan_accepts(item.id) and item.name for item in table)


def test_a_language_outside_the_table_has_its_page_in_the_registry() -> None:
    assert definition_of("gsw") == "https://iso639-3.sil.org/code/gsw"
    assert known_definition("gsw") is None
    assert label_of("gsw") == "gsw (gsw)"


def test_labels_are_those_of_elan() -> None:
    assert (label_of("deu"), label_of("und")) == ("German (deu)", "undetermined (und)")


@pytest.mark.parametrize(
    ("language", "accepted"),
    [("deu", True), ("x1", True), ("ptbr", True), ("pt-BR", False), ("zh-Hant", False), ("DE", False), ("1a", False)],
)
def test_ids_that_elan_reads(language: str, accepted: bool) -> None:
    assert elan_accepts(language) is accepted
