"""What the page shows is what the commands say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import elancry.app
from elancry.app.folders import Outside, output_within, places, within
from elancry.app.page_words import WORDS
from elancry.app.study import findings, plan_of, save_plan
from elancry.check.render import render_json
from elancry.cli.forms import CommandForms
from elancry.cli.main import COMMANDS
from elancry.errors import OutputRefused, UsageError
from elancry.findings import finding
from elancry.study.plan_keys import Plan
from elancry.texts import text

SCRIPT = (Path(elancry.app.__file__).parent / "static" / "app.js").read_text(encoding="utf-8")
FORMS = CommandForms(COMMANDS)
ASKED_BY_NAME = {"room": ("start", "check", "run"), "do": ("merge", "agree", "analyze"),
                 "output": ("merge", "agree", "analyze"), "severity": ("error", "warning", "info")}  # fmt: skip


def test_the_script_asks_for_the_words_there_are():
    asked = set(re.findall(r'(?:say\(|words\[|Field\()"([a-z-]+)"', SCRIPT))
    asked |= {f"{start}-{name}" for start, names in ASKED_BY_NAME.items() for name in names}
    asked |= {"stopped", "done", "ended-with-errors"}
    assert asked == set(WORDS)


def test_the_page_loads_nothing_from_elsewhere():
    folder = Path(elancry.app.__file__).parent / "static"
    for path in folder.iterdir():
        assert not re.search(r"https?://|//[a-z]+\.[a-z]|@import|innerHTML|eval\(", path.read_text(encoding="utf-8")), (
            path
        )


def test_a_form_has_every_choice_of_its_command():
    names = [field["name"] for field in FORMS.fields("agree", Plan(), "en")]
    assert {"codebook", "criterion", "resamples", "units", "language", "force"} <= set(names)
    assert not {"output", "jobs", "paths", "study", "settings", "dask"} & set(names)
    assert FORMS.fields("agree", Plan(), "de")[0]["words"] != FORMS.fields("agree", Plan(), "en")[0]["words"]


def test_a_form_shows_what_the_plan_has():
    plan = Plan().choose(criterion="0.6, 0.8", print_figures=True)
    fields = {field["name"]: field for field in FORMS.fields("analyze", plan, "en")}
    assert fields["criterion"]["value"] == "[0.6, 0.8]"
    assert fields["criterion"]["chosen"]
    assert fields["print_figures"]["value"] is True
    assert not fields["resamples"]["chosen"]
    assert fields["resamples"]["value"] == "2000"


def test_what_is_put_in_becomes_arguments(tmp_path):
    (tmp_path / "book.yaml").write_text("")
    given = {"codebook": "book.yaml", "raters": "R1, R2", "use_merged": True, "resamples": ""}
    assert FORMS.arguments("agree", given, tmp_path) == [
        f"--codebook={tmp_path / 'book.yaml'}", "--raters=R1, R2", "--use-merged",
    ]  # fmt: skip
    assert FORMS.arguments("agree", {"codebook": "crying", "use_merged": False}, tmp_path) == [
        "--codebook=crying", "--no-use-merged",
    ]  # fmt: skip


@pytest.mark.parametrize("given", [{"use_merged": "yes"}, {"raters": True}, {"raters": ["R1"]}, {"nothing": "x"}])
def test_a_value_of_another_kind_is_refused(given, tmp_path):
    with pytest.raises(UsageError, match="no such field"):
        FORMS.arguments("agree", given, tmp_path)


def test_choices_go_where_the_command_line_reads_them(tmp_path):
    save_plan(tmp_path, {"criterion": "0,6", "print_figures": True})
    assert plan_of(tmp_path).criterion == (0.6,)
    assert plan_of(tmp_path).print_figures
    save_plan(tmp_path, {"resamples": "500"})
    assert (plan_of(tmp_path).criterion, plan_of(tmp_path).resamples) == ((0.6,), 500)
    with pytest.raises(UsageError, match="resamples"):
        save_plan(tmp_path, {"resamples": "many"})


def test_a_plan_that_somebody_wrote_is_not_written_over(tmp_path):
    own = "# asked by the ethics board\nresamples: 500\n"
    (tmp_path / "study.yaml").write_text(own)
    with pytest.raises(OutputRefused, match="by hand"):
        save_plan(tmp_path, {"seed": "1"})
    assert (tmp_path / "study.yaml").read_text() == own


def test_findings_are_those_of_the_command_in_the_reader_s_language():
    item = finding(
        "tier-empty", text("main.stopped"), hint=text("app.no-folder"), file="S01__R1.eaf", tier="form", start_ms=1500
    )
    (shown,) = findings(render_json([item]), "de")
    assert shown["message"] == text("main.stopped").into("de")
    assert shown["hint"] == text("app.no-folder").into("de")
    assert (shown["code"], shown["file"]) == ("tier-empty", "S01__R1.eaf")
    assert "form" in shown["place"]


@pytest.mark.parametrize("output", ["", "[]", "{}", '{"findings": [1]}', '{"findings": [{"code": "x"}]}', '{"fi'])
def test_an_output_that_is_cut_off_gives_no_findings(output):
    assert findings(output, "en") == []


def test_paths_stay_inside(tmp_path):
    root = (tmp_path / "study").resolve()
    (root / "coded").mkdir(parents=True)
    assert within("coded", [root]) == root / "coded"
    assert output_within("merged", [root / "coded"], root) == root / "merged"
    assert output_within("coded/merged", [root / "coded"], root) == root / "coded" / "merged"
    for given in ("..", "../other", str(tmp_path), "//host/share", "a\0"):
        with pytest.raises(Outside):
            within(given, [root])
    for given in (".", "coded"):
        with pytest.raises(Outside, match="read"):
            output_within(given, [root / "coded"], root)


def test_choosing_begins_at_home(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert places()[0] == tmp_path.resolve()
