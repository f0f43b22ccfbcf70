"""Do co-occurrence, windows and lags keep their level when their null is `trend_exchange`, and what do they find?

    python benchmarks/validity_exchange.py --studies 2000 --jobs 2 --out docs/validity_exchange.json
    python benchmarks/validity_exchange.py --page docs/validity_exchange.json > docs/validity-exchange.md
    python benchmarks/validity_exchange.py --studies 200 --only "absolute trend 10 s" --out short.json

A simulator of its own: it shares no code with `elancry simulate`. Two systems of three categories and uncoded time, 9
pairs. Runs of about 6 s (1 s + exponential 5 s), independent in the two systems; the log odds of category k against
uncoded time are

    base_k + own_k(sequence) + habit_k(cluster) + 2 habit'_k(cluster) (1 - 2 x) + course_k(time) [+ pull, if planted]

with independent standard normal draws of `own` (.6) and, for each system, of two `habits` of a cluster: how much of a
category it shows, and whether early or late in a sequence (x is relative time). The course of the first category falls,
that of the second rises, as the scenario says, in *both* systems, so that naive tests find associations that are not
there: `swap` rejects too often wherever clusters have habits or a trend follows the seconds.

The numbers of every 100 studies are kept beside the result file, and a run that is started again goes on from them.
Reported per
scenario and test: the share of studies with p <= .05 as mean over the nine pairs and for the worst pair, any pair by
maxT, the planted pair; and how often the interval of the ratio of the first pair covers the ratio of all studies
pooled. Monte-Carlo error of .05 over 2,000 studies: .005.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elancry.association.cooccurrence import CodedTime, swap_matrix
from elancry.association.lags import LagRule
from elancry.association.sequential import CodedEvents, WindowRule, onsets
from elancry.association.swap import each, pair_raters, paired_matrix, swap_test
from elancry.association.trend_exchange import effect, exchange_test, joint_excess, window_excess
from elancry.processes import on_cluster, parallel_map
from elancry.seeds import stream

K = 3
DRAWS = 499
SEED = 20240417
Array = NDArray[np.float64]
Course = Callable[[Array, float], Array]


def no_course(seconds: Array, length: float) -> Array:
    return np.zeros_like(seconds)


def relative(seconds: Array, length: float) -> Array:
    """Falls evenly from the begin to the end, however long the sequence is."""
    return 1.5 * (1 - 2 * seconds / length)


def absolute(tau: float) -> Course:
    """Fades with the seconds since the begin."""
    return lambda seconds, length: 4.0 * np.exp(-seconds / tau) - 1.0


def mixed(seconds: Array, length: float) -> Array:
    return 0.5 * relative(seconds, length) + 0.5 * absolute(25)(seconds, length)


def hump(seconds: Array, length: float) -> Array:
    """A hump in the middle, and a bump in the last ten seconds."""
    x = seconds / length
    return 1.5 * np.exp(-(((x - 0.4) / 0.15) ** 2)) + 1.5 * (length - seconds < 10) - 0.5


@dataclass(frozen=True)
class Scenario:
    """A design and what goes on in it. `sizes` are the clusters' numbers of sequences."""

    sizes: tuple[int, ...]
    course: Course = no_course
    habit: tuple[float, float] = (0.0, 0.0)
    shortest_s: float = 30
    longest_s: float = 180
    base: tuple[float, float, float] = (-0.7, -0.7, -0.7)
    growing: float = 0.0
    run_s: float = 5.0
    triggered: bool = False
    raters: int = 1
    pull: float = 0.0
    above: float = 0.0
    above_course: float = 0.0
    kinds: float = 0.0
    windows_and_lags: bool = True
    tags: frozenset[str] = field(default_factory=frozenset)


def spread(clusters: int, sequences: int, largest: int) -> tuple[int, ...]:
    """Unequal sizes from 1 to `largest` that sum to `sequences`."""
    raw = np.linspace(1, largest, clusters)
    sizes = np.maximum(1, np.round(raw * sequences / raw.sum())).astype(int)
    while sizes.sum() != sequences:
        at = int(np.argmax(sizes))
        sizes[at] += np.sign(sequences - sizes.sum())
    sizes[-1] = max(sizes[-1], 1)
    return tuple(int(size) for size in sizes)


