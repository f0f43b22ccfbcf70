"""The same question to elancry and to the library that people know for it: how long does each take for one answer?

    python benchmarks/peers.py > table.md

Both sides give the same numbers, which is checked. Processor time, the least of several rounds in which the two take
turns. A library that is not installed is named as such (`pip install ncls` for overlaps). BORIS' kappa is not among
them: it is part of a window program and works on a project's database.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

Question = tuple[str, str, Callable[[], Any], Callable[[], Any]]
"""What is asked, the peer, elancry's answer and the peer's."""
ROUNDS = 7


def least_squares() -> Iterator[Question]:
    from statsmodels.regression.linear_model import OLS

    from elancry.association.regression import fit_ols

    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(46, 8)), rng.normal(size=46)
    names = [f"x{number}" for number in range(8)]
    design = np.column_stack([np.ones(46), x])

    def own() -> Any:
        fit = fit_ols(y, x, names)
        return fit.b, fit.residuals, fit.leverage

    def theirs() -> Any:
        fit = OLS(y, design).fit(method="qr")
        return fit.params, fit.resid, fit.get_influence().hat_matrix_diag

    yield "least squares of 46 sequences on 8 predictors, with leverage", "statsmodels", own, theirs


def agreement() -> Iterator[Question]:
    import krippendorff
    import pandas as pd
    import pingouin
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    from elancry.agreement import icc, metric_alpha, nominal
    from elancry.agreement.sums import Layout, nominal_sums

    codes = np.random.default_rng(2).integers(0, 5, (200, 3))
    numbers = codes + 0.5 * np.arange(200)[:, None] % 4
    layout, weights = Layout(3, 5), np.ones(200)
    n, k = numbers.shape
    frame = pd.DataFrame({"row": np.repeat(np.arange(n), k), "rater": np.tile(np.arange(k), n), "x": numbers.ravel()})

    def with_pingouin() -> Any:
        return pingouin.intraclass_corr(frame, targets="row", raters="rater", ratings="x")["ICC"].to_numpy()

    yield (
        "Fleiss' kappa of 200 units",
        "statsmodels",
        lambda: nominal.fleiss(layout, nominal_sums(codes, weights, 5)),
        lambda: fleiss_kappa(aggregate_raters(codes, 5)[0]),
    )
    yield (
        "nominal alpha of 200 units",
        "krippendorff",
        lambda: nominal.alpha_of_counts(layout, nominal_sums(codes, weights, 5)),
        lambda: krippendorff.alpha(codes.T.astype(float), level_of_measurement="nominal"),
    )
    yield (
        "interval alpha of 200 units",
        "krippendorff",
        lambda: metric_alpha.interval_alpha(metric_alpha.interval_sums(numbers)),
        lambda: krippendorff.alpha(numbers.T, level_of_measurement="interval"),
    )
    yield (
        "six ICC of 200 units",
        "pingouin",
        lambda: [found[0].value for found in icc.icc_table(numbers, by_pingouin=False).values()],
        with_pingouin,
    )


def overlaps() -> Iterator[Question]:
    from ncls import NCLS

    from elancry.align.events import Events, candidate_pairs

    rng = np.random.default_rng(3)
    edges = np.cumsum(rng.integers(200, 3_000, 200_000))
    codes = np.zeros(100_000, dtype=np.int64)
    a = Events(edges[::2], edges[1::2], codes)
    b = Events.of(*(a.start_ms + rng.integers(-90, 90, 100_000), a.end_ms + rng.integers(-90, 90, 100_000)), codes)

    def own() -> Any:
        pairs = candidate_pairs(a, b, 0.0)
        return np.sort(pairs.a * len(b) + pairs.b)

    def theirs() -> Any:
        ids = np.arange(len(b))
        i, j = NCLS(b.start_ms, b.end_ms, ids).all_overlaps_both(a.start_ms, a.end_ms, ids)
        return np.sort(i * len(b) + j)

    yield "overlapping pairs of 100,000 annotations a side", "ncls", own, theirs


def reading() -> Iterator[Question]:
    from generated_eaf import generate
    from pympi.Elan import Eaf

    import elancry

    with tempfile.TemporaryDirectory() as folder:
        path = generate(Path(folder) / "1.eaf", 1.0)

        def own() -> Any:
            return len(elancry.read_eaf(path).to_frame())

        def theirs() -> Any:
            eaf = Eaf(str(path))
            return sum(len(tier[0]) + len(tier[1]) for tier in eaf.tiers.values())

        yield "annotations of a file of 1 MB (elancry: as a table)", "pympi", own, theirs


def flat(answer: Any) -> np.ndarray:
    """All numbers of an answer."""
    parts = answer if isinstance(answer, tuple | list) else [answer]
    return np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in parts])


def seconds(work: Callable[[], Any]) -> float:
    """Of one call, over as many as take some 20 ms."""
    calls, took = 0, 0.0
    begin = time.process_time()
    while took < 0.02:
        work()
        calls += 1
        took = time.process_time() - begin
    return took / calls


def main() -> None:
    installed = []
    for name in ("numpy", "statsmodels", "pingouin", "krippendorff", "ncls", "pympi-ling"):
        try:
            installed.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            installed.append(f"{name} not installed")
    print(f"Python {platform.python_version()}, {platform.machine()}, load {os.getloadavg()[0]:.1f}, ", end="")
    print(", ".join(installed))
    print("\n| question | elancry ms | peer | its ms | elancry of peer |\n|---|--:|---|--:|--:|")
    for questions in (least_squares, agreement, overlaps, reading):
        try:
            for what, peer, own, theirs in questions():
                np.testing.assert_allclose(flat(own()), flat(theirs()), atol=1e-9)
                rounds = [(seconds(own), seconds(theirs)) for _ in range(ROUNDS)]
                mine, others = (1000 * min(each) for each in zip(*rounds, strict=True))
                print(f"| {what} | {mine:.2f} | {peer} | {others:.2f} | {mine / others:.2f} |")
        except ImportError as error:
            print(f"| {questions.__name__} | | {error.name} is not installed | | |")


if __name__ == "__main__":
    main()
