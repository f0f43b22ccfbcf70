"""Points of figures against hand values.

Boundaries, two raters on one tier (ms): A 0-100 and 200-300, B 10-90 and 220-310. Begins differ by 10 and 20, ends by
-10 and 10 (second minus first). Ratings: A 1, 3, missing; B 2, 3, 4: means 1.5 and 3, differences 1 and 0.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from elancry.align.events_of import SequenceEvents
from elancry.align.ratings import RatingMatrix
from elancry.choices import Matching
from elancry.codebook.model import Codebook
from elancry.study.compared import Compared
from elancry.study.plan import Plan
from elancry.study.plots import plot_points


def points(ratings=(), events=(), tables=None):
    compared = Compared(Codebook("test", "Test", ()), ("A", "B"), (), tuple(ratings), tuple(events))
    return plot_points(compared, Plan(matching=Matching.EASYDIAG, criterion=(0.6,)), tables or {})


def test_nothing_in_nothing_out():
    assert points() == {}


def test_means_and_differences_of_two_raters_without_missing_cells():
    values = np.array([[1.0, 2.0], [3.0, 3.0], [np.nan, 4.0]])
    matrix = RatingMatrix("form", "x", "form.x.rating", ("s",) * 3, ("1", "2", "3"), ("A", "B"), values)
    frame = points(ratings=[matrix])["bland_altman"]
    assert frame[["rater_a", "rater_b", "mean", "difference"]].values.tolist() == [
        ["A", "B", 1.5, 1.0],
        ["A", "B", 3.0, 0.0],
    ]


def test_boundaries_of_linked_annotations():
    starts = (np.array([0, 200]), np.array([10, 220]))
    ends = (np.array([100, 300]), np.array([90, 310]))
    codes = (np.zeros(2, np.int16), np.zeros(2, np.int16))
    event = SequenceEvents("s", "1", "form", "form", ("x",), ("A", "B"), starts, ends, codes)
    frame = points(events=[event])["boundaries"]
    found = {edge: sorted(group["difference_ms"].tolist()) for edge, group in frame.groupby("edge")}
    assert found == {"onset": [10, 20], "offset": [-10, 10]}


def test_residuals_are_what_the_coefficients_leave():
    scores = pd.DataFrame(
        {
            "session": ["s", "s", "t"],
            "rating.out.y": [1.0, 5.0, np.nan],
            "rating.pred.x": [0.0, 1.0, 2.0],
        }
    )
    slopes = pd.DataFrame(
        {
            "outcome_system": "out", "outcome": "y", "predictor_system": "pred", "score": "rating",
            "term": ["(Intercept)", "x", "(Intercept)"], "b": [2.0, 3.0, 9.0], "se_type": ["CR2", "CR2", "HC3"],
        }
    )  # fmt: skip
    tables = {"sequences": scores, "regression": slopes}
    frame = points(tables=tables)["residuals"]
    assert frame["fitted"].tolist() == pytest.approx([2.0, 5.0])
    assert frame["residual"].tolist() == pytest.approx([-1.0, 0.0])
    gone = scores.drop(columns="rating.pred.x")
    assert "residuals" not in points(tables={"sequences": gone, "regression": slopes}), "no score, no point"
