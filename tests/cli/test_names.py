"""What is asked for by name and is not there is refused by every command alike, before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from elancry import open_study
from elancry.errors import InvalidInput, UsageError

READING = ("check", "merge", "agree", "analyze")
OUTPUT = {"check": [], "convert": ["OUT/"], "codebook extract": ["-o", "OUT/book.yaml"]}
"""How a command is told where to write; `-o OUT/` for all others."""

# Kind of name; commands; how it is asked for; what is said: the sentence, the nearest name, one of the list.
BY_OPTION = [
    ("rater", READING, ["--raters", "Anton,R9"], "the rater 'R9'", None, "Anton"),
    ("rater", READING, ["--raters", "Antn,R2"], "the rater 'Antn'", "Anton", "R2"),
    ("raters in one text", READING, ["--raters", "Anton; R2"], "the rater 'Anton; R2'", None, "commas: Anton, R2"),
    ("system", READING, ["--tiers", "interventin"], "'interventin'", "intervention", "crying_form"),
    ("tier", (*READING, "codebook extract"), ["--set", "codebook=", "--tiers", "interventin"], "no tier is called",
     "intervention", "crying_form"),
    ("sequence tier", READING, ["--sequence-tier", "Sequenc"], "sequence tier 'Sequenc'", "Sequence", "Comment"),
    ("sequence tier", (*READING, "codebook extract"), ["--set", "codebook=", "--sequence-tier", "Sequenc"],
     "sequence tier 'Sequenc'", "Sequence", "Comment"),
    ("round", READING, ["--pattern", "{session}__{rater}_{round}", "--round", "3"], "of the round '3'", None, "none"),
    ("pattern", READING, ["--pattern", "{session}-{rater}"], "fits none of the 2 files", None, "S01__Anton.eaf"),
    ("tier pattern", READING, ["--tier-pattern", "{tier}%{rater}"], "fits no tier", None, "crying_form"),
    ("codebook", READING, ["--codebook", "cryin"], "'cryin'", "crying", "five-reasons-to-cry"),
    ("reference", READING, ["--against", "Antn"], "the rater 'Antn'", "Anton", "R2"),
    ("consensus", READING, ["--set", "consensus=Antn"], "'Antn'", "Anton", "majority"),
    ("whose coding", READING, ["--set", "aggregate=Antn"], "'Antn'", "Anton", "mean"),
    ("outcome", READING, ["--set", "outcomes=interventin"], "'interventin'", "intervention", "crying_form"),
    ("reference category", READING, ["--set", "references={intervention: pausee}"], "'pausee'", "pause", "ending"),
    ("category", READING, ["--set", "outcome_categories={crying_form: [protst]}"], "'protst'", "protest", "despair"),
    ("category", READING, ["--set", "predictor_categories={crying_frm: [x]}"], "'crying_frm'", "crying_form", "inter"),
    ("covariate", READING, ["--set", "sessions=TABLE", "--set", "covariates=agee"], "'agee'", "age", "patient"),
    ("cluster", READING, ["--set", "sessions=TABLE", "--set", "cluster=therapist"], "'therapist'", None, "patient"),
    ("table", READING, ["--set", "sessions=nothing.csv"], "there is no file nothing.csv", None, ""),
    ("assignment", READING, ["--assign", "nothing.csv"], "nothing.csv", None, ""),
    ("plan", READING, ["--study", "nothing.yaml"], "nothing.yaml", None, ""),
    ("path", (*READING, "convert", "codebook extract"), ["nothing"], "nothing", None, ""),
    ("tier to keep", ("merge",), ["--pseudonymise", "--key", "KEY", "--keep-tiers", "Coment"], "'Coment'", "Comment",
     "crying_form"),
    ("tier", ("convert",), ["--to", "csv", "--tiers", "interventin"], "'interventin'", "intervention", "crying_form"),
    ("tier", ("batch remove-tier", "batch remove-empty-tiers", "batch statistics"), ["--tier", "interventin"],
     "'interventin'", "intervention", "crying_form"),
    ("tier", ("batch set-tier",), ["--tier", "interventin", "--annotator", "A"], "'interventin'", "intervention", ""),
    ("tier", ("batch rename-tier",), ["--rename", "interventin", "x"], "'interventin'", "intervention", "Comment"),
    ("tier", ("batch copy-annotations",), ["--copy", "interventin", "x"], "'interventin'", "intervention", "Comment"),
    ("tier", ("batch remove-empty-tiers",), ["--keep", "Koment*"], "'Koment*'", None, "Comment"),
    ("tier", ("batch add-tier",), ["--tier", "x", "--type", "x", "--parent", "Sequenc"], "'Sequenc'", "Sequence", ""),
    ("type", ("batch rename-type",), ["--rename", "interventin", "x"], "'interventin'", "intervention", "comment"),
    ("vocabulary", ("batch set-vocabulary",), ["--from", "crying", "--vocabulary", "interventin"], "'interventin'",
     "intervention", "crying_form"),
]  # fmt: skip
CASES = [
    pytest.param(command, *rest, id=f"{command}-{kind}-{asked[-1]}")
    for kind, commands, *rest in BY_OPTION
    for asked in [rest[0]]
    for command in commands
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, make_coded: Callable[..., Path]) -> Path:
    """One session by Anton and R2, coded with the codebook `crying`."""
    return make_coded(tmp_path_factory.mktemp("names") / "study", sessions=1, sequences=1, raters=("Anton", "R2"))


@pytest.mark.parametrize(("command", "asked", "sentence", "near", "listed"), CASES)
def test_a_name_that_is_not_there(
    elancry, folder: Path, tmp_path: Path, command: str, asked: list[str], sentence: str, near: str | None, listed: str
):
    table = tmp_path / "table.csv"
    table.write_text("session,patient,age\nS01,P1,30\n", encoding="utf-8")
    there = {"sessions=TABLE": f"sessions={table}", "KEY": str(tmp_path / "key.json")}
    paths = [] if asked == ["nothing"] else [folder]
    book = ["--codebook", "crying"] if command in READING and "--codebook" not in asked else []
    if asked[:2] == ["--set", "codebook="]:
        book, asked = [], asked[2:]
    where = [part.replace("OUT/", f"{tmp_path}/OUT/") for part in OUTPUT.get(command, ["-o", "OUT/"])]
    said = elancry(*command.split(), *paths, *(there.get(word, word) for word in asked), *book, *where)
    assert said.code in (1, 2), said.all
    assert sentence in said.err
    assert (near is not None) == ("Did you mean" in said.err)
    if near is not None:
        assert f"Did you mean {near!r}?" in said.err
    assert listed in said.err
    assert not list(tmp_path.glob("OUT/*"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raters: [Anton, R2, Björn]", "error plan-impossible at line 1: raters: no file is by the rater 'Björn'"),
        ("seed: 1\nround: 2\npattern: '{session}__{rater}_{round}'", "line 2: round: no file is of the round '2'"),
        ("seed: 1\nsequence_tier: Sequenz\ncodebook: crying", "line 2: sequence_tier: no file has a sequence tier"),
        ("tiers: [intervention, gaze]", "line 1: tiers: no tier is called 'gaze'"),
        ("against: Antn", "line 1: against: no file is by the rater 'Antn'"),
    ],
)
def test_in_a_plan_the_line_is_named(elancry, folder: Path, tmp_path: Path, text: str, said: str):
    plan = tmp_path / "study.yaml"
    plan.write_text(text, encoding="utf-8")
    for command in READING:
        done = elancry(command, folder, "--study", plan, *(() if command == "check" else ("-o", tmp_path / "OUT")))
        assert (done.code, said in done.err) == (1, True), done.err
        assert not list(tmp_path.glob("OUT/*"))


def test_a_rater_whom_the_plan_does_not_name_is_one_finding(elancry, folder: Path):
    said = elancry("check", folder, "--codebook", "crying", "--raters", "Anton")
    assert said.out.count("warning") == 2  # the finding, and the line that counts them
    assert "1 file by R2 is left out: R2 is not one of the raters asked for" in said.out
    assert "session-incomplete" not in said.out


@pytest.mark.parametrize(("rows", "told"), [("S01,Anton\nS01,R2\n", False), ("S01,R2\nS02,R2\n", True)])
def test_who_was_to_code_what_is_read_with_the_plan(elancry, folder: Path, tmp_path: Path, rows: str, told: bool):
    (tmp_path / "who.csv").write_text(f"session,rater\n{rows}", encoding="utf-8")
    (tmp_path / "study.yaml").write_text("codebook: crying\nassign: who.csv\n", encoding="utf-8")
    said = elancry("check", folder, "--study", tmp_path / "study.yaml").out
    assert ("Anton coded session S01, which is assigned to R2" in said) is told
    assert ("no file by R2 for session S02" in said) is told


@pytest.mark.parametrize("settings", [{"against": "Antn"}, {"aggregate": "Antn"}, {"outcomes": ["interventin"]}])
def test_in_a_notebook_too(folder: Path, settings: dict[str, object]):
    study = open_study(folder, codebook="crying")
    with pytest.raises(InvalidInput, match=r"Antn|interventin"):
        study.agree(**settings)
    with pytest.raises(UsageError, match="the rater 'Antn'"):
        open_study(folder, raters=["Antn"])


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("--assign", "session,rater\nS1,Anton\n", "a session 'S1'"),
        ("--assign", "session,rater\nS01,Antn\n", "no rater 'Antn'"),
        ("--assign", None, "table.csv cannot be read"),
        ("--sequences", "session,sequence,start_ms,end_ms\nS1,1,0,10\n", "a session 'S1'"),
        ("--sequences", None, "table.csv cannot be read"),
    ],
)
def test_templates_are_not_half_written(elancry, tmp_path: Path, option: str, content: str | None, said: str):
    (tmp_path / "S01.mp4").touch()
    table = tmp_path / "table.csv"
    if content is not None:
        table.write_text(content, encoding="utf-8")
    out = tmp_path / "out"
    done = elancry(
        "template", "crying", "-o", out, "--media", tmp_path / "S01.mp4", "--raters", "Anton,R2", option, table
    )
    assert done.code in (1, 2)
    assert said in done.err
    assert not out.exists()


@pytest.mark.parametrize(("option", "value"), [("--sequences", "s.csv"), ("--assign", "a.csv"), ("--overlap", "0.5")])
def test_what_only_prepared_files_use_is_not_ignored_without_them(elancry, tmp_path: Path, option: str, value: str):
    done = elancry("template", "crying", "-o", tmp_path / "out", option, value)
    assert done.code == 2
    assert f"{option} is for prepared files, which need --media and --raters" in done.err
    assert not (tmp_path / "out").exists()


def test_times_that_look_like_seconds_are_told_with_the_templates(elancry, tmp_path: Path):
    (tmp_path / "S01.mp4").touch()
    table = tmp_path / "table.csv"
    table.write_text("session,sequence,start_ms,end_ms\nS01,1,10,65\nS01,2,75,140\n", encoding="utf-8")
    out = tmp_path / "out"
    given = ("--media", tmp_path / "S01.mp4", "--raters", "Anton", "--sequences", table)
    done = elancry("template", "crying", "-o", out, *given)
    assert done.code == 0
    assert "warning csv-time-unit" in done.err
