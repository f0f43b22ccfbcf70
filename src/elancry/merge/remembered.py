"""What a merge wrote into a file, remembered in that file, so that what people did to it since can be told.

The HEADER property `elancry.merge`, which ELAN keeps, holds the session, how it was merged, and of every tier what it
held: times and a digest of each annotation on consensus and disagreement tiers, one digest for each rater's tier. It
goes wherever the file goes. Version 0.1 wrote the same into merge.json instead.

A digest is one of what an annotation means (see `entry_texts`), so that ELAN's content language changes none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from elancry.align.point_marks import SETTLED_AS_NONE, UNDECIDED, decision, marks_of
from elancry.check.coding import CONSENSUS, DISAGREEMENT
from elancry.eaf import Annotation, Document
from elancry.eaf.elements import make
from elancry.merge.entry_texts import meaning_in, meaning_of_text

PROPERTY = "elancry.merge"
COMPUTED = (f"@{CONSENSUS}", f"@{DISAGREEMENT}")
"""How the names of the tiers end that merging computes."""

_DECISIONS = {SETTLED_AS_NONE: "-", UNDECIDED: "?"}

Mark = tuple[int, int, str]
"""(start_ms, end_ms, digest) of an annotation. The digest of a disagreement is one of its codes, with a sign behind it
for what is said of their consensus: `-` none of the categories, `?` undecided."""


@dataclass(frozen=True)
class Remembered:
    """`computed`: consensus or disagreement tier -> what was computed for it. `others`: every other tier -> its digest,
    empty where it is not known. `vocabularies`: vocabulary -> its digest; `None` where they are not known."""

    session: str
    consensus: str
    min_ms: int
    computed: Mapping[str, frozenset[Mark]]
    others: Mapping[str, str]
    vocabularies: Mapping[str, str] | None

    @classmethod
    def of(
        cls, document: Document, session: str, raters_tiers: Iterable[str], *, consensus: str, min_ms: int
    ) -> Remembered:
        """What is to be remembered of a document as it was merged; tiers that people added are none of it."""
        names = [tier.id for tier in document.tiers if tier.id.endswith(COMPUTED)]
        return cls(
            session,
            consensus,
            min_ms,
            {name: marks(document, name) for name in names},
            {name: tier_digest(document, name) for name in raters_tiers},
            vocabulary_digests(document),
        )

    @classmethod
    def in_document(cls, document: Document) -> Remembered | None:
        """What a merged file remembers; `None` where it does not, or nothing that can be read."""
        try:
            known = json.loads(document.header_property(PROPERTY) or "")
            return cls(
                str(known["session"]),
                str(known["consensus"]),
                int(known["min_ms"]),
                {str(name): frozenset(map(_mark, text.split())) for name, text in known["computed"].items()},
                {str(name): str(digest) for name, digest in known["others"].items()},
                {str(name): str(digest) for name, digest in known["vocabularies"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    @classmethod
    def in_record(cls, document: Document, record: Mapping[str, Any], options: Mapping[str, Any]) -> Remembered | None:
        """What version 0.1 wrote into merge.json of a session and of the whole merge; `None` where it does not fit."""
        try:
            computed: dict[str, set[Mark]] = {
                str(name): set() for name in record["annotations"] if name.endswith(COMPUTED)
            }
            for rows in record["computed"].values():
                for tier, start_ms, end_ms, value in rows:
                    meant = _meant(document, str(tier), (start_ms, end_ms, value))
                    computed.setdefault(str(tier), set()).add((int(start_ms), int(end_ms), _digest_on(tier, meant)))
            others = {str(name): "" for name in record["annotations"] if not name.endswith(COMPUTED)}
            return cls(
                str(record["session"]),
                str(options["consensus"]),
                int(options["min_ms"]),
                {name: frozenset(found) for name, found in computed.items()},
                others,
                None,
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def without(self, unseen: Iterable[tuple[str, Mark]]) -> Remembered:
        """The same without some computed annotations, (tier, mark): those that people have not been shown."""
        gone = set(unseen)
        return replace(
            self,
            computed={
                name: frozenset(mark for mark in found if (name, mark) not in gone)
                for name, found in self.computed.items()
            },
        )

    def as_text(self) -> str:
        """The value of the property."""
        content = {
            "session": self.session,
            "consensus": self.consensus,
            "min_ms": self.min_ms,
            "computed": {
                name: " ".join(f"{start}:{end}:{found}" for start, end, found in sorted(held))
                for name, held in self.computed.items()
            },
            "others": dict(self.others),
            "vocabularies": dict(self.vocabularies or {}),
        }
        return json.dumps(content, ensure_ascii=False, sort_keys=True)


def remember(document: Document, remembered: Remembered) -> Document:
    """The merged document with this in its header."""
    header = document.root.find("HEADER")
    if header is None:
        raise AssertionError("a merged document has a header")
    element = make("PROPERTY", {"NAME": PROPERTY}, remembered.as_text())
    if len(header):
        element.tail, header[-1].tail = header[-1].tail, header.text
    header.append(element)
    return document.changed(document.root)


def marks(document: Document, tier: str) -> frozenset[Mark]:
    """Every annotation of a tier as (start_ms, end_ms, digest)."""
    return frozenset(map(mark_in(document, tier), document.annotations(tier)))


def mark_in(document: Document, tier: str) -> Callable[[Annotation], Mark]:
    """What makes the mark of an annotation of a tier."""
    meaning = meaning_in(document, tier)
    return lambda item: (item.start_ms, item.end_ms, _digest_on(tier, meaning(item)))


def tier_digest(document: Document, tier: str) -> str:
    """One digest of all annotations of a tier."""
    meaning = meaning_in(document, tier)
    lines = sorted(f"{item.start_ms} {item.end_ms} {meaning(item)}" for item in document.annotations(tier))
    return digest("\n".join(lines))


def vocabulary_digests(document: Document) -> dict[str, str]:
    """Vocabulary -> digest of its entries and their texts."""
    return {
        item.id: digest(json.dumps(sorted([entry.id or "", *sorted(entry.values.values())] for entry in item.entries)))
        for item in document.vocabularies
    }


def digest(text: str) -> str:
    """A short digest: that two texts of one tier and time have the same by chance is out of the question."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def codes_digest(text: str) -> str:
    """A digest of the raters' codes on a disagreement, whatever stands behind them."""
    return digest(marks_of(text)[0])


def point_digest(text: str) -> str:
    """A digest of a disagreement: of its codes, and what is said of their consensus."""
    return codes_digest(text) + _DECISIONS.get(decision(text) or "", "")


def of_codes(mark: Mark) -> Mark:
    """The mark of a disagreement without what is said of the consensus."""
    return mark[0], mark[1], mark[2].rstrip("-?")


def _meant(document: Document, tier: str, row: tuple[int, int, str]) -> str:
    """What a recorded annotation meant: what it still says in the file, else what its text says alone."""
    same = next((item for item in document.annotations(tier) if (item.start_ms, item.end_ms, item.value) == row), None)
    return meaning_of_text(document, tier)(row[2]) if same is None else meaning_in(document, tier)(same)


def _digest_on(tier: str, text: str) -> str:
    return point_digest(text) if tier.endswith(f"@{DISAGREEMENT}") else digest(text)


def _mark(text: str) -> Mark:
    start_ms, end_ms, found = text.split(":")
    return int(start_ms), int(end_ms), found
