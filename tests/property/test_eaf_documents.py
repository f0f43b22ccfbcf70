"""Documents made at random, with everything an EAF can hold: faithful, with sane times, and editable without loss."""

from __future__ import annotations

import itertools
from collections import Counter
from xml.sax.saxutils import escape, quoteattr

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from elancry.eaf import Constraint, Document, parse_eaf

# Every character XML 1.0 can hold: tab, line ends, C1 controls, astral planes; not surrogates, U+FFFE and U+FFFF.
CHARACTERS = st.one_of(
    st.sampled_from("\t\n\r\x85\x9f\u2028\U0001f622\U0010fffd &<>\"'ä"),
    st.characters(min_codepoint=0x20, exclude_categories=("Cs",), exclude_characters="\ufffe\uffff"),
)
TEXT = st.text(CHARACTERS, max_size=8)
NAMES = ("Time_Subdivision", "Included_In", "Symbolic_Subdivision", "Symbolic_Association", "")
LANGUAGES = ("eng", "deu")
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def in_text(text: str) -> str:
    return escape(text, {"\r": "&#13;"})


def attribute(name: str, text: str) -> str:
    return f" {name}={quoteattr(text, {chr(10): '&#10;', chr(13): '&#13;', chr(9): '&#9;'})}"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """The text of a document; references lead to something mostly, nowhere sometimes."""
    slots = [f"ts{n}" for n in range(draw(st.integers(0, 8)))]
    times = [draw(st.one_of(st.none(), st.integers(0, 5000))) for _ in slots]
    order = "".join(
        f"<TIME_SLOT{attribute('TIME_SLOT_ID', slot)}"
        + ("/>" if time is None else f"{attribute('TIME_VALUE', str(time))}/>")
        for slot, time in zip(slots, times, strict=True)
    )
    ids: list[str] = []
    body = ""
    tiers: list[str] = []
    for number in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(NAMES))
        parent = attribute("PARENT_REF", draw(st.sampled_from(tiers))) if tiers and draw(st.booleans()) else ""
        inside = ""
        for _ in range(draw(st.integers(0, 5))):
            name = f"a{len(ids)}"
            extra = "".join(
                attribute(key, draw(st.sampled_from(values)))
                for key, values in (
                    ("CVE_REF", ["c1", "c2"]),
                    ("EXT_REF", ["er1", "er1 er2"]),
                    ("LANG_REF", list(LANGUAGES)),
                )
                if draw(st.integers(0, 3)) == 0
            )
            note = draw(st.sampled_from(["", "", "", "<!-- note -->", "<?note x?>"]))
            value = f"<ANNOTATION_VALUE>{in_text(draw(TEXT))}{note}{in_text(draw(TEXT))}</ANNOTATION_VALUE>"
            if kind.startswith("Symbolic") and ids:
                tag, place = "REF_ANNOTATION", attribute("ANNOTATION_REF", draw(st.sampled_from([*ids, "gone"])))
                if draw(st.booleans()):
                    place += attribute("PREVIOUS_ANNOTATION", draw(st.sampled_from(ids)))
            else:
                tag = "ALIGNABLE_ANNOTATION"
                place = "".join(
                    attribute(f"TIME_SLOT_REF{end}", draw(st.sampled_from([*slots, "gone"]))) for end in (1, 2)
                )
            inside += f"<ANNOTATION><{tag}{attribute('ANNOTATION_ID', name)}{extra}{place}>{value}</{tag}></ANNOTATION>"
            ids.append(name)
        tier = f"tier {number}" + draw(st.sampled_from(["", "@R1", " <&>"]))
        tiers.append(tier)
        named = attribute("TIER_ID", tier) + attribute("LINGUISTIC_TYPE_REF", kind or "root")
        body += f"<TIER{named}{parent}>{inside}</TIER>"
    types = "".join(
        f"<LINGUISTIC_TYPE{attribute('LINGUISTIC_TYPE_ID', name or 'root')}"
        + (attribute("CONSTRAINTS", name) if name else "")
        + "/>"
        for name in NAMES
    )
    entries = "".join(
        f'<CV_ENTRY_ML CVE_ID="c{n}">'
        + "".join(
            f'<CVE_VALUE LANG_REF="{language}"{attribute("DESCRIPTION", draw(TEXT))}>{in_text(draw(TEXT))}</CVE_VALUE>'
            for language in LANGUAGES
        )
        + "</CV_ENTRY_ML>"
        for n in range(draw(st.integers(0, 3)))
    )
    rest = "".join(f'<LANGUAGE LANG_ID="{language}"/>' for language in LANGUAGES)
    rest += (
        f'<CONTROLLED_VOCABULARY CV_ID="cv"><DESCRIPTION LANG_REF="eng">{in_text(draw(TEXT))}</DESCRIPTION>{entries}'
    )
    rest += "</CONTROLLED_VOCABULARY>"
    links = f'<REF_LINK_SET LINK_SET_ID="rs"><CROSS_REF_LINK REF1="a0" REF2="a1" REF_LINK_ID="k">{in_text(draw(TEXT))}'
    links += "</CROSS_REF_LINK></REF_LINK_SET><UNKNOWN x='y'>kept</UNKNOWN>"
    prolog = draw(st.sampled_from(["", "<!-- b --><?p q?>"]))
    header = (
        f"<LICENSE>{in_text(draw(TEXT))}</LICENSE><HEADER><PROPERTY NAME='p'>{in_text(draw(TEXT))}</PROPERTY></HEADER>"
    )
    inner = f"{header}<TIME_ORDER>{order}</TIME_ORDER>{body}{types}{rest}{links}"
    return f"{prolog}<ANNOTATION_DOCUMENT AUTHOR=''>{inner}</ANNOTATION_DOCUMENT>{prolog}"


