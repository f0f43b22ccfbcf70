from __future__ import annotations

import pytest

import elancry.study.plan  # noqa: F401  (registers its kinds)
from elancry.findings import CATALOGUE, Finding, FindingKind, Severity, finding, register, worst


def test_a_code_has_one_meaning():
    kind = next(iter(CATALOGUE.values()))
    register([kind])
    with pytest.raises(ValueError, match="stands twice"):
        register([FindingKind(kind.code, kind.severity, "another title", "another explanation")])


def test_an_unknown_code_is_an_error():
    with pytest.raises(KeyError):
        finding("no-such-code", "x")


def test_the_place_is_told_in_words():
    code = next(iter(CATALOGUE))
    item = finding(code, "m", file="s01__R1.eaf", tier="form", annotation="a12", start_ms=62_500)
    assert item.where == "s01__R1.eaf, tier form, annotation a12, 0:01:02.500"
    assert finding(code, "m", file="book.yaml", line=7).where == "book.yaml:7"


def test_the_worst_severity_counts():
    def of(severity: Severity) -> Finding:
        return Finding("x", severity, "m")

    assert worst([]) is None
    assert worst([of(Severity.INFO), of(Severity.ERROR), of(Severity.WARNING)]) is Severity.ERROR
