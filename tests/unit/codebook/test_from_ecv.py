"""An .ecv file read by itself."""

from __future__ import annotations

import pytest

from elancry.codebook.dump import dump_codebook
from elancry.codebook.load import check_codebook, load_codebook, parse_codebook
from elancry.errors import UnreadableInput
from elancry.template.vocabularies import build_ecv


def test_the_vocabularies_of_a_template_give_its_codebook_back(tmp_path):
    """What an .ecv cannot say (participants, sources, colours) is missing; systems, scale and texts are there."""
    crying = load_codebook("crying")
    path = tmp_path / "lab.ecv"
    path.write_bytes(build_ecv(crying).to_bytes())
    found = load_codebook(path)
    assert [(item.id, item.coding, item.scale.values, item.scale.anchors) for item in found.systems] == [
        (item.id, item.coding, item.scale.values, item.scale.anchors) for item in crying.systems
    ]
    assert [[(one.id, one.labels, one.rating_tier) for one in item.categories] for item in found.systems] == [
        [(one.id, one.labels, one.rating_tier) for one in item.categories] for item in crying.systems
    ]
    assert parse_codebook(dump_codebook(found)).systems


def test_a_vocabulary_of_whole_numbers_by_itself_is_a_system(tmp_path):
    path = tmp_path / "lab.ecv"
    entries = "".join(
        f'<CV_ENTRY_ML CVE_ID="c{n}"><CVE_VALUE LANG_REF="eng">{n}</CVE_VALUE></CV_ENTRY_ML>' for n in "12"
    )
    cv = f'<CONTROLLED_VOCABULARY CV_ID="Sequence">{entries}</CONTROLLED_VOCABULARY>'
    path.write_text(f"<CV_RESOURCE>{cv.replace('Sequence', 'level')}</CV_RESOURCE>", encoding="utf-8")
    book, findings = check_codebook(path)
    assert findings == ()
    assert book is not None
    assert [(item.id, item.has_ratings, len(item.categories)) for item in book.systems] == [("level", False, 2)]


def test_a_file_without_entries_is_no_codebook(tmp_path):
    path = tmp_path / "lab.ecv"
    path.write_text('<CV_RESOURCE><CONTROLLED_VOCABULARY CV_ID="mood"/></CV_RESOURCE>', encoding="utf-8")
    with pytest.raises(UnreadableInput, match="no vocabulary with entries"):
        load_codebook(path)
