"""Joint time and its permutation tests against counting millisecond by millisecond and against full enumeration."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from elancry.association.cooccurrence import (
    CodedTime,
    joint_time,
    overlap_counts,
    overlap_matrix,
    shift_test,
    stack,
    swap_matrix,
)
from elancry.association.swap import compare, each, pair_raters, paired_matrix, swap_test


def coded(text: str, k: int = 2, start: int = 0) -> CodedTime:
    """One letter a ms: `a`, `b` categories 0 and 1, `.` none, `?` unknown."""
    letters = np.array(list(text))
    present = np.stack([letters == "ab"[column] for column in range(k)], axis=1)
    known = np.repeat((letters != "?")[:, None], k, axis=1)
    return CodedTime(np.arange(len(text) + 1, dtype=np.int64) + start, present, known)


def random_text(rng: np.random.Generator, length: int, letters: str = "ab..") -> str:
    """Runs of three ms on average."""
    return "".join(letter * int(rng.integers(1, 6)) for letter in rng.choice(list(letters), size=length))[:length]


def test_overlap_of_equal_lengths_counts_milliseconds() -> None:
    """
    F  aaaa..bbbb
    I  ..aaaaaabb    F=a with I=a: 2 ms; F=b with I=b: 2 ms; F=b with I=a: 2 ms.
    """
    joint, time_f, time_i, length = overlap_matrix(coded("aaaa..bbbb", start=70), stack([coded("..aaaaaabb")]))
    assert joint[0].tolist() == [[2, 0], [2, 2]]
    assert time_f[0].tolist() == [[4, 4], [4, 4]]
    assert time_i[0].tolist() == [[6, 2], [6, 2]]
    assert (length == 10).all()


def test_a_tier_is_stretched_to_the_other_sequence() -> None:
    """I of 5 ms, `aabbb`, on F of 10 ms is `aaaabbbbbb`."""
    short = overlap_matrix(coded("aab..aabba"), stack([coded("aabbb")]))
    long = overlap_matrix(coded("aab..aabba"), stack([coded("aaaabbbbbb")]))
    for ours, theirs in zip(short, long, strict=True):
        np.testing.assert_allclose(ours, theirs)


def test_unknown_time_is_out_of_everything() -> None:
    """
    F  aa??..bbbb     known together: ms 0, 1, 4, 5, 6, 7 (F unknown at 2-3, I at 8-9)
    I  a.aaaaaa??
    """
    joint, time_f, time_i, length = overlap_matrix(coded("aa??..bbbb"), stack([coded("a.aaaaaa??")]))
    assert length[0, 0, 0] == 6
    assert joint[0, 0, 0] == 1
    assert time_f[0, 0, 0] == 2
    assert time_i[0, 0, 0] == 5


def test_expected_is_the_product_of_the_amounts() -> None:
    f, i = [{"R": coded("aaaa......")}], [{"R": coded("..aaaaaabb")}]
    times = joint_time(f, i, pair_raters(f, i))
    assert times.expected[0].tolist() == pytest.approx([4 * 6 / 10, 4 * 2 / 10])


def test_stretches_coded_with_both_are_counted() -> None:
    """
    F  aaaa..aaaa    a with b: ms 1, 3, 6-7, so three stretches; the two touching pieces of I at 6 and 7 are one.
    I  .b.bb.bb..
    """
    assert overlap_counts(coded("aaaa..aaaa"), coded(".b.bb.bb.."))[0].tolist() == [0, 3]


def small_study(n: int, seed: int) -> tuple[list[dict[str, CodedTime]], list[dict[str, CodedTime]]]:
    rng = np.random.default_rng(seed)
    f, i = [], []
    for _ in range(n):
        length = int(rng.integers(20, 40))
        f.append({name: coded(random_text(rng, length)) for name in ("R1", "R2")})
        i.append({name: coded(random_text(rng, length)) for name in ("R1", "R2")})
    return f, i


def test_swap_statistic_by_its_definition() -> None:
    """C[s, t] = joint time of F in s with stretched I of t, minus d_F(s) share_I(t), mean over raters."""
    f, i = small_study(4, 1)
    matrix = swap_matrix(f, i, pair_raters(f, i))
    for s in range(4):
        for t in range(4):
            expected = 0.0
            for rater in ("R1", "R2"):
                one, two = f[s][rater], i[t][rater]
                length = len(one.present)
                # 1,000 points per ms of s, each looked up in t at the same relative place
                fine = (np.arange(length * 1000) + 0.5) / 1000
                in_f = one.present[fine.astype(int), 0]
                in_i = two.present[(fine / length * len(two.present)).astype(int), 1]
                expected += (in_f & in_i).sum() / 1000 - in_f.sum() / 1000 * two.present[:, 1].mean()
            assert matrix[s, t, 0, 1] == pytest.approx(expected / 2, abs=0.01)


def test_swap_p_is_that_of_all_re_pairings() -> None:
    """Five sequences: all 120 re-pairings enumerated; the drawn p lies within 4 standard errors."""
    f, i = small_study(5, 4)
    matrix = swap_matrix(f, i, pair_raters(f, i))
    test = swap_test(matrix, np.random.default_rng(1), 9999)
    for x in range(2):
        for y in range(2):
            sums = np.array([sum(matrix[s, t, x, y] for s, t in enumerate(order)) for order in permutations(range(5))])
            observed = abs(np.trace(matrix[:, :, x, y]) - sums.mean())
            exact = np.mean(np.abs(sums - sums.mean()) >= observed - 1e-9)
            assert test.p[x, y] == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 9999) + 2e-3)


def test_shift_p_is_that_of_all_offsets() -> None:
    """One sequence of 30 ms: all 30 offsets enumerated by rolling."""
    rng = np.random.default_rng(6)
    f, i = coded(random_text(rng, 30)), coded(random_text(rng, 30))
    test = shift_test([{"R": f}], [{"R": i}], pair_raters([{"R": f}], [{"R": i}]), np.random.default_rng(1), 20_000)
    for x in range(2):
        for y in range(2):
            rolled = np.array([(f.present[:, x] & np.roll(i.present[:, y], o)).sum() for o in range(30)])
            exact = np.mean(np.abs(rolled - rolled.mean()) >= abs(rolled[0] - rolled.mean()) - 1e-9)
            assert test.p[x, y] == pytest.approx(exact, abs=0.02)


def test_raters_with_themselves_where_possible_else_with_each_other() -> None:
    """R1 coded sequence 0, R2 sequence 1: (0, 0) and (1, 1) within, (0, 1) and (1, 0) across."""
    f = [{"R1": "f0"}, {"R2": "f1"}]
    i = [{"R1": "i0"}, {"R2": "i1"}]
    asked = []

    def statistic(a: str, b: list[str]) -> np.ndarray:
        asked.extend((a, item) for item in b)
        return np.ones((len(b), 1, 1))

    assert paired_matrix(f, i, pair_raters(f, i), list, each(statistic)).ravel().tolist() == [1, 1, 1, 1]  # type: ignore[arg-type]
    assert sorted(asked) == [("f0", "i0"), ("f0", "i1"), ("f1", "i0"), ("f1", "i1")]


def test_p_counts_ties_and_itself() -> None:
    """Null 0, 1, 2, 3, 4 (mean 2), observed 3: distances 2, 1, 0, 1, 2, four of them at least 1: (1 + 4) / (1 + 5)."""
    test = compare(np.array([3.0, 5.0]), np.array([[0.0, 5], [1, 5], [2, 5], [3, 5], [4, 5]]), (1, 2))
    assert test.p[0, 0] == pytest.approx(5 / 6)
    assert np.isnan(test.p[0, 1])


def test_maxt_of_one_test_is_its_p_and_of_two_is_not_smaller() -> None:
    rng = np.random.default_rng(1)
    null = rng.normal(size=(999, 2))
    both = compare(np.array([2.5, 0.3]), null, (1, 2))
    alone = compare(np.array([2.5]), null[:, :1], (1, 1))
    assert alone.p_maxt[0, 0] == alone.p[0, 0] == both.p[0, 0]
    assert (both.p_maxt >= both.p).all()
