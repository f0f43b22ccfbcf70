"""Ids out of labels: `trigger of crying` -> `trigger_of_crying`, never the name of something else."""

from __future__ import annotations

import re
from collections.abc import Mapping

from elancry.codebook.names import id_problem
from elancry.codebook.observed import Entry

_LONGEST = 40
# ELAN makes up such ids itself; in a table nobody could read them.
_MADE_UP = re.compile(r"cveid.*|cve_?\d+|[0-9a-f]{8}-[0-9a-f-]{27}", re.IGNORECASE)


def slug(text: str, taken: set[str]) -> str:
    """An id made from `text` that is not in `taken`, and is entered there."""
    proposal = re.sub(r"\W+", "_", text).strip("_")[:_LONGEST].rstrip("_")
    if id_problem(proposal) is not None:
        proposal = f"c_{proposal}".rstrip("_")
    unique, number = proposal, 2
    while unique in taken:
        unique, number = f"{proposal}_{number}", number + 1
    taken.add(unique)
    return unique


def category_ids(entries: Mapping[str, Entry]) -> dict[str, str]:
    """Entry key -> category id: the file's CVE_ID where a person chose it, else made from the label.

    No id equals a label of another entry: a value in a file could then mean either.
    """
    ids: dict[str, str] = {}
    taken: set[str] = set()
    labels = {text: key for key, entry in entries.items() for text in (*entry.labels.values(), *entry.texts, key)}
    for key, entry in entries.items():
        foreign = {text for text, owner in labels.items() if owner != key}
        blocked = taken | foreign
        own = entry.cve_id
        if own is None or _MADE_UP.fullmatch(own) or id_problem(own) is not None or own in blocked:
            own = slug(key, blocked)
        taken.add(own)
        ids[key] = own
    return ids