MIX = (1,) * 22 + (2,) * 6 + (3,) * 4
"""46 sequences in 32 clusters, as in the study that elancry was made for."""
HABITS = (1.0, 1.0)
DESIGNS = {
    "48/12": (4,) * 12,
    "48/12, sizes 1-10": spread(12, 48, 10),
    "60/10": (6,) * 10,
    "60/10, sizes 1-14": spread(10, 60, 14),
}

SCENARIOS: dict[str, Scenario] = {
    "no trend, 46/32": Scenario(MIX),
    "relative trend, 8-300 s": Scenario(MIX, relative, shortest_s=8, longest_s=300),
    "absolute trend 10 s": Scenario(MIX, absolute(10), shortest_s=8, longest_s=300),
    "absolute trend 25 s": Scenario(MIX, absolute(25), shortest_s=8, longest_s=300),
    "mixed trend": Scenario(MIX, mixed, shortest_s=8, longest_s=300),
    "hump with an end bump": Scenario(MIX, hump),
    "amounts growing with length": Scenario(MIX, growing=0.8, shortest_s=8, longest_s=300),
    **{f"habits, {name}": Scenario(sizes, habit=HABITS) for name, sizes in DESIGNS.items()},
    **{f"habits and absolute trend, {name}": Scenario(sizes, absolute(25), HABITS) for name, sizes in DESIGNS.items()},
    "habit in one system only, 48/12": Scenario(DESIGNS["48/12"], habit=(1.0, 0.0)),
    "sparse category": Scenario(MIX, base=(-3.5, -0.7, -0.7)),
    "long states": Scenario(MIX, run_s=30.0),
    "onset-triggered first event": Scenario(MIX, triggered=True),
    "three raters": Scenario(MIX, absolute(25), raters=3),
    "24/24": Scenario((1,) * 24, absolute(25)),
    "200/100": Scenario((2,) * 100, absolute(25)),
    "one cluster of 20 among 46": Scenario((20, *(1,) * 26), habit=HABITS),
    "30/6": Scenario((5,) * 6, habit=HABITS),
    "limit: habits one level above the cluster": Scenario((1,) * 48, above=1.0),
    "limit: habits in the course, one level above the cluster": Scenario((1,) * 48, above=1.0, above_course=1.0),
    "limit: kinds of sequences that shape both systems": Scenario(MIX, kinds=1.0),
    "power: weak": Scenario(MIX, pull=0.10),
    "power: medium": Scenario(MIX, pull=0.20),
    "power: medium with trend": Scenario(MIX, absolute(25), pull=0.20),
    "power: medium, clustered 48/12": Scenario(DESIGNS["48/12"], habit=HABITS, pull=0.20),
    "power: medium, sparse category": Scenario(MIX, base=(-2.5, -0.7, -0.7), pull=0.20),
}
HARDEST = ("absolute trend 10 s", "habits and absolute trend, 60/10, sizes 1-14", "one cluster of 20 among 46")


def study(scenario: Scenario, rng: np.random.Generator) -> tuple[list[dict[str, CodedTime]], ...]:
    """Both systems of one study: per sequence, rater -> coded time."""
    cluster = np.repeat(np.arange(len(scenario.sizes)), scenario.sizes)
    n = len(cluster)
    low, high = np.log(scenario.shortest_s), np.log(scenario.longest_s)
    length = np.exp(rng.uniform(low, high, size=n))
    levels, slopes = [], []
    # Kinds: in one sequence of two the first category comes early in both systems, in the others late.
    kind = scenario.kinds * rng.choice([-1.0, 1.0], size=n)
    for system in range(2):
        own = rng.normal(size=(n, K)) * 0.6
        own += scenario.habit[system] * rng.normal(size=(len(scenario.sizes), K))[cluster]
        slopes.append(2.0 * scenario.habit[system] * rng.normal(size=(len(scenario.sizes), K))[cluster])
        own += scenario.above * rng.normal(size=(6, K))[cluster % 6]
        if scenario.above_course:
            slopes[-1] += 2.0 * scenario.above_course * rng.normal(size=(6, K))[cluster % 6]
        own[:, 0] += scenario.growing * np.log(length / np.median(length))
        levels.append(own + np.array(scenario.base))
    sides: tuple[list[dict[str, CodedTime]], ...] = ([], [])
    for s in range(n):
        first, second = (
            runs(scenario, level[s], slope[s], length[s], kind[s], rng)
            for level, slope in zip(levels, slopes, strict=True)
        )
        if scenario.pull:
            second = pulled(first, second, scenario.pull, rng)
        for side, (edges, codes) in zip(sides, (first, second), strict=True):
            side.append({f"R{r}": seen(edges, codes, scenario.raters, rng) for r in range(scenario.raters)})
    return sides


