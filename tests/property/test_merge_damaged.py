"""Damaged raters' files merge into files that pass ELAN's rules, and nothing of them is lost."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from elancry.align.sequences import match_sequences
from elancry.check.study import check_files
from elancry.codebook.model import Category, Codebook, Coding, Scale, System
from elancry.eaf import read_eaf
from elancry.merge.study import merge_study
from elancry.template.build import build_template

FORM = System(
    id="form",
    labels={"en": "Form"},
    categories=tuple(Category(name, {"en": name}) for name in ("protest", "despair")),
    coding=Coding.BOTH,
    scale=Scale(0, 2),
    parent="Sequence",
)
CODEBOOK = Codebook(id="small", title="Small", systems=(FORM,))
ADDED = ("@consensus", "@disagreement")
GUESSED = {"eaf-guessed-time"}
"""Slots without a time are ELAN's own way of writing: they are told, and no error."""


def sound() -> etree._Element:
    """Two sequences with a rating each, four codes inside them; ids a1 to a8."""
    editor = build_template(CODEBOOK, annotator="R1").edit()
    for start in (0, 10_000):
        parent = editor.annotations.add("Sequence", start, start + 8_000, str(start))
        editor.annotations.add_reference("form.protest.rating", parent, "1", cve_ref="1")
    for start in (1_000, 4_000, 11_000, 14_000):
        editor.annotations.add("form", start, start + 2_000, "protest" if start % 2_000 else "despair")
    return etree.fromstring(editor.document().to_bytes())


def annotations(root):
    return list(root.iter("ALIGNABLE_ANNOTATION", "REF_ANNOTATION"))


def pick(items, at):
    return items[at % len(items)]


def same_id(root, at, to):
    pick(annotations(root), at).set("ANNOTATION_ID", pick(annotations(root), to).get("ANNOTATION_ID"))


def no_id(root, at, _to):
    pick(annotations(root), at).attrib.pop("ANNOTATION_ID", None)


def time_of_another(root, at, to):
    """Overlapping, reversed, empty or outside its parent, whichever it becomes."""
    slots = root.findall("TIME_ORDER/TIME_SLOT")
    pick(slots, at).set("TIME_VALUE", pick(slots, to).get("TIME_VALUE", "0"))


def bad_time(root, at, _to):
    pick(root.findall("TIME_ORDER/TIME_SLOT"), at).set("TIME_VALUE", "soon")


def no_time(root, at, _to):
    pick(root.findall("TIME_ORDER/TIME_SLOT"), at).attrib.pop("TIME_VALUE", None)


def no_slot(root, at, to):
    element = pick(list(root.iter("ALIGNABLE_ANNOTATION")), at)
    element.set(f"TIME_SLOT_REF{1 + to % 2}", "nowhere")


def other_parent(root, at, to):
    names = ["nowhere", *(item.get("ANNOTATION_ID", "a1") for item in annotations(root))]
    references = list(root.iter("REF_ANNOTATION"))
    if references:
        pick(references, at).set("ANNOTATION_REF", pick(names, to))


def previous(root, at, to):
    references = list(root.iter("REF_ANNOTATION"))
    if references:
        pick(references, at).set("PREVIOUS_ANNOTATION", pick(["nowhere", "a1", "a2", "a4"], to))


def other_type(root, at, to):
    kinds = [kind.get("LINGUISTIC_TYPE_ID") for kind in root.findall("LINGUISTIC_TYPE")]
    pick(root.findall("TIER"), at).set("LINGUISTIC_TYPE_REF", pick(["unheard of", *kinds], to))


def other_parent_tier(root, at, to):
    names = [tier.get("TIER_ID", "") for tier in root.findall("TIER")]
    pick(root.findall("TIER"), at).set("PARENT_REF", pick(["unheard of", *names], to))


def no_parent_tier(root, at, _to):
    pick(root.findall("TIER"), at).attrib.pop("PARENT_REF", None)


def constraint(root, at, to):
    kinds = ["Time_Subdivision", "Symbolic_Subdivision", "Symbolic_Association", "Included_In", "Unheard_Of"]
    pick(root.findall("LINGUISTIC_TYPE"), at).set("CONSTRAINTS", pick(kinds, to))


