"""Which annotation is an event of which sequence; every expectation is read off the time line drawn above it."""

from __future__ import annotations

from elancry.align.events_of import UNKNOWN, build_events
from elancry.align.sequences import match_sequences

P, D = 0, 1
SEQ = [(0, 100, "1")]


def events(coding):
    return build_events(coding, match_sequences(coding)[0])


def rows(item, rater):
    own = item.of(rater)
    return list(zip(own.start_ms.tolist(), own.end_ms.tolist(), own.codes.tolist(), strict=True))


def test_an_annotation_belongs_whole_to_the_sequence_that_holds_its_larger_part(study):
    # ms   0        100  120       200
    # Seq  |---1----|    |---2-----|
    # R1        |--p--|    |d|    |---p---|     80-110: 20 of 30 in 1; 190-230: 10 of 40 in 2
    marked = [(0, 100, "1"), (120, 200, "2")]
    coding = study({"s": {"R1": {"Sequence": marked, "form": [(80, 110, "p"), (130, 140, "d"), (190, 230, "p")]}}})
    first, second = events(coding)
    assert (first.sequence, second.sequence) == ("1", "2")
    assert rows(first, "R1") == [(80, 110, P)]
    assert rows(second, "R1") == [(130, 140, D)]
    assert (first.categories, first.tier, first.system) == (("p", "d"), "form", "form")


def test_half_outside_is_not_the_larger_part(study):
    coding = study({"s": {"R1": {"Sequence": SEQ, "form": [(90, 110, "p")]}}})
    assert rows(events(coding)[0], "R1") == []


def test_unknown_values_keep_their_place_and_points_are_no_events(study):
    coding = study({"s": {"R1": {"Sequence": SEQ, "form": [(10, 20, "prtest"), (30, 30, "p"), (0, 5, "d")]}}})
    assert rows(events(coding)[0], "R1") == [(0, 5, D), (10, 20, UNKNOWN)]


def test_only_raters_who_marked_the_sequence_and_coded_the_tier_are_there(study):
    coding = study(
        {
            "s": {
                "R1": {"Sequence": SEQ, "form": [(0, 10, "p")]},
                "R2": {"Sequence": SEQ, "form": None},
                "R3": {"Sequence": [(300, 400, "2")], "form": [(310, 320, "p")]},
                "R10": {"Sequence": SEQ, "form": []},
            }
        }
    )
    assert [(item.sequence, item.raters) for item in events(coding)] == [("1", ("R1", "R10")), ("2", ("R3",))]


def test_without_a_sequence_tier_the_session_is_the_window(study):
    coding = study({"s": {"R1": {"form": [(700, 900, "d")]}, "R2": {"form": [(710, 890, "p")]}}}, duration_ms=1_000)
    (item,) = events(coding)
    assert (rows(item, "R1"), rows(item, "R2")) == ([(700, 900, D)], [(710, 890, P)])


def test_a_tier_per_category_has_its_own_events(study, per_category):
    coding = study({"s": {"R1": {"Sequence": SEQ, "form.p": [(0, 10, "p")], "form.d": [(5, 50, "d")]}}}, per_category)
    assert [(item.tier, item.categories, rows(item, "R1")) for item in events(coding)] == [
        ("form.p", ("p",), [(0, 10, 0)]),
        ("form.d", ("d",), [(5, 50, 0)]),
    ]