def runs(
    scenario: Scenario, level: Array, slope: Array, length: float, kind: float, rng: np.random.Generator
) -> tuple[Array, NDArray[np.int64]]:
    """Edges in ms and the category of each run, -1 for uncoded."""
    some = 4 + int(3 * length)
    ends = np.cumsum(1 + rng.exponential(scenario.run_s, size=some))
    edges = np.concatenate([[0.0], ends[ends < length], [length]])
    middle = (edges[:-1] + edges[1:]) / 2
    odds = level + slope * (1 - 2 * middle / length)[:, None]
    course = scenario.course(middle, length)
    odds[:, 0] += course + kind * relative(middle, length)
    odds[:, 1] -= course
    weights = np.exp(odds)
    total = np.cumsum(np.column_stack([weights, np.ones(len(middle))]), axis=1)
    codes = (rng.random(len(middle))[:, None] * total[:, -1:] > total).sum(axis=1)
    codes[codes == K] = -1
    if scenario.triggered:
        codes[0] = 0
    whole = np.round(edges * 1000)
    lasts = np.diff(whole) > 0
    return np.concatenate([whole[:-1][lasts], whole[-1:]]), codes[lasts]


def pulled(
    first: tuple[Array, NDArray[np.int64]],
    second: tuple[Array, NDArray[np.int64]],
    pull: float,
    rng: np.random.Generator,
) -> tuple[Array, NDArray[np.int64]]:
    """The second system with some of its runs turned to category 0 where the first holds category 0."""
    edges, codes = second
    holds = first[1][np.searchsorted(first[0], edges[:-1], side="right") - 1] == 0
    return edges, np.where(holds & (rng.random(len(codes)) < pull), 0, codes)


def seen(edges: Array, codes: NDArray[np.int64], raters: int, rng: np.random.Generator) -> CodedTime:
    """What one rater codes: the truth where there is one rater, else with errors and boundaries of their own."""
    if raters > 1:
        codes = np.where(rng.random(len(codes)) < 0.15, rng.integers(-1, K, size=len(codes)), codes)
        inner = edges[1:-1] + np.round(rng.normal(size=len(edges) - 2) * 200)
        edges = np.concatenate([edges[:1], np.clip(inner, edges[0] + 1, edges[-1] - 1), edges[-1:]])
        order = np.maximum.accumulate(edges)
        keep = np.concatenate([np.diff(order) > 0, [True]])
        codes, edges = codes[keep[:-1]], order[keep]
    present = codes[:, None] == np.arange(K)
    return CodedTime(edges.astype(np.int64), present, np.ones_like(present))


def as_events(item: CodedTime) -> CodedEvents:
    """Touching runs of one category are one event."""
    code = np.where(item.present.any(axis=1), item.present.argmax(axis=1), -1)
    fresh = np.concatenate([[True], code[1:] != code[:-1]])
    begin = item.edges_ms[:-1][fresh]
    end = np.concatenate([begin[1:], item.edges_ms[-1:]])
    code = code[fresh]
    there = code >= 0
    first, last = int(item.edges_ms[0]), int(item.edges_ms[-1])
    return CodedEvents(begin[there], end[there], code[there].astype(np.int16), first, last, K)


