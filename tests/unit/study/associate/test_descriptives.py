"""Three sequences of two sessions by hand: 0, 2, 4 has mean 2, variance (4 + 0 + 4) / 2 = 4, so SD 2, and median 2."""

from __future__ import annotations

import numpy as np
import pandas as pd

from elancry.codebook.model import Category, Codebook, Coding, System
from elancry.study.associate.descriptives import descriptive_rows
from elancry.table.schema import DESCRIPTIVES


def test_mean_deviation_and_range_of_every_score_of_a_category():
    system = System("a.b", {"en": "A"}, (Category("x", {"en": "X"}), Category("y", {"en": "Y"})), Coding.BOTH)
    book = Codebook(id="c", title="C", languages=("en",), systems=(system,))
    frame = pd.DataFrame(
        {
            "session": ["s1", "s1", "s2"],
            "sequence": ["1", "2", "1"],
            "rating.a.b.x": [0.0, 2.0, 4.0],
            "rating.a.b.y": [np.nan, np.nan, 3.0],
            "rating.a.b.group:g": [1.0, 1.0, 1.0],
            "share.a.b.uncoded": [0.5, 0.5, np.nan],
            "covariate.age": [30.0, 40.0, 50.0],
        }
    )
    rows = list(descriptive_rows(frame, book))
    found = {
        (row["score"], row["category"]): tuple(row[name] for name in list(row)[3:]) for row in rows
    }  # n_sequences, n_sessions, n_above_zero, mean, sd, median, minimum, maximum
    assert found == {
        ("rating", "x"): (3, 2, 2, 2.0, 2.0, 2.0, 0.0, 4.0),
        ("rating", "y"): (1, 1, 1, 3.0, None, 3.0, 3.0, 3.0),
        ("share", "uncoded"): (2, 1, 2, 0.5, 0.0, 0.5, 0.5, 0.5),
    }
    assert {row["system"] for row in rows} == {"a.b"}
    assert len(DESCRIPTIVES.frame(rows)) == 3
