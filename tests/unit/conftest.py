"""A study folder made of real .eaf files, small enough to read off what must come out; an inventory of documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from elancry.codebook.model import Category, Codebook, Coding, Scale, System
from elancry.eaf import Document, Editor, write_eaf
from elancry.template.build import build_template

Span = tuple[int, int, str]

SMALL = Codebook(
    id="small",
    title="Small",
    version="2",
    systems=(
        System(
            id="form",
            labels={"en": "Form"},
            categories=(Category("protest", {"en": "protest"}), Category("despair", {"en": "despair"})),
            coding=Coding.BOTH,
            participant="patient",
            scale=Scale(0, 4),
        ),
    ),
    comment_tiers=("Comment",),
)


@pytest.fixture
def small_codebook() -> Codebook:
    return SMALL


class StudyFolder:
    """`add("s1", "R1", ...)` writes `s1__R1.eaf` from the codebook's template."""

    def __init__(self, folder: Path, codebook: Codebook) -> None:
        self.folder = folder
        self.codebook = codebook

    def add(
        self,
        session: str,
        rater: str,
        *,
        sequences: Sequence[Span] = ((0, 10_000, "1"),),
        form: Sequence[Span] = (),
        ratings: Mapping[str, Sequence[str | None]] | None = None,
        media: Sequence[str] | None = None,
        origin_ms: int | None = None,
        annotator: str | None = None,
        edit: Callable[[Editor], None] | None = None,
        name: str | None = None,
    ) -> Path:
        editor = build_template(self.codebook, annotator=rater if annotator is None else annotator or None).edit()
        for medium in [f"{session}.mp4"] if media is None else media:
            editor.media.add(f"file:///{rater}/{medium}", "video/mp4", time_origin_ms=origin_ms)
        ids = [editor.annotations.add("Sequence", *span) for span in sequences]
        for start, end, value in form:
            known = self.codebook.systems[0].category_of(value)
            editor.annotations.add("form", start, end, value, cve_ref=known.id if known else None)
        for category, values in (ratings or {}).items():
            for parent, value in zip(ids, values, strict=True):
                if value is not None:
                    editor.annotations.add_reference(f"form.{category}.rating", parent, value, cve_ref=value)
        if edit is not None:
            edit(editor)
        path = self.folder / (name or f"{session}__{rater}.eaf")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_eaf(editor.document(), path)
        return path


@pytest.fixture
def study_folder(tmp_path: Path) -> StudyFolder:
    folder = tmp_path / "coded"
    folder.mkdir()
    return StudyFolder(folder, SMALL)


@pytest.fixture(scope="session")
def inventory() -> Callable[..., Counter[tuple[object, ...]]]:
    """`inventory(document, rename, shift)`: every annotation with all it says, parents and neighbours as content.

    Ids may change in a merge, so a parent is compared by its tier, times and value, an external reference by what it
    refers to.
    """

    def count(document: Document, rename: Callable[[str], str] = str, shift_ms: int = 0) -> Counter[tuple[object, ...]]:
        known: dict[str, tuple[object, ...]] = {}
        everything = [(tier, item) for tier in document.tiers for item in document.annotations(tier.id)]
        for tier, item in everything:
            known.setdefault(item.id, (rename(tier.id), item.start_ms + shift_ms, item.end_ms + shift_ms, item.value))
        found: Counter[tuple[object, ...]] = Counter()
        for tier, item in everything:
            external = tuple(document.external_refs.get(name, name) for name in (item.ext_ref or "").split())
            found[
                rename(tier.id),
                item.start_ms + shift_ms,
                item.end_ms + shift_ms,
                item.value,
                item.aligned,
                item.cve_ref,
                external,
                item.lang_ref,
                known.get(item.parent or ""),
                known.get(item.previous or ""),
                None if tier.parent is None else rename(tier.parent),
                tier.participant,
                tier.lang_ref,
            ] += 1
        return found

    return count