def one(scenario: Scenario, name: str, number: int, seed: int) -> dict[str, list[float]]:
    """The numbers of one study."""
    rng = stream(seed, "validity exchange", name, str(number))
    f, i = study(scenario, rng)
    cluster = np.repeat(np.arange(len(scenario.sizes)), scenario.sizes)
    length = np.array([float(item["R0"].edges_ms[-1]) for item in f])
    pairing = pair_raters(f, i)
    excess = joint_excess(f, i, pairing)
    found: dict[str, list[float]] = {}
    tested = exchange_test(excess.observed - excess.expected, cluster, length, rng, DRAWS)
    found["co-occurrence p"] = _flat(tested.p)
    found["co-occurrence maxT"] = [_smallest(tested.p_maxt)]
    size = effect(excess, cluster)
    found["ratio"] = [float(part[0, 0]) for part in (size.observed, size.expected, size.low, size.high)]
    swapped = swap_test(swap_matrix(f, i, pairing), rng, DRAWS)
    found["swap p"] = _flat(swapped.p)
    found["swap maxT"] = [_smallest(swapped.p_maxt)]
    if scenario.windows_and_lags:
        given, target = ([{r: as_events(x) for r, x in item.items()} for item in side] for side in (f, i))
        after = window_excess(given, target, pairing, WindowRule(5000))
        tested = exchange_test(after.observed - after.expected, cluster, length, rng, DRAWS)
        found["window p"] = _flat(tested.p)
        found["window maxT"] = [_smallest(tested.p_maxt)]
        lags = paired_matrix(given, target, pairing, onsets, each(LagRule(1).excess))
        tested = exchange_test(lags, cluster, length, rng, DRAWS)
        found["lag p"] = _flat(tested.p)
        found["lag maxT"] = [_smallest(tested.p_maxt)]
    return found


def _flat(p: Array) -> list[float]:
    return [round(float(value), 4) for value in p.ravel()]


def _smallest(p: Array) -> float:
    return round(float(np.nanmin(p)), 4) if np.isfinite(p).any() else float("nan")


def summary(studies: list[dict[str, list[float]]]) -> dict[str, float]:
    """Rates over the studies of one scenario."""
    made: dict[str, float] = {"studies": len(studies)}
    for test in ("co-occurrence", "window", "lag", "swap"):
        if f"{test} p" not in studies[0]:
            continue
        p = np.array([item[f"{test} p"] for item in studies], dtype=np.float64)
        defined = np.isfinite(p)
        rejected = np.where(defined, p <= 0.05, np.nan)
        by_pair = np.nanmean(rejected, axis=0)
        made[f"{test}: mean"] = float(by_pair.mean())
        made[f"{test}: worst pair"] = float(by_pair.max())
        made[f"{test}: planted pair"] = float(by_pair[0])
        made[f"{test}: maxT"] = float(np.mean([item[f"{test} maxT"][0] <= 0.05 for item in studies]))
    ratio = np.array([item["ratio"] for item in studies], dtype=np.float64)
    truth = ratio[:, 0].sum() / ratio[:, 1].sum()
    has = np.isfinite(ratio[:, 2])
    made["ratio: pooled"] = float(truth)
    if has.any():
        made["ratio: coverage"] = float(np.mean((ratio[has, 2] <= truth) & (truth <= ratio[has, 3])))
    made["ratio: no interval"] = float(1 - has.mean())
    return made


