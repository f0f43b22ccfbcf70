"""How fast are linking and the session bootstrap, and how much faster than calling peer libraries in a loop?

    python benchmarks/agreement_speed.py --peer-resamples 100

Each coefficient is resampled over the sessions of the sample study (46 sequences in 32 sessions, 3 raters; the ratings
of one category), once from sums per session (all resamples in one matrix product) and once by handing each resampled
data set to the library. The two must give the same numbers. The library's time is measured on fewer resamples and
scaled up; both counts are printed. Times are processor time. Both sides are called once before (imports), and ours is
the median of five runs, since it is over in milliseconds. Then 10,000 units by 10 raters: an interval against one
computation, the best of five runs each. Last come the linking of long tiers, unitizing alphas, and
all agreement of the sample study.
"""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

from elancry.agreement import icc, metric_alpha, nominal
from elancry.agreement.bootstrap import Resamples, cluster_counts
from elancry.agreement.sums import Layout, nominal_sums
from elancry.agreement.unitizing import UnitizingAlphas, Units, disagreement_2004, unitizing_sums
from elancry.align.events import Events, link_events
from elancry.align.sequences import match_sequences
from elancry.choices import Matching
from elancry.study.compared import Compared
from elancry.study.numbers import agreement_tables
from elancry.study.plan import Plan
from elancry.study.run import check_study

SAMPLE = Path(__file__).resolve().parents[1] / "sample_eaf"
PLAN = Plan(codebook="crying")
RATED = ("crying_form", "despair")


def sample_study() -> Compared:
    coding = check_study([SAMPLE], PLAN)
    sequences, _ = match_sequences(coding)
    return Compared.of(coding, sequences)


def rated(study: Compared) -> tuple[np.ndarray, np.ndarray]:
    """Session of each sequence as a number, and what each rater gave it."""
    (matrix,) = [item for item in study.ratings if (item.system, item.category) == RATED]
    complete = np.isfinite(matrix.values).all(axis=1)
    _, session = np.unique(np.array(matrix.sessions)[complete], return_inverse=True)
    return session, matrix.values[complete]


