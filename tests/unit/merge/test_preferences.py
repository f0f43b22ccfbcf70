"""What ELAN shows of a merged file: keys and colours for the meeting, and the order of the tiers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from elancry.check.study import check_files
from elancry.codebook.model import Codebook
from elancry.eaf import Preferences, read_eaf, write_eaf, write_pfsx
from elancry.eaf.pfsx import EntryPreference, read_entries
from elancry.merge.study import merge_study

# Java's key codes of P, D and 3 (KeyEvent.VK_P, VK_D, VK_3).
P, D, THREE = 80, 68, 51


@pytest.fixture
def keyed(small_codebook: Codebook) -> Codebook:
    """The small codebook with a key and a colour for protest, a key for despair."""
    (system,) = small_codebook.systems
    protest, despair = system.categories
    categories = (replace(protest, key="P", colour="#0072b2"), replace(despair, key="d"))
    return replace(small_codebook, systems=(replace(system, categories=categories),))


@pytest.fixture
def two(study_folder):
    study_folder.add("s1", "R1", form=[(1000, 3000, "protest")], ratings={"protest": ["3"]})
    study_folder.add("s1", "R2", form=[(1000, 2000, "despair")], ratings={"protest": ["3"]})
    return study_folder


def merged(folder: Path, out: Path, codebook: Codebook | None, **options: object) -> Path:
    merge_study(check_files([folder], codebook=codebook), out, **options)
    (path,) = out.glob("*.merged.pfsx")
    return path


def order(path: Path) -> list[str]:
    return etree.parse(path).xpath("//prefList[@key='MultiTierViewer.TierOrder']/String/text()")


def colours(path: Path) -> dict[str, str]:
    found = etree.parse(path).xpath("//prefGroup[@key='TierColors']/pref")
    return {item.get("key"): item.findtext("Object") for item in found}


def test_the_codebooks_keys_and_colours_are_at_hand_in_the_meeting(two, keyed, tmp_path):
    path = merged(two.folder, tmp_path / "merged", keyed)
    entries = read_entries(path)
    assert entries["form"] == {
        "protest": EntryPreference((0, 114, 178), P),
        "despair": EntryPreference(None, D),
    }
    assert entries["form.rating"]["3"] == EntryPreference(None, THREE)
    # The vocabulary of these entries is that of the raters' tiers and of the consensus.
    document = read_eaf(path.with_suffix(".eaf"))
    kinds = {name: document.type_of(name) for name in ("form@R1", "form@R2", "form@consensus")}
    assert {kind.vocabulary for kind in kinds.values() if kind is not None} == {"form"}
    assert None not in kinds.values()


def test_raters_first_then_consensus_then_disagreement_each_in_its_colour(two, keyed, tmp_path):
    path = merged(two.folder, tmp_path / "merged", keyed)
    names = order(path)
    for base in ("Sequence", "form"):
        of_base = [name for name in names if name.rpartition("@")[0] == base]
        assert of_base == [f"{base}@{end}" for end in ("R1", "R2", "consensus", "disagreement")]
    assert sorted(names) == sorted(tier.id for tier in read_eaf(path.with_suffix(".eaf")).tiers)
    shown = colours(path)
    assert (shown["form@consensus"], shown["form@disagreement"]) == ("0,110,60", "176,32,32")
    # The first system's colour in the template: Okabe & Ito's blue.
    assert shown["form@R1"] == shown["form@R2"] == "0,114,178"


def test_the_raters_own_preferences_where_the_codebook_says_nothing(two, small_codebook, tmp_path):
    own = {"form": {"protest": EntryPreference((1, 2, 3), P), "despair": EntryPreference(None, 65)}}
    write_pfsx(Preferences(entries=own), two.folder / "s1__R2.pfsx")
    (two.folder / "s1__R1.pfsx").write_text("no preferences", encoding="utf-8")
    for number, codebook in enumerate((None, small_codebook)):
        entries = read_entries(merged(two.folder, tmp_path / str(number), codebook))
        assert entries["form"] == own["form"]


def test_the_codebook_comes_before_the_raters(two, keyed, tmp_path):
    own = {"form": {"protest": EntryPreference((1, 2, 3), 66), "despair": EntryPreference((4, 5, 6), 67)}}
    write_pfsx(Preferences(entries=own), two.folder / "s1__R1.pfsx")
    entries = read_entries(merged(two.folder, tmp_path / "merged", keyed))
    assert entries["form"]["protest"] == EntryPreference((0, 114, 178), P)
    assert entries["form"]["despair"] == EntryPreference((4, 5, 6), D)


def test_resuming_keeps_them(two, keyed, tmp_path):
    out = tmp_path / "merged"
    path = merged(two.folder, out, keyed)
    before = read_entries(path), order(path), colours(path)
    eaf = path.with_suffix(".eaf")
    editor = read_eaf(eaf).edit()
    editor.annotations.add("form@consensus", 1000, 2000, "despair", cve_ref="despair")
    write_eaf(editor.document(), eaf)
    path = merged(two.folder, out, keyed, resume=True)
    assert json.loads((out / "merge.json").read_text(encoding="utf-8"))["sessions"][0]["adjudicated"] is True
    assert (read_entries(path), order(path), colours(path)) == before


@pytest.mark.parametrize(
    "text", ["", "<preferences/>", "<preferences><prefGroup key='CV.ML.Prefs'><prefGroup key='a'/></prefGroup>"]
)
def test_preferences_that_cannot_be_read_are_no_reason_to_stop(tmp_path, text):
    path = tmp_path / "x.pfsx"
    path.write_text(text, encoding="utf-8")
    assert not any(read_entries(path).values())
    assert read_entries(tmp_path / "gone.pfsx") == {}


def test_what_is_written_is_read_again(tmp_path):
    entries = {"form": {"a": EntryPreference((1, 20, 255), 65), "b": EntryPreference(None, 66)}}
    write_pfsx(Preferences(entries=entries), tmp_path / "x.pfsx")
    assert read_entries(tmp_path / "x.pfsx") == entries
    # ELAN may add a fourth number, the opacity.
    text = (tmp_path / "x.pfsx").read_text(encoding="utf-8").replace("1,20,255", "1,20,255,128")
    (tmp_path / "x.pfsx").write_text(text.replace(">66<", ">?<"), encoding="utf-8")
    assert read_entries(tmp_path / "x.pfsx")["form"] == {
        "a": EntryPreference((1, 20, 255), 65),
        "b": EntryPreference(None, None),
    }
