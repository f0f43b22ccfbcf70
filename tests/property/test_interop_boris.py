"""Any coding goes to BORIS and back: every value, time, participant and tier of codes, and the same bytes each time."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elancry.eaf import Document
from elancry.errors import UnreadableInput
from elancry.interop.boris.read import read_project
from elancry.interop.boris.tables import gather_events, read_events
from elancry.interop.boris.values import as_code, described, understood
from elancry.interop.boris.write import gather_project
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices

EVERYTHING = Choices()
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CHARACTERS = st.one_of(
    st.sampled_from("|:()\t\n \"',;=@ä\U0001f622"),
    st.characters(min_codepoint=0x20, exclude_categories=("Cs",), exclude_characters="\ufffe\uffff"),
)
TEXT = st.text(CHARACTERS, max_size=6)


@st.composite
def flat_tiers(draw: st.DrawFn) -> list[FlatTier]:
    """Tiers with names of their own; annotations that touch, begin together on two tiers, or have no value."""
    found = []
    for name in draw(st.lists(TEXT.map(lambda text: f"t{text}"), unique=True, max_size=4)):
        points = draw(st.booleans())
        time, rows = 0, []
        for _ in range(draw(st.integers(0, 6))):
            start = time + draw(st.integers(0, 300))
            end = start if points else start + draw(st.integers(1, 2000))
            rows.append((start, end, draw(TEXT)))
            time = start + 41 if points else end
        vocabulary = tuple(dict.fromkeys(row[2] for row in rows)) if draw(st.booleans()) else ()
        person = draw(st.sampled_from([None, "P", "T", "P: t"]))
        found.append(FlatTier(name, rows, vocabulary, participant=person, points=points))
    return found


def contents(document: Document) -> list[tuple[Any, ...]]:
    return sorted(
        (tier.participant or "", item.start_ms, item.end_ms, item.value)
        for tier in document.tiers
        for item in document.annotations(tier.id)
    )


@SETTINGS
@given(st.lists(flat_tiers(), min_size=1, max_size=3))
def test_a_project_holds_every_coding(codings: list[list[FlatTier]]) -> None:
    documents = {f"s{n}": build_document(tiers, name=f"s{n}.eaf")[0] for n, tiers in enumerate(codings)}
    files = gather_project(documents, EVERYTHING).files
    assert files == gather_project(dict(reversed(documents.items())), EVERYTHING).files
    read = read_project(files[".boris"], "p.boris", EVERYTHING)
    assert list(read.documents) == list(documents)
    for stem, document in documents.items():
        assert contents(read.documents[stem]) == contents(document)
        assert read.documents[stem].findings == ()
    assert not [found for found in read.findings if found.severity == "error"]
    again = read_project(gather_project(read.documents, EVERYTHING).files[".boris"], "p.boris", EVERYTHING)
    assert {stem: contents(one) for stem, one in again.documents.items()} == {
        stem: contents(one) for stem, one in documents.items()
    }


@SETTINGS
@given(flat_tiers())
def test_a_table_of_events_holds_every_coding(tiers: list[FlatTier]) -> None:
    document = build_document(tiers, name="s.eaf")[0]
    data = gather_events({"s": document}, EVERYTHING).files[".boris.tsv"]
    read = read_events(data, "s.tsv", EVERYTHING)
    assert [found for one in read.documents.values() for found in contents(one)] == contents(document)


@SETTINGS
@given(TEXT, TEXT)
def test_a_code_with_its_description_is_its_value(value: str, description: str) -> None:
    code = as_code(value)
    assert understood(code, described(code, value, description))[0] == value
    assert "|" not in code
    assert code == code.strip()


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=12,
)
KEYS = st.sampled_from(
    ["events", "type", "file", "date", "time offset", "media_info", "independent_variables", "description", "offset"]
)


@SETTINGS
@given(
    st.fixed_dictionaries(
        {"observations": st.dictionaries(TEXT, st.dictionaries(KEYS, JSON_VALUES, max_size=5), max_size=3)},
        optional={
            "behaviors_conf": st.dictionaries(
                TEXT,
                st.dictionaries(st.sampled_from(["code", "type", "category", "modifiers", "description"]), JSON_VALUES),
                max_size=4,
            ),
            "project_format_version": JSON_VALUES,
            "converters": JSON_VALUES,
        },
    )
)
def test_a_project_with_anything_in_it_is_read_or_refused(content: dict[str, Any]) -> None:
    try:
        read = read_project(json.dumps(content).encode(), "p.boris", EVERYTHING)
    except UnreadableInput:
        return
    assert len(read.documents) == len(content["observations"])
    for document in read.documents.values():
        assert document.findings == ()
