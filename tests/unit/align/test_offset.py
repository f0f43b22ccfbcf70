"""Offsets between raters: planted ones come back, and what is not clear is not shifted."""

from __future__ import annotations

import numpy as np
import pytest

from elancry.align.offset import align_offsets, estimate_offset
from elancry.codebook.model import Codebook
from elancry.seeds import stream


def coding(seed, n=40, names="pd"):
    """Random events of 2-8 s with gaps of 1-20 s."""
    draw = stream(1, "offset", str(seed))
    events, time = [], 20_000
    for _ in range(n):
        time += int(draw.integers(1000, 20_000))
        end = time + int(draw.integers(2000, 8000))
        events.append((time, end, names[int(draw.integers(len(names)))]))
        time = end
    return events


def shaken(events, shift, seed, jitter=200):
    draw = stream(2, "offset", str(seed))
    moved = []
    for start, end, name in events:
        first, last = (draw.normal(0, jitter, 2)).astype(int)
        moved.append((start + shift + int(first), end + shift + int(last), name))
    return moved


@pytest.mark.parametrize("shift", [-15_300, -900, 7_350, 240_000])
def test_planted_offsets_lie_in_the_interval(shift):
    # The interval is meant to hold the truth 95 times in 100: of 20 draws 17 or more do with P = .98 (binomial).
    held = 0
    for seed in range(20):
        estimate = estimate_offset(coding(seed), shaken(coding(seed), shift, seed))
        assert estimate.clear
        assert not estimate.negligible
        held += abs(estimate.offset_ms - shift) <= estimate.half_width_ms
    assert held >= 17


def test_no_offset_is_none():
    estimate = estimate_offset(coding(1), shaken(coding(1), 0, 1))
    assert estimate.clear
    assert estimate.negligible


def test_unrelated_coding_is_not_clear():
    for seed in range(10):
        estimate = estimate_offset(coding(seed), coding(seed + 100))
        assert estimate is None or not estimate.clear


def test_nothing_in_common():
    assert estimate_offset([], coding(1)) is None
    assert estimate_offset([(0, 100, "p")], [(0, 100, "d")]) is None
    assert estimate_offset([(5, 5, "p")], [(0, 100, "p")]) is None


@pytest.mark.parametrize("shift", [6000, -6000])
def test_a_study_is_aligned_and_says_so(study, shift):
    truth = coding(3)
    second = shaken(truth, shift, 3)
    tiers = {
        "R1": {"form": truth},
        "R2": {"form": second},
        "R3": {"form": coding(50)},
        "R4": {"form": shaken(truth, 0, 9)},
    }
    codebook = Codebook("t", "t", study({}).codebook.systems, sequence_tier=None)
    aligned, findings = align_offsets(study({"s": tiers}, codebook=codebook))
    assert [(item.code, item.rater) for item in findings] == [
        ("offset-applied", "R2"),
        ("offset-unclear", "R3"),
        ("offset-negligible", "R4"),
    ]
    shifts = {file.rater: file.offset_ms for file in aligned.files}
    # R2 lies behind by `shift`: relative to R1, R3 and R4 it moves the other way, and no time becomes negative.
    assert abs(shifts["R2"] - shifts["R1"] + shift) < 150
    assert shifts["R1"] == shifts["R3"] == shifts["R4"] == (0 if shift < 0 else -min(0, shifts["R2"] - shifts["R1"]))
    assert min(shifts.values()) == 0
    starts = {file.rater: np.array([item.start_ms for item in file.tiers[0].annotations]) for file in aligned.files}
    assert abs(np.median(starts["R2"] - starts["R1"])) < 150


def test_an_interval_that_comes_near_zero_is_not_shifted():
    # The interval excludes 0, but does not lie 250 ms away from it.
    slow = estimate_offset(coding(4), shaken(coding(4), 270, 4))
    assert slow.clear
    assert slow.offset_ms > slow.half_width_ms
    assert slow.negligible


def test_times_of_years_take_neither_memory_nor_the_offset_away():
    years = 10**12
    first, second = coding(1), shaken(coding(1), 7350, 1)
    plain = estimate_offset(first, second)
    assert estimate_offset([*first, (years, years + 1000, "p")], [*second, (years, years + 900, "p")]) == plain