def no_constraint(root, at, _to):
    pick(root.findall("LINGUISTIC_TYPE"), at).attrib.pop("CONSTRAINTS", None)


def no_vocabulary(root, at, _to):
    pick(root.findall("LINGUISTIC_TYPE"), at).set("CONTROLLED_VOCABULARY_REF", "unheard of")


def moved(root, at, to):
    """An annotation on a tier of another kind."""
    pick(root.findall("TIER"), to).append(pick(root.findall("TIER/ANNOTATION"), at))


def twice(root, at, _to):
    """A second tier of one name with a part of the annotations."""
    tier = pick(root.findall("TIER"), at)
    other = etree.Element("TIER", dict(tier.attrib))
    for item in tier.findall("ANNOTATION")[::2]:
        other.append(item)
    tier.addnext(other)


DAMAGES = (
    same_id, no_id, time_of_another, bad_time, no_time, no_slot, other_parent, previous, other_type, other_parent_tier,
    no_parent_tier, constraint, no_constraint, no_vocabulary, moved, twice,
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(DAMAGES), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=4)


def damaged(steps) -> bytes:
    root = sound()
    for damage, at, to in steps:
        damage(root, at, to)
    return etree.tostring(root)


@settings(max_examples=25, deadline=None)
@given(STEPS)
@example([(same_id, 4, 0)])
@example([(time_of_another, 3, 0), (moved, 5, 1)])
@example([(other_parent_tier, 0, 2), (no_id, 1, 0), (no_id, 6, 0)])
@example([(other_parent, 0, 2), (moved, 0, 2)])
@example([(other_parent, 0, 2), (constraint, 1, 0)])
def test_a_merged_file_is_sound_and_nothing_is_lost(steps):
    data = damaged(steps)
    with tempfile.TemporaryDirectory() as place:
        coded, merged = Path(place) / "coded", Path(place) / "merged"
        coded.mkdir()
        (coded / "s1__R1.eaf").write_bytes(data)
        (coded / "s1__R2.eaf").write_bytes(etree.tostring(sound()))
        coding = check_files([coded], codebook=CODEBOOK)
        if any(item.blocking for item in coding.findings):
            return
        if any(item.blocking for item in match_sequences(coding)[1]):
            return  # sequences that contradict each other forbid merging, as they should
        merge_study(coding, merged)
        document = read_eaf(merged / "s1.merged.eaf")
        assert [(item.code, item.tier) for item in document.findings if item.code not in GUESSED] == []
        ids = document.root.xpath("//@ANNOTATION_ID")
        assert len(ids) == len(set(ids)) == len(annotations(document.root))
        record = json.loads((merged / "merge.json").read_text(encoding="utf-8"))["sessions"][0]
        there = Counter(
            (tier.id, item.value)
            for tier in document.tiers
            if not tier.id.endswith(ADDED)
            for item in document.annotations(tier.id)
        )
        there += Counter((item["tier"], item["value"]) for item in record["left_out"])
        assert there == expected(data, "R1") + expected(etree.tostring(sound()), "R2")
        again = check_files([merged / "s1.merged.eaf"], codebook=CODEBOOK)
        assert codes(again) == codes(coding)


def expected(data, rater):
    """Every annotation of a file by tier and value; of references to a tier that is not there only the value counts."""
    root = etree.fromstring(data)
    return Counter(
        (f"{tier.get('TIER_ID', 'unnamed')}@{rater}", item.findtext("ANNOTATION_VALUE"))
        for tier in root.iterchildren("TIER")
        for item in tier.iterfind("ANNOTATION/*")
    )


def codes(coding):
    """What numbers are made of: rater, tier, category and times, but for damaged ones, whose times are made up."""
    return Counter(
        (tier.rater, tier.system, tier.kind, tier.category, item.category)
        + ((item.start_ms, item.end_ms) if not item.damaged else ("damaged",))
        for file in coding.files
        for tier in file.tiers
        if tier.rater in ("R1", "R2")
        for item in tier.annotations
    )
