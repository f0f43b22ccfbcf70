"""The plan: one declaration, read with every mistake at once, overridden by the command line, told in the report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from elancry.choices import CsvForm, Level, Matching, Method, PredictorSet, Score, Window
from elancry.cli.options import parse_setting
from elancry.codebook.load import load_codebook
from elancry.errors import InvalidInput, UsageError
from elancry.study.plan import Plan, plan_for, read_plan
from elancry.study.plan_checks import directions, refuse_unfit
from elancry.study.plan_keys import keys
from elancry.study.plan_text import commented_plan

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "study.yaml"


def mistakes(file: Path, text: str) -> list[tuple[int | None, str]]:
    """(line, message) of everything that is wrong with a plan."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        plan_for([], study=file)
    return [(item.line, item.message) for item in caught.value.findings]


def test_options_override_the_plan_and_the_plan_the_defaults(tmp_path: Path):
    (tmp_path / "study.yaml").write_text("matching: elan\nseed: 7\ncriterion: [0.6, 0.8]\n", encoding="utf-8")
    plan = plan_for([tmp_path], {"seed": 9})
    assert (plan.matching, plan.seed, plan.criterion, plan.resamples) == (Matching.ELAN, 9, (0.6, 0.8), 2000)
    settings = plan.settings()
    assert settings["matching"] == {"value": "elan", "chosen": True, "line": 1}
    assert settings["resamples"] == {"value": 2000, "chosen": False}


def test_a_zero_is_a_choice():
    assert Plan().choose(resamples=0).resamples == 0
    assert Plan().choose(seed=0).settings()["seed"] == {"value": 0, "chosen": True}


def test_all_mistakes_of_a_plan_come_at_once_with_lines(file: Path):
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


def test_paths_are_relative_to_the_plan_and_told_by_name_only(file: Path):
    file.write_text("codebook: books/mine.yaml\nsessions: data/sessions.csv\n", encoding="utf-8")
    plan = read_plan(file)
    assert (plan.codebook, plan.sessions) == (
        str(file.parent / "books/mine.yaml"),
        str(file.parent / "data/sessions.csv"),
    )
    assert plan.settings()["codebook"]["value"] == "mine.yaml"
    assert str(file.parent) not in str(plan.settings())


def test_a_built_in_codebook_is_no_path(file: Path):
    file.write_text("codebook: crying\n", encoding="utf-8")
    assert read_plan(file).codebook == "crying"


def test_a_plan_that_is_named_must_be_there(tmp_path: Path):
    with pytest.raises(UsageError, match="there is no plan"):
        plan_for([tmp_path], study=tmp_path / "other.yaml")


def test_the_commented_plan_reads_back_as_the_defaults(file: Path):
    file.write_text(commented_plan(Plan()), encoding="utf-8")
    plan = read_plan(file)
    assert plan == Plan()
    assert plan.chosen == frozenset()


def test_every_key_stands_in_the_commented_plan_under_its_explanation():
    lines = commented_plan(Plan()).splitlines()
    for name, key in keys().items():
        (at,) = [number for number, line in enumerate(lines) if line.startswith(f"{name}:")]
        for language in ("en", "de"):
            assert len(f"# {key.words.into(language)}") <= 120, (language, name)
        assert lines[at - 1] == f"# {key.words}"


def test_every_key_is_chosen_by_writing_another_value(file: Path):
    """Each key's value differs from its default, is read back, and counts as chosen."""
    file.write_text(OTHERWISE, encoding="utf-8")
    plan = read_plan(file)
    assert plan.chosen == frozenset(keys())
    for name in keys():
        assert getattr(plan, name) != keys()[name].default, name
    again = file.with_name("again.yaml")
    again.write_text(commented_plan(plan), encoding="utf-8")
    relative = replace(read_plan(again), codebook=plan.codebook, sessions=plan.sessions, assign=plan.assign)
    assert relative == plan


OTHERWISE = """
codebook: mine.yaml
pattern: '{rater}/{session}_{round}'
tier_pattern: '{tier}-{rater}'
raters: [R1, R2]
assign: a.csv
tiers: crying_form
ratings: intensity
sequence_tier: Episodes
consensus: R1
min_ms: 0:00:00.500
use_merged: yes
round: '2'
empty: none
align: offset
window: session
units: given
criterion: [0.5, .7]
matching: gseq
onset_tolerance_ms: 0:00:00.500
against: R1
compare: site
guest: Machine
boundary_tolerances_ms: [0:01, 1500]
time_units_ms: 0:00:01.000
tolerance_ms: 0:02
resamples: 0
sessions: s.csv
cluster: patient
covariates: [age, hour]
outcomes: [a ~ b]
outcome_categories: {a: [x, y]}
predictor_categories: {b: z}
predictors: groups
scores: [present, share]
references: {intervention: pause}
aggregate: R2
permutations: 99
null: shift
min_sequence_ms: 0:00:30.500
sequential_windows_ms: []
sequential_anchors: [offset, onset]
sequential_lags: [1, 2]
sensitivity: []
seed: 1
language: de
csv_form: excel-de
print_figures: true
"""


