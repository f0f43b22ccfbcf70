"""Documents to GSEQ's SDIS: timed event data, one unit with one session for each document.

Each tier is a set of codes that exclude each other, as annotations of one tier do, and a stream of its own. Times are
seconds with two decimals, offsets exclusive: the code is no longer on at its offset. Annotations of tiers of moments,
and what is shorter than a hundredth of a second, are written as moments (`code,onset`). The session ends with its last
annotation: an .eaf does not say how long the medium is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from elancry.eaf.document import Document
from elancry.findings import Finding, finding
from elancry.interop.flat import is_point_type
from elancry.interop.format import Choices, Written
from elancry.interop.further_losses import Further, further_findings
from elancry.interop.losses import Part, choice_findings, chosen_tiers, loss_findings
from elancry.interop.sdis.names import Names, as_word, legend_line
from elancry.interop.sdis.read import SESSION
from elancry.texts import text

KEPT = frozenset({Part.EMPTY_VALUE, Part.ZERO_LENGTH, Part.PARTICIPANT})
LOST = (Further.MOMENTS, Further.NOTHING_CODED)
UNIT_MS = 10
MANY_CODES = 40
_PER_LINE = 5


def write_sdis(document: Document, choices: Choices) -> Written:
    """One document as a file of its own."""
    return gather_sdis({document.name.rsplit(".", 1)[0] or "session": document}, choices)


def gather_sdis(documents: Mapping[str, Document], choices: Choices) -> Written:
    """One file of all documents, by the stems of their files."""
    findings: list[Finding] = []
    book = _Codes(documents, choices)
    blocks = []
    for stem in sorted(documents):
        document = documents[stem]
        tiers = chosen_tiers(document, choices)
        findings += choice_findings(document, choices)
        findings += loss_findings(document, tiers, "SDIS", KEPT)
        findings += further_findings(document, tiers, "SDIS", LOST)
        findings += book.too_many(document, [tier.id for tier in tiers])
        block, rounded = book.session(document, document.header_property(SESSION) or stem, [tier.id for tier in tiers])
        blocks += block
        if rounded:
            said = text("finding.convert-sdis-rounded.message", n=rounded)
            findings.append(finding("convert-sdis-rounded", said, file=document.name or None))
    lines = ["% Timed event data for GSEQ. Times are seconds, offsets exclusive.", *book.lines(), *blocks]
    return Written({".sds": ("\n".join(lines) + "\n").encode("ascii")}, tuple(findings))


class _Codes:
    """One code for each value of each tier, the same in all documents; in the order of vocabularies where there are.

    The code resembles the value; where another tier has it, or for a number, it begins with the tier's initials.
    """

    def __init__(self, documents: Mapping[str, Document], choices: Choices) -> None:
        self._sets: dict[str, str] = {}
        self._codes: dict[str, dict[str, str]] = {}
        self._units = Names()
        used: dict[str, dict[str, None]] = {}
        known: dict[str, list[str]] = {}
        for stem in sorted(documents):
            document = documents[stem]
            for tier in chosen_tiers(document, choices):
                values = used.setdefault(tier.id, {})
                values.update(dict.fromkeys(item.value for item in document.annotations(tier.id)))
                known.setdefault(tier.id, []).extend(_vocabulary(document, tier.id))
        sets, codes = Names(), Names()
        for tier_id, values in used.items():
            self._sets[tier_id] = sets.word(tier_id, otherwise="tier")
            self._codes[tier_id] = {}
            short = as_word("_".join(part[:2] for part in re.split(r"[^\w]+|_", tier_id)))[:9]
            for value in dict.fromkeys([*(value for value in known[tier_id] if value in values), *values]):
                wishes = ("" if value[0].isdigit() else value, f"{short}_{value}", value) if value else ()
                self._codes[tier_id][value] = codes.word(*wishes, otherwise=f"{short}_no")

    def lines(self) -> list[str]:
        """The declaration and the legend."""
        sets = [f"(${self._sets[tier]} = {' '.join(known.values())})" for tier, known in self._codes.items() if known]
        said = [
            legend_line(code=code, tier=tier, value=value)
            for tier, known in self._codes.items()
            for value, code in known.items()
        ]
        return ["Timed <seconds>", *_broken(sets), ";", *said]

    def too_many(self, document: Document, tiers: list[str]) -> Iterator[Finding]:
        """A finding for each tier that is no tier of codes."""
        for tier in tiers:
            number = len({annotation.value for annotation in document.annotations(tier)})
            if number > MANY_CODES:
                said = text("finding.convert-sdis-many-codes.message", number=number)
                yield finding("convert-sdis-many-codes", said, file=document.name or None, tier=tier)

    def session(self, document: Document, title: str, tiers: list[str]) -> tuple[list[str], int]:
        """The lines of one session, and how many of its times had to be rounded; none for one without annotations."""
        streams: list[list[str]] = []
        rounded = end = 0
        for tier in tiers:
            points = _of_moments(document, tier)
            events = []
            for item in sorted(document.annotations(tier), key=lambda item: (item.start_ms, item.end_ms)):
                times = (item.start_ms,) if points else (item.start_ms, item.end_ms)
                rounded += sum(time % UNIT_MS != 0 for time in times)
                first, last = _units(times[0]), _units(times[-1])
                code = self._codes[tier][item.value]
                events.append(f"{code},{_text(first)}" + (f"-{_text(last)}" if last > first else ""))
                end = max(end, last, first)
            if events:
                streams.append(events)
        if not streams:
            return [], 0
        unit = self._units.word(title, otherwise="session")
        lines = ["", legend_line(unit=unit, session=title, events=str(sum(map(len, streams))))]
        for found in filter(None, map(document.tier, tiers)):
            if found.participant is not None:
                lines.append(legend_line(unit=unit, tier=found.id, participant=found.participant))
        lines.append(f"<{unit}>")
        for number, events in enumerate(streams):
            lines += ["&"] if number else []
            lines += _broken(events)
        lines[-1] += f" ,{_text(end)}/"
        return lines, rounded


def _vocabulary(document: Document, tier: str) -> Iterator[str]:
    """The values in the vocabulary of a tier, in its order."""
    kind = document.type_of(tier)
    vocabulary = None if kind is None or kind.vocabulary is None else document.vocabulary(kind.vocabulary)
    for entry in () if vocabulary is None else vocabulary.entries:
        yield from entry.values.values()


def _of_moments(document: Document, tier: str) -> bool:
    found = document.tier(tier)
    return found is not None and is_point_type(found.type_id)


def _units(ms: int) -> int:
    return (ms + UNIT_MS // 2) // UNIT_MS


def _text(units: int) -> str:
    return f"{units // 100}.{units % 100:02d}"


def _broken(words: list[str]) -> list[str]:
    return [" ".join(words[place : place + _PER_LINE]) for place in range(0, len(words), _PER_LINE)]
