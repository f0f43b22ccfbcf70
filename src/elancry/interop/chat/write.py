r"""Writing CHAT: tiers become speakers, associations their dependent tiers (see `elancry.interop.chat.transcript`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from string import ascii_lowercase

from elancry.eaf.document import Document
from elancry.eaf.parts import Annotation, Constraint, Tier
from elancry.interop.format import Choices, Written
from elancry.interop.losses import Part, choice_findings, chosen_tiers, loss_findings, lost_in_words
from elancry.interop.text import Changes
from elancry.texts import text

KEPT = frozenset({Part.PARTICIPANT, Part.EMPTY_TIER, Part.EMPTY_VALUE, Part.ZERO_LENGTH})
FORGOTTEN = (
    text("format.loses.chat-hierarchy"),
    *lost_in_words({*KEPT, Part.HIERARCHY}),
    text("format.loses.chat-blanks"),
    text("format.loses.chat-media"),
)
_CODE = re.compile(r"[A-Z0-9]{1,7}")
_DEPENDENT = re.compile(r"[a-z]{3,7}")


@dataclass(slots=True)
class _Speaker:
    """A tier that becomes main lines, and those that depend on it, by their codes."""

    code: str
    tier: Tier
    dependents: dict[str, Tier] = field(default_factory=dict)


def write(document: Document, choices: Choices) -> Written:
    """Write a transcript with an utterance for every annotation of a main tier."""
    chosen = chosen_tiers(document, choices)
    changes = Changes(document.name)
    speakers = _speakers(document, chosen)
    dependent = {tier.id for speaker in speakers for tier in speaker.dependents.values()}
    whole = all(tier.parent is None or tier.id in dependent for tier in chosen)
    lines = ["@UTF8", "@Begin", "@Languages:\tund", *_heads(document, speakers, changes)]
    lines += [line for _, line in sorted(_utterances(document, speakers, changes), key=lambda item: item[0])]
    lines.append("@End")
    losses = loss_findings(document, chosen, "CHAT", {*KEPT, Part.HIERARCHY} if whole else KEPT)
    findings = (*choice_findings(document, choices), *losses, *changes.findings())
    return Written({".cha": ("\n".join(lines) + "\n").encode("utf-8")}, findings)


def _speakers(document: Document, chosen: Sequence[Tier]) -> list[_Speaker]:
    names = {tier.id for tier in chosen}
    mains = [tier for tier in chosen if not _depends(document, tier, names)]
    taken = {tier.id for tier in mains if _CODE.fullmatch(tier.id)}
    free = (code for number in count(1) if (code := f"T{number:02d}") not in taken)
    speakers = {tier.id: _Speaker(tier.id if tier.id in taken else next(free), tier) for tier in mains}
    for tier in chosen:
        if tier.id not in speakers and tier.parent is not None:
            speaker = speakers[tier.parent]
            speaker.dependents[_dependent_code(tier.id, speaker)] = tier
    return list(speakers.values())


def _depends(document: Document, tier: Tier, chosen: set[str]) -> bool:
    """Whether a tier can be dependent lines: one annotation at most under each annotation of a main tier."""
    if tier.parent not in chosen or _is_association(document, tier.parent):
        return False
    if not _is_association(document, tier.id):
        return False
    above = {annotation.id for annotation in document.annotations(tier.parent)}
    parents = [annotation.parent for annotation in document.annotations(tier.id)]
    return len(set(parents)) == len(parents) and set(parents) <= above


def _is_association(document: Document, tier_id: str) -> bool:
    kind = document.type_of(tier_id)
    tier = document.tier(tier_id)
    own = kind is not None and kind.constraint is Constraint.SYMBOLIC_ASSOCIATION
    return own and tier is not None and tier.parent is not None


def _dependent_code(name: str, speaker: _Speaker) -> str:
    start = f"{speaker.tier.id}%"
    if name.startswith(start) and _DEPENDENT.fullmatch(name[len(start) :]) and name[len(start)] != "x":
        return name[len(start) :]
    number = len(speaker.dependents)
    high, low = divmod(number, 26)
    # %x... are the tiers that users may make up.
    return "x" + (_letters(high) + ascii_lowercase[low])


def _letters(number: int) -> str:
    """`a` to `z`, then `ba`, `bb`, ..."""
    high, low = divmod(number, 26)
    return (_letters(high) if high else "") + ascii_lowercase[low]


def _heads(document: Document, speakers: Sequence[_Speaker], changes: Changes) -> Iterator[str]:
    people = []
    for speaker in speakers:
        name = speaker.tier.participant or ""
        shown = changes.note(name, re.sub(r"[\s,]+", "_", name), "participant")
        people.append(" ".join(filter(None, (speaker.code, shown, "Participant"))))
    if people:
        yield f"@Participants:\t{', '.join(people)}"
    for speaker in speakers:
        yield f"@ID:\tund|elancry|{speaker.code}|||||Participant|||"
    if document.media:
        url, mime = document.media[0].url, document.media[0].mime_type or ""
        stem = re.split(r"[\\/]", url)[-1].rsplit(".", 1)[0]
        plain = re.sub(r"[\s,\x15]+", "_", stem)
        if plain:
            yield f"@Media:\t{plain}, {'audio' if mime.startswith('audio') else 'video'}"
    for speaker in speakers:
        yield f"@Comment:\telancry tier {speaker.code} = {_flat(speaker.tier.id, changes)}"
        for code, tier in speaker.dependents.items():
            yield f"@Comment:\telancry tier {speaker.code} %{code} = {_flat(tier.id, changes)}"


def _utterances(
    document: Document, speakers: Sequence[_Speaker], changes: Changes
) -> Iterator[tuple[tuple[int, int], str]]:
    """((begin, number of the speaker), the main line with its dependent lines)."""
    for number, speaker in enumerate(speakers):
        below: dict[str, Mapping[str | None, Annotation]] = {
            code: {annotation.parent: annotation for annotation in document.annotations(tier.id)}
            for code, tier in speaker.dependents.items()
        }
        for annotation in document.annotations(speaker.tier.id):
            times = f"{annotation.start_ms}_{annotation.end_ms}"
            lines = [f"*{speaker.code}:\t{_flat(annotation.value, changes)} \x15{times}\x15"]
            for code, by_parent in below.items():
                child = by_parent.get(annotation.id)
                if child is not None:
                    lines.append(f"%{code}:\t{_flat(child.value, changes)}")
            yield (annotation.start_ms, number), "\n".join(lines)


def _flat(value: str, changes: Changes) -> str:
    return changes.note(value, re.sub(r"\r\n|[\r\n\t\x15]", " ", value), "line-breaks")
