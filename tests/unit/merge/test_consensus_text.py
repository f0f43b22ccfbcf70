"""The text of a disagreement: codes stay apart, whatever a label holds."""

from __future__ import annotations

from elancry.align.point_marks import settled_as_none
from elancry.merge.dispute import Dispute


def dispute(values: dict[str, str], settled: str | None) -> Dispute:
    return Dispute("s1", "1", "form", "form", "time", 0, 100, values, settled)


def test_codes_of_the_raters_then_the_mark():
    assert dispute({"R1": "protest", "R2": "-"}, None).text == "R1=protest | R2=-"
    assert dispute({"R1": "protest", "R2": "-"}, "-").text == "R1=protest | R2=- | consensus=-"


def test_a_label_cannot_pretend_that_the_raters_settled():
    text = dispute({"R1": "p", "R2": "d | consensus=-"}, None).text
    assert text == "R1=p | R2=d / consensus=-"
    assert not settled_as_none(text)
