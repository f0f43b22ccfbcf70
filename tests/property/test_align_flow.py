"""The flow of the coding is conserved, whatever is wrong with it, and says of every millisecond what is so.

The second implementation below asks of each single millisecond of each annotation, by the rules as they are written in
words, whether it entered the time compared.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elancry.align.flow import ACCOUNTS, SessionFlow, put_aside
from elancry.align.sequences import match_sequences
from elancry.check.coding import Aside, CheckedCoding, CodedAnnotation, CodedFile, CodedTier
from elancry.check.left_out import ENTERED, Why
from elancry.choices import Units
from elancry.codebook.model import Category, Codebook, Coding, Layout, Scale, System
from elancry.errors import ElancryError
from elancry.study.compared import Compared
from elancry.study.flow import StudyFlow
from elancry.study.plan import Plan

SYSTEM = System(
    id="form",
    labels={},
    categories=(Category("p", {}), Category("d", {})),
    coding=Coding.BOTH,
    scale=Scale(0, 4),
)
OTHER = System(id="gaze", labels={}, categories=SYSTEM.categories)
CODEBOOK = Codebook(id="test", title="", systems=(SYSTEM,))
LENGTH = 40
NOT_ASKED = (Why.RATER_NOT_ASKED, Why.OTHER_ROUND, Why.TIER_NOT_ASKED)
RATERS = ("R1", "R2", "R3")


@st.composite
def spans(draw, most):
    times = draw(st.lists(st.tuples(st.integers(0, LENGTH), st.integers(0, LENGTH)), max_size=most))
    return [(min(span), max(span)) for span in times]


@st.composite
def interval_tiers(draw, rater, system="form", own=None):
    """Known, unknown and empty values, overlaps with itself, points, and damaged times, whatever stands there."""
    items, opened = [], []
    for number, (start, end) in enumerate(draw(spans(5))):
        value = draw(st.sampled_from(["p", "d", "p", "d", "x", ""] if own is None else [own, own, "x", ""]))
        damaged = draw(st.integers(0, 5)) == 0
        if damaged:
            opened.append((start, end))
            start, end = draw(st.sampled_from([(start, start), (start, end), (0, LENGTH)]))
        category = value if value in ("p", "d") else None
        items.append(CodedAnnotation(f"a{number}", start, end, value, category, damaged=damaged))
    name = system if own is None else f"{system}.{own}"
    return CodedTier(rater, system, "interval", own, name, tuple(items), missing=not items, open_ms=tuple(opened))


@st.composite
def files(draw, session, rater, layout=Layout.ONE_TIER):
    sequences = [
        CodedAnnotation(
            f"s{number}", start, end, draw(st.sampled_from(["1", "2", ""])), damaged=not draw(st.integers(0, 8))
        )
        for number, (start, end) in enumerate(draw(spans(2)))
    ]
    tiers = [CodedTier(rater, None, "sequence", None, "Sequence", tuple(sequences))]
    for own in (None,) if layout is Layout.ONE_TIER else ("p", "d"):
        tiers.append(draw(interval_tiers(rater, own=own)))
    for category in ("p", "d"):
        given_, unrated = [], []
        for number, above in enumerate(sequences):
            value = draw(st.sampled_from(["", "0", "3", "9", None]))
            if value is not None:
                read = value if value in ("0", "3") else None
                span = above.start_ms, above.end_ms
                rated = CodedAnnotation(f"r{number}", *span, value, read, above.id, damaged=above.damaged)
                (given_ if value else unrated).append(rated)
        name = f"form.{category}.rating"
        tiers.append(
            CodedTier(rater, "form", "rating", category, name, tuple(given_), not given_, unrated=tuple(unrated))
        )
    name = f"{session}__{rater}.eaf"
    return CodedFile(Path(name), name, session, rater, None, "", LENGTH, tuple(tiers))


@st.composite
def studies(draw, layouts=(Layout.ONE_TIER,)):
    """Files of up to three raters; beside them files and tiers not asked for, and files that cannot be read."""
    whole, layout = draw(st.booleans()), draw(st.sampled_from(layouts))
    sessions = {"s1": draw(st.integers(1, 3)), "s2": draw(st.integers(0, 2))}
    found = [
        draw(files(session, rater, layout))
        for session, n in sessions.items()
        for rater in draw(st.permutations(RATERS))[:n]
    ]
    aside = [
        Aside(draw(st.sampled_from(NOT_ASKED)), file.name, file.session, file.rater, file.tiers)
        for file in draw(st.lists(files("s3", "R9"), max_size=2))
    ]
    for file in draw(st.sampled_from([(), found[:1], found])):
        other = draw(interval_tiers(file.rater, OTHER.id))
        aside.append(Aside(Why.TIER_NOT_ASKED, file.name, file.session, file.rater, (other,)))
    aside += [Aside(Why.FILE_UNREADABLE, "s4__R1.eaf", "s4", "R1")] * draw(st.integers(0, 1))
    codebook = replace(CODEBOOK, systems=(replace(SYSTEM, layout=layout),), sequence_tier=None if whole else "Sequence")
    return CheckedCoding(codebook, tuple(found), rater_order=RATERS, aside=tuple(aside))


def flow_of(coding, *, aggregate="mean", analysed=True, units=Units.AUTO):
    from elancry.study.associate.numbers import _coded_by

    sequences, odd = match_sequences(coding)
    if any(item.blocking for item in odd):
        return None
    compared = Compared.of(coding, sequences)
    plan = Plan(aggregate=aggregate).choose(units=units)
    coded = _coded_by(aggregate, coding, sequences, compared) if analysed else None
    return StudyFlow(coding, sequences, compared, plan, coded)


@settings(max_examples=150, deadline=None)
@given(studies(tuple(Layout)), st.sampled_from(["mean", "consensus", "R1"]), st.booleans(), st.sampled_from([*Units]))
def test_every_annotation_and_every_millisecond_is_in_one_account(coding, aggregate, analysed, units):
    flow = flow_of(coding, aggregate=aggregate, analysed=analysed, units=units)
    if flow is None:
        return
    rows = flow.table()
    assert set(rows["reason"]) <= set(ACCOUNTS)
    rows = rows[rows["reason"] != Why.FILE_UNREADABLE]
    n, ms = Counter(), Counter()
    for row in rows.to_dict("records"):
        key = row["session"], row["file"], row["rater"], row["tier"], row["kind"]
        n[key] += row["n_annotations"]
        ms[key] += row["ms"]
    expected_n, expected_ms = Counter(), Counter()
    sources = [(file.session, file.name, file.tiers) for file in coding.files]
    sources += [(item.session, item.file, item.tiers) for item in coding.aside]
    for session, name, tiers in sources:
        for tier in tiers:
            intervals = ("time", "event", "score")
            # Labels are of a tier for all codes; of fewer than 20 units nobody knows whether they were given.
            if units is Units.GIVEN and tier.system == SYSTEM.id and tier.category is None and flow.given:
                intervals += ("label",)
            kinds = {"interval": intervals, "rating": ("rating",), "sequence": ()}[tier.kind]
            for kind in kinds:
                for item in (*tier.annotations, *tier.unrated):
                    expected_n[session, name, tier.rater, tier.tier, kind] += 1
                    expected_ms[session, name, tier.rater, tier.tier, kind] += 0 if item.damaged else item.duration_ms
    assert (n, ms) == (expected_n, expected_ms)


@settings(max_examples=150, deadline=None)
@given(studies())
def test_time_enters_where_another_rater_can_be_read(coding):
    flow = flow_of(coding)
    if flow is None:
        return
    for session, accounts in flow.sessions.items():
        counted = Counter()
        for part in accounts.parts(("time",)):
            counted[part.rater] += int(part.ms[ACCOUNTS.index(ENTERED)])
        windows = [item for item in flow.sequences if item.session == session]
        tiers = {
            tier.rater: tier
            for file in coding.files_of(session)
            for tier in file.tiers
            if tier.kind == "interval" and not tier.missing
        }
        for rater, tier in tiers.items():
            entered = sum(
                can_be_compared(ms, rater, windows, tiers)
                for item in tier.annotations
                if item.category is not None and not item.damaged
                for ms in range(item.start_ms, item.end_ms)
            )
            assert counted[rater] == entered


def can_be_compared(ms, rater, windows, tiers):
    return any(
        window.start_ms <= ms < window.end_ms
        and rater in window.raters
        and readable(ms, tiers[rater])
        and any(other in window.raters and readable(ms, tiers[other]) for other in tiers if other != rater)
        for window in windows
    )


def readable(ms, tier):
    """Whether one category, or none of them, can be read there."""
    here = {item.category for item in tier.annotations if item.start_ms <= ms < item.end_ms and not item.damaged}
    if not here:
        return not any(start <= ms < end for start, end in tier.open_ms)
    return None not in here and len(here) == 1


@settings(max_examples=100, deadline=None)
@given(studies())
def test_what_a_pair_loses_is_what_its_accounts_leave_out(coding):
    flow = flow_of(coding, analysed=False)
    if flow is None:
        return
    for accounts in flow.sessions.values():
        # For two raters who are all there are, the team is everybody.
        if len(accounts.raters) == 2 and len(flow.coding.raters_of(accounts.session)) == 2:
            parts = list(accounts.parts(("time",)))
            coded = {part.rater for part in parts}
            expected = sum(int(part.ms.sum() - part.ms[0]) for part in parts) if len(coded) == 2 else 0
            assert accounts.lost("time", "form", "form", accounts.raters)[1] == expected


def test_an_account_that_does_not_add_up_ends_with_an_error():
    tier = CodedTier("R1", "form", "interval", None, "form", (CodedAnnotation("a", 0, 10, "p", "p"),), held=(2, 10))
    file = CodedFile(Path("s__R1.eaf"), "s__R1.eaf", "s", "R1", None, "", LENGTH, (tier,))
    coding = CheckedCoding(CODEBOOK, (file,))
    with pytest.raises(ElancryError, match="does not add up") as caught:
        list(SessionFlow(coding, "s", (), ("R1",)).parts())
    assert caught.value.exit_code == 2
    with pytest.raises(ElancryError, match="does not add up"):
        list(put_aside([Aside(Why.OTHER_ROUND, file.name, "s", "R1", (tier,))]))