def resampled_rows(session: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The sequences of one resample, a session drawn twice being there twice."""
    return np.concatenate([np.tile(np.flatnonzero(session == s), int(n)) for s, n in enumerate(counts)])


def ours(session: np.ndarray, data: np.ndarray, sums: Callable, statistic: Callable, counts: np.ndarray) -> np.ndarray:
    by_session = np.stack([sums(data[session == s]) for s in range(session.max() + 1)])
    return statistic(counts @ by_session)


def with_pingouin(values: np.ndarray) -> float:
    import pandas as pd
    import pingouin

    n, k = values.shape
    frame = pd.DataFrame({"row": np.repeat(np.arange(n), k), "rater": np.tile(np.arange(k), n), "x": values.ravel()})
    return float(pingouin.intraclass_corr(frame, targets="row", raters="rater", ratings="x")["ICC"].iloc[1])


def with_statsmodels(codes: np.ndarray) -> float:
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    return float(fleiss_kappa(aggregate_raters(codes, int(codes.max()) + 1)[0]))


def with_krippendorff(level: str) -> Callable[[np.ndarray], float]:
    import krippendorff

    return lambda values: float(krippendorff.alpha(values.T, level_of_measurement=level))


def bootstrap_speed(study: Compared, n_resamples: int, peer_resamples: int) -> None:
    session, numbers = rated(study)
    codes = numbers.astype(int)
    counts = cluster_counts(int(session.max()) + 1, n_resamples, np.random.default_rng(2))
    layout = Layout(numbers.shape[1], int(codes.max()) + 1)
    centre = numbers.mean()

    def of_codes(rows: np.ndarray) -> np.ndarray:
        return nominal_sums(rows, np.ones(len(rows)), layout.n_categories)

    def alpha(sums: np.ndarray) -> np.ndarray:
        return nominal.krippendorff_alpha(layout, sums, small_sample=True)

    cases = [
        (
            "ICC(2,1)",
            "pingouin",
            numbers,
            lambda x: icc.icc_sums(x - centre),
            lambda s: icc.icc_from_sums(s)[..., 1],
            with_pingouin,
        ),
        ("Fleiss' kappa", "statsmodels", codes, of_codes, lambda s: nominal.fleiss(layout, s), with_statsmodels),
        ("alpha nominal", "krippendorff", codes, of_codes, alpha, with_krippendorff("nominal")),
        (
            "alpha interval",
            "krippendorff",
            numbers,
            lambda x: metric_alpha.interval_sums(x - centre),
            metric_alpha.interval_alpha,
            with_krippendorff("interval"),
        ),
    ]
    print(
        f"{n_resamples} resamples: {len(numbers)} sequences in {counts.shape[1]} sessions, {layout.n_raters} raters\n\n"
        f"| coefficient | elancry ms | peer library | its time ms (from {peer_resamples} resamples) | times as fast |\n"
        "|---|--:|---|--:|--:|"
    )
    for name, library, data, sums, statistic, peer in cases:
        peer(data)  # the first call imports the library
        runs = []
        for _ in range(6):
            begin = time.process_time()
            mine = ours(session, data, sums, statistic, counts)
            runs.append(time.process_time() - begin)
        own = float(np.median(runs[1:]))
        begin = time.process_time()
        theirs = [peer(data[resampled_rows(session, row)]) for row in counts[:peer_resamples]]
        scaled = (time.process_time() - begin) / peer_resamples * n_resamples
        np.testing.assert_allclose(mine[:peer_resamples], theirs, atol=1e-9)
        print(f"| {name} | {own * 1000:.1f} | {library} | {scaled * 1000:.0f} | {scaled / own:.0f} |")
    print()


def ratio_speed(n_units: int, n_raters: int, n_resamples: int) -> None:
    """Intervals of labels of many given units against one computation of the coefficient from the units."""
    rng, q = np.random.default_rng(4), 5
    truth = rng.integers(0, q, n_units)
    given = rng.integers(0, q, (n_units, n_raters))
    codes = np.where(rng.random((n_units, n_raters)) < 0.7, truth[:, None], given)
    layout, weights = Layout(n_raters, q), np.ones(n_units)
    print(
        f"{n_resamples} resamples of {n_units} units by {n_raters} raters, {q} categories: all of it (sums, resamples, "
        "jackknife, BCa) against one computation\n\n"
        "| coefficient | sessions | once, ms | with interval, ms | ratio |\n|---|--:|--:|--:|--:|"
    )
    cases = (
        ("Fleiss' kappa", nominal.fleiss),
        ("Cohen's kappa, mean of the pairs", nominal.cohen_mean),
        ("Krippendorff's alpha", nominal.alpha_of_counts),
        ("Gwet's AC1", nominal.gwet_ac),
    )
    for name, measure in cases:
        for n_sessions in (32, 100, 1000):
            parts = np.array_split(codes, n_sessions)

            def once(measure: Callable = measure) -> None:
                measure(layout, nominal_sums(codes, weights, q))

            def all_of_it(measure: Callable = measure, parts: list = parts) -> None:
                sums = np.stack([nominal_sums(part, np.ones(len(part)), q) for part in parts])
                counts = cluster_counts(len(parts), n_resamples, np.random.default_rng(2))
                Resamples.of(sums, counts, n_units).intervals(lambda s: measure(layout, s)[..., None])

            one, every = (min(processor_time(f) for _ in range(5)) for f in (once, all_of_it))
            print(f"| {name} | {n_sessions} | {one * 1000:.1f} | {every * 1000:.0f} | {every / one:.1f} |")
    print()


def processor_time(function: Callable[[], None]) -> float:
    begin = time.process_time()
    function()
    return time.process_time() - begin


def linking_speed(n: int) -> None:
    rng = np.random.default_rng(0)
    edges = np.cumsum(rng.integers(200, 3_000, 2 * n))
    a = Events(edges[::2], edges[1::2], rng.integers(0, 5, n))
    moved = rng.integers(-90, 90, (2, n))
    b = Events.of(a.start_ms + moved[0], a.end_ms + moved[1], rng.integers(0, 5, n))
    print(f"Linking {n} annotations a side\n\n| rule | criterion | s | links |\n|---|--:|--:|--:|")
    for rule in Matching:
        for criterion in (0.1, 0.6):
            begin = time.process_time()
            i, _, _ = link_events(a, b, rule, criterion)
            print(f"| {rule.value} | {criterion} | {time.process_time() - begin:.2f} | {len(i)} |")
    print()


def unitizing_speed(n_raters: int, n: int) -> None:
    rng = np.random.default_rng(1)
    edges = [np.cumsum(rng.integers(200, 3_000, 2 * n + 1)).astype(float) for _ in range(n_raters)]
    length = max(float(each[-1]) for each in edges)
    raters = [Units.of(each[:-1:2], each[1::2], rng.integers(0, 5, n), length) for each in edges]
    begin = time.process_time()
    found = UnitizingAlphas(unitizing_sums(raters, length, 5), 5)
    numbers = [float(found.alpha), float(found.binary), float(found.coding)]
    numbers += [disagreement_2004(raters, category, length).alpha for category in range(5)]
    took = time.process_time() - begin
    print(f"Unitizing alphas of {n_raters} raters with {n} units each, 2016 and 2004: {took:.2f} s")
    assert np.isfinite(numbers).all()


def whole_speed(study: Compared) -> None:
    begin = time.process_time()
    tables = agreement_tables(study, PLAN).tables
    took = time.process_time() - begin
    rows = sum(map(len, tables.values()))
    print(f"All agreement of the sample study, intervals from {PLAN.resamples} resamples: {took:.1f} s for {rows} rows")


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resamples", type=int, default=2_000)
    parser.add_argument("--peer-resamples", type=int, default=100)
    parser.add_argument("--annotations", type=int, default=100_000)
    options = parser.parse_args()
    libraries = ("numpy", "scipy", "pandas", "pingouin", "krippendorff", "statsmodels")
    print(
        f"{platform.machine()}, {platform.system()} {platform.release()}, {cpu()}, Python {platform.python_version()}\n"
        f"{', '.join(f'{name} {version(name)}' for name in libraries)}\n"
    )
    sample = sample_study()
    bootstrap_speed(sample, options.resamples, options.peer_resamples)
    ratio_speed(10_000, 10, options.resamples)
    linking_speed(options.annotations)
    unitizing_speed(6, 2_000)
    whole_speed(sample)