def canonical(data: bytes) -> bytes:
    result: bytes = etree.tostring(etree.fromstring(data).getroottree(), method="c14n", with_comments=True)
    return result


def signature(data: bytes) -> Counter[tuple[object, ...]]:
    return Counter(
        (str(node.tag), "".join(node.xpath("text()")).strip(), tuple(sorted(node.attrib.items())))
        for node in etree.fromstring(data).iter()
    )


@SETTINGS
@given(documents())
def test_read_and_written_is_the_same_and_times_are_sane(text: str) -> None:
    data = text.encode()
    document = parse_eaf(data)
    assert canonical(document.to_bytes()) == canonical(data)
    assert canonical(document.edit().document().to_bytes()) == canonical(data)
    frame = document.to_frame()
    assert (frame["start_ms"] >= 0).all()
    assert (frame["end_ms"] >= frame["start_ms"]).all()
    assert (frame["end_ms"] <= 5000).all()
    listed = [(a.tier, a.id, a.value, a.start_ms, a.end_ms) for t in document.tiers for a in document.annotations(t.id)]
    assert (
        list(frame[["tier", "annotation_id", "value", "start_ms", "end_ms"]].itertuples(index=False, name=None))
        == listed
    )
    assert [value for _, _, value, _, _ in listed] == [
        str(element.xpath("string()")) for element in etree.fromstring(data).iter("ANNOTATION_VALUE")
    ]
    assert document.findings == parse_eaf(document.to_bytes()).findings


@SETTINGS
@given(documents())
def test_subdivisions_tile_their_parent(text: str) -> None:
    """In every group of a Symbolic_Subdivision tier: from the parent's begin to its end, without gap or overlap."""
    document = parse_eaf(text.encode())
    cyclic = {finding.annotation for finding in document.findings if finding.code == "eaf-annotation-cycle"}
    everything = {a.id: a for tier in document.tiers for a in document.annotations(tier.id)}
    for tier in document.tiers:
        kind = document.type_of(tier.id)
        if kind is None or kind.constraint is not Constraint.SYMBOLIC_SUBDIVISION:
            continue
        groups: dict[str, list[tuple[int, int]]] = {}
        for annotation in document.annotations(tier.id):
            if annotation.parent in everything and annotation.id not in cyclic:
                groups.setdefault(annotation.parent, []).append((annotation.start_ms, annotation.end_ms))
        for parent, spans in groups.items():
            spans.sort()
            assert spans[0][0] == everything[parent].start_ms
            assert spans[-1][1] == everything[parent].end_ms
            assert all(end == begin for (_, end), (begin, _) in itertools.pairwise(spans))


@SETTINGS
@given(documents(), st.text(CHARACTERS, max_size=8), st.data())
def test_edits_lose_nothing_else(text: str, value: str, data: st.DataObject) -> None:
    document: Document = parse_eaf(text.encode())
    editor = document.edit()
    editor.types.add("new type")
    editor.tiers.add("new tier", "new type", participant=value)
    editor.annotations.add("new tier", 0, 10, value)
    removed = ""
    names = [a.id for tier in document.tiers for a in document.annotations(tier.id)]
    if names and data.draw(st.booleans()):
        removed = data.draw(st.sampled_from(names))
        editor.annotations.set_value(removed, value)
    result = editor.document()
    lost = signature(document.to_bytes()) - signature(result.to_bytes())
    assert sum(lost.values()) <= (2 if removed else 0), lost
    assert [a.value for a in result.annotations("new tier")] == [value]
    assert canonical(parse_eaf(result.to_bytes()).to_bytes()) == canonical(result.to_bytes())
