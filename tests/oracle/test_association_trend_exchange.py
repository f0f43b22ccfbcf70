"""Trend exchange against the reference values of decision 19 (statistics exact to 1e-9, p by exchanges).

The reference is an independent NumPy program; its statistics are exact, its p values come from 500,000 exchanges, and
in the study of equal clusters from all 720.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from elancry.association.cooccurrence import CodedTime
from elancry.association.sequential import CodedEvents, WindowRule
from elancry.association.swap import compare, pair_raters
from elancry.association.trend_exchange import (
    Excess,
    effect,
    exchange_test,
    joint_excess,
    strata_of,
    trend_basis,
    window_excess,
)

JOINT, WINDOW = "joint_ms", "onsets_of_f_in_5000ms_after_i"
RATER = "R"


@pytest.fixture(scope="module")
def oracle(shared: Path) -> Path:
    return shared / "oracles" / "trend_exchange"


class Study:
    """The oracle's rows as what elancry computes from."""

    def __init__(self, path: Path, unit: str = "cluster") -> None:
        with path.open(encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        keys = sorted({(r[unit], r["session"], int(r["begin_ms"]), r["sequence"], int(r["length_ms"])) for r in rows})
        self.names = {system: sorted({r["category"] for r in rows if r["system"] == system} - {""}) for system in "FI"}
        self.sequences = [key[3] for key in keys]
        self.length = np.array([key[4] for key in keys], dtype=np.float64)
        self.cluster = np.unique([key[0] for key in keys], return_inverse=True)[1]
        self.events = {system: [{RATER: self._events(rows, system, key)} for key in keys] for system in self.names}
        self.times = {system: [{RATER: _times(item[RATER])} for item in self.events[system]] for system in self.names}

    def _events(self, rows: list[dict[str, str]], system: str, key: tuple[str, str, int, str, int]) -> CodedEvents:
        own = sorted(
            (int(r["start_ms"]), int(r["end_ms"]), self.names[system].index(r["category"]))
            for r in rows
            if (r["sequence"], r["system"]) == (key[3], system) and r["category"]
        )
        begins, ends, codes = (np.array([item[part] for item in own], dtype=np.int64) for part in range(3))
        end = key[2] + key[4]
        return CodedEvents(begins, ends, codes.astype(np.int16), key[2], end, len(self.names[system]))

    def excess(self, test: str) -> Excess:
        """(n, n, F, I) whichever system opens the windows."""
        if test == JOINT:
            f, i = self.times["F"], self.times["I"]
            return joint_excess(f, i, pair_raters(f, i))
        given, target = self.events["I"], self.events["F"]
        found = window_excess(given, target, pair_raters(given, target), WindowRule(5000))
        return Excess(found.observed.swapaxes(2, 3), found.expected.swapaxes(2, 3))

    def cell(self, row: dict[str, str]) -> tuple[int, int]:
        return self.names["F"].index(row["f"]), self.names["I"].index(row["i"])


def _times(events: CodedEvents) -> CodedTime:
    edges = np.unique([events.window_start_ms, events.window_end_ms, *events.start_ms, *events.end_ms])
    present = np.zeros((len(edges) - 1, events.n_categories), dtype=bool)
    for begin, end, code in zip(events.start_ms, events.end_ms, events.codes, strict=True):
        present[(edges[:-1] >= begin) & (edges[1:] <= end), code] = True
    return CodedTime(edges, present, np.ones_like(present))


def expected_rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        yield from csv.DictReader(stream)


@pytest.mark.parametrize(
    ("unit", "table"), [("cluster", "expected_clusters.csv"), ("sequence", "expected_by_sequence.csv")]
)
def test_statistics_and_p(oracle: Path, unit: str, table: str) -> None:
    study = Study(oracle / "data.csv", unit)
    rows = list(expected_rows(oracle / table))
    assert len(rows) == 18
    for test in (JOINT, WINDOW):
        excess = study.excess(test)
        found = effect(excess, study.cluster)
        exchanged = exchange_test(
            excess.observed - excess.expected, study.cluster, study.length, np.random.default_rng(5), 40_000
        )
        for row in (row for row in rows if row["test"] == test):
            at = study.cell(row)
            for name, value in (
                ("observed", found.observed),
                ("expected", found.expected),
                ("ratio", found.ratio),
                ("ratio_low", found.low),
                ("ratio_high", found.high),
            ):
                assert value[at] == pytest.approx(float(row[name]), rel=1e-9, nan_ok=True), (row["f"], row["i"], name)
            assert found.observed[at] - found.expected[at] == pytest.approx(float(row["excess"]), rel=1e-7, abs=1e-6)
            # Monte-Carlo errors: .0025 of ours, .0007 of theirs; 4 standard errors of both together.
            assert exchanged.p[at] == pytest.approx(float(row["p"]), abs=0.0105)
            assert exchanged.p_maxt[at] == pytest.approx(float(row["p_maxt"]), abs=0.0105)
            assert exchanged.null_mean[at] == pytest.approx(
                float(row["null_mean"]), abs=4 * float(row["null_sd"]) * (1 / 40_000 + 1 / 500_000) ** 0.5
            )
        assert len(set(study.cluster.tolist())) == {"cluster": 10, "sequence": 20}[unit]
        assert int(strata_of(study.cluster, study.length).max()) + 1 == {"cluster": 1, "sequence": 3}[unit]


def test_all_720_exchanges_of_equal_clusters(oracle: Path) -> None:
    """Six clusters of two sequences each in one stratum: every exchange once gives the exact p of the same rule."""
    study = Study(oracle / "data_equal.csv")
    n = len(study.length)
    order = np.lexsort((np.arange(n), study.length, study.cluster)).reshape(6, 2)
    partners = np.empty((720, n), dtype=np.int64)
    for draw, donors in enumerate(permutations(range(6))):
        partners[draw, order.ravel()] = order[list(donors)].ravel()
    for test in (JOINT, WINDOW):
        excess = study.excess(test)
        matrix = excess.observed - excess.expected
        flat = matrix.reshape(n, n, -1)
        null = flat[np.arange(n), partners].sum(axis=1)
        exact = compare(np.einsum("ssk->k", flat), null, matrix.shape[2:])
        drawn = exchange_test(matrix, study.cluster, study.length, np.random.default_rng(6), 40_000)
        for row in (row for row in expected_rows(oracle / "expected_equal.csv") if row["test"] == test):
            at = study.cell(row)
            assert np.einsum("ssfi->fi", excess.observed)[at] == pytest.approx(float(row["observed"]), rel=1e-9)
            assert np.einsum("ssfi->fi", excess.expected)[at] == pytest.approx(float(row["expected"]), rel=1e-9)
            # compare() counts the observed pairing once more: p = (1 + 720 p_exact) / 721.
            assert exact.p[at] == pytest.approx((1 + 720 * float(row["p_exact"])) / 721, abs=1e-9)
            assert exact.p_maxt[at] == pytest.approx((1 + 720 * float(row["p_maxt_exact"])) / 721, abs=1e-9)
            assert drawn.p[at] == pytest.approx(float(row["p_exact"]), abs=0.01)


def test_single_sequences_and_one_re_pairing(oracle: Path) -> None:
    """detail.csv, and the values that the oracle's README prints."""
    study = Study(oracle / "data.csv")
    joint = {test: study.excess(test) for test in (JOINT, WINDOW)}
    rows = list(expected_rows(oracle / "detail.csv"))
    assert len(rows) == 80
    for row in rows:
        s = study.sequences.index(row["sequence"])
        at = (s, s, *study.cell(row))
        assert joint[row["test"]].observed[at] == pytest.approx(float(row["observed"]), rel=1e-9)
        assert joint[row["test"]].expected[at] == pytest.approx(float(row["expected"]), rel=1e-9, abs=1e-9)
    q12, q03 = study.sequences.index("Q12"), study.sequences.index("Q03")
    pair = (q12, q03, study.names["F"].index("sobbing"), study.names["I"].index("silence"))
    assert joint[JOINT].observed[pair] == pytest.approx(196.940978, abs=1e-6)
    assert joint[JOINT].expected[pair] == pytest.approx(181.587357, abs=1e-6)
    assert trend_basis(study.length)[q12, 0, [0, 10]] == pytest.approx([0.83695896, -0.01508434], abs=1e-8)
