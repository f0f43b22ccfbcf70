"""Linking two raters' annotations, rule by rule. One character of a time line is 100 ms; letters are categories."""

from __future__ import annotations

import sys
import tracemalloc

import numpy as np
import pytest

from elancry.align import events
from elancry.align.events import Events, candidate_pairs, link_events, readable
from elancry.choices import Matching


def line(text: str) -> Events:
    """Events from a time line: `[aa][b]` are an `a` of 4 and a `b` of 3 characters, each bracket belonging to it."""
    spans = []
    begin = 0
    for at, character in enumerate(text):
        if character == "[":
            begin = at
        elif character == "]":
            spans.append((begin * 100, (at + 1) * 100, ord(text[begin + 1]) - ord("a")))
    start, end, codes = (np.array([span[i] for span in spans], dtype=np.int64) for i in range(3))
    return Events.of(start, end, codes)


def links(first: str, second: str, rule: Matching = Matching.EASYDIAG, criterion: float = 0.6) -> list[tuple[int, int]]:
    i, j, _ = link_events(line(first), line(second), rule, criterion)
    return list(zip(i.tolist(), j.tolist(), strict=True))


BY_OVERLAP = [rule for rule in Matching if rule is not Matching.ONSET]


@pytest.mark.parametrize("rule", BY_OVERLAP)
def test_overlap_of_the_longer_decides(rule: Matching) -> None:
    """Shared 6 of 10 characters reach .6, shared 5 of 10 do not; categories do not matter above one half."""
    assert links("[aaaaaaaa]", "    [bbbb]", rule) == [(0, 0)]
    assert links("[aaaaaaaa]", "     [bbb]", rule) == []
    assert links("[aaaaaaaa]", "     [bbb]", rule, 0.5) == [(0, 0)]


@pytest.mark.parametrize("rule", BY_OVERLAP)
def test_events_that_only_touch_are_not_linked(rule: Matching) -> None:
    assert links("[aaa]", "     [aaa]", rule, 0.0) == []


@pytest.mark.parametrize("rule", list(Matching))
def test_nothing_to_link(rule: Matching) -> None:
    assert links("", "[aaa]", rule) == []
    assert links("[aaa]", "", rule) == []
    assert links("", "", rule) == []


def moments(*onsets: int, length: int = 40) -> Events:
    begins = np.array(onsets, np.int64)
    return Events.of(begins, begins + length, np.zeros(len(begins), np.int64))


def test_nearest_onsets_are_linked_whatever_the_extents() -> None:
    """Onsets in ms; x, y and z lie 100 apart, of y and z the earlier is taken, 3000 and 4001 lie 1001 apart.

    first    0            1000              3000
    second      100    900     1100                  4001
             x         y    z
    """
    first, second = moments(0, 1000, 3000), moments(100, 900, 1100, 4001, length=5)
    for tolerance, wanted in ((1001, [(0, 0), (1, 1), (2, 3)]), (1000, [(0, 0), (1, 1)]), (99, [])):
        i, j, _ = link_events(first, second, Matching.ONSET, tolerance)
        assert list(zip(i.tolist(), j.tolist(), strict=True)) == wanted
        j, i, _ = link_events(second, first, Matching.ONSET, tolerance)
        assert sorted(zip(i.tolist(), j.tolist(), strict=True)) == wanted


@pytest.mark.parametrize("seed", range(20))
def test_nearest_onsets_are_those_of_a_plain_search(seed: int) -> None:
    """All pairs in the order of decision 32: difference, the earlier onset, the later one; each event once."""
    generator = np.random.default_rng(seed)
    first, second = (np.unique(generator.integers(0, 8000, 25)) for _ in range(2))
    pairs = sorted((abs(a - b), min(a, b), max(a, b), a, b) for a in first for b in second if abs(a - b) <= 700)
    wanted: dict[int, int] = {}
    for *_, a, b in pairs:
        if a not in wanted and b not in wanted.values():
            wanted[int(a)] = int(b)
    i, j, _ = link_events(moments(*first), moments(*second), Matching.ONSET, 700)
    assert dict(zip(first[i].tolist(), second[j].tolist(), strict=True)) == wanted


