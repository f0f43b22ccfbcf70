"""The report of *Compare raters* as plain lines, and the rows of the agreement table that it speaks of.

ELAN shows the report in a proportional font that wraps, so nothing is laid out in columns. Rounding happens here and
nowhere before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from elancry import __version__
from elancry.align.sequences import MatchedSequence
from elancry.align.timeline import MISSING
from elancry.check.coding import CheckedCoding
from elancry.choices import Matching
from elancry.plugin.xml_input import Segment
from elancry.spans import format_ms
from elancry.study.agree.families import Questions
from elancry.study.agree.row import Row
from elancry.study.compared import Compared
from elancry.study.plan_keys import Plan
from elancry.texts import Text, Texts, text

LONGEST_SHOWN = 5
CATEGORIES_SHOWN = 40
MOST_LETTERS = 200


@dataclass(frozen=True)
class Rater:
    """What one rater coded within the windows; `ms` and `events` are by category id."""

    name: str
    ms: dict[str, int]
    events: dict[str, int]


@dataclass(frozen=True)
class Numbers:
    """Rows of schema.AGREEMENT, and how much each rater coded. `raters` are those who coded anything."""

    rows: tuple[Row, ...]
    raters: tuple[Rater, ...]
    categories: tuple[str, ...]

    def row(self, measure: str, **wanted: object) -> Row | None:
        """The first row of `measure` whose cells equal `wanted`; a cell that is not there equals ""."""
        return next(
            (
                row
                for row in self.rows
                if row["measure"] == measure and all(row.get(name, "") == value for name, value in wanted.items())
            ),
            None,
        )


def numbers_of(compared: Compared, *, matching: Matching, criterion: float) -> Numbers:
    """Agreement in time and on events; `criterion` in (0, 1]. One session has no interval, so none is asked for."""
    questions = Questions.of(compared, Plan(matching=matching, criterion=(criterion,), resamples=0))
    rows = tuple(row for family in (*questions.time, *questions.events) for row in questions.engine.rows(family))
    timelines, events = questions.compared.timelines, questions.compared.events
    categories = timelines[0].categories
    raters = []
    for name in compared.raters:
        own_time = [item for item in timelines if name in item.raters]
        columns = [(item.codes[:, item.raters.index(name)], item.durations) for item in own_time]
        if not any((codes != MISSING).any() for codes, _ in columns):
            continue
        ms = {
            category: sum(int(durations[codes == code].sum()) for codes, durations in columns)
            for code, category in enumerate(categories)
        }
        own = [item.of(name) for item in events if name in item.raters]
        # An annotation that reaches into two sequences is one all the same.
        marked = {(int(a), int(b), int(c)) for e in own for a, b, c in zip(e.start_ms, e.end_ms, e.codes, strict=True)}
        count = {category: sum(c == code for _, _, c in marked) for code, category in enumerate(categories)}
        raters.append(Rater(name, ms, count))
    return Numbers(rows, tuple(raters), categories)


def report(
    coding: CheckedCoding,
    windows: Sequence[MatchedSequence],
    numbers: Numbers,
    tiers: Mapping[str, Sequence[Segment]],
    *,
    sound_ms: int | None,
    overlap: int,
    shortest: int,
) -> list[Text | str]:
    """All lines. `sound_ms` is the length of the sound file, `None` where there is none."""
    inside = coding.codebook.sequence_tier is not None
    disagreement, consensus = tiers.values()
    return [
        "",
        text("plugin.compare.heading", version=__version__),
        text("plugin.no-tier-names", slot="R1"),
        "",
        *_raters(coding, numbers, inside=inside),
        *_doubts(coding),
        *_sound(coding, sound_ms),
        _compared(coding, windows, sound_ms),
        "",
        *_time(numbers),
        "",
        *_events(numbers, overlap),
        "",
        *_categories(coding, numbers),
        *_longest(disagreement, shortest),
        text(
            "plugin.compare.new-tiers",
            places=text("plugin.compare.places", n=len(disagreement)),
            stretches=text("plugin.compare.stretches", n=len(consensus)),
        ),
        "",
        text("plugin.compare.one-recording"),
    ]


def shortened(value: str) -> str:
    """At most `MOST_LETTERS` of a value: what a rater pasted into an annotation must not fill the report."""
    return value if len(value) <= MOST_LETTERS else value[:MOST_LETTERS] + " [...]"


def coefficient(value: float) -> str:
    """Two decimals without the leading zero, as `elancry agree` prints them."""
    shown = f"{value:.2f}".replace("-0.00", "0.00")
    return shown.replace("0.", ".", 1) if abs(float(shown)) < 1 else shown


def _raters(coding: CheckedCoding, numbers: Numbers, *, inside: bool) -> Iterator[Text]:
    counted = {rater.name: sum(rater.events.values()) for rater in numbers.raters}
    for file in coding.files:
        (tier, *_) = file.tiers
        rater = file.rater
        if tier.missing:
            yield text("plugin.compare.rater-empty", rater=rater)
            continue
        here = counted.get(rater, 0)
        annotations = text("count.annotations", n=len(tier.annotations))
        if inside:
            yield text("plugin.compare.rater-inside", rater=rater, annotations=annotations, n=here)
        else:
            yield text("plugin.compare.rater", rater=rater, annotations=annotations)
        if unknown := sum(item.category is None for item in tier.annotations):
            yield text("plugin.compare.look-no-value", n=unknown, rater=rater)
        outside = sum(item.category is not None and item.duration_ms > 0 for item in tier.annotations) - here
        if inside and not here:
            yield text("plugin.compare.look-none-inside", rater=rater)
        elif inside and outside:
            yield text("plugin.compare.look-outside", n=outside, rater=rater)


def _doubts(coding: CheckedCoding) -> Iterator[Text]:
    """What is probably a slip: one tier chosen twice, one value written in two ways, two values at a time."""
    for file in coding.files:
        if any(b.start_ms < a.end_ms for a, b in pairwise(file.tiers[0].annotations)):
            yield text("plugin.compare.look-overlap", rater=file.rater)
    seen: dict[tuple[tuple[int, int, str], ...], str] = {}
    for file in coding.files:
        key = tuple((item.start_ms, item.end_ms, item.value) for item in file.tiers[0].annotations)
        if key and key in seen:
            yield text("plugin.compare.look-same", first=seen[key], second=file.rater)
        seen.setdefault(key, file.rater)
    alike: dict[str, list[str]] = {}
    for category in coding.codebook.systems[0].categories:
        label = category.label("")
        alike.setdefault(" ".join(label.casefold().split()), []).append(label)
    for labels in alike.values():
        if len(labels) > 1:
            yield text("plugin.compare.look-alike", values=_all_of([repr(shortened(label)) for label in labels]))


def _all_of(names: Sequence[str]) -> Text | str:
    *first, last = names
    return text("plugin.and", first=_all_of(first), last=last) if first else last


def _sound(coding: CheckedCoding, sound_ms: int | None) -> Iterator[Text]:
    end_ms = _last_end(coding)
    if sound_ms is not None and sound_ms < end_ms:
        yield text("plugin.compare.look-sound", sound=format_ms(sound_ms), last=format_ms(end_ms))


def _compared(coding: CheckedCoding, windows: Sequence[MatchedSequence], sound_ms: int | None) -> Text:
    """Which time was compared: the sequences', else all of the recording as far as its length is known."""
    length = format_ms(sum(item.duration_ms for item in windows))
    if coding.codebook.sequence_tier is not None:
        return text("plugin.compare.compared-sequences", n=len(windows), length=length)
    if sound_ms is not None and sound_ms >= _last_end(coding):
        return text("plugin.compare.compared-whole", length=length)
    return text("plugin.compare.compared-to-last", length=length)


