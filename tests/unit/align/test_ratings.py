"""Rating matrices from hand-made codings."""

from __future__ import annotations

import numpy as np

from elancry.align.ratings import build_ratings
from elancry.align.sequences import match_sequences

NAN = float("nan")


def ratings(coding):
    return build_ratings(coding, match_sequences(coding)[0])


def test_ratings_line_up_through_the_matched_sequence(study):
    # R2 overlooked the first episode, so her first rating belongs to the second matched sequence.
    coding = study(
        {
            "s": {
                "R1": {"Sequence": [(0, 100, ""), (200, 300, "")], "form.p.rating": [(0, 100, "1"), (200, 300, "0")]},
                "R2": {"Sequence": [(200, 300, "")], "form.p.rating": [(200, 300, "4")]},
            },
            "t": {"R3": {"Sequence": [(0, 10, "")], "form.p.rating": [(0, 10, "2")]}},
        }
    )
    p, d = ratings(coding)
    assert (p.system, p.category, p.tier, p.raters) == ("form", "p", "form.p.rating", ("R1", "R2", "R3"))
    assert (p.sessions, p.sequences) == (("s", "s", "t"), ("1", "2", "1"))
    # A missing rating is a missing cell; a rating of 0 is data.
    np.testing.assert_array_equal(p.values, [[1, NAN, NAN], [0, 4, NAN], [NAN, NAN, 2]])
    assert np.isnan(d.values).all()


def test_a_value_off_the_scale_is_missing(study):
    coding = study({"s": {"R1": {"Sequence": [(0, 100, "")], "form.p.rating": [(0, 100, "much")]}}})
    assert np.isnan(ratings(coding)[0].values).all()


def test_ratings_that_hang_elsewhere_are_placed_by_overlap_and_contradictions_are_missing(study):
    def rated(*spans):
        return {"s": {"R1": {"Sequence": [(0, 100, ""), (200, 300, "")], "form.p.rating": list(spans)}}}

    # The conftest makes the parent of the third rating an annotation that is no sequence: its time decides.
    coding = study(rated((0, 100, "3"), (200, 300, "1"), (210, 220, "1")))
    np.testing.assert_array_equal(ratings(coding)[0].values, [[3], [1]])
    coding = study(rated((0, 100, "3"), (200, 300, "1"), (210, 220, "2")))
    np.testing.assert_array_equal(ratings(coding)[0].values, [[3], [NAN]])
