"""Any healthy document goes to Web Annotations and back whole; anything else that is JSON is read or refused."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elancry.eaf import Constraint, Document, Vocabulary, VocabularyEntry, new_document
from elancry.errors import UnreadableInput
from elancry.interop.format import Choices
from elancry.interop.webannotation.read import read_annotations
from elancry.interop.webannotation.write import write_annotations

EVERYTHING = Choices()
SETTINGS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CHARACTERS = st.one_of(
    st.sampled_from('#&=,%"\\/<> \t\n\rä\U0001f622'),
    st.characters(min_codepoint=0x20, exclude_categories=("Cs",), exclude_characters="\ufffe\uffff"),
)
TEXT = st.text(CHARACTERS, max_size=6)
MAYBE = st.one_of(st.none(), TEXT)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Root tiers with and without a vocabulary, and under each perhaps a tier of every kind."""
    editor = new_document(date="2024-01-01T00:00:00+00:00").edit()
    for name in draw(st.lists(TEXT.map(lambda text: f"{text}.mp4"), max_size=2)):
        editor.media.add(f"./{name}", "video/mp4", f"./{name}", draw(st.one_of(st.none(), st.integers(0, 5000))))
    editor.languages.add("eng", "English")
    values = draw(st.lists(TEXT, unique=True, min_size=1, max_size=4))
    entries = tuple(VocabularyEntry(f"c{n}", {"eng": value}, {"eng": draw(TEXT)}) for n, value in enumerate(values))
    editor.vocabularies.add(Vocabulary("cv", entries, {"eng": draw(TEXT)}))
    editor.types.add("coded", vocabulary="cv")
    editor.types.add("free")
    kinds = (Constraint.SYMBOLIC_ASSOCIATION, Constraint.SYMBOLIC_SUBDIVISION, Constraint.INCLUDED_IN)
    for kind in kinds:
        editor.types.add(kind.value, constraint=kind)
    for name in draw(st.lists(TEXT.map(lambda text: f"t{text}"), unique=True, max_size=3)):
        coded = draw(st.booleans())
        editor.tiers.add(name, "coded" if coded else "free", participant=draw(MAYBE), annotator=draw(MAYBE))
        below = {kind: f"{name}.{kind.value}" for kind in kinds if draw(st.booleans())}
        for kind, child in below.items():
            editor.tiers.add(child, kind.value, parent=name)
        time = 0
        for _ in range(draw(st.integers(0, 4))):
            start = time + draw(st.integers(0, 300))
            time = end = start + draw(st.integers(1, 2000))
            number = draw(st.integers(0, len(values) - 1))
            parent = editor.annotations.add(
                name, start, end, values[number] if coded else draw(TEXT), cve_ref=f"c{number}" if coded else None
            )
            if Constraint.SYMBOLIC_ASSOCIATION in below and draw(st.booleans()):
                editor.annotations.add_reference(below[Constraint.SYMBOLIC_ASSOCIATION], parent, draw(TEXT))
            for _ in range(draw(st.integers(0, 2)) if Constraint.SYMBOLIC_SUBDIVISION in below else 0):
                editor.annotations.add_reference(below[Constraint.SYMBOLIC_SUBDIVISION], parent, draw(TEXT))
            if Constraint.INCLUDED_IN in below:
                editor.annotations.add(below[Constraint.INCLUDED_IN], start, end, draw(TEXT))
    document = editor.document()
    document.name = "s.eaf"
    return document


def everything(document: Document) -> Any:
    return (
        document.tiers,
        [document.type_of(tier.id) for tier in document.tiers],
        [document.annotations(tier.id) for tier in document.tiers],
        [(one.id, one.entries) for one in document.vocabularies if document.tiers],
        [medium.time_origin_ms for medium in document.media],
    )


@SETTINGS
@given(documents())
def test_a_healthy_document_comes_back_whole(document: Document) -> None:
    written = write_annotations(document, EVERYTHING).files
    assert written == write_annotations(document, EVERYTHING).files
    read = read_annotations(written[".jsonld"], "s.jsonld", EVERYTHING)
    assert read.findings == ()
    used = {document.type_of(tier.id).vocabulary for tier in document.tiers}  # type: ignore[union-attr]
    first, second = everything(document), everything(read.documents["s"])
    assert second[:3] == first[:3]
    assert second[3] == [one for one in first[3] if one[0] in used]
    assert second[4] == first[4]
    assert read.documents["s"].findings == ()


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), TEXT, st.just("v.mp4#t=1,2")),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=10,
)
ITEM_KEYS = ("type", "motivation", "body", "bodyValue", "target", "creator", "eaf:tier", "eaf:id", "eaf:parent")
STRUCTURE_KEYS = ("tiers", "types", "vocabularies", "languages", "media", "properties")


@SETTINGS
@given(
    st.lists(st.dictionaries(st.sampled_from(ITEM_KEYS), JSON_VALUES, max_size=6), max_size=4),
    st.dictionaries(st.sampled_from(STRUCTURE_KEYS), JSON_VALUES, max_size=4),
)
def test_anything_is_read_or_refused(items: list[dict[str, Any]], structure: dict[str, Any]) -> None:
    content = {"type": "AnnotationPage", "items": items, "structure": structure}
    try:
        read = read_annotations(json.dumps(content).encode(), "x.jsonld", EVERYTHING)
    except UnreadableInput:
        return
    assert all(document.findings == () for document in read.documents.values())
