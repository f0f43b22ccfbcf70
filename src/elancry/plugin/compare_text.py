"""The report of *Compare raters* as plain lines. Rounding happens here and nowhere before.

ELAN shows the report in a proportional font that wraps, so nothing is laid out in columns. The sentences are in ASCII:
on an older Java the report window shows other letters only if they are in the system's code page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from elancry import __version__
from elancry.align.sequences import MatchedSequence
from elancry.check.coding import CheckedCoding
from elancry.plugin.compare_numbers import Numbers
from elancry.plugin.xml_input import Segment
from elancry.spans import format_ms
from elancry.study.agree.row import Row

LONGEST_SHOWN = 5
CATEGORIES_SHOWN = 40
MOST_LETTERS = 200


def report(
    coding: CheckedCoding,
    windows: Sequence[MatchedSequence],
    numbers: Numbers,
    tiers: Mapping[str, Sequence[Segment]],
    *,
    sound_ms: int | None,
    overlap: int,
    shortest: int,
) -> list[str]:
    """All lines. `sound_ms` is the length of the sound file, `None` where there is none."""
    inside = coding.codebook.sequence_tier is not None
    disagreement, consensus = tiers.values()
    return [
        "",
        f"elancry {__version__}: how far do the raters agree?",
        "ELAN does not pass on the names of tiers: R1 is the tier that you chose at R1, and so on.",
        "",
        *_raters(coding, numbers, inside=inside),
        *_doubts(coding),
        *_sound(coding, sound_ms),
        f"Compared: {_compared(coding, windows, sound_ms)}.",
        "",
        *_time(numbers),
        "",
        *_events(numbers, overlap),
        "",
        *_categories(coding, numbers),
        *_longest(disagreement, shortest),
        f"New tiers: elancry_disagreement ({count(len(disagreement), 'place')} where the raters differ) and "
        f"elancry_consensus ({count(len(consensus), 'stretch', 'stretches')} that more than half of them coded alike).",
        "",
        "One recording says little about raters in general: judge a team by `elancry agree` over several recordings.",
    ]


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 place`, `2 places`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def shortened(text: str) -> str:
    """At most `MOST_LETTERS` of a value: what a rater pasted into an annotation must not fill the report."""
    return text if len(text) <= MOST_LETTERS else text[:MOST_LETTERS] + " [...]"


def coefficient(value: float) -> str:
    """Two decimals without the leading zero, as `elancry agree` prints them."""
    text = f"{value:.2f}".replace("-0.00", "0.00")
    return text.replace("0.", ".", 1) if abs(float(text)) < 1 else text


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _raters(coding: CheckedCoding, numbers: Numbers, *, inside: bool) -> Iterator[str]:
    counted = {rater.name: sum(rater.events.values()) for rater in numbers.raters}
    for file in coding.files:
        (tier, *_) = file.tiers
        unknown = sum(item.category is None for item in tier.annotations)
        if tier.missing:
            yield f"{file.rater}: empty. It counts as not coded yet and is left out."
            continue
        more = ""
        here = counted.get(file.rater, 0)
        if inside:
            lie, their = ("lies", "its") if here == 1 else ("lie", "their")
            more += f"; {here} {lie} in the sequences by {their} larger part"
        yield f"{file.rater}: {count(len(tier.annotations), 'annotation')}{more}."
        if unknown:
            has, its = ("has", "Its") if unknown == 1 else ("have", "Their")
            yield f"Look again: {count(unknown, 'annotation')} of {file.rater} {has} no value. {its} time is left out."
        outside = sum(item.category is not None and item.duration_ms > 0 for item in tier.annotations) - here
        if inside and not here:
            yield f"Look again: nothing of {file.rater} lies in the sequences. Are they those of this recording?"
        elif inside and outside:
            lie, are = ("lies", "is") if outside == 1 else ("lie", "are")
            what = count(outside, "annotation")
            yield f"Look again: {what} of {file.rater} {lie} outside the sequences and {are} left out."


def _doubts(coding: CheckedCoding) -> Iterator[str]:
    """What is probably a slip: one tier chosen twice, one value written in two ways, two values at a time."""
    for file in coding.files:
        if any(b.start_ms < a.end_ms for a, b in pairwise(file.tiers[0].annotations)):
            yield f"Look again: annotations of {file.rater} overlap. Time with two values is left out."
    seen: dict[tuple[tuple[int, int, str], ...], str] = {}
    for file in coding.files:
        key = tuple((item.start_ms, item.end_ms, item.value) for item in file.tiers[0].annotations)
        if key and key in seen:
            yield f"Look again: {seen[key]} and {file.rater} are the same to the millisecond. One tier chosen twice?"
        seen.setdefault(key, file.rater)
    alike: dict[str, list[str]] = {}
    for category in coding.codebook.systems[0].categories:
        label = category.label("")
        alike.setdefault(" ".join(label.casefold().split()), []).append(label)
    for labels in alike.values():
        if len(labels) > 1:
            listed = " and ".join(repr(shortened(label)) for label in labels)
            yield f"Look again: {listed} differ only in capital letters or blanks, and count as different values."


def _sound(coding: CheckedCoding, sound_ms: int | None) -> Iterator[str]:
    end_ms = _last_end(coding)
    if sound_ms is not None and sound_ms < end_ms:
        yield (
            f"Look again: the sound file ends at {format_ms(sound_ms)}, the last annotation at {format_ms(end_ms)}. "
            "Nothing was cut off; the sound was left out of account. Is it that of this recording?"
        )


def _compared(coding: CheckedCoding, windows: Sequence[MatchedSequence], sound_ms: int | None) -> str:
    """Which time was compared: the sequences', else all of the recording as far as its length is known."""
    length = format_ms(sum(item.duration_ms for item in windows))
    if coding.codebook.sequence_tier is not None:
        return f"only inside the {count(len(windows), 'sequence')} of the sequence tier, {length} in all"
    if sound_ms is not None and sound_ms >= _last_end(coding):
        return f"the whole recording, {length}"
    return f"from the beginning to the end of the last annotation, {length}"


