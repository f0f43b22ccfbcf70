"""Why the mixed model is fitted here and not by statsmodels: both on simulated studies of 46 sequences in 32 sessions.

    python benchmarks/mixed_against_statsmodels.py

Printed per scenario: how often MixedLM warns, how often it stops below the best restricted likelihood (by more than
.0001, never above it), how far its intraclass correlation is off then, and its standard errors against those of the
coefficients at the best fit.
"""

from __future__ import annotations

import argparse
import warnings

import numpy as np
import statsmodels
import statsmodels.api as sm
from validity import REGRESSIONS, SESSION

from elancry.association.mixed import random_intercept
from elancry.association.regression import fit_ols
from elancry.seeds import stream


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=100)
    n = parser.parse_args().studies
    print(f"statsmodels {statsmodels.__version__}, {n} studies a scenario")
    for name, scenario in REGRESSIONS.items():
        warned, lower, share, se = 0, [], [], []
        for number in range(n):
            x, y = scenario(stream(5, name, str(number)))
            fit = fit_ols(y, x, [f"x{column}" for column in range(x.shape[1])])
            ours = random_intercept(fit, SESSION)
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                theirs = sm.MixedLM(y, fit.x, groups=SESSION).fit(reml=True)
                errors = np.asarray(theirs.bse)[: len(ours.se)]
            warned += bool(caught)
            between, within = float(np.asarray(theirs.cov_re)[0, 0]), float(theirs.scale)
            lower.append(ours.log_likelihood - theirs.llf)
            share.append(abs(ours.intraclass - between / (between + within)))
            se.append(np.abs(errors / ours.se - 1).max())
        below = np.array(lower) > 1e-4
        print(
            f"{name}: warns in {warned}; stops short in {below.sum()} (log likelihood up to {max(lower):.2f} lower, "
            f"never more than {max(0.0, -min(lower)):.0e} higher; intraclass correlation up to {max(share):.2f} off); "
            f"largest standard error off by {np.nanmedian(se):.0%} in the median study, "
            f"undefined in {np.isnan(se).sum()}"
        )


if __name__ == "__main__":
    main()
