"""Any coding goes to GSEQ and back: every value of every tier, times to the hundredth, and the same bytes each time."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elancry.eaf import Document
from elancry.errors import UnreadableInput
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices
from elancry.interop.sdis.read import read_sdis
from elancry.interop.sdis.write import gather_sdis

EVERYTHING = Choices()
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CHARACTERS = st.one_of(
    st.sampled_from("%!/;&<>()$=*, \t\nä\U0001f622aA1_"),
    st.characters(min_codepoint=0x20, exclude_categories=("Cs",), exclude_characters="\ufffe\uffff"),
)
TEXT = st.text(CHARACTERS, max_size=6)


@st.composite
def flat_tiers(draw: st.DrawFn) -> list[FlatTier]:
    """Tiers with times in hundredths; annotations may touch, and last longer than a moment does."""
    found = []
    for name in draw(st.lists(TEXT.map(lambda text: f"t{text}"), unique=True, max_size=4)):
        points = draw(st.booleans())
        time, rows = 0, []
        for _ in range(draw(st.integers(0, 6))):
            start = time + 10 * draw(st.integers(0, 300))
            end = start if points else start + 10 * draw(st.integers(1, 2000))
            rows.append((start, end, draw(TEXT)))
            time = start + 50 if points else end
        vocabulary = tuple(dict.fromkeys(row[2] for row in rows)) if draw(st.booleans()) else ()
        person = draw(st.sampled_from([None, "P", "T % !"]))
        found.append(FlatTier(name, rows, vocabulary, participant=person, points=points))
    return found


def contents(document: Document) -> list[tuple[Any, ...]]:
    return sorted(
        (tier.id, tier.participant or "", item.start_ms, item.end_ms, item.value)
        for tier in document.tiers
        for item in document.annotations(tier.id)
    )


@SETTINGS
@given(st.lists(flat_tiers(), min_size=1, max_size=3), st.lists(TEXT, min_size=3, max_size=3, unique=True))
def test_a_file_of_sessions_holds_every_coding(codings: list[list[FlatTier]], names: list[str]) -> None:
    documents = {
        f"{n}{name}": build_document(tiers, name=f"{n}.eaf")[0]
        for (n, tiers), name in zip(enumerate(codings), names, strict=False)
    }
    files = gather_sdis(documents, EVERYTHING).files
    assert files == gather_sdis(dict(reversed(documents.items())), EVERYTHING).files
    assert files[".sds"].isascii()
    read = read_sdis(files[".sds"], "x.sds", EVERYTHING)
    found = {document.header_property("sdis.session"): contents(document) for document in read.documents.values()}
    assert found == {stem: contents(document) for stem, document in documents.items() if contents(document)}
    assert read.findings == ()
    assert all(document.findings == () for document in read.documents.values())


@SETTINGS
@given(
    st.text(
        st.sampled_from("Timed;()$=*,<>/&%!ab12.:- \n"),
        max_size=60,
    ),
    st.booleans(),
)
def test_any_text_is_read_or_refused(text: str, declared: bool) -> None:
    try:
        read = read_sdis((f"Timed;{text}" if declared else text).encode(), "x.sds", EVERYTHING)
    except UnreadableInput:
        return
    assert all(document.findings == () for document in read.documents.values())