def _last_end(coding: CheckedCoding) -> int:
    return max((item.end_ms for file in coding.files for tier in file.tiers for item in tier.annotations), default=0)


def _time(numbers: Numbers) -> Iterator[Text]:
    overall = {"scope": "overall", "variant": "with_none"}
    percent = numbers.row("time_percent", aggregate="pooled", **overall)
    kappa = numbers.row("time_fleiss_kappa", aggregate="pooled", **overall)
    both = numbers.row("time_fleiss_kappa", aggregate="pooled", scope="overall", variant="without_none")
    two = len(numbers.raters) == 2
    yield text("plugin.compare.time")
    if percent is not None and percent["estimate"] is not None:
        share = 100 * percent["estimate"]
        if two:
            yield text("plugin.compare.time-share-both", percent=share)
        else:
            yield text("plugin.compare.time-share", percent=share)
    yield text("plugin.compare.time-kappa", estimate=_estimate(kappa))
    if kappa is not None and kappa["estimate"] is not None:
        yield text("plugin.compare.perfect")
    for first, second, row in _pairs(numbers, "time_cohen_kappa", overall):
        yield text("plugin.compare.time-pair", first=first, second=second, estimate=_estimate(row))
    if two:
        yield text("plugin.compare.time-both", estimate=_estimate(both))
    else:
        yield text("plugin.compare.time-several", estimate=_estimate(both))