def run(chosen: dict[str, Scenario], n: int, jobs: int, seed: int, out: Path, say: bool = True) -> dict:
    """Simulate until every chosen scenario has `n` studies; the raw numbers lie beside `out` and are gone on from."""
    raw_path = out.with_suffix(".raw.json")
    raw = json.loads(raw_path.read_text(encoding="utf-8")) if raw_path.exists() else {}
    # All scenarios in turn, 100 studies at a time, so that a run that is stopped has as many of each.
    for wanted in range(100, n + 100, 100):
        for name, scenario in chosen.items():
            done, begun = raw.setdefault(name, []), time.monotonic()
            numbers = range(len(done), min(n, wanted))
            if not numbers:
                continue
            done += parallel_map(one, [(scenario, name, number, seed) for number in numbers], jobs=jobs)
            part = raw_path.with_suffix(".part")
            part.write_text(json.dumps(raw), encoding="utf-8")
            part.replace(raw_path)
            if say:
                print(f"{name}: {len(done)} of {n}, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    results = {name: summary(studies) for name, studies in raw.items() if studies}
    out.write_text(json.dumps({"seed": seed, "draws": DRAWS, "results": results}, indent=1) + "\n", encoding="utf-8")
    return results


COLUMNS = {
    "co-occurrence": "co-occurrence",
    "window": "window of 5 s",
    "lag": "lag 1",
    "swap": "co-occurrence by `swap`",
}
INTRODUCTION = """# Does the exchange of clusters keep its level?

Simulated studies made by `benchmarks/validity_exchange.py` (seed {seed}, {draws} exchanges each); the number of
studies is in each row. Shares of studies with p <= .05: mean over nine pairs, worst pair, any pair by maxT.
A rate of .05 over 2,000 studies has a Monte-Carlo error of .005. Aims where nothing is associated: mean at most
.07, worst pair at most .10, maxT at most .08; what misses its aim is bold. The rows called *limit* are failures
that no exchange escapes: habits of a level above the cluster (in how much alone they do no harm, in when they do), and
kinds of sequences that shape both systems. In rows called *power* an association is planted in one pair (`planted`).
What all of it comes to: [Do the tests keep their level?](validity.md)
"""


def page(content: dict) -> str:
    """A page of docs from the results of a run."""
    results = content["results"]
    parts = [INTRODUCTION.format(seed=content["seed"], draws=content["draws"])]
    for test, title in COLUMNS.items():
        rows = {name: row for name, row in results.items() if f"{test}: mean" in row}
        if rows:
            head = "| scenario | studies | mean | worst pair | maxT | planted |"
            lines = [f"## {title}\n", head, "|---|--:|--:|--:|--:|--:|"]
            lines += [_line(test, name, row) for name, row in rows.items()]
            parts.append("\n".join(lines) + "\n")
    lines = ["## Interval of the ratio\n", "| scenario | studies | ratio, pooled | coverage | without interval |"]
    lines.append("|---|--:|--:|--:|--:|")
    for name, row in results.items():
        cells = [_short(row.get(f"ratio: {part}")) for part in ("pooled", "coverage", "no interval")]
        lines.append(f"| {name} | {row['studies']} | {' | '.join(cells)} |")
    return "\n".join([*parts, "\n".join(lines) + "\n"])


AIMS = {"mean": 0.07, "worst pair": 0.10, "maxT": 0.08}


def _line(test: str, name: str, row: dict[str, float]) -> str:
    cells = []
    for part, aim in AIMS.items():
        value = row[f"{test}: {part}"]
        missed = value > aim and not name.startswith("power")
        cells.append(f"**{_short(value)}**" if missed else _short(value))
    planted = _short(row[f"{test}: planted pair"]) if name.startswith("power") else ""
    return f"| {name} | {row['studies']} | {' | '.join(cells)} | {planted} |"


def _short(value: float | None) -> str:
    return "" if value is None or value != value else f"{value:.3f}".replace("0.", ".", 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--hardest", action="store_true", help="only the three hardest scenarios")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--dask", metavar="ADDRESS", help="share the studies out to this Dask cluster")
    parser.add_argument("--seed", type=int, default=SEED)
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--out", type=Path)
    target.add_argument("--page", type=Path, help="print the page from the results of an earlier run instead")
    parser.add_argument("--co-occurrence-only", action="store_true")
    given = parser.parse_args()
    if given.page:
        print(page(json.loads(given.page.read_text(encoding="utf-8"))), end="")
        return
    names = HARDEST if given.hardest else given.only
    chosen = {name: SCENARIOS[name] for name in names}
    if given.co_occurrence_only:
        chosen = {name: replace(scenario, windows_and_lags=False) for name, scenario in chosen.items()}
    with contextlib.ExitStack() as stack:
        jobs = stack.enter_context(on_cluster(given.dask)) if given.dask else given.jobs
        results = run(chosen, given.studies, jobs, given.seed, given.out)
    for name, found in results.items():
        rates = ", ".join(f"{key} {value:.3f}" for key, value in found.items() if "mean" in key or "worst" in key)
        print(f"{name}: {rates}")


if __name__ == "__main__":
    main()
