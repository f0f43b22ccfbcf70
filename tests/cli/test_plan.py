"""The plan from end to end: init, the keys that a run honours, the forms of CSV, the sessions table, small studies."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from elancry.align.sequences import match_sequences
from elancry.choices import Matching
from elancry.errors import InvalidInput
from elancry.study.associate.numbers import Associated, association_tables
from elancry.study.compared import Compared
from elancry.study.numbers import agreement_tables
from elancry.study.plan import Plan, read_plan
from elancry.study.plan_keys import keys
from elancry.study.plan_values import plain
from elancry.study.run import check_study

FAST = ("--resamples", "0", "--permutations", "9", "--set", "sensitivity=[]", "-q")


def rows(path: Path, **form: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, **form))


# --- every key does something ---------------------------------------------------------------------------------------

SESSIONS = 12


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory, make_coded: Callable[..., Path]) -> Path:
    """Twelve sessions, two raters; a sessions table with two patients a therapist, beside."""
    folder = make_coded(tmp_path_factory.mktemp("study") / "coded", sessions=SESSIONS, sequences=16)
    sessions = sorted({path.name.split("__")[0] for path in folder.glob("*.eaf")})
    lines = [f"{name},P{number // 2},{3 * number % 7}" for number, name in enumerate(sessions)]
    (folder.parent / "sessions.csv").write_text("session,patient,hour\n" + "\n".join(lines), encoding="utf-8")
    second = folder.parent / "rounds"
    second.mkdir()
    for number, name in enumerate(sessions[:2]):
        for rater in ("R1", "R2"):
            source = folder / f"{name}__{rater}.eaf"
            shutil.copy(source, second / f"{name}__{rater}__1.eaf")
            if number == 0:
                shutil.copy(folder / f"{sessions[2]}__{rater}.eaf", second / f"{name}__{rater}__2.eaf")
    return folder


BASE: dict[str, Any] = {
    "codebook": "crying",
    "resamples": 0,
    "permutations": 9,
    "sensitivity": (),
    "scores": ("share",),
    "sequential_windows_ms": (),
    "sequential_lags": (),
}


def read_as(folder: Path, plan: Plan) -> str:
    """What was read, as text."""
    coding = check_study([folder], plan)
    files = [(item.name, item.session, item.raters, item.tiers) for item in coding.files]
    return repr((coding.codebook.systems, coding.codebook.sequence_tier, files, sorted(coding.passed_over.items())))


@cache
def tables_of(folder: Path, plan: Plan, *, agreement: bool) -> str:
    """Every number of a run, as text."""
    coding = check_study([folder], plan)
    sequences, _ = match_sequences(coding, window=plan.window)
    compared = Compared.of(coding, sequences)
    if agreement:
        found = agreement_tables(compared, plan)
    else:
        found = association_tables(Associated.of(coding, sequences, compared, plan), plan)
    return "".join(f"{name}\n{table.to_csv()}" for name, table in found.tables.items())


READING: dict[str, tuple[dict[str, Any], Any]] = {
    # key: (what else is chosen on both sides, the value)
    "codebook": ({}, None),
    "pattern": ({}, "{rater}__{session}"),
    "tier_pattern": ({}, "{tier}_{rater}"),
    "raters": ({}, ("R2",)),
    "tiers": ({}, ("crying_form",)),
    "ratings": ({"codebook": None, "tiers": ("intervention",)}, ("crying_form.protest.rating",)),
    "sequence_tier": ({}, "Comment"),
}

AGREEING: dict[str, tuple[dict[str, Any], Any]] = {
    "criterion": ({}, (0.9,)),
    "matching": ({}, Matching.GSEQ),
    "onset_tolerance_ms": ({"matching": Matching.ONSET}, 50),
    "against": ({}, "R1"),
    "boundary_tolerances_ms": ({}, (50,)),
    "time_units_ms": ({}, (1000,)),
    "tolerance_ms": ({"time_units_ms": (1000,)}, 2000),
    "units": ({}, "given"),
    "resamples": ({}, 30),
    "seed": ({"resamples": 30}, 1),
}

ASSOCIATING: dict[str, tuple[dict[str, Any], Any]] = {
    "window": ({}, "session"),
    "sessions": ({}, "sessions.csv"),
    "cluster": ({"sessions": "sessions.csv"}, "patient"),
    "covariates": ({"sessions": "sessions.csv"}, ("hour",)),
    "outcomes": ({}, ("crying_form",)),
    "predictors": ({"outcomes": ("crying_form",)}, "groups"),
    "outcome_categories": ({}, (("crying_form", ("protest",)),)),
    "predictor_categories": ({}, (("intervention", ("pause", "trigger")),)),
    "scores": ({}, ("rating",)),
    "references": ({}, (("intervention", "ending"),)),
    "aggregate": ({}, "R2"),
    "permutations": ({}, 19),
    "null": ({}, "shift"),
    "min_sequence_ms": ({}, 120_000),
    "sequential_windows_ms": ({}, (3000,)),
    "sequential_anchors": ({"sequential_windows_ms": (3000,)}, ("offset",)),
    "sequential_lags": ({}, (2,)),
    "sensitivity": ({}, ("single",)),
}

ELSEWHERE = {
    "assign",
    "print_figures",
    "align",
    "use_merged",
    "round",
    "empty",
    "language",
    "csv_form",
    "consensus",
    "min_ms",
    "compare",
    "guest",
}
"""Keys with a test of their own: here, in test_merge_align, _choices, _names, _compare and _report_again."""


def test_every_key_of_the_plan_has_a_test_that_it_is_honoured():
    assert set(READING) | set(AGREEING) | set(ASSOCIATING) | ELSEWHERE == set(keys())


def both(folder: Path, name: str, case: tuple[dict[str, Any], Any], **base: Any) -> tuple[Plan, Plan]:
    """The plan without and with the choice of `name`."""
    others, value = case
    table = str(folder.parent / "sessions.csv")
    chosen = {key: table if item == "sessions.csv" else item for key, item in {**base, **others}.items()}
    plan = Plan().with_(_typed(chosen))
    return plan, plan.with_(_typed({name: table if value == "sessions.csv" else value}))


def _typed(chosen: dict[str, Any]) -> dict[str, Any]:
    """Words become the members that the reader of the plan gives."""
    return {name: keys()[name].parse(plain(value)) for name, value in chosen.items()}


@pytest.mark.parametrize("name", READING)
def test_a_key_of_reading_is_honoured(coded: Path, name: str):
    without, chosen = both(coded, name, READING[name], codebook="crying")
    assert read_as(coded, without) != read_as(coded, chosen)


@pytest.mark.parametrize("name", AGREEING)
def test_a_key_of_agreement_is_honoured(coded: Path, name: str):
    small = {"codebook": "crying", "resamples": 0, "tiers": ("crying_form",)}
    without, chosen = both(coded, name, AGREEING[name], **small)
    assert tables_of(coded, without, agreement=True) != tables_of(coded, chosen, agreement=True)


@pytest.mark.parametrize("name", ASSOCIATING)
def test_a_key_of_association_is_honoured(coded: Path, name: str):
    without, chosen = both(coded, name, ASSOCIATING[name], **BASE)
    assert tables_of(coded, without, agreement=False) != tables_of(coded, chosen, agreement=False)


def test_sequences_below_the_minimum_are_counted(coded: Path):
    plan = Plan().choose(**BASE, min_sequence_ms=10**9)
    coding = check_study([coded], plan)
    sequences, _ = match_sequences(coding)
    found = Associated.of(coding, sequences, Compared.of(coding, sequences), plan).findings
    assert [item.message for item in found] == ["16 of 16 sequences are shorter than 277:46:40.000"]


def test_the_round_is_honoured(coded: Path):
    folder = coded.parent / "rounds"
    plan = Plan().choose(codebook="crying", pattern="{session}__{rater}__{round}")
    last = check_study([folder], plan)
    first = check_study([folder], plan.choose(round="1"))
    assert sorted({item.round for item in last.files}) == ["1", "2"]
    assert {item.round for item in first.files} == {"1"}


def test_an_empty_tier_may_mean_none(coded: Path, tmp_path: Path):
    from elancry.eaf import read_eaf, write_eaf

    source = sorted(coded.glob("*__R1.eaf"))[0]
    document = read_eaf(source)
    editor = document.edit()
    for item in document.annotations("intervention"):
        editor.annotations.remove(item.id)
    write_eaf(editor.document(), tmp_path / source.name)
    plan = Plan().choose(codebook="crying")
    missing = {
        empty: [
            tier.missing
            for file in check_study([tmp_path], plan.with_(_typed({"empty": empty}))).files
            for tier in file.tiers
            if tier.tier == "intervention"
        ]
        for empty in ("missing", "none")
    }
    assert missing == {"missing": [True], "none": [False]}


def test_merged_files_are_used_where_the_plan_says(elancry, study: Path):
    assert elancry("merge", study, "-o", study / "merged", "--codebook", "crying", "-q").code == 0
    plan = Plan().choose(codebook="crying")
    assert not any(item.merged for item in check_study([study], plan).files)
    assert all(item.merged for item in check_study([study], plan.choose(use_merged=True)).files)


def test_the_consensus_enters_the_association(coded: Path):
    _, chosen = both(coded, "aggregate", ({}, "consensus"), **BASE)
    found = tables_of(coded, chosen, agreement=False)
    assert "within consensus" in found
    # Every rater's own scores are there whatever enters the models.
    before, _, after = found.partition("sequences_by_rater\n")
    assert "R1" not in (before + after.partition("cooccurrence\n")[2]).replace("R1.", "")


# --- init ------------------------------------------------------------------------------------------------------------


def test_init_makes_a_folder_that_analyze_can_use(elancry, study: Path, tmp_path: Path):
    folder = tmp_path / "my study"
    said = elancry("init", folder)
    assert said.code == 0
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == {
        "study.yaml",
        "crying.yaml",
        "sessions.csv",
    }
    assert read_plan(folder / "study.yaml").chosen == {"codebook"}
    done = elancry("analyze", study, "-o", tmp_path / "out", "--study", folder / "study.yaml", "--raters", "R1", *FAST)
    assert done.code == 0, done.all
    plan = json.loads((tmp_path / "out/results.json").read_text(encoding="utf-8"))["plan"]
    assert sorted(name for name, item in plan.items() if item["chosen"]) == [
        "codebook",
        "permutations",
        "raters",
        "resamples",
        "sensitivity",
    ]
    assert plan["codebook"]["value"] == "crying.yaml"


def test_init_refuses_to_overwrite(elancry, tmp_path: Path):
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "study.yaml").write_text("seed: 1\n", encoding="utf-8")
    said = elancry("init", folder)
    assert said.code == 2
    assert "study.yaml" in said.err
    assert (folder / "study.yaml").read_text(encoding="utf-8") == "seed: 1\n"
    assert not (folder / "crying.yaml").exists()
    assert elancry("init", folder, "--force", "-q").code == 0


def test_init_again_after_an_edit_is_refused(elancry, tmp_path: Path):
    assert elancry("init", tmp_path, "-q").code == 0
    with (tmp_path / "crying.yaml").open("a", encoding="utf-8") as stream:
        stream.write("# ours\n")
    said = elancry("init", tmp_path)
    assert said.code == 2
    assert "crying.yaml" in said.err


def test_init_with_a_codebook_that_is_not_there(elancry, tmp_path: Path):
    said = elancry("init", tmp_path / "s", "--codebook", "cryin")
    assert said.code == 2
    assert "Did you mean 'crying'?" in said.err
    assert not (tmp_path / "s").exists()


# --- the command line ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["agree", "analyze", "merge"])
@pytest.mark.parametrize("form", ["--excel", "--excel-de"])
def test_csv_for_excel(elancry, study: Path, tmp_path: Path, command: str, form: str):
    # One system has nothing to be associated with: the run is short, and says so.
    fast = () if command == "merge" else ("--resamples", "0", "--tiers", "crying_form")
    said = elancry(command, study, "-o", tmp_path / "out", "--codebook", "crying", form, "-q", *fast)
    assert said.code == 0, said.all
    path = tmp_path / "out" / ("annotations.csv" if command == "merge" else "tables/agreement.csv")
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    german = form == "--excel-de"
    assert (b";" in text.splitlines()[0]) is german
    if command != "merge":
        found = [row["estimate"] for row in rows(path, delimiter=";" if german else ",")]
        assert any(("," if german else ".") in item for item in found)
        assert not any(("." if german else ",") in item for item in found)


def test_a_wrong_plan_stops_every_command_with_its_line(elancry, study: Path, tmp_path: Path):
    (study / "study.yaml").write_text("seed: 1\ncriteron: 0.8\n", encoding="utf-8")
    for command in ("check", "merge", "agree", "analyze"):
        said = elancry(command, study, *([] if command == "check" else ["-o", tmp_path / "out"]))
        assert said.code == 1
        assert "study.yaml\n" in said.err
        assert "at line 2" in said.err
        assert "Did you mean 'criterion'?" in said.err
    assert not (tmp_path / "out/results.json").exists()


def test_a_plan_that_does_not_fit_the_study_is_told_before_computing(elancry, study: Path, tmp_path: Path):
    text = "codebook: crying\noutcomes: [cryingform]\nreferences: {intervention: paus}\naggregate: R7\n"
    (study / "study.yaml").write_text(text, encoding="utf-8")
    said = elancry("analyze", study, "-o", tmp_path / "out")
    assert said.code == 1
    for line, close in ((2, "'crying_form'"), (3, "'pause'"), (4, "R1, R2")):
        assert f"at line {line}: " in said.err
        assert close in said.err
    # What is named must be there, also for a command that would not use it.
    again = elancry("agree", study, "-o", tmp_path / "out", "-q", "--resamples", "0", "--tiers", "crying_form")
    assert (again.code, again.err) == (1, said.err)
    assert not (tmp_path / "out/results.json").exists()


def test_the_language_of_the_plan_is_honoured(elancry, study: Path, tmp_path: Path):
    said = elancry("agree", study, "-o", tmp_path / "out", "--set", "language=de", "-q", "--resamples", "0",
                   "--tiers", "crying_form")  # fmt: skip
    assert said.code == 0
    assert 'lang="de"' in (tmp_path / "out/report.html").read_text(encoding="utf-8")


# --- sessions.csv ----------------------------------------------------------------------------------------------------


def sessions_of(folder: Path) -> list[str]:
    return sorted({path.name.split("__")[0] for path in folder.glob("*.eaf")})


def analyze_with(elancry, study: Path, out: Path, lines: list[str], *options: str):
    table = study.parent / "sessions.csv"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return elancry(
        "analyze", study, "-o", out, "--codebook", "crying", "--raters", "R1", "--sessions", table, *FAST, *options
    )


def test_the_cluster_and_why_are_reported(elancry, study: Path, tmp_path: Path):
    lines = ["session,patient,therapist", *(f"{name},P{name},T1" for name in sessions_of(study))]
    said = analyze_with(elancry, study, tmp_path / "out", lines)
    assert said.code == 0, said.all
    results = json.loads((tmp_path / "out/results.json").read_text(encoding="utf-8"))
    (found,) = [item for item in results["findings"] if item["code"] == "nesting-cluster"]
    assert "session: 3 groups" in found["message"]
    assert "only 1 therapist, fewer than 10" in found["message"]
    assert "only 1 therapist, fewer than 10" in (tmp_path / "out/report.html").read_text(encoding="utf-8")
    first = rows(tmp_path / "out/tables/sequences.csv")[0]
    assert first["patient"] == f"P{first['session']}"


def test_a_missing_an_unknown_and_a_double_session(elancry, study: Path, tmp_path: Path):
    names = sessions_of(study)
    lines = ["session,patient", f"{names[0]},P1", f"{names[0]},P2", f"{names[1]},P1", "s99,P9"]
    said = analyze_with(elancry, study, tmp_path / "out", lines)
    assert said.code == 1
    assert f"session {names[2]} has no row in the sessions table" in said.err
    assert "sessions-twice at line 3" in said.err
    assert "(first in line 2)" in said.err
    assert not (tmp_path / "out/results.json").exists()


def test_a_cluster_that_the_table_lacks(elancry, study: Path, tmp_path: Path):
    lines = ["session,patient", *(f"{name},P1" for name in sessions_of(study))]
    said = analyze_with(elancry, study, tmp_path / "out", lines, "--cluster", "therapist")
    assert said.code == 1
    assert "no column 'therapist'" in said.err


# --- small studies -------------------------------------------------------------------------------------------------


def reasons(out: Path) -> dict[str, set[str]]:
    """Table -> reasons for what is empty in it."""
    return {
        path.stem: {row["undefined_reason"] for row in rows(path) if row.get("undefined_reason")}
        for path in (out / "tables").glob("*.csv")
    }


@pytest.mark.parametrize(("sessions", "sequences"), [(3, 3), (1, 2)])
def test_few_sequences_or_one_session(elancry, make_coded, tmp_path: Path, sessions: int, sequences: int):
    study = make_coded(tmp_path / "coded", sessions=sessions, sequences=sequences)
    methods = "mixed_model,leave_one_session_out,groups,single,spearman,kendall,logistic,fractional_logit,ordinal"
    said = elancry(
        "analyze", study, "-o", tmp_path / "out", "--codebook", "crying", "--resamples", "20", "--permutations", "9",
        "--set", f"sensitivity=[{methods}]", "--set", "scores=[rating, share, present, count, rate_per_min]",
    )  # fmt: skip
    assert said.code == 0, said.all
    found = reasons(tmp_path / "out")
    assert any("too few" in reason or "never coded" in reason for reason in found["models"])
    if sessions == 1:
        assert any("only 1 session to exchange" in reason for reason in found["cooccurrence"])
    for name in ("cooccurrence", "sequential", "models", "sequences"):
        assert rows(tmp_path / "out/tables" / f"{name}.csv")


def test_one_category_and_equal_ratings_everywhere(elancry, make_coded, tmp_path: Path):
    """Every crying form is despair, every rating is 2: nothing varies, three categories are never coded."""
    from elancry.eaf import read_eaf, write_eaf

    study = make_coded(tmp_path / "coded", sessions=6, sequences=6, raters=("R1", "R2"))
    for path in study.glob("*.eaf"):
        document = read_eaf(path)
        editor = document.edit()
        for tier in document.tiers:
            for item in document.annotations(tier.id):
                if tier.id == "crying_form":
                    editor.annotations.set_value(item.id, "despair", cve_ref="despair")
                elif tier.id.endswith(".rating"):
                    editor.annotations.set_value(item.id, "2", cve_ref=None)
        write_eaf(editor.document(), path)
    said = elancry("analyze", study, "-o", tmp_path / "out", "--codebook", "crying", "--resamples", "20",
                   "--permutations", "9")  # fmt: skip
    assert said.code == 0, said.all
    found = reasons(tmp_path / "out")
    assert any("never coded" in reason for reason in found["cooccurrence"])
    assert {"never coded: there is nothing to explain", "no predictor is left"} <= found["models"]
    assert any("the same in every sequence" in reason for reason in found["attenuation"])


def test_check_r_lies_beside_the_tables_it_can_read(elancry, coded: Path, tmp_path: Path):
    for form, there in (((), True), (("--excel-de",), False)):
        out = tmp_path / f"out{there}"
        assert elancry("analyze", coded, "-o", out, "--codebook", "crying", "--raters", "R1", *FAST, *form).code == 0
        assert (out / "tables/regression.csv").exists()
        assert (out / "check.R").exists() is there


def test_a_plan_error_is_no_half_result(coded: Path):
    plan = Plan().choose(codebook="crying", aggregate="nobody")
    with pytest.raises(InvalidInput, match="'nobody'"):
        check_study([coded], plan)
    coding = check_study([coded], Plan().choose(codebook="crying"))
    sequences, _ = match_sequences(coding)
    with pytest.raises(InvalidInput, match="'nobody'"):
        Associated.of(coding, sequences, Compared.of(coding, sequences), plan)
