"""What the coding as a whole says about choices of the plan: which of them would treat it better?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import median

from elancry.align.offset import suspected_offsets
from elancry.check.coding import CheckedCoding
from elancry.choices import Align, Matching
from elancry.findings import Finding, finding
from elancry.spans import BRIEF_MS
from elancry.study.plan_keys import Plan
from elancry.texts import some, text

FREE_TEXT = "values-free-text"
MOST_VALUES = 100
"""More different values than any codebook has: the tiers hold text, not codes."""
_FEWEST_EVENTS = 5
_FEWEST_RATINGS = 20
_ONE_SIDED = 0.8
"""Where one number has this share of a category's ratings, agreement by chance takes nearly all the room."""


def suggestions(coding: CheckedCoding, plan: Plan) -> Iterator[Finding]:
    """Constant lags that `align` takes out, brief events that another rule links, ratings that hardly differ, free text
    that is no coding."""
    if plan.align is Align.NONE:
        yield from suspected_offsets(coding)
    if plan.matching is not Matching.ONSET:
        yield from _brief_events(coding)
    yield from _one_sided(coding)
    yield from _free_text(coding)


def _brief_events(coding: CheckedCoding) -> Iterator[Finding]:
    lengths: dict[str, list[int]] = {}
    for file in coding.files:
        for tier in file.tiers:
            if tier.kind == "interval" and tier.system is not None:
                lengths.setdefault(tier.system, []).extend(item.duration_ms for item in tier.events)
    for system, found in lengths.items():
        if len(found) >= _FEWEST_EVENTS and median(found) < BRIEF_MS:
            message = text("finding.events-brief.message", system=system, n=len(found), median=round(median(found)))
            yield finding("events-brief", message, hint=text("finding.events-brief.hint"))


def _one_sided(coding: CheckedCoding) -> Iterator[Finding]:
    given: dict[tuple[str, str], Counter[str]] = {}
    for file in coding.files:
        for tier in file.tiers:
            if tier.kind == "rating" and tier.system is not None and tier.category is not None:
                numbers = given.setdefault((tier.system, tier.category), Counter())
                numbers.update(item.category for item in tier.annotations if item.category is not None)
    found: dict[str, list[str]] = {}
    for (system, category), numbers in given.items():
        if numbers.total() >= _FEWEST_RATINGS and max(numbers.values()) >= _ONE_SIDED * numbers.total():
            found.setdefault(system, []).append(category)
    for system, categories in found.items():
        share = round(100 * _ONE_SIDED)
        message = text("finding.ratings-one-sided.message", system=system, categories=some(categories, 5), share=share)
        yield finding("ratings-one-sided", message, hint=text("finding.ratings-one-sided.hint"))


def _free_text(coding: CheckedCoding) -> Iterator[Finding]:
    for system in coding.codebook.systems:
        if coding.codebook.extracted and system.observed and len(system.categories) > MOST_VALUES:
            message = text("finding.values-free-text.message", tier=system.tier_name, n=len(system.categories))
            yield finding(FREE_TEXT, message, hint=text("finding.values-free-text.hint"))
