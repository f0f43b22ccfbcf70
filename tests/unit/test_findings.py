from __future__ import annotations

import json
import pickle

import pytest

from elancry.findings import CATALOGUE, Finding, Severity, finding, worst
from elancry.texts import text


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_kind_says_what_it_is_and_what_follows(language):
    for code, kind in CATALOGUE.items():
        assert kind.code == code
        assert kind.title.into(language)
        assert kind.explanation.into(language).endswith((".", "?")), code


def test_only_errors_stop_everything():
    assert {kind.severity for kind in CATALOGUE.values() if kind.blocking} == {Severity.ERROR}


def test_a_finding_keeps_its_codes_and_fields_through_pickle_and_json():
    item = finding("tier-extra", text("count.files", n=2), hint=text("count.files", n=1), tier="Notes")
    assert pickle.loads(pickle.dumps(item)) == item
    data = json.loads(json.dumps(item.as_dict()))
    assert (data["message"], data["hint"]) == ("2 files", "1 file")
    assert data["message_text"] == {"code": "count.files", "fields": {"n": 2}}
    assert data["hint_text"] == {"code": "count.files", "fields": {"n": 1}}


def test_a_finding_is_read_in_the_language_of_messages(monkeypatch):
    item = finding("tier-extra", text("count.files", n=2))
    monkeypatch.setenv("LANGUAGE", "de")
    assert item.message == "2 Dateien"


def test_an_unknown_code_is_an_error():
    with pytest.raises(KeyError):
        finding("no-such-code", "x")


def test_the_place_in_words():
    code = next(iter(CATALOGUE))
    item = finding(code, "m", file="s01__R1.eaf", tier="form", annotation="a12", start_ms=62_500)
    assert item.where == "s01__R1.eaf, tier form, annotation a12, 0:01:02.500"
    assert finding(code, "m", file="book.yaml", line=7).where == "book.yaml:7"


def test_the_worst_severity_counts():
    def of(severity: Severity) -> Finding:
        return Finding("x", severity, "m")

    assert worst([]) is None
    assert worst([of(Severity.INFO), of(Severity.ERROR), of(Severity.WARNING)]) is Severity.ERROR