def test_what_cannot_be_read_is_left_out_with_its_partner() -> None:
    """First's 1 and second's 3 cannot be read, nor second's 1, which is alone; three links.

    first    0 known   1 unknown   2 known (alone)   3 known
    second   0 known   2 known                       3 unknown    1 unknown (alone)
    """
    first, second = moments(0, 100, 200, 300), moments(0, 50, 100, 300)
    first = Events(first.start_ms, first.end_ms, np.array([0, -2, 0, 1]))
    second = Events(second.start_ms, second.end_ms, np.array([1, -1, 0, -2]))
    links = np.array([0, 1, 3]), np.array([0, 2, 3]), np.array([0.7, 0.8, 0.9])
    a, b, (i, j, overlap) = readable(first, second, links)
    assert (a.start_ms.tolist(), b.start_ms.tolist()) == ([0, 200], [0])
    assert (i.tolist(), j.tolist(), overlap.tolist()) == ([0], [0], [0.7])


def test_thousands_of_onsets_on_top_of_each_other_stay_small() -> None:
    same = moments(*[1000] * 3000)
    i, j, _ = link_events(same, same, Matching.ONSET, 1000)
    assert len(set(i.tolist())) == len(set(j.tolist())) == len(i) > 0


def test_easydiag_takes_the_largest_overlap_first() -> None:
    """The second rater's long event shares .5 with the first and .4 with the second of the first rater's."""
    assert links("[aaa][bb]", "[ccccccc]", criterion=0.1) == [(0, 0)]


def test_max_weight_takes_two_middling_links_for_one_good_one() -> None:
    """Overlaps 4/9 (a-c), 5/9 (b-c), 4/9 (b-d): greedy takes b-c and then nothing, the heaviest takes a-c and b-d.

    .4444 + .4444 > .5556.
    """
    first, second = "[aaaa]  [bbbbbbb]", "  [ccccccccc]    [d]"
    first = "[aaaaaaa][bbbbbbb]"
    second = "     [ccccccc][ddd]"
    assert links(first, second, Matching.EASYDIAG, 0.1) == [(1, 0)]
    assert links(first, second, Matching.MAX_WEIGHT, 0.1) == [(0, 0), (1, 1)]


def test_gseq_prefers_agreement_to_overlap() -> None:
    """The longer shared stretch has another category: the alignment takes the agreeing event."""
    first, second = "  [aaaaaaa]", "[bbbbb][aa]"
    assert links(first, second, Matching.EASYDIAG, 0.1) == [(0, 0)]
    assert links(first, second, Matching.GSEQ, 0.1) == [(0, 1)]


def test_gseq_prefers_a_disagreement_to_two_omissions() -> None:
    assert links("[aaaaa]", "[bbbbb]", Matching.GSEQ, 0.1) == [(0, 0)]


def test_interact_takes_the_same_category_then_the_nearest_onset() -> None:
    assert links("[aaaaaaaaaaa]", "[bbbb][aaaa]", Matching.INTERACT, 0.1) == [(0, 1)]
    assert links(" [aaaaaaaaaa]", "[bbbb][cccc]", Matching.INTERACT, 0.1) == [(0, 0)]


def test_interact_depends_on_who_comes_first() -> None:
    """The first of the first rater's events takes what it finds; the exemption of the invariants."""
    first, second = "[bbbb][aaaaa]", "  [aaaaaa]"
    assert links(first, second, Matching.INTERACT, 0.1) == [(0, 0)]
    assert links(second, first, Matching.INTERACT, 0.1) == [(0, 1)]


def test_ties_go_to_what_comes_first_whoever_coded_it() -> None:
    first, second = "[aaaaaaaa]", "[bbb][ccc]"
    for rule in (Matching.EASYDIAG, Matching.MAX_WEIGHT, Matching.GSEQ):
        assert links(first, second, rule, 0.5) == [(0, 0)]
        assert links(second, first, rule, 0.5) == [(0, 0)]


