"""Do regressions keep their level, and `swap` and `shift` theirs? Simulated studies of 46 sequences.

    python benchmarks/validity.py --simulations 2000 --out docs/validity.json     # 20 minutes on one core
    python benchmarks/validity.py --page docs/validity.json > docs/validity-regression.md

The default test of co-occurrence and sequences has a simulator of its own, `validity_exchange.py`, intervals of
agreement and correlations have `validity_few_clusters.py`; `validity_pages.py` makes the pages of all three.

Every study has 46 sequences in 32 sessions with an intraclass correlation of .3. Printed are rejection rates at .05
where nothing is there (size), where something is (power), and the coverage of 95 % intervals. The Monte Carlo error of
a rate of .05 over 2,000 studies is .005.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elancry.association.clustered import Correction, htz, sandwich, satterthwaite_df
from elancry.association.cooccurrence import CodedTime, shift_test, swap_matrix
from elancry.association.lags import LagRule
from elancry.association.mixed import random_intercept
from elancry.association.permuted import session_permutation_p
from elancry.association.regression import (
    LinearFit,
    classical,
    classical_covariance,
    fit_ols,
    hc3,
    slopes_from,
    wald,
)
from elancry.association.sequential import CodedEvents, WindowRule, adjusted_residual, onsets, window_counts
from elancry.association.swap import each, pair_raters, paired_matrix, swap_test
from elancry.association.wild import draw_weights, wild_p
from elancry.seeds import stream

N_SESSIONS, N_SEQUENCES, ICC = 32, 46, 0.3
SESSION = np.array([*range(22), *np.repeat(np.arange(22, 28), 2), *np.repeat(np.arange(28, 32), 3)])

Found = dict[str, list[float]]
Array = NDArray[np.float64]


def nested(rng: np.random.Generator, columns: int) -> Array:
    """Standard normal (46, columns) with intraclass correlation ICC."""
    between = rng.normal(size=(N_SESSIONS, columns))[SESSION]
    return np.sqrt(ICC) * between + np.sqrt(1 - ICC) * rng.normal(size=(N_SEQUENCES, columns))


def shares(rng: np.random.Generator, columns: int, uncoded: float) -> Array:
    """Shares (46, columns) of a composition with uncoded time beside them; unequal, with zeros, nested."""
    levels = np.linspace(0.8, -0.8, columns)
    weights = np.exp(levels + 1.2 * nested(rng, columns))
    weights *= rng.random(weights.shape) < 0.75
    rest = uncoded * np.exp(0.5 * nested(rng, 1)) * weights.sum(axis=1, keepdims=True).mean()
    return weights / (weights.sum(axis=1, keepdims=True) + rest)


def skewed(rng: np.random.Generator) -> Array:
    """A share that is often 0 and sometimes large, nested."""
    return np.maximum(np.exp(0.9 * nested(rng, 1)[:, 0]) - 0.7, 0) / 8


Scenario = Callable[[np.random.Generator], tuple[Array, Array]]
REGRESSIONS: dict[str, Scenario] = {
    "four normal predictors": lambda rng: (nested(rng, 4), nested(rng, 1)[:, 0]),
    "nine ratings, rated outcome": lambda rng: (
        np.clip(np.round(nested(rng, 9) * 1.2 + 1.5), 0, 4),
        np.clip(np.round(nested(rng, 1)[:, 0] * 1.2 + 1.5), 0, 4),
    ),
    "nine shares, normal outcome": lambda rng: (shares(rng, 9, 0.5), nested(rng, 1)[:, 0]),
    "nine shares, skewed outcome": lambda rng: (shares(rng, 9, 0.5), skewed(rng)),
    "nine shares, little uncoded time": lambda rng: (shares(rng, 10, 0.0)[:, 1:], nested(rng, 1)[:, 0]),
}


def regression(scenario: Scenario, rng: np.random.Generator, effect: float, found: Found) -> None:
    """One study: the outcome depends on the second predictor with a standardised coefficient of `effect`."""
    x, y = scenario(rng)
    b = effect * y.std() / x[:, 1].std()
    y = y * np.sqrt(1 - effect**2) + b * x[:, 1]
    fit = fit_ols(y, x, [f"x{column}" for column in range(x.shape[1])])
    robust = {correction: sandwich(fit, SESSION, correction) for correction in (Correction.CR1, Correction.CR2)}
    slopes = {"classical": classical(fit), "HC3": hc3(fit)}
    for correction, its in robust.items():
        slopes[correction.value] = slopes_from(fit, its.covariance, satterthwaite_df(its))
    slopes["CR1, t(31)"] = slopes_from(fit, robust[Correction.CR1].covariance, np.full(len(fit.b), 31.0))
    for name, its in slopes.items():
        found.setdefault(f"{name}: slope", []).append(float(its.p[2] < 0.05))
        if name in ("classical", "CR2"):
            found.setdefault(f"{name}: coverage", []).append(float(its.ci_low[2] <= b <= its.ci_high[2]))
    found.setdefault("CR2: df (mean)", []).append(float(slopes["CR2"].df[2]))
    mixed = random_intercept(fit, SESSION)
    found.setdefault("mixed model: slope", []).append(float(mixed.p[2] < 0.05))
    found.setdefault("wild bootstrap: slope", []).append(
        float(wild_p(fit, SESSION, 2, draw_weights(N_SESSIONS, rng, 399)) <= 0.05)
    )
    _joint(fit, robust, rng, found)


def _joint(fit: LinearFit, robust: dict, rng: np.random.Generator, found: Found) -> None:
    every = range(1, len(fit.b))
    test = htz(fit, robust[Correction.CR2], every)
    found.setdefault("HTZ: all slopes", []).append(float(test.p is not None and test.p < 0.05))
    found.setdefault("HTZ: undefined", []).append(float(test.p is None))
    plain = wald(fit, classical_covariance(fit), every)
    found.setdefault("classical F: all slopes", []).append(float(plain.p is not None and plain.p < 0.05))
    crude = wald(fit, robust[Correction.CR1].covariance, every)
    found.setdefault("CR1 Wald: all slopes", []).append(float(crude.p is not None and crude.p < 0.05))
    permuted = session_permutation_p(fit, SESSION, rng, 399)
    found.setdefault("session permutation: all slopes", []).append(float(permuted is not None and permuted <= 0.05))


def stretches(rng: np.random.Generator, length: int, level: Array, trend: float) -> CodedTime:
    """Runs of about 6 s; the odds of each category are `level`, category 0 fading over the sequence by `trend`."""
    cuts = [0]
    while cuts[-1] < length:
        cuts.append(cuts[-1] + 1000 + int(rng.exponential(5000)))
    edges = np.array([*cuts[:-1], length] if cuts[-2] < length else cuts[:-1], dtype=np.int64)
    middle = (edges[:-1] + edges[1:]) / 2 / length
    weights = np.exp(np.column_stack([level[0] + trend * (1 - 2 * middle), np.full(len(middle), level[1])]))
    total = np.cumsum(np.column_stack([weights, np.ones(len(middle))]), axis=1)
    drawn = (rng.random(len(middle))[:, None] * total[:, -1:] > total).sum(axis=1)
    present = drawn[:, None] == np.arange(2)
    return CodedTime(edges, present, np.ones_like(present))


def cooccurrence(trend: float, pull: float, rng: np.random.Generator, found: Found) -> None:
    """One study of two systems with two categories each; `pull` puts category 0 of the second on that of the first."""
    level_f, level_i = nested(rng, 2) * 0.8, nested(rng, 2) * 0.8
    f, i = [], []
    for s in range(N_SEQUENCES):
        length = int(rng.integers(40_000, 240_000))
        one, two = stretches(rng, length, level_f[s], trend), stretches(rng, length, level_i[s], trend)
        if pull:
            taken = one.present[np.searchsorted(one.edges_ms, two.edges_ms[:-1], side="right") - 1, 0]
            moved = taken & (rng.random(len(taken)) < pull)
            two.present[moved] = [True, False]
        f.append({"R": one})
        i.append({"R": two})
    pairing = pair_raters(f, i)
    matrix = swap_matrix(f, i, pairing)
    swap = swap_test(matrix, rng, 399)
    found.setdefault("swap: one pair", []).append(float(swap.p[0, 0] <= 0.05))
    found.setdefault("swap: any pair by maxT", []).append(float(swap.p_maxt.min() <= 0.05))
    # The shift test takes five times as long and misses by far: every fourth study is enough to see it.
    if len(found["swap: one pair"]) % 4 == 1:
        shift = shift_test(f, i, pairing, rng, 399)
        found.setdefault("shift: one pair (every 4th study)", []).append(float(shift.p[0, 0] <= 0.05))


COOCCURRENCES = {
    "co-occurrence, no common trend": (0.0, 0.0),
    "co-occurrence, common trend": (1.0, 0.0),
    "co-occurrence, strong common trend": (2.0, 0.0),
    "co-occurrence, common trend, association planted": (1.0, 0.15),
}


def as_events(item: CodedTime) -> CodedEvents:
    """Every coded stretch as one event."""
    there = item.present.any(axis=1)
    codes = item.present.argmax(axis=1).astype(np.int16)[there]
    begin, end = int(item.edges_ms[0]), int(item.edges_ms[-1])
    return CodedEvents(item.edges_ms[:-1][there], item.edges_ms[1:][there], codes, begin, end, 2)


def sequential(trend: float, answer: float, rng: np.random.Generator, found: Found) -> None:
    """One study: does category 0 of the second system begin after that of the first? `answer` makes it so."""
    level_f, level_i = nested(rng, 2) * 0.8, nested(rng, 2) * 0.8
    given, target = [], []
    for s in range(N_SEQUENCES):
        length = int(rng.integers(40_000, 240_000))
        one, two = stretches(rng, length, level_f[s], trend), stretches(rng, length, level_i[s], trend)
        first, second = as_events(one), as_events(two)
        if answer:
            asked = first.start_ms[(first.codes == 0) & (rng.random(len(first.codes)) < answer)] + 1000
            asked = asked[asked < length]
            starts = np.concatenate([second.start_ms, asked])
            order = np.argsort(starts, kind="stable")
            codes = np.concatenate([second.codes, np.zeros(len(asked), dtype=np.int16)])[order]
            second = CodedEvents(starts[order], starts[order] + 500, codes, 0, length, 2)
        given.append({"R": first})
        target.append({"R": second})
    pairing = pair_raters(given, target)
    rules: dict[str, WindowRule | LagRule] = {"window of 5 s": WindowRule(5000), "lag 1": LagRule(1)}
    for name, rule in rules.items():
        test = swap_test(paired_matrix(given, target, pairing, onsets, each(rule.excess)), rng, 399)
        found.setdefault(f"{name}: one pair", []).append(float(test.p[0, 0] <= 0.05))
    z = float(adjusted_residual(window_counts(given, target, pairing, WindowRule(5000)))[0, 0])
    found.setdefault("window of 5 s: normal p of the residual", []).append(float(abs(z) > 1.959964))


SEQUENTIALS = {
    "sequences of events, no common trend": (0.0, 0.0),
    "sequences of events, common trend": (1.0, 0.0),
    "sequences of events, common trend, answers planted": (1.0, 0.1),
}


def studies(parts: set[str]) -> Iterator[tuple[str, Callable[[np.random.Generator, Found], None]]]:
    """Name and simulation of every scenario in `parts`."""
    if "regression" in parts:
        for name, scenario in REGRESSIONS.items():
            for effect in (0.0, 0.4):
                yield (
                    f"{name}, {'nothing there' if not effect else f'standardised effect {effect}'}",
                    lambda rng, found, scenario=scenario, effect=effect: regression(scenario, rng, effect, found),
                )
    if "cooccurrence" in parts:
        for name, (trend, pull) in COOCCURRENCES.items():
            yield name, lambda rng, found, trend=trend, pull=pull: cooccurrence(trend, pull, rng, found)
    if "sequential" in parts:
        for name, (trend, answer) in SEQUENTIALS.items():
            yield name, lambda rng, found, trend=trend, answer=answer: sequential(trend, answer, rng, found)


def run(n: int, parts: set[str], *, seed: int = 20240417, say: bool = True) -> dict[str, dict[str, float]]:
    """Scenario -> quantity -> mean over `n` studies; every study has a stream of its own."""
    results: dict[str, dict[str, float]] = {}
    for name, simulate in studies(parts):
        begun = time.monotonic()
        found: Found = {}
        for number in range(n):
            simulate(stream(seed, "validity", name, str(number)), found)
        results[name] = {quantity: float(np.mean(values)) for quantity, values in found.items()}
        if say:
            print(f"{name}  ({n} studies, {time.monotonic() - begun:.0f} s)", file=sys.stderr)
            for quantity, value in results[name].items():
                print(f"  {quantity:35s} {value:.3f}", file=sys.stderr, flush=True)
    return results


PAGE = Path(__file__).with_name("validity_page.md")


def table(rows: dict[str, dict[str, float]], columns: dict[str, str], ok: Callable[[str, float], bool]) -> str:
    """A Markdown table: scenario x quantities, those that are not `ok` in bold."""
    lines = ["| scenario | " + " | ".join(columns.values()) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, values in rows.items():
        cells = []
        for quantity in columns:
            value = values.get(quantity)
            text = "" if value is None else f"{value:.3f}".replace("0.", ".", 1)
            cells.append(text if value is None or ok(quantity, value) else f"**{text}**")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def page(content: dict) -> str:
    """`docs/validity-regression.md` from the results of a run."""
    results = content["results"]
    null = {n.removesuffix(", nothing there"): v for n, v in results.items() if n.endswith("nothing there")}
    mark = ", standardised effect 0.4"
    effect = {n.removesuffix(mark): dict(v) for n, v in results.items() if n.endswith(mark)}
    for name, values in effect.items():
        values["coverage without effect"] = null[name]["CR2: coverage"]
    together = {n: v for n, v in results.items() if n.startswith("co-occurrence")}
    after = {n: v for n, v in results.items() if n.startswith("sequences of events")}
    slopes = {
        "CR2: slope": "CR2",
        "wild bootstrap: slope": "wild bootstrap",
        "mixed model: slope": "mixed model",
        "HC3: slope": "HC3",
        "classical: slope": "classical",
        "CR1, t(31): slope": "CR1, t(31)",
    }
    joint = {
        "HTZ: all slopes": "all: HTZ",
        "session permutation: all slopes": "all: session permutation",
        "classical F: all slopes": "all: classical F",
        "CR1 Wald: all slopes": "all: CR1 Wald",
    }
    cover = {"CR2: coverage": "coverage, CR2", "coverage without effect": "coverage without effect, CR2"}
    nine = [v for n, v in null.items() if n.startswith("nine")]

    def short(value: float) -> str:
        return f"{value:.3f}".replace("0.", ".", 1)

    return PAGE.read_text(encoding="utf-8").format(
        n_sequences=N_SEQUENCES,
        n_sessions=N_SESSIONS,
        icc=f"{ICC:g}".replace("0.", "."),
        simulations=content["simulations"],
        seed=content["seed"],
        error=short(float(np.sqrt(0.05 * 0.95 / content["simulations"]))),
        size=table(null, {**slopes, **joint}, lambda _, v: v <= 0.07),
        power=table(effect, {**slopes, **joint, **cover}, lambda q, v: "cover" not in q or 0.92 <= v <= 0.97),
        cooccurrence=table(
            together,
            {
                "swap: one pair": "swap",
                "swap: any pair by maxT": "swap, any pair",
                "shift: one pair (every 4th study)": "shift",
            },
            lambda _, v: True,
        ),
        sequential=table(
            after,
            {
                "window of 5 s: one pair": "window, swap",
                "lag 1: one pair": "lag 1, swap",
                "window of 5 s: normal p of the residual": "window, normal p of the residual",
            },
            lambda _, v: True,
        ),
        skewed=short(null["nine shares, skewed outcome"]["CR2: slope"]),
        htz=short(min(v["HTZ: all slopes"] for v in nine)),
        htz_high=short(max(v["HTZ: all slopes"] for v in nine)),
        crude=short(min(v["CR1 Wald: all slopes"] for v in nine)),
        crude_high=short(max(v["CR1 Wald: all slopes"] for v in nine)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--parts", nargs="+", default=["regression", "cooccurrence", "sequential"])
    parser.add_argument("--seed", type=int, default=20240417)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--page", type=Path, nargs="+", help="print the page from results of earlier runs instead")
    chosen = parser.parse_args()
    if chosen.page:
        contents = [json.loads(path.read_text(encoding="utf-8")) for path in chosen.page]
        merged = {name: values for content in contents for name, values in content["results"].items()}
        print(page({**contents[0], "results": merged}), end="")
        return
    results = run(chosen.simulations, set(chosen.parts), seed=chosen.seed)
    if chosen.out is not None:
        content = {"simulations": chosen.simulations, "seed": chosen.seed, "results": results}
        chosen.out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