def test_values_are_read_as_what_they_are(file: Path):
    file.write_text(OTHERWISE, encoding="utf-8")
    plan = read_plan(file)
    assert plan.window is Window.SESSION
    assert plan.tiers == ("crying_form",)
    assert plan.boundary_tolerances_ms == (1000, 1500)
    assert (plan.time_units_ms, plan.tolerance_ms, plan.min_sequence_ms) == ((1000,), 2000, 30_500)
    assert plan.scores == (Score.PRESENT, Score.SHARE)
    assert plan.sensitivity == ()
    assert plan.references == (("intervention", "pause"),)
    assert plan.csv_form is CsvForm.EXCEL_DE
    assert plan.settings()["references"]["value"] == {"intervention": "pause"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("windows: session", "unknown key 'windows'"),
        ("seed: 1\nseed: 2", "occurs a second time"),
        ("raters: []", "at least one value (a name)"),
        ("raters: [R1, R1]", "R1 is given more than once"),
        ("raters: {R1: x}", "expected a name, not a mapping"),
        ("use_merged: maybe", "expected true or false"),
        ("window: minute", "expected one of sequence, session"),
        ("criterion: []", "the list is empty"),
        ("criterion: [0,6]", "such as 0.6, not '0'"),
        ("tolerance_ms: [1, 2]", "not a list"),
        ("tolerance_ms: soon", "not 'soon'"),
        ("time_units_ms: [0]", "at least 1 ms"),
        ("time_units_ms: [[1]]", "not a list"),
        ("scores: [rating, shares]", "did you mean 'share'?"),
        ("scores: []", "the list is empty"),
        ("sensitivity: bayes", "expected one of mixed_model"),
        ("sequential_lags: [0]", "from 1 to 20"),
        ("sequential_lags: [one]", "from 1 to 20"),
        ("references: pause", "expected a mapping"),
        ("references: {intervention: [pause]}", "expected text"),
        ("outcome_categories: protest", "expected a mapping"),
        ("outcome_categories: {crying_form: []}", "at least one value"),
        ("outcome_categories: {crying_form: [[protest]]}", "expected a name, not a list"),
        ("predictor_categories:\n  intervention: [pause, pause]", "pause is given more than once"),
        ("resamples: -1", "from 0 to 1000000"),
        ("csv_form: german", "expected one of plain, excel, excel-de"),
        ("- seed", "expected a mapping"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(file: Path, text: str, said: str):
    found = mistakes(file, text)
    assert len(found) == 1
    line, message = found[0]
    assert line == len(text.splitlines())
    assert said in message


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("cluster: patient", 1, "needs a sessions table"),
        ("seed: 1\ncovariates: [age]", 2, "needs a sessions table"),
        ("round: '2'", 1, "has no {round}"),
        ("tolerance_ms: 500", 1, "no bin widths (time_units_ms) are set"),
        ("time_units_ms: [1000, 2000]\ntolerance_ms: 1500", 2, "less than the bin width of 2000 ms"),
        ("raters: [R1, R2]\naggregate: R3", 2, "'R3' is neither"),
        ("resamples: 0\nsensitivity: [single, kendall]", 2, "tested by resampling"),
    ],
)
def test_choices_that_contradict_each_other(file: Path, text: str, line: int, said: str):
    found = mistakes(file, text)
    assert [at for at, _ in found] == [line]
    assert said in found[0][1]


def test_an_option_can_resolve_a_contradiction_of_the_file_or_make_one(file: Path, tmp_path: Path):
    table = tmp_path / "s.csv"
    table.write_text("session,patient\n", encoding="utf-8")
    file.write_text("cluster: patient\n", encoding="utf-8")
    assert plan_for([], {"sessions": str(table)}, study=file).cluster is Level.PATIENT
    file.write_text("seed: 3\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        plan_for([], {"cluster": Level.THERAPIST}, study=file)
    assert (caught.value.findings[0].file, caught.value.findings[0].line) == (None, None)
    assert caught.value.findings[0].message.startswith("cluster: therapist")


def test_settings_of_the_command_line_are_read_like_the_file():
    given = ["window=session", "null=shift", "references={intervention: pause}", "sequential_lags = []"]
    plan = plan_for([], dict(map(parse_setting, given)))
    assert (plan.window, plan.references, plan.sequential_lags) == (
        Window.SESSION,
        (("intervention", "pause"),),
        (),
    )
    assert plan.chosen == {"window", "null", "references", "sequential_lags"}


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("windw=session", "Did you mean window?"),
        ("window", "expected KEY=VALUE"),
        ("=3", "Available settings: codebook, pattern,"),
        ("window=minute", "expected one of sequence, session"),
        ("seed=[1", "expected a whole number of at least 0, not '[1'"),
        ("raters=[R1", "not valid YAML"),
    ],
)
def test_a_wrong_setting_of_the_command_line(setting: str, said: str):
    from elancry.errors import ElancryError

    with pytest.raises(ElancryError) as caught:
        parse_setting(setting)
    assert said in str(caught.value)


