"""Every design simulated, in portions that several processes or a cluster take, and what came out in one table."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from elancry.agreement.sums import FloatArray
from elancry.power.closed_forms import observed_correlation, power_of_slope, width_by_bonett
from elancry.power.model import Assumptions, Design
from elancry.power.simulated import ALPHA, Studies, simulate_studies
from elancry.processes import parallel_map

PORTION = 20
"""Studies that a process simulates at a time."""

Row = dict[str, Any]


def seconds_needed(assumed: Assumptions, designs: Sequence[Design], studies: int, seed: int, jobs: int) -> float:
    """About how long all of it will take, from a study of the smallest design and one of the largest."""
    smallest, largest = (which(designs, key=_size) for which in (min, max))
    # The first one loads libraries.
    simulate_studies(assumed, smallest, seed, 0, 1)
    each = [_seconds(assumed, design, seed) for design in (smallest, largest)]
    return studies * len(designs) * sum(each) / 2 / jobs


def _seconds(assumed: Assumptions, design: Design, seed: int) -> float:
    began = time.perf_counter()
    simulate_studies(assumed, design, seed, 0, 1)
    return time.perf_counter() - began


def _size(design: Design) -> int:
    return sum(design.sizes) * design.raters


def power_rows(
    assumed: Assumptions,
    designs: Sequence[Design],
    studies: int,
    seed: int,
    *,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Row]:
    """Rows of schema.POWER from `studies` simulated studies of each of `designs`.

    `jobs` processes take part; the numbers do not depend on it. `progress` gets (studies done, studies in all).
    """
    portions = [
        (assumed, design, seed, first, min(PORTION, studies - first))
        for design in designs
        for first in range(0, studies, PORTION)
    ]
    done, of_design = 0, list[Studies]()
    if progress is not None:
        progress(0, studies * len(designs))
    for (_, design, _, _, number), found in zip(
        portions, parallel_map(simulate_studies, portions, jobs=jobs), strict=True
    ):
        of_design.append(found)
        done += number
        if progress is not None:
            progress(done, studies * len(designs))
        if done % studies == 0:
            yield _row(assumed, design, of_design)
            of_design = []


def _row(assumed: Assumptions, design: Design, portions: Sequence[Studies]) -> Row:
    icc, width, of_mean, p, classical = (
        np.concatenate([getattr(found, name) for found in portions])
        for name in ("icc", "width", "width_of_mean", "p", "p_classical")
    )
    n = sum(design.sizes)
    sizes = np.array(design.sizes)
    row: Row = {
        "n_sessions": design.sessions,
        "sequences_per_session": design.sequences_per_session,
        "n_raters": design.raters,
        "double_coded_share": design.double_coded,
        "n_sequences": n,
        # The sessions that all raters code are drawn anew in each study.
        "n_double_coded": round(float(sizes.mean()) * design.n_double),
        "n_codings": design.codings,
        "n_studies": len(icc),
    }
    for name, values in (("icc", icc), ("width", width), ("width_of_mean", of_mean)):
        row[name], row[f"{name}_mc_error"] = _mean(values)
    row["without_interval"] = float(np.isnan(width).mean())
    row["power"], row["power_mc_error"] = _share(p)
    row["power_classical"], row["power_classical_mc_error"] = _share(classical)
    if len(set(design.sizes)) == 1 and design.sizes[0] == 1:
        row["width_bonett"] = (
            width_by_bonett(assumed.icc, design.n_double, design.raters) if design.n_double > 1 else None
        )
        if design.n_double == design.sessions and n > 2:
            row["power_closed_form"] = power_of_slope(observed_correlation(assumed, design), n, ALPHA)
    return row


def _mean(values: FloatArray) -> tuple[float | None, float | None]:
    """Mean of the defined ones with its Monte-Carlo standard error."""
    defined = values[np.isfinite(values)]
    if len(defined) < 2:
        return (float(defined[0]) if len(defined) else None), None
    return float(defined.mean()), float(defined.std(ddof=1) / math.sqrt(len(defined)))


def _share(p: FloatArray) -> tuple[float, float]:
    """Share of studies in which p is below alpha, one without p being no success, with its Monte-Carlo error.

    At 0 and 1 the error is that of half a study, since none was seen.
    """
    share = float((np.nan_to_num(p, nan=1.0) < ALPHA).mean())
    inside = min(max(share, 0.5 / len(p)), 1 - 0.5 / len(p))
    return share, math.sqrt(inside * (1 - inside) / len(p))