def _events(numbers: Numbers, overlap: int) -> Iterator[Text]:
    yield text("plugin.compare.events", overlap=overlap)
    linked = numbers.row("event_linked", aggregate="pooled", scope="overall")
    raw = numbers.row("event_raw", aggregate="pooled", scope="overall")
    kappa = numbers.row("event_kappa_ipf", aggregate="pooled", scope="overall")
    if linked is not None and raw is not None and linked["estimate"] is not None:
        shares = {"linked": 100 * linked["estimate"], "raw": 100 * raw["estimate"]}
        if len(numbers.raters) == 2:
            yield text("plugin.compare.events-linked", **shares)
        else:
            yield text("plugin.compare.events-linked-pairs", **shares)
    rule = kappa["variant"] if kappa is not None else Matching.EASYDIAG.value
    yield text("plugin.compare.events-kappa", rule=rule, estimate=_estimate(kappa))
    if len(numbers.raters) > 2:
        for first, second, row in _pairs(numbers, "event_kappa_ipf", {"scope": "overall"}):
            yield text("plugin.compare.events-pair", first=first, second=second, estimate=_estimate(row))


def _pairs(numbers: Numbers, measure: str, wanted: Mapping[str, str]) -> Iterator[tuple[str, str, Row]]:
    for first, second in combinations([rater.name for rater in numbers.raters], 2):
        row = numbers.row(measure, aggregate="pair", raters=f"{first}|{second}", **wanted)
        if row is not None:
            yield first, second, row


def _estimate(row: Row | None) -> Text | str:
    if row is None:
        return text("plugin.compare.nothing-compared")
    if row["estimate"] is None:
        return text("plugin.compare.undefined", reason=row["undefined_reason"])
    return f"{coefficient(row['estimate'])}."


def _categories(coding: CheckedCoding, numbers: Numbers) -> Iterator[Text | str]:
    labels = {item.id: item.label("") for item in coding.codebook.systems[0].categories}
    used = [name for name in numbers.categories if any(r.ms[name] or r.events[name] for r in numbers.raters)]
    if not used:
        return
    yield text("plugin.compare.by-value")
    yield text("plugin.compare.by-value-amounts")
    for name in used[:CATEGORIES_SHOWN]:
        amounts = [
            text("plugin.compare.amount", rater=r.name, n=r.events[name], seconds=r.ms[name] / 1000)
            for r in numbers.raters
        ]
        of = {"scope": "category", "category": name, "aggregate": "pooled"}
        yield text(
            "plugin.compare.value",
            value=shortened(labels[name]),
            kappa=_short(numbers.row("time_fleiss_kappa", variant="with_none", **of)),
            positive=_short(numbers.row("event_positive_agreement", **of)),
            amounts=Texts(tuple(amounts)),
        )
    if len(used) > CATEGORIES_SHOWN:
        yield text("plugin.compare.more-values", n=len(used) - CATEGORIES_SHOWN)
    yield ""


def _short(row: Row | None) -> Text | str:
    if row is None or row["estimate"] is None:
        return text("plugin.compare.not-defined")
    return coefficient(row["estimate"])


def _longest(disagreement: Sequence[Segment], shortest: int) -> Iterator[Text | str]:
    found = sorted(disagreement, key=lambda item: item.start_ms - item.end_ms)[:LONGEST_SHOWN]
    if found and shortest:
        yield text("plugin.compare.longest-of-longer", shortest=shortest)
    elif found:
        yield text("plugin.compare.longest")
    elif shortest:
        yield text("plugin.compare.nowhere-longer", shortest=shortest)
    else:
        yield text("plugin.compare.nowhere")
    for item in found:
        seconds = (item.end_ms - item.start_ms) / 1000
        yield text("plugin.compare.difference", start=format_ms(item.start_ms), seconds=seconds, value=item.value)
    yield ""