def test_a_method_of_the_command_line_stands_beside_those_of_the_plan(file: Path):
    file.write_text("sensitivity: [single, kendall]\n", encoding="utf-8")
    plan = plan_for([], study=file, also=[Method.KENDALL, Method.ORDINAL])
    assert plan.sensitivity == (Method.SINGLE, Method.KENDALL, Method.ORDINAL)
    assert plan_for([]).sensitivity == keys()["sensitivity"].default


def test_a_word_of_the_command_line_becomes_the_choice_itself():
    assert Plan().choose(csv_form="excel-de").csv_form is CsvForm.EXCEL_DE
    with pytest.raises(UsageError, match="expected one of plain"):
        Plan().choose(csv_form="german")


def test_directions_follow_the_outcomes():
    book = load_codebook("crying")
    form, intervention = (system.id for system in book.systems)
    both = ((form, intervention), (intervention, form))
    assert directions(Plan(), book) == both
    assert directions(Plan(outcomes=(form,)), book) == both[:1]
    assert directions(Plan(outcomes=(f"{intervention}~{form}",)), book) == both[1:]


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Plan(outcomes=("cry_form",)), "no system 'cry_form'"),
        (Plan(outcomes=("crying_form ~",)), "not a direction"),
        (Plan(outcomes=("crying_form ~ crying_form",)), "makes a system explain itself"),
        (Plan(references=(("interventions", "pause"),)), "no system 'interventions'"),
        (Plan(references=(("intervention", "pauses"),)), "no category 'pauses'"),
        (Plan(predictors=PredictorSet.GROUPS, outcomes=("intervention",)), "no groups"),
        (Plan(aggregate="R9"), "'R9' is neither"),
    ],
)
def test_names_that_the_study_has_not(plan: Plan, said: str):
    with pytest.raises(InvalidInput) as caught:
        refuse_unfit(plan, load_codebook("crying"), ("R1", "R2"))
    assert [said in item.message for item in caught.value.findings] == [True]


def test_the_docs_page_is_what_the_declaration_says():
    from elancry.study.plan_text import keys_table

    assert keys_table("en") in (ROOT / "docs" / "plan.md").read_text(encoding="utf-8"), "run: python docs/make_plan.py"


def test_the_example_in_the_docs_is_a_plan(file: Path):
    page = (ROOT / "docs" / "plan.md").read_text(encoding="utf-8")
    file.write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert "sequential_windows_ms" in read_plan(file).chosen


def test_picked_categories_are_read_and_told(file: Path):
    file.write_text(
        "outcome_categories: {crying_form: protest}\npredictor_categories:\n  intervention: [pause, uncoded]\n",
        encoding="utf-8",
    )
    plan = read_plan(file)
    assert plan.outcome_categories == (("crying_form", ("protest",)),)
    assert plan.predictor_categories == (("intervention", ("pause", "uncoded")),)
    wanted = {"value": {"intervention": ["pause", "uncoded"]}, "chosen": True, "line": 2}
    assert plan.settings()["predictor_categories"] == wanted
    refuse_unfit(plan, load_codebook("crying"), ["R1"])
    again = file.with_name("again.yaml")
    again.write_text(commented_plan(plan), encoding="utf-8")
    assert read_plan(again) == plan


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("outcome_categories: {crying_forms: [protest]}", "no system 'crying_forms'"),
        ("seed: 1\noutcome_categories: {crying_form: [protst]}", "crying_form has no category 'protst'"),
        ("outcome_categories: {crying_form: [uncoded]}", "no category 'uncoded'"),
        ("outcomes: [intervention]\noutcome_categories: {crying_form: [protest]}", "crying_form is not an outcome"),
        ("outcomes: [intervention]\npredictor_categories: {intervention: [pause]}", "intervention is not a predictor"),
    ],
)
def test_a_picked_category_must_be_there_on_that_side(file: Path, text: str, said: str):
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        refuse_unfit(read_plan(file), load_codebook("crying"), ["R1"])
    (found,) = caught.value.findings
    assert said in found.message
    assert found.line == len(text.splitlines())


def test_categories_are_not_picked_where_groups_predict(file: Path):
    found = mistakes(file, "predictors: groups\npredictor_categories: {intervention: [pause]}")
    assert found == [
        (
            2,
            "predictor_categories: it selects categories, but with predictors: groups the predictors are "
            "groups of categories",
        )
    ]


def test_the_plan_file_is_told_relative_to_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from elancry.study.provenance import relative

    monkeypatch.chdir(tmp_path)
    assert relative("study.yaml") == "study.yaml"
    assert relative(str(tmp_path / "crying" / "study.yaml")) == "crying/study.yaml"
    assert relative(str(tmp_path.parent / "elsewhere" / "study.yaml")) == "study.yaml"


def test_what_follows_from_a_wrong_direction_is_not_said_and_findings_stand_by_line(file: Path):
    text = "outcomes: [crying_form ~ interventon]\npredictor_categories: {intervention: [suport]}\naggregate: R9\n"
    file.write_text(text + "references: {intervention: pauze}\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        refuse_unfit(read_plan(file), load_codebook("crying"), ["R1"])
    assert [item.line for item in caught.value.findings] == [1, 2, 3, 4]
    assert "suport" in caught.value.findings[1].message
