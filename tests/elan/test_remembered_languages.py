"""Whichever file ELAN met first, it drops no label of a file that elancry wrote.

ELAN's rule is modelled by `RememberingElan`. The files are made by the commands themselves, in two languages.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from elancry.cli.main import cli

CODEBOOK = """elancry_codebook: 1
id: laughter
version: 1
title: {de: Lachen, en: Laughter}
languages: [de, en]
systems:
  - id: laughing
    labels: {de: Lachen, en: Laughter}
    definitions: {de: Lautes Lachen., en: Loud laughter.}
    coding: both
    scale: {minimum: 0, maximum: 1}
    categories:
      - {id: shared, labels: {de: gemeinsam, en: shared}}
      - {id: alone, labels: {de: allein, en: alone}}
"""
# Of a small laboratory: Swiss German is not among the languages of ISO 639-1.
REVISED = (
    CODEBOOK.replace("version: 1", "version: 2")
    .replace("[de, en]", "[de, en, gsw]")
    .replace("en: Laughter}", "en: Laughter, gsw: Lache}")
    .replace("en: Loud laughter.}", "en: Loud laughter., gsw: Luuts Lache.}")
    .replace("en: shared}", "en: shared, gsw: zäme}")
    .replace("en: alone}", "en: alone, gsw: elai}")
)


def elancry(*arguments: object) -> None:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output


def coded(path: Path) -> None:
    """One annotation in the prepared file, in the tier's language."""
    from elancry.eaf import read_eaf, write_eaf

    editor = read_eaf(path).edit()
    editor.annotations.add("Sequence", 0, 9_000, "1")
    editor.annotations.add("laughing", 1_000, 2_000, "gemeinsam", cve_ref="shared")
    write_eaf(editor.document(), path)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the commands write: way -> one of its files."""
    root = tmp_path_factory.mktemp("languages")
    book, revised = root / "laughter.yaml", root / "revised.yaml"
    book.write_text(CODEBOOK, encoding="utf-8")
    revised.write_text(REVISED, encoding="utf-8")
    (root / "S1.mp4").touch()
    elancry("template", book, "-o", root / "made", "--media", root / "S1.mp4", "--raters", "R1,R2")
    raters = root / "made" / "S1__R1.eaf", root / "made" / "S1__R2.eaf"
    for path in raters:
        coded(path)
    # A file in which another program left out the definitions.
    bare = root / "bare" / "S1__R2.eaf"
    bare.parent.mkdir()
    bare.write_bytes(without_definitions(raters[1].read_bytes()))
    (root / "mixed").mkdir()
    for number, path in enumerate((raters[0], bare), start=1):
        (root / "mixed" / f"S1__R{number}.eaf").write_bytes(path.read_bytes())
    elancry("merge", *raters, "-o", root / "merged")
    elancry("merge", root / "mixed", "-o", root / "merged_mixed")
    elancry("migrate", book, revised, raters[0], "-o", root / "migrated")
    elancry("migrate", book, revised, bare, "-o", root / "migrated_bare")
    for operation in ("set-vocabulary", "apply-template", "repair-languages"):
        elancry("batch", operation, bare, "-o", root / operation, "--from", book)
    elancry("convert", raters[0], root / "S1.jsonld")
    elancry("convert", root / "S1.jsonld", root / "from_annotations.eaf")
    elancry("convert", bare, root / "bare.jsonld")
    elancry("convert", root / "bare.jsonld", root / "from_bare_annotations.eaf")
    elancry("convert", raters[0], root / "S1.csv")
    elancry("convert", root / "S1.csv", root / "from_table.eaf")
    files = {
        "template": root / "made" / "laughter.etf",
        "vocabularies": root / "made" / "laughter.ecv",
        "prepared": raters[0],
        "merged": root / "merged" / "S1.merged.eaf",
        "merged, one without definitions": root / "merged_mixed" / "S1.merged.eaf",
        "migrated": next((root / "migrated").rglob("*.eaf")),
        "migrated, without definitions": next((root / "migrated_bare").rglob("*.eaf")),
        "set-vocabulary": root / "set-vocabulary" / "S1__R2.eaf",
        "apply-template": root / "apply-template" / "S1__R2.eaf",
        "repair-languages": root / "repair-languages" / "S1__R2.eaf",
        "converted": root / "from_annotations.eaf",
        "converted, without definitions": root / "from_bare_annotations.eaf",
        "converted from a table": root / "from_table.eaf",
    }
    return {way: path.read_bytes() for way, path in files.items()}


def without_definitions(content: bytes) -> bytes:
    root = etree.fromstring(content)
    for language in root.findall("LANGUAGE"):
        del language.attrib["LANG_DEF"]
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def texts(content: bytes) -> Counter[tuple[str, ...]]:
    """Labels, descriptions and values of a file, with their languages."""
    root = etree.fromstring(content)
    tags = ("CVE_VALUE", "DESCRIPTION", "ANNOTATION_VALUE")
    return Counter(
        (str(e.tag), e.get("LANG_REF", ""), e.get("DESCRIPTION", ""), e.text or "") for e in root.iter(*tags)
    )


def test_the_model_drops_what_elan_was_seen_to_drop(written, elan) -> None:
    """As it was: German by the registry's page, in an ELAN that knew German by its own; English was accepted."""
    elan.known |= {"deu": "http://cdb.iso.org/lg/CDB-00138497-001", "eng": "http://cdb.iso.org/lg/CDB-00138502-001"}
    before = written["prepared"].replace(
        b"http://cdb.iso.org/lg/CDB-00138497-001", b"https://iso639-3.sil.org/code/deu"
    )
    after = etree.fromstring(elan.open_and_save(before))
    assert {value.get("LANG_REF") for value in after.iter("CVE_VALUE")} == {"eng"}
    assert [value.text for value in after.iter("ANNOTATION_VALUE")] == ["1", "shared"]
    assert not list(etree.fromstring(elan.open_and_save(without_definitions(before))).iter("CVE_VALUE"))


def test_no_label_is_lost_whichever_file_elan_met_first(written, elan) -> None:
    for first in written:
        elan.known.clear()
        for way in (first, *written):
            assert texts(elan.open_and_save(written[way])) == texts(written[way]), (first, way)
        # ELAN's own files define languages as ELAN does; a study has both.
        assert elan.known["eng"] == "http://cdb.iso.org/lg/CDB-00138502-001"
        assert elan.known["deu"] == "http://cdb.iso.org/lg/CDB-00138497-001"


def test_every_language_in_every_file_is_defined(written) -> None:
    for way, content in written.items():
        languages = etree.fromstring(content).findall("LANGUAGE")
        used = {element.get("LANG_REF") for element in etree.fromstring(content).iter("CVE_VALUE", "TIER")} - {None}
        assert used <= {language.get("LANG_ID") for language in languages}, way
        assert all(language.get("LANG_DEF") for language in languages), way
