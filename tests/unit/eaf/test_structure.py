"""Structural problems: each kind by the smallest document that has it, and no finding for a sound one."""

from __future__ import annotations

import pytest

from elancry.eaf import new_document, parse_eaf
from elancry.eaf.structure import MOST_OF_A_KIND
from elancry.findings import CATALOGUE, Severity

SLOTS = "".join(f'<TIME_SLOT TIME_SLOT_ID="t{n}" TIME_VALUE="{n}00"/>' for n in range(10))
TYPES = """<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="root"/>
<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="inc" CONSTRAINTS="Included_In"/>
<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="assoc" CONSTRAINTS="Symbolic_Association"/>
<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="sub" CONSTRAINTS="Symbolic_Subdivision"/>"""
SOUND = '<TIER TIER_ID="P" LINGUISTIC_TYPE_REF="root">{p}</TIER>'


def al(name: str, first: str, second: str) -> str:
    return (
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="{name}" TIME_SLOT_REF1="{first}" TIME_SLOT_REF2="{second}">'
        "<ANNOTATION_VALUE/></ALIGNABLE_ANNOTATION></ANNOTATION>"
    )


def ref(name: str, parent: str, previous: str | None = None) -> str:
    after = f' PREVIOUS_ANNOTATION="{previous}"' if previous else ""
    return (
        f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="{name}" ANNOTATION_REF="{parent}"{after}>'
        "<ANNOTATION_VALUE/></REF_ANNOTATION></ANNOTATION>"
    )


def tier(name: str, kind: str, inside: str = "", parent: str = "") -> str:
    above = f' PARENT_REF="{parent}"' if parent else ""
    return f'<TIER TIER_ID="{name}" LINGUISTIC_TYPE_REF="{kind}"{above}>{inside}</TIER>'


P = tier("P", "root", al("p", "t1", "t5"))

CASES = {
    "eaf-duplicate-tier": (P + tier("P", "root"), ""),
    "eaf-unnamed-tier": ('<TIER LINGUISTIC_TYPE_REF="root"/>', ""),
    "eaf-unknown-type": (tier("P", "nothing"), ""),
    "eaf-duplicate-type": (P, '<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="root"/>'),
    "eaf-unknown-constraint": (P, '<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="x" CONSTRAINTS="Free"/>'),
    "eaf-unknown-vocabulary": (P, '<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="x" CONTROLLED_VOCABULARY_REF="cv"/>'),
    "eaf-duplicate-vocabulary": (P, '<CONTROLLED_VOCABULARY CV_ID="c"/><CONTROLLED_VOCABULARY CV_ID="c"/>'),
    "eaf-unknown-parent-tier": (tier("C", "inc", "", "gone"), ""),
    "eaf-tier-cycle": (tier("A", "inc", "", "B") + tier("B", "inc", "", "A"), ""),
    "eaf-root-with-constraint": (tier("P", "inc"), ""),
    "eaf-child-without-constraint": (P + tier("C", "root", "", "P"), ""),
    "eaf-duplicate-annotation": (tier("P", "root", al("p", "t1", "t2") + al("p", "t2", "t3")), ""),
    "eaf-unnamed-annotation": (tier("P", "root", al("p", "t1", "t2").replace('ANNOTATION_ID="p"', "")), ""),
    "eaf-stray-annotation": (tier("P", "root", "<X>" + al("p", "t1", "t2") + "</X>"), ""),
    "eaf-duplicate-slot": (P, "", '<TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="5"/>'),
    "eaf-bad-time": (P, "", '<TIME_SLOT TIME_SLOT_ID="b" TIME_VALUE="late"/>'),
    "eaf-rounded-time": (P, "", '<TIME_SLOT TIME_SLOT_ID="b" TIME_VALUE="1000.5"/>'),
    "eaf-unknown-slot": (tier("P", "root", al("p", "t1", "gone")), ""),
    "eaf-guessed-time": (tier("P", "root", al("p", "u", "t5")), "", '<TIME_SLOT TIME_SLOT_ID="u"/>'),
    "eaf-reversed": (tier("P", "root", al("p", "t5", "t1")), ""),
    "eaf-zero-length": (tier("P", "root", al("p", "t5", "t5")), ""),
    "eaf-overlap": (tier("P", "root", al("p", "t1", "t4") + al("q", "t3", "t5")), ""),
    "eaf-outside-parent": (P + tier("C", "inc", al("c", "t4", "t6"), "P"), ""),
    "eaf-unknown-annotation": (P + tier("A", "assoc", ref("a", "gone"), "P"), ""),
    "eaf-annotation-cycle": (P + tier("A", "assoc", ref("a", "a"), "P"), ""),
    "eaf-wrong-parent": (P + tier("Q", "root", al("q", "t1", "t2")) + tier("A", "assoc", ref("a", "q"), "P"), ""),
    "eaf-mixed-kinds": (P + tier("A", "assoc", al("a", "t1", "t2"), "P"), ""),
    "eaf-previous-on-association": (P + tier("A", "assoc", ref("a", "p") + ref("b", "p", "a"), "P"), ""),
    "eaf-unknown-previous": (P + tier("S", "sub", ref("a", "p", "gone"), "P"), ""),
}


