"""Holm and Benjamini-Hochberg, against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from elancry.association.multiplicity import corrected


@pytest.mark.parametrize("n", [1, 2, 9, 60])
@pytest.mark.parametrize("digits", [16, 2])
def test_both_equal_statsmodels_ties_included(n: int, digits: int):
    p = np.round(np.random.default_rng(n).random(n) ** 3, digits)
    holm, bh = corrected(p.tolist())
    assert holm == pytest.approx(multipletests(p, method="holm")[1].tolist(), rel=1e-14)
    assert bh == pytest.approx(multipletests(p, method="fdr_bh")[1].tolist(), rel=1e-14)


def test_holm_by_hand():
    """.01, .02, .04 of three: 3 x .01, 2 x .02, and .04 x 1, which may not fall below the one before."""
    assert corrected([0.04, 0.01, 0.02])[0] == pytest.approx([0.04, 0.03, 0.04])


def test_a_test_that_could_not_be_made_is_no_member_of_the_family():
    assert corrected([0.04, None, 0.01]) == ([0.04, None, 0.02], [0.04, None, 0.02])
    assert corrected([None]) == ([None], [None])
    assert corrected([]) == ([], [])
