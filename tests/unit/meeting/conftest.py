"""An inventory of documents: what a merge must not lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from elancry.eaf import Document


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
