"""Any codebook survives: YAML and back, template and back."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from elancry.codebook.dump import dump_codebook
from elancry.codebook.extract import extract_codebook
from elancry.codebook.load import parse_codebook
from elancry.codebook.model import Category, Codebook, Coding, Layout, Scale, System
from elancry.eaf import parse_eaf
from elancry.template.build import build_template

LANGUAGES = ("en", "de")


def tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


texts = (
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=30)
    .map(tidy)
    .filter(bool)
)
ids = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,6}", fullmatch=True).filter(
    lambda text: (
        text.casefold() not in {"none", "no_match", "consensus", "disagreement"}
        and not text.casefold().startswith("cve")
    )
)


@st.composite
def systems(draw: st.DrawFn, name: str) -> System:
    names = draw(st.lists(ids, min_size=1, max_size=5, unique_by=str.casefold))
    taken = {item.casefold() for item in names}
    labels = draw(
        st.lists(
            texts.filter(lambda text: text.casefold() not in taken),
            min_size=2 * len(names),
            max_size=2 * len(names),
            unique_by=str.casefold,
        )
    )
    coding = draw(st.sampled_from(Coding))
    lowest = draw(st.integers(-3, 3))
    return System(
        id=name,
        labels={"en": name, "de": name},
        categories=tuple(
            Category(item, {"en": labels[2 * place], "de": labels[2 * place + 1]}) for place, item in enumerate(names)
        ),
        coding=coding,
        scale=None if coding is Coding.INTERVAL else Scale(lowest, lowest + draw(st.integers(1, 9))),
        participant=draw(st.none() | texts),
        layout=draw(st.sampled_from(Layout)) if coding is not Coding.RATING else Layout.ONE_TIER,
    )


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    title = draw(texts)
    return Codebook(
        id="s",
        title=title,
        systems=tuple(draw(systems(f"system_{number}")) for number in range(draw(st.integers(1, 3)))),
        version=draw(st.sampled_from(["1", "2.0", "1.10"])),
        languages=LANGUAGES,
        comment_tiers=("Comment",),
        titles={"en": title},
    )


@settings(max_examples=30, deadline=None)
@given(codebooks())
def test_yaml_and_back(book: Codebook) -> None:
    assert parse_codebook(dump_codebook(book)) == book


@settings(max_examples=20, deadline=None)
@given(codebooks())
def test_template_and_back(book: Codebook) -> None:
    document = parse_eaf(build_template(book).to_bytes())
    assert document.findings == ()
    found = {system.id: system for system in extract_codebook([document]).systems}
    for system in book.systems:
        again = found[system.id]
        assert (again.coding, again.layout, again.scale) == (system.coding, system.layout, system.scale)
        assert again.interval_tier_names == system.interval_tier_names
        assert again.rating_tier_names == system.rating_tier_names
        if system.coding is not Coding.RATING:
            assert again.categories == system.categories
