"""A real study: 20 infant videos, two human coders, against numbers of an independent script.

Source: iCatcher+ (Erel et al. 2023, doi 10.1177/25152459221147250), codings of github:icatcherplus/icatcher_plus
(GPL-3); shared/studies/icatcher/README.md says what was taken and how the numbers were made. The study is not part of
the project.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from elancry.cli.main import run

pytestmark = pytest.mark.slow
OPTIONS = {
    "session": ("--tiers", "gaze", "--set", "window=session"),
    "trial": ("--tiers", "gaze,look", "--sequence-tier", "Trial"),
}
Key = tuple[str, ...]
KEY = ("tier", "measure", "variant", "scope", "category", "session")


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def expected(study: Path, window: str) -> dict[Key, str]:
    """The numbers that elancry has a measure for: scores in milliseconds and counts are none of them."""
    without = ("time_ms", "looking_time_ms")
    return {
        tuple(row[name] for name in KEY): row["estimate"]
        for row in rows(study / "expected.csv")
        if row["window"] == window and row["measure"] != "n_annotations" and row["variant"] not in without
    }


def computed(coded: Path, out: Path, *options: str) -> dict[Key, str]:
    """The estimates of both coders: pooled where there is such a row, else of their pair."""
    assert run(["agree", str(coded), "-o", str(out), "-q", "--resamples", "0", *options]) in (0, 1)
    found: dict[Key, dict[str, str]] = {}
    for row in rows(out / "tables" / "agreement.csv"):
        if not row["criterion"] and not row["time_unit_ms"]:
            key = (row["tier"].split(".")[0], *(row[name] for name in KEY[1:]))
            found.setdefault(key, {})[row["aggregate"]] = row["estimate"]
    order = ("pooled", "pair", "pair_mean")
    return {key: next((got[name] for name in order if name in got), "") for key, got in found.items()}


@pytest.fixture(scope="module")
def study(shared: Path) -> Path:
    return shared / "studies" / "icatcher"


@pytest.fixture(scope="module")
def coded(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("icatcher") / "coded"
    assert run(["convert", str(study / "csv"), "-o", str(folder), "--from", "csv", "-q"]) == 0
    return folder


@pytest.mark.parametrize(("window", "number"), [("session", 240), ("trial", 64)])
def test_every_number_that_both_compute_is_equal(study: Path, coded: Path, tmp_path: Path, window: str, number: int):
    wanted, found = expected(study, window), computed(coded, tmp_path, *OPTIONS[window])
    compared = 0
    for key, estimate in wanted.items():
        if key not in found:
            continue
        if not estimate or not found[key]:
            assert estimate == found[key], key
        else:
            assert float(found[key]) == pytest.approx(float(estimate), abs=1e-9), key
        compared += 1
    assert compared == number


def test_the_original_texts_give_the_same(study: Path, tmp_path: Path):
    """Two videos as the laboratory coded them, without the tables that another program made of them."""
    looks = tmp_path / "looks"
    assert run(["convert", str(study / "original"), "-o", str(looks), "--from", "preflook", "-q"]) == 0
    found = computed(looks, tmp_path / "out", "--pattern", "coding_{rater}/{session}", *OPTIONS["session"])
    short = {(*key[:-1], key[-1][:8]): estimate for key, estimate in found.items() if key[3] == "session"}
    wanted = {key: estimate for key, estimate in expected(study, "session").items() if key in short}
    assert len(wanted) == 20
    for key, estimate in wanted.items():
        assert float(short[key]) == pytest.approx(float(estimate), abs=1e-9), key
