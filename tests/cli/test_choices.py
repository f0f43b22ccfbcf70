"""A choice is declared once: every key takes and refuses the same wherever it is given, and its default stands once."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import elancry as package
from elancry.cli.agree import agree
from elancry.cli.analyze import analyze
from elancry.cli.check import check
from elancry.cli.merge import merge
from elancry.cli.options import KeyOption, StudyCommand, parse_setting
from elancry.errors import InvalidInput, UsageError
from elancry.study.plan import read_plan
from elancry.study.plan_keys import Topic, keys

SOURCE = Path(package.__file__).parent

TEXT_CASES = (("a b", "a b"), ("'a, b'", "a, b"))
TIME_CASES = (("1500", 1500), ("0:00:01.500", 1500))
GOOD: dict[str, tuple[tuple[str, Any], ...]] = {
    # key: (as it is written, the value)
    "codebook": (("crying", "crying"),),
    "pattern": (("'{rater}/{session}'", "{rater}/{session}"), ("x__R1", "x__R1")),
    "tier_pattern": (("'{tier}-{rater}'", "{tier}-{rater}"),),
    "raters": (("R1", ("R1",)), ("R1, R2", ("R1", "R2")), ("[R1, R2]", ("R1", "R2")), ("'R, 1'", ("R, 1",))),
    "assign": (("assignment.csv", "assignment.csv"),),
    "tiers": (("form,intervention", ("form", "intervention")),),
    "ratings": (("intensity, openness", ("intensity", "openness")),),
    "sequence_tier": TEXT_CASES,
    "round": (("2", "2"),),
    "empty": (("none", "none"),),
    "align": (("offset", "offset"),),
    "window": (("session", "session"),),
    "consensus": (("R1", "R1"), ("none", "none")),
    "min_ms": TIME_CASES,
    "criterion": (("0,7", (0.7,)), ("0.5, 0.7", (0.5, 0.7)), ("[.5, 1]", (0.5, 1.0)), ("1,0", (1.0,))),
    "matching": (("gseq", "gseq"),),
    "onset_tolerance_ms": TIME_CASES,
    "units": (("given", "given"), ("free", "free")),
    "against": TEXT_CASES,
    "compare": TEXT_CASES,
    "guest": TEXT_CASES,
    "boundary_tolerances_ms": (("250, 0:01", (250, 1000)), ("[]", ())),
    "time_units_ms": (("1000", (1000,)),),
    "tolerance_ms": TIME_CASES,
    "resamples": (("0", 0), ("1000000", 1_000_000)),
    "sessions": (("sessions.csv", "sessions.csv"),),
    "cluster": (("patient", "patient"),),
    "covariates": (("age, hour", ("age", "hour")),),
    "outcomes": (("a ~ b", ("a ~ b",)),),
    "predictors": (("groups", "groups"),),
    "outcome_categories": (("{a: [x, y]}", (("a", ("x", "y")),)), ("{a: x}", (("a", ("x",)),))),
    "predictor_categories": (("{a: [x, y], b: z}", (("a", ("x", "y")), ("b", ("z",)))),),
    "scores": (("share", ("share",)), ("present, count", ("present", "count"))),
    "references": (("{a: x}", (("a", "x"),)),),
    "aggregate": (("R2", "R2"),),
    "permutations": (("99", 99),),
    "null": (("shift", "shift"),),
    "min_sequence_ms": TIME_CASES,
    "sequential_windows_ms": (("[]", ()), ("3000", (3000,))),
    "sequential_anchors": (("offset, onset", ("offset", "onset")),),
    "sequential_lags": (("1, 2", (1, 2)),),
    "sensitivity": (("[]", ()), ("spearman", ("spearman",))),
    "seed": (("1", 1),),
    "language": (("de", "de"),),
    "csv_form": (("excel-de", "excel-de"),),
}  # fmt: skip

NO_LIST, NO_TIME = ("[a, a]", "a, a"), ("-1", "soon", "1;5")
WRONG: dict[str, tuple[str, ...]] = {
    "raters": ("[]", "R1, R1", "[[R1]]"),
    "tiers": NO_LIST,
    "ratings": NO_LIST,
    "empty": ("missin", "yes"),
    "align": ("offsets",),
    "window": ("minute",),
    "min_ms": NO_TIME,
    "criterion": ("0", "1.5", "1,5", "[0,6]", "much", "0.6, 0.6", "[]", "nan"),
    "matching": ("easydiak", "EASYDIAG"),
    "onset_tolerance_ms": NO_TIME,
    "units": ("givn", "events"),
    "boundary_tolerances_ms": ("0", "500, 500", "soon"),
    "time_units_ms": ("0", "-5"),
    "tolerance_ms": NO_TIME,
    "resamples": ("-1", "1000001", "many", "2.5", "1e3"),
    "cluster": ("patients",),
    "covariates": NO_LIST,
    "outcomes": NO_LIST,
    "predictors": ("category",),
    "outcome_categories": ("x", "{a: []}", "{a: [x, x]}", "{a: x, a: y}"),
    "predictor_categories": ("[a]", "{a: {b: c}}"),
    "scores": ("[]", "shares", "share, share"),
    "references": ("pause", "{a: [x]}"),
    "permutations": ("-1", "x"),
    "null": ("none",),
    "min_sequence_ms": NO_TIME,
    "sequential_windows_ms": ("0", "soon"),
    "sequential_anchors": ("[]", "middle"),
    "sequential_lags": ("0", "21", "one"),
    "sensitivity": ("bayes", "single, single"),
    "seed": ("-1", "1.0"),
    "language": ("fr", "DE"),
    "csv_form": ("german",),
}

ANY_TEXT = {
    "codebook", "pattern", "tier_pattern", "sequence_tier", "round", "consensus", "against", "sessions", "aggregate",
    "assign", "compare", "guest",
}  # fmt: skip
"""Keys that take any text; whether there is such a thing is asked later."""
FLAGS = ("use_merged", "print_figures")
"""Keys that are flags, tested by themselves."""


def by_option(name: str, written: str) -> Any:
    """The value that `analyze` or `merge` gets with the option of that key."""
    command = merge if keys()[name].topic is Topic.MERGE else analyze
    (option,) = (item for item in command.params if isinstance(item, KeyOption) and item.name == name)
    context = command.make_context(
        str(command.name), ["coded", "-o", "out", option.opts[0], written], resilient_parsing=False
    )
    (value,) = context.params[name]
    return value


def by_set(name: str, written: str) -> Any:
    found, value = parse_setting(f"{name}={written}")
    assert found == name
    return value


def by_file(name: str, written: str, folder: Path) -> Any:
    file = folder / "study.yaml"
    file.write_text(f"{name}: {written}\n", encoding="utf-8")
    value = getattr(read_plan(file), name)
    return value.removeprefix(f"{folder}/") if keys()[name].path and isinstance(value, str) else value


def test_every_key_is_tried():
    assert set(GOOD) | set(FLAGS) == set(keys())
    assert set(WRONG) | ANY_TEXT | set(FLAGS) == set(keys())


@pytest.mark.parametrize(("name", "written", "value"), [(name, *case) for name in GOOD for case in GOOD[name]])
def test_a_value_is_accepted_wherever_it_is_given(name: str, written: str, value: Any, tmp_path: Path):
    assert by_option(name, written) == value
    assert by_set(name, written) == value
    assert by_file(name, written, tmp_path) == value


@pytest.mark.parametrize(("name", "written"), [(name, item) for name in WRONG for item in WRONG[name]])
def test_a_value_is_refused_in_the_same_words_wherever_it_is_given(name: str, written: str, tmp_path: Path):
    said = []
    for give in (by_option, by_set):
        with pytest.raises(UsageError) as refused:
            give(name, written)
        said.append((refused.value.message, refused.value.hint))
    with pytest.raises(InvalidInput) as wrong:
        by_file(name, written, tmp_path)
    (found,) = wrong.value.findings
    assert found.line == 1
    assert [*said, (found.message, found.hint)] == [(found.message, str(keys()[name].words))] * 3
    assert found.message.startswith(f"{name}: ")


@pytest.mark.parametrize("name", FLAGS)
def test_a_flag_can_be_chosen_and_taken_back(name: str, tmp_path: Path):
    def given(*options: str) -> Any:
        return analyze.make_context("analyze", ["coded", "-o", "out", *options]).params[name]

    option = name.replace("_", "-")
    assert (given(f"--{option}"), given(f"--no-{option}"), given()) == ((True,), (False,), None)
    assert by_set(name, "no") is False
    assert by_file(name, "yes", tmp_path) is True


def test_a_list_may_be_given_in_several_options():
    context = analyze.make_context(
        "analyze", ["x", "-o", "y", "--criterion", "0,6", "--criterion", ".8,.9", "--criterion", "[1]"]
    )
    assert context.params["criterion"] == ((0.6, 0.8, 0.9, 1.0),)
    with pytest.raises(UsageError, match=r"criterion: 0\.6 is given more than once"):
        analyze.make_context("analyze", ["x", "-o", "y", "--criterion", "0.6", "--criterion", "0,6"])


def test_nothing_written_is_the_default_and_chosen():
    assert by_option("raters", "") is None
    assert by_set("criterion", "") == keys()["criterion"].default


@pytest.mark.parametrize(
    ("command", "topics", "more"),
    [
        (check, {Topic.FILES}, {"against"}),
        (merge, {Topic.FILES, Topic.MERGE}, {"against", "csv_form"}),
        (agree, {Topic.FILES, Topic.AGREEMENT, Topic.OUTPUT}, set()),
        (analyze, set(Topic) - {Topic.MERGE}, set()),
    ],
)
def test_a_key_is_an_option_of_every_command_of_its_topic(command: StudyCommand, topics: set[Topic], more: set[str]):
    options = {item.name for item in command.params if isinstance(item, KeyOption) and item.name == item.key.name}
    assert options == {key.name for key in keys().values() if key.topic in topics} | more


def test_help_shows_every_key_with_its_words_and_default_under_its_topic():
    context = analyze.make_context("analyze", ["x", "-o", "y"], resilient_parsing=True)
    context.max_content_width = context.terminal_width = 1000
    shown = analyze.get_help(context)
    for key in keys().values():
        if key.topic is not Topic.MERGE:
            assert str(key.words) in shown
            assert f"\n{key.topic.heading}:\n" in shown
    assert "[default: 2000]" in shown
    assert "[default: [0.6]]" in shown


def test_every_word_that_a_key_takes_is_offered_by_the_tab_key():
    for key in keys().values():
        if key.reader.words and key.topic is not Topic.MERGE:
            (option,) = (item for item in analyze.params if item.name == key.name)
            offered = option.type.shell_complete(analyze.make_context("a", ["x"], resilient_parsing=True), option, "")
            assert [item.value for item in offered] == list(key.reader.words)


def test_the_option_overrides_the_plan_and_set(elancry, study: Path, tmp_path: Path):
    (study / "study.yaml").write_text("consensus: R1\nmin_ms: 1000\ncodebook: crying\n", encoding="utf-8")
    for options, expected in (
        ((), ("R1", 1000)),
        (("--min-ms", "0:02", "--set", "consensus=none"), ("none", 2000)),
        (("--set", "consensus=none", "--consensus", "R2"), ("R2", 1000)),
    ):
        said = elancry("merge", study, "-o", tmp_path / "merged", "-q", *options)
        assert said.code == 0, said.all
        record = (tmp_path / "merged/merge.json").read_text(encoding="utf-8")
        assert f'"options": {{"consensus": "{expected[0]}", "min_ms": {expected[1]}}}' in record


def test_a_gold_rater_of_the_plan_is_the_gold_rater_of_what_is_said(elancry, study: Path, tmp_path: Path):
    fast = ("--resamples", "0", "--tiers", "crying_form", "--codebook", "crying")
    by_option = elancry("agree", study, "-o", tmp_path / "a", *fast, "--against", "R1")
    (study / "study.yaml").write_text("against: R1\n", encoding="utf-8")
    by_plan = elancry("agree", study, "-o", tmp_path / "a", *fast)
    assert by_plan.out == by_option.out


# --- no default stands anywhere else ---------------------------------------------------------------------------------

OTHER_MEANING = {
    ("codebook/model.py", "sequence_tier"),  # the tier's name in a codebook, not the plan's choice
    ("simulate/study.py", "sessions"),  # a number of sessions
    ("simulate/study.py", "raters"),
}


def literal(node: ast.expr | None) -> bool:
    """A default written out: a number, a text, a choice of an Enum; nothing, empty and False say "not chosen"."""
    if isinstance(node, ast.Constant):
        return node.value not in (None, False, "", 0)
    if isinstance(node, ast.Tuple | ast.List):
        return any(map(literal, node.elts))
    return False


def defaults(tree: ast.AST):
    """(name, default) of every parameter and every field of a class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            positional = [*node.args.posonlyargs, *node.args.args]
            yield from zip(reversed(positional), reversed(node.args.defaults), strict=False)
            yield from zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        elif isinstance(node, ast.ClassDef):
            yield from ((item.target, item.value) for item in node.body if isinstance(item, ast.AnnAssign))


def test_no_default_of_a_key_is_written_out_elsewhere():
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        place = path.relative_to(SOURCE).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for target, default in defaults(tree):
            name = getattr(target, "arg", getattr(target, "id", ""))
            if name in keys() and literal(default) and (place, name) not in OTHER_MEANING:
                found.append(f"{place}: {name} = {ast.unparse(default)}")
    assert found == []


def test_no_command_writes_a_default_into_its_help():
    """`[default: ...]` comes from a key, or says in words what happens."""
    own = {str(key.default) for key in keys().values() if key.reader.metavar in ("N", "TEXT") and key.default}
    for path in sorted((SOURCE / "cli").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "[default: " in node.value:
                shown = node.value.split("[default: ")[1].split("]")[0]
                assert shown not in own, f"{path.name}: {node.value}"