def findings(tiers: str, types: str = "", slots: str = "") -> list[tuple[str, str | None, str | None]]:
    order = f"<TIME_ORDER>{SLOTS}{slots}</TIME_ORDER>"
    text = f"<ANNOTATION_DOCUMENT><HEADER/>{order}{tiers}{TYPES}{types}</ANNOTATION_DOCUMENT>"
    document = parse_eaf(text.encode(), "t.eaf")
    assert len(document.to_frame()) == text.count("<ANNOTATION>") - text.count("<X>")
    return [(finding.code, finding.tier, finding.annotation) for finding in document.findings]


@pytest.mark.parametrize("code", CASES)
def test_every_kind_is_found_in_the_smallest_document_that_has_it(code: str) -> None:
    assert code in {found for found, _, _ in findings(*CASES[code])}


def test_every_error_says_how_to_mend_it() -> None:
    for case in CASES.values():
        tiers, types, slots = (*case, "")[:3]
        order = f"<TIME_ORDER>{SLOTS}{slots}</TIME_ORDER>"
        text = f"<ANNOTATION_DOCUMENT><HEADER/>{order}{tiers}{TYPES}{types}</ANNOTATION_DOCUMENT>"
        errors = [item for item in parse_eaf(text.encode()).findings if item.severity is Severity.ERROR]
        assert [item.code for item in errors if not item.hint] == []


def test_every_kind_has_a_case() -> None:
    assert {code for code in CATALOGUE if code.startswith("eaf-")} == set(CASES)


def test_a_sound_document_has_no_findings() -> None:
    """P |100--------500|, C |200-300|300-500| (touching is no overlap), A and S under p."""
    sound = (
        P
        + tier("C", "inc", al("c", "t2", "t3") + al("d", "t3", "t5"), "P")
        + tier("A", "assoc", ref("a", "p"), "P")
        + tier("S", "sub", ref("s", "p") + ref("u", "p", "s"), "P")
    )
    assert findings(sound) == []
    assert new_document().findings == ()


def test_findings_name_file_tier_annotation_and_time() -> None:
    order, tiers = f"<TIME_ORDER>{SLOTS}</TIME_ORDER>", CASES["eaf-overlap"][0]
    text = f"<ANNOTATION_DOCUMENT><HEADER/>{order}{tiers}{TYPES}</ANNOTATION_DOCUMENT>"
    (finding,) = parse_eaf(text.encode(), "t.eaf").findings
    assert finding.where == "t.eaf, tier P, annotation q, 0:00:00.300"
    assert finding.message == "it overlaps annotation 'p'"
    assert (finding.start_ms, finding.end_ms) == (300, 500)


def test_millions_of_problems_are_counted_not_listed() -> None:
    number = MOST_OF_A_KIND + 500
    found = findings(tier("P", "root", "".join(al(f"a{n}", "gone", "gone") for n in range(number))))
    unknown = [item for item in found if item[0] == "eaf-unknown-slot"]
    assert len(unknown) == MOST_OF_A_KIND + 1
