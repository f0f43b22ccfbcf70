"""Colours and order follow a renamed tier; whatever else the preferences say stays."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from elancry.codebook.load import load_codebook
from elancry.edit.preferences_names import with_renamed_tiers
from elancry.template.preferences import build_preferences


def test_colours_and_order_follow_names_that_are_exchanged() -> None:
    before = build_preferences(load_codebook("crying")).to_bytes()
    swapped = {"crying_form": "intervention", "intervention": "crying_form"}
    after = with_renamed_tiers(before, swapped)
    assert after != before
    assert etree.tostring(etree.fromstring(with_renamed_tiers(after, swapped)), method="c14n") == etree.tostring(
        etree.fromstring(before), method="c14n"
    )
    order = etree.fromstring(after).find("prefList[@key='MultiTierViewer.TierOrder']")
    old = etree.fromstring(before).find("prefList[@key='MultiTierViewer.TierOrder']")
    assert order is not None
    assert old is not None
    assert [item.text for item in order] == [swapped.get(str(item.text), item.text) for item in old]


def test_other_names_and_other_files_come_back_as_they_are(shared: Path) -> None:
    assert with_renamed_tiers(b"no xml", {"a": "b"}) == b"no xml"
    for path in (shared / "eaf" / "real").rglob("*.pfsx"):
        data = path.read_bytes()
        assert with_renamed_tiers(data, {"no tier is called so": "x"}) == data