def test_a_tier_that_overlaps_itself_is_solved_too() -> None:
    """One long event over three short ones, as a file may hold although ELAN allows no overlap on a tier."""
    a = Events.of(np.array([0, 100, 600]), np.array([1000, 500, 900]), np.array([0, 1, 1]))
    b = Events.of(np.array([0, 100, 600]), np.array([990, 480, 880]), np.array([0, 1, 1]))
    for rule in Matching:
        i, j, overlap = link_events(a, b, rule, 0.1)
        assert list(zip(i.tolist(), j.tolist(), strict=True)) == [(0, 0), (1, 1), (2, 2)]
        assert overlap == pytest.approx([0.99, 0.95, 280 / 300])


def long_tiers(n: int) -> tuple[Events, Events]:
    """`n` annotations a side, of the second rater within 90 ms of the first."""
    rng = np.random.default_rng(0)
    edges = np.cumsum(rng.integers(200, 3_000, 2 * n))
    a = Events(edges[::2], edges[1::2], rng.integers(0, 5, n))
    shift = rng.integers(-90, 90, (2, n))
    return a, Events.of(a.start_ms + shift[0], a.end_ms + shift[1], rng.integers(0, 5, n))


def lines_run(a: Events, b: Events, rule: Matching, criterion: float) -> int:
    """How many lines of Python linking takes: its loops, counted and not timed."""
    count = 0

    def step(frame: object, event: str, argument: object) -> object:
        nonlocal count
        count += event == "line"
        return step

    before = sys.gettrace()
    sys.settrace(step)  # type: ignore[arg-type]
    try:
        link_events(a, b, rule, criterion)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("rule", BY_OVERLAP)
@pytest.mark.parametrize("criterion", [0.1, 0.6])
def test_work_and_memory_grow_with_the_number_of_annotations_and_not_with_its_square(
    rule: Matching, criterion: float
) -> None:
    """The benchmark prints the seconds that 100,000 a side take."""
    lines, peaks = [], []
    for n in (500, 2_000):
        a, b = long_tiers(n)
        assert len(candidate_pairs(a, b, criterion)) <= 2 * n
        lines.append(lines_run(a, b, rule, criterion))
        tracemalloc.start()
        i, _, overlap = link_events(a, b, rule, criterion)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert len(i) > 0.9 * n
        assert (overlap >= criterion).all()
    assert lines[1] < 5 * lines[0]
    assert peaks[1] < 6 * peaks[0]


def piled_up(n: int, seed: int) -> Events:
    """`n` annotations that all overlap each other: what a broken file may hold, and ELAN never writes."""
    rng = np.random.default_rng(seed)
    start = rng.integers(0, 9_000, n)
    return Events.of(start, start + rng.integers(10_000, 30_000, n), rng.integers(0, 3, n))


def test_thousands_on_top_of_each_other_stay_small():
    a, b = piled_up(2_000, 1), piled_up(2_000, 2)
    pairs = candidate_pairs(a, b, 0.1)
    assert len(pairs) <= 2 * events.KEPT * 2_000
    turned = candidate_pairs(b, a, 0.1)
    assert set(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)) == set(
        zip(turned.b.tolist(), turned.a.tolist(), strict=True)
    )
    first, second, overlap = link_events(a, b, Matching.EASYDIAG, 0.6)
    assert len(set(first.tolist())) == len(set(second.tolist())) == len(overlap) > 1_500


@pytest.mark.parametrize("seed", range(5))
def test_keeping_the_best_candidates_keeps_all_where_there_are_not_more(seed: int, monkeypatch: pytest.MonkeyPatch):
    a, b = piled_up(30, seed), piled_up(25, seed + 10)
    b = Events.of(b.start_ms * 5, b.end_ms * 5, b.codes)
    every = candidate_pairs(a, b, 0.05)
    monkeypatch.setattr(events, "MOST_PAIRS", -1_000)
    monkeypatch.setattr(events, "_BLOCK", 40)
    kept = candidate_pairs(a, b, 0.05)
    assert (kept.a.tolist(), kept.b.tolist()) == (every.a.tolist(), every.b.tolist())
    assert kept.overlap.tolist() == every.overlap.tolist()
