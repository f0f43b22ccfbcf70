"""What stands for each name of a study, in every kind of place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import PurePosixPath

from elancry.align.point_marks import SEPARATOR, marks_of
from elancry.check.coding import RESERVED_RATERS, natural_key
from elancry.check.naming import UNNAMED
from elancry.codebook.load import builtin_names, builtin_path, load_codebook
from elancry.codebook.model import Codebook
from elancry.pseudonyms.key import REMOVED, Key, nfc
from elancry.pseudonyms.words import Words, fold, parts_of

_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
_FEW = 2
_NUMBERED = re.compile(r"[a-z]{1,2}\d+")
_MADE = re.compile(r"x([0-9a-f]{8}|[0-9a-f]{12})")


@dataclass(frozen=True)
class Left:
    """A text that goes out as it was written, but for names of the key: what it is, and where it is."""

    kind: str
    file: str
    tier: str
    text: str


@dataclass
class Names:
    """The pseudonyms of one study. `sequences` maps sessions to their sequence values and what stands for these."""

    key: Key
    codebook: Codebook
    authors: Iterable[str] = ()
    sequences: dict[str, dict[str, str]] = field(default_factory=dict)
    left: dict[Left, None] = field(default_factory=dict)
    """What was left, for the report on leaks."""
    again: bool = False
    """Whether the texts come out of a file under pseudonyms, so that names which say nothing stay what they are."""

    def __post_init__(self) -> None:
        """Prepares the search for names."""
        known = [
            (name, pseudonym)
            for names in self.key.names.values()
            for name, pseudonym in names.items()
            if name not in self.roles and name != pseudonym
        ]
        known += [(name, REMOVED) for name in self.authors if name.strip()]
        # What was read out of files may hold names itself.
        words = () if self.codebook.extracted else tuple(texts_of(self.codebook))
        self._free = Words(known, protected=words)
        # Names that are numbers would turn ratings and ids into pseudonyms, and what most recordings are called tells
        # nobody.
        lettered = [(name, pseudonym) for name, pseudonym in known if any(map(str.isalpha, name))]
        self._structure = Words(lettered, protected=(*words, *self._usual()))
        self._codes = frozenset(map(nfc, words))

    def _usual(self) -> Iterable[str]:
        """Words in the names of more than half of the sessions, or of the recordings: `crying_01`, `crying_02`."""
        for kind in ("session", "medium"):
            names = self.key.names[kind]
            counts = Counter(fold(word) for name in names for word in set(parts_of(name)))
            yield from (word for word, count in counts.items() if 2 * count > len(names) > _FEW)

    @cached_property
    def roles(self) -> frozenset[str]:
        """PARTICIPANTs that the codebook or a built-in one names; one that was read out of files may name people."""
        return _builtin_roles() | (frozenset() if self.codebook.extracted else _roles_of(self.codebook))

    def is_of_codebook(self, text: str) -> bool:
        """Whether a text is one of those that a codebook somebody wrote has."""
        return nfc(text) in self._codes

    def session(self, name: str) -> str:
        """The pseudonym of a session."""
        return self.key.of("session", name)

    def rater(self, name: str) -> str:
        """The pseudonym of a rater; the consensus, and nobody, keep their names."""
        stays = not name.strip() or name == UNNAMED or name in RESERVED_RATERS
        return name if stays else self.key.of("rater", name)

    def participant(self, name: str) -> str:
        """The pseudonym of a PARTICIPANT; a role of the codebook stays."""
        return name if not name.strip() or name in self.roles else self.key.of("participant", name)

    def medium(self, name: str) -> str:
        """The pseudonym of a recording's file name, with its suffix."""
        suffix = PurePosixPath(name).suffix.lower()
        if self.again and PurePosixPath(name).stem in self.key.names["medium"]:
            return name
        return self.key.of("medium", name) + (suffix if _SUFFIX.fullmatch(suffix) else "")

    def sequence(self, session: str, value: str) -> str:
        """What stands for a sequence's value."""
        return self.sequences.get(session, {}).get(nfc(value), REMOVED) if value.strip() else ""

    def text(self, text: str, kind: str, file: str = "", tier: str = "") -> str:
        """A free text, every known name in it replaced; it is remembered for the report."""
        changed = self._free.replace(text)
        if changed.strip():
            self.left.setdefault(Left(kind, file, tier, changed))
        return changed

    def label(self, text: str, kind: str, tier: str = "") -> str:
        """The same for names of tiers, types, vocabularies and entries; those of a written codebook stay."""
        if self.is_of_codebook(text) or not any(map(str.isalpha, text)):
            return text
        changed = self._structure.replace(text)
        self.left.setdefault(Left(kind, "", tier, changed))
        return changed

    def thing(self, text: str) -> str:
        """The name of a type or vocabulary: where a written codebook has none of it, one that says nothing."""
        if self.codebook.extracted or self.is_of_codebook(text) or not any(map(str.isalpha, text)):
            return self.label(text, "type")
        stem, at, rater = text.rpartition("@")
        if self.again and at and (rater in RESERVED_RATERS or rater in self.key.names["rater"]):
            return f"{self.thing(stem)}@{rater}"  # merging made it from another one
        return self.nothing(text, 8)

    def identity(self, text: str) -> str:
        """An id of an annotation or time slot; one that is no plain number gets another."""
        return text if _NUMBERED.fullmatch(text) else self.nothing(text, 12)

    def entry(self, text: str, *, is_code: bool) -> str:
        """The text of a vocabulary's entry; where a written codebook has no such code, one that says nothing.

        Each of these is another one, so that no value can be taken for it.
        """
        known = self.codebook.extracted or is_code or not any(map(str.isalpha, text))
        return self.label(text, "entry") if known else self.nothing(text, 8)

    def nothing(self, text: str, digits: int) -> str:
        """A name that says nothing, the same for the same text."""
        return text if self.again and _MADE.fullmatch(text) else f"x{self.key.identifier(text).hex[:digits]}"

    def dispute(self, session: str, value: str, known: Iterable[str]) -> str:
        """The value of a `@disagreement` (see `merge.consensus`): raters by pseudonym, codes of `known` as they are."""
        said, marks = marks_of(value)
        allowed = tuple(known)
        codes: list[tuple[str, str]] = []
        others: list[str] = []
        for part in said.split(SEPARATOR):
            rater, equals, code = part.rpartition("=") if part.count("=") == 1 else part.partition("=")
            if equals and nfc(rater) in self.key.names["rater"]:
                codes.append((self.rater(rater), self.code(session, code, allowed)))
            elif part:
                others.append(REMOVED)
        codes.sort(key=lambda item: natural_key(item[0]))
        return SEPARATOR.join([*(f"{rater}={code}" for rater, code in codes), *others, *marks])

    def code(self, session: str, code: str, known: Iterable[str]) -> str:
        """What a rater said, as merging shows it: one of the codes that are `known` stays, a number too."""
        readable = {code.replace("|", "/"): code for code in known}
        if code in ("-", "?") or code.lstrip("-").replace(".", "", 1).isdecimal():
            return code
        if code in readable:
            return self.label(readable[code], "code").replace("|", "/")
        if nfc(code) in self.sequences.get(session, {}):
            return self.sequence(session, code)
        return f"{REMOVED}?" if code.endswith("?") else REMOVED


@cache
def _builtin_roles() -> frozenset[str]:
    return frozenset().union(*(_roles_of(load_codebook(builtin_path(name))) for name in builtin_names()))


def _roles_of(codebook: Codebook) -> frozenset[str]:
    return frozenset(system.participant for system in codebook.systems if system.participant)


def texts_of(codebook: Codebook) -> Iterable[str]:
    """The words of a codebook: what it calls tiers, systems and categories."""
    yield codebook.sequence_tier or ""
    for system in codebook.systems:
        yield from (system.id, system.tier_name, system.rating_vocabulary, *system.labels.values())
        yield from (*system.interval_tier_names, *system.rating_tier_names)
        for category in system.categories:
            yield from (category.id, *category.labels.values(), *category.definitions.values())
        for anchors in system.scale.anchors.values() if system.scale is not None else ():
            yield from anchors.values()
