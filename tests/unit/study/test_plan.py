from __future__ import annotations

from pathlib import Path

import pytest

from elancry.choices import Matching
from elancry.errors import InvalidInput, UsageError
from elancry.study.plan import Plan, plan_for, read_plan


def test_options_override_the_plan_and_the_plan_the_defaults(tmp_path: Path):
    (tmp_path / "study.yaml").write_text("matching: elan\nseed: 7\ncriterion: [0.6, 0.8]\n", encoding="utf-8")
    plan = plan_for([tmp_path], seed=9, codebook=None)
    assert (plan.matching, plan.seed, plan.criterion, plan.resamples) == (Matching.ELAN, 9, (0.6, 0.8), 2000)
    settings = plan.settings()
    assert settings["matching"] == {"value": "elan", "chosen": True}
    assert settings["resamples"] == {"value": 2000, "chosen": False}


def test_a_zero_is_a_choice():
    assert Plan().choose(resamples=0).resamples == 0
    assert Plan().choose(seed=0).settings()["seed"] == {"value": 0, "chosen": True}


def test_all_mistakes_of_a_plan_come_at_once_with_lines(tmp_path: Path):
    file = tmp_path / "study.yaml"
    file.write_text("codebok: crying\nmatching: easydiak\ncriterion: 1.5\nresamples: many\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_plan(file)
    assert sorted((item.line, item.code) for item in caught.value.findings) == [
        (1, "plan-unknown-key"),
        (2, "plan-wrong-type"),
        (3, "plan-wrong-type"),
        (4, "plan-wrong-type"),
    ]
    assert "Did you mean 'codebook'?" in str(caught.value.findings[0].hint)


def test_a_codebook_path_is_relative_to_the_plan(tmp_path: Path):
    (tmp_path / "study.yaml").write_text("codebook: books/mine.yaml\n", encoding="utf-8")
    assert read_plan(tmp_path / "study.yaml").codebook == str(tmp_path / "books/mine.yaml")


def test_a_plan_that_is_named_must_be_there(tmp_path: Path):
    with pytest.raises(UsageError, match="there is no plan"):
        plan_for([tmp_path], study=tmp_path / "other.yaml")
