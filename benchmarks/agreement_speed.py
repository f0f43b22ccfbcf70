"""How fast are linking and the session bootstrap, and how much faster than calling peer libraries in a loop?

    python benchmarks/agreement_speed.py --peer-resamples 100

Each coefficient is resampled over the sessions of one study, 46 sequences in 32 sessions by 3 raters, once from sums
per session (all resamples in one matrix product) and once by handing each resampled data set to the library. The two
must give the same numbers. The library's time is measured on fewer resamples and scaled up; both counts are printed.
Both sides are called once before (imports), and ours is the median of five runs, since it is over in milliseconds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from elancry.agreement import icc, metric_alpha, nominal
from elancry.agreement.bootstrap import session_counts
from elancry.agreement.sums import Layout, nominal_sums
from elancry.align.events import Events, link_events
from elancry.choices import Matching

SESSIONS, SEQUENCES, RATERS, CATEGORIES = 32, 46, 3, 4


def a_study() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Session of each sequence, a category and a number per sequence and rater."""
    rng = np.random.default_rng(1)
    session = np.arange(SEQUENCES) % SESSIONS
    truth = rng.integers(0, CATEGORIES, (SEQUENCES, 1))
    wrong = rng.integers(0, CATEGORIES, (SEQUENCES, RATERS))
    codes = np.where(rng.random((SEQUENCES, RATERS)) < 0.25, wrong, truth)
    numbers = np.clip(truth + rng.normal(0, 0.6, (SEQUENCES, RATERS)), 0, 4)
    return session, codes, numbers


def resampled_rows(session: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The sequences of one resample, a session drawn twice being there twice."""
    return np.concatenate([np.tile(np.flatnonzero(session == s), int(n)) for s, n in enumerate(counts)])


def ours(session: np.ndarray, data: np.ndarray, sums: Callable, statistic: Callable, counts: np.ndarray) -> np.ndarray:
    by_session = np.stack([sums(data[session == s]) for s in range(SESSIONS)])
    return statistic(counts @ by_session)


def with_pingouin(values: np.ndarray) -> float:
    import pandas as pd
    import pingouin

    n, k = values.shape
    frame = pd.DataFrame({"row": np.repeat(np.arange(n), k), "rater": np.tile(np.arange(k), n), "x": values.ravel()})
    return float(pingouin.intraclass_corr(frame, targets="row", raters="rater", ratings="x")["ICC"].iloc[1])


def with_statsmodels(codes: np.ndarray) -> float:
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    return float(fleiss_kappa(aggregate_raters(codes, CATEGORIES)[0]))


def with_krippendorff(level: str) -> Callable[[np.ndarray], float]:
    import krippendorff

    return lambda values: float(krippendorff.alpha(values.T, level_of_measurement=level))


def bootstrap_speed(n_resamples: int, peer_resamples: int) -> None:
    session, codes, numbers = a_study()
    counts = session_counts(SESSIONS, n_resamples, np.random.default_rng(2))
    layout = Layout(RATERS, CATEGORIES)
    centre = numbers.mean()

    def of_codes(rows: np.ndarray) -> np.ndarray:
        return nominal_sums(rows, np.ones(len(rows)), CATEGORIES)

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
    print(f"{n_resamples} resamples of {SEQUENCES} sequences in {SESSIONS} sessions, {RATERS} raters")
    for name, library, data, sums, statistic, peer in cases:
        peer(data)  # the first call imports the library
        runs = []
        for _ in range(6):
            begin = time.perf_counter()
            mine = ours(session, data, sums, statistic, counts)
            runs.append(time.perf_counter() - begin)
        own = float(np.median(runs[1:]))
        begin = time.perf_counter()
        theirs = [peer(data[resampled_rows(session, row)]) for row in counts[:peer_resamples]]
        scaled = (time.perf_counter() - begin) / peer_resamples * n_resamples
        np.testing.assert_allclose(mine[:peer_resamples], theirs, atol=1e-9)
        print(
            f"  {name:15} elancry {own * 1000:8.1f} ms   {library:12} {scaled * 1000:10.0f} ms "
            f"(from {peer_resamples} resamples)   {scaled / own:8.0f} times"
        )


def linking_speed(n: int) -> None:
    rng = np.random.default_rng(0)
    edges = np.cumsum(rng.integers(200, 3_000, 2 * n))
    a = Events(edges[::2], edges[1::2], rng.integers(0, 5, n))
    moved = rng.integers(-90, 90, (2, n))
    b = Events.of(a.start_ms + moved[0], a.end_ms + moved[1], rng.integers(0, 5, n))
    print(f"linking {n} annotations a side")
    for rule in Matching:
        for criterion in (0.1, 0.6):
            begin = time.perf_counter()
            i, _, _ = link_events(a, b, rule, criterion)
            print(f"  {rule.value:10} criterion {criterion}: {time.perf_counter() - begin:6.3f} s, {len(i)} links")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resamples", type=int, default=2_000)
    parser.add_argument("--peer-resamples", type=int, default=100)
    parser.add_argument("--annotations", type=int, default=100_000)
    options = parser.parse_args()
    bootstrap_speed(options.resamples, options.peer_resamples)
    linking_speed(options.annotations)
