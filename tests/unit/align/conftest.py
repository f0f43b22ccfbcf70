"""Hand-made codings, so that alignment is tested without a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from elancry.check.coding import CheckedCoding, CodedAnnotation, CodedFile, CodedTier
from elancry.codebook.model import Category, Codebook, Coding, Layout, Scale, System

FORMS = System(
    id="form",
    labels={"en": "Form"},
    categories=(Category("p", {"en": "protest"}), Category("d", {"en": "despair"})),
    coding=Coding.BOTH,
    scale=Scale(0, 4),
)
CODEBOOK = Codebook(id="test", title="Test", systems=(FORMS,))
PER_CATEGORY = Codebook(
    id="test",
    title="Test",
    systems=(System(id="form", labels={}, categories=FORMS.categories, layout=Layout.TIER_PER_CATEGORY),),
)

Span = tuple[int, int, str]


@pytest.fixture
def study() -> Callable[..., CheckedCoding]:
    """`study({"s1": {"R1": {"Sequence": [(0, 100, "1")], "form.p.rating": [(0, 100, "3")]}}})`.

    An unknown value has category None; a tier given as None is missing; `{session: {rater: ...}}` is one file each.
    """

    def build(
        sessions: Mapping[str, Mapping[str, Mapping[str, Sequence[Span] | None]]],
        codebook: Codebook = CODEBOOK,
        duration_ms: int | None = None,
        order: tuple[str, ...] = (),
    ) -> CheckedCoding:
        files = tuple(
            CodedFile(
                path=Path(f"{session}__{rater}.eaf"),
                name=f"{session}__{rater}.eaf",
                session=session,
                rater=rater,
                round=None,
                sha256="",
                duration_ms=duration_ms,
                tiers=tuple(_tier(rater, name, spans, codebook) for name, spans in tiers.items()),
            )
            for session, raters in sessions.items()
            for rater, tiers in raters.items()
        )
        return CheckedCoding(codebook, files, rater_order=order)

    return build


def _tier(rater: str, name: str, spans: Sequence[Span] | None, codebook: Codebook) -> CodedTier:
    parts = name.split(".")
    kind = "sequence" if name == "Sequence" else "rating" if parts[-1] == "rating" else "interval"
    category = parts[1] if len(parts) > 1 else None
    known = {item.id for system in codebook.systems for item in system.categories} | {"0", "1", "2", "3", "4"}
    parents = [f"{rater}-Sequence-{index}" for index in range(9)]
    annotations = tuple(
        CodedAnnotation(
            f"{rater}-{name}-{index}",
            start,
            end,
            value,
            value if value in known and kind != "sequence" else None,
            parents[index] if kind == "rating" else None,
        )
        for index, (start, end, value) in enumerate(spans or ())
    )
    system = None if kind == "sequence" else parts[0]
    return CodedTier(rater, system, kind, category, name, annotations, missing=spans is None)


@pytest.fixture
def per_category() -> Codebook:
    return PER_CATEGORY