def _last_end(coding: CheckedCoding) -> int:
    return max((item.end_ms for file in coding.files for tier in file.tiers for item in tier.annotations), default=0)


def _time(numbers: Numbers) -> Iterator[str]:
    overall = {"scope": "overall", "variant": "with_none"}
    percent = numbers.row("time_percent", aggregate="pooled", **overall)
    kappa = numbers.row("time_fleiss_kappa", aggregate="pooled", **overall)
    yield "Same value at the same time ('nothing coded' counts as a value):"
    if percent is not None and percent["estimate"] is not None:
        who = "The raters agree" if len(numbers.raters) == 2 else "Two raters agree, on average over all pairs,"
        yield f"- {who} at {_share(percent['estimate'])} of the time."
    yield f"- Beyond chance: Fleiss' kappa {_estimate(kappa)}"
    if kappa is not None and kappa["estimate"] is not None:
        yield "  (1 is perfect, 0 is what chance gives.)"
    yield from _pairs(numbers, "time_cohen_kappa", "Cohen's kappa", overall)
    both = numbers.row("time_fleiss_kappa", aggregate="pooled", scope="overall", variant="without_none")
    who = "both" if len(numbers.raters) == 2 else "two or more raters"
    yield f"- Only at times when {who} coded something (do they choose the same value?): kappa {_estimate(both)}"


def _events(numbers: Numbers, overlap: int) -> Iterator[str]:
    yield f"Same events (two annotations are one event if they share {overlap} % of the longer one):"
    linked = numbers.row("event_linked", aggregate="pooled", scope="overall")
    raw = numbers.row("event_raw", aggregate="pooled", scope="overall")
    kappa = numbers.row("event_kappa_ipf", aggregate="pooled", scope="overall")
    if linked is not None and raw is not None and linked["estimate"] is not None:
        pairs = "" if len(numbers.raters) == 2 else " (over all pairs of raters)"
        yield (
            f"- {_share(linked['estimate'])} of the annotations have a partner, "
            f"{_share(raw['estimate'])} have one with the same value{pairs}."
        )
    rule = kappa["variant"] if kappa is not None else "easydiag"
    yield f"- Beyond chance: kappa ({rule}) {_estimate(kappa)}"
    yield from _pairs(numbers, "event_kappa_ipf", "kappa", {"scope": "overall"})


def _pairs(numbers: Numbers, measure: str, name: str, wanted: Mapping[str, str]) -> Iterator[str]:
    names = [rater.name for rater in numbers.raters]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    for a, b in pairs:
        row = numbers.row(measure, aggregate="pair", raters=f"{a}|{b}", **wanted)
        if row is not None and (len(pairs) > 1 or measure.startswith("time")):
            yield f"- {a} and {b}: {name} {_estimate(row)}"


def _estimate(row: Row | None) -> str:
    if row is None:
        return "is not defined. Nothing could be compared."
    if row["estimate"] is None:
        return f"is not defined. {row['undefined_reason']}"
    return f"{coefficient(row['estimate'])}."


def _categories(coding: CheckedCoding, numbers: Numbers) -> Iterator[str]:
    labels = {item.id: item.label("") for item in coding.codebook.systems[0].categories}
    used = [name for name in numbers.categories if any(r.ms[name] or r.events[name] for r in numbers.raters)]
    if not used:
        return
    yield "Value by value: kappa in time; positive agreement, the share of annotations with this value that match;"
    yield "and how often and how long each rater coded it."
    for name in used[:CATEGORIES_SHOWN]:
        amounts = "; ".join(
            f"{r.name} {count(r.events[name], 'time')}, {r.ms[name] / 1000:.1f} s" for r in numbers.raters
        )
        of = {"scope": "category", "category": name, "aggregate": "pooled"}
        time = _short(numbers.row("time_fleiss_kappa", variant="with_none", **of))
        events = _short(numbers.row("event_positive_agreement", **of))
        yield f"- {shortened(labels[name])}: kappa {time}, positive agreement {events} ({amounts})"
    if len(used) > CATEGORIES_SHOWN:
        yield f"- and {len(used) - CATEGORIES_SHOWN} more values"
    yield ""


def _short(row: Row | None) -> str:
    return "not defined" if row is None or row["estimate"] is None else coefficient(row["estimate"])


def _longest(disagreement: Sequence[Segment], shortest: int) -> Iterator[str]:
    left = f" (those shorter than {shortest} ms are left out)" if shortest else ""
    if not disagreement:
        yield f"The raters differ nowhere{left}. If you load the new tiers, elancry_disagreement is empty."
        yield ""
        return
    found = sorted(disagreement, key=lambda item: item.start_ms - item.end_ms)[:LONGEST_SHOWN]
    yield f"Where they differ longest{left}:"
    for item in found:
        yield f"- {format_ms(item.start_ms)}, {(item.end_ms - item.start_ms) / 1000:.1f} s: {item.value}"
    yield ""
