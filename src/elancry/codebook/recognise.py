"""Where the categories of coded files come from, when the files say which built-in codebook they were made with.

A codebook that was read out of vocabularies knows names, not sources. The files of our own templates name their
codebook in a HEADER property; where that is a built-in one and the categories are its, its sources, definitions and
groups are taken over, so that a report never shows starter names as if they were published ones.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from elancry.codebook.load import builtin_with_stamp
from elancry.codebook.model import Codebook, System


def with_known_sources(codebook: Codebook, stated: Collection[str]) -> Codebook:
    """`codebook`, extracted from files that state the codebooks `stated` ("crying 1"), with what is known about it.

    Unchanged if it was not extracted, if the files state different codebooks, or one that is not built in with that
    version. A system is left alone if it has a category that the built-in one lacks.
    """
    if not codebook.extracted or len(stated) != 1:
        return codebook
    found = builtin_with_stamp(next(iter(stated)))
    if found is None:
        return codebook
    return replace(codebook, systems=tuple(_known(system, found[1]) for system in codebook.systems))


def _known(system: System, codebook: Codebook) -> System:
    original = codebook.system(system.id)
    if original is None or any(original.category(item.id) is None for item in system.categories):
        return system
    by_id = {item.id: item for item in original.categories}
    groups = {by_id[item.id].group for item in system.categories}
    return replace(
        system,
        labels=original.labels,
        definitions=original.definitions,
        source=original.source,
        groups=tuple(group for group in original.groups if group.id in groups),
        categories=tuple(
            replace(
                item,
                labels=by_id[item.id].labels,
                definitions=by_id[item.id].definitions,
                examples=by_id[item.id].examples,
                colour=by_id[item.id].colour,
                group=by_id[item.id].group,
            )
            for item in system.categories
        ),
    )
