"""docs/developing.md, followed word for word in a copy of the sources: what a page says to add really is enough."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "developing.md").read_text(encoding="utf-8")
STEP = re.compile(
    r"^(?:In (?:every catalogue, )?`(?P<path>[^`]+)`, (?P<where>after|before|at the end)(?: `(?P<anchor>[^\n]+?)`)?"
    r"|A new file `(?P<new>[^`]+)`):\n\n```\w+\n(?P<lines>.*?)```$",
    re.MULTILINE | re.DOTALL,
)

pytestmark = pytest.mark.slow


class Copy:
    """A copy of the sources to which everything on the page was added."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("src", "templates", "hatch_build.py", "docs"):
            place = ROOT / name
            ignored = shutil.ignore_patterns("__pycache__", "images", "_build", "notebooks")
            (shutil.copytree if place.is_dir() else shutil.copy)(
                place, root / name, **({"ignore": ignored} if place.is_dir() else {})
            )
        self.steps = 0
        for step in STEP.finditer(PAGE):
            self._take(step)
        french = root / "src/elancry/locale/fr"
        shutil.copytree(root / "src/elancry/locale/en", french)
        catalogue = french / "LC_MESSAGES/elancry.po"
        words = catalogue.read_text(encoding="utf-8").replace('"Language: en', '"Language: fr')
        one = 'msgid "report.section.summary"\nmsgstr "Summary"'
        assert one in words
        catalogue.write_text(words.replace(one, one.replace("Summary", "En bref")), encoding="utf-8")
        self.python(str(root / "hatch_build.py"))

    def _take(self, step: re.Match[str]) -> None:
        self.steps += 1
        lines = step["lines"]
        if step["new"]:
            (self.root / step["new"]).write_text(lines, encoding="utf-8")
            return
        places = sorted(self.root.glob(step["path"]))
        assert places, f"no file {step['path']}"
        for place in places:
            text = place.read_text(encoding="utf-8")
            place.write_text(
                text + lines if step["where"] == "at the end" else put(text, step, lines), encoding="utf-8"
            )

    def python(self, *arguments: str) -> str:
        """Run Python on the copy, in English."""
        environment = {**os.environ, "PYTHONPATH": str(self.root / "src"), "LANGUAGE": "en", "PYTHONUTF8": "1"}
        done = subprocess.run(
            [sys.executable, "-W", "error", *arguments], env=environment, cwd=self.root, capture_output=True, text=True,
            encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def elancry(self, *arguments: str) -> str:
        return self.python("-c", "from elancry.cli.main import main; main()", *arguments)


def put(text: str, step: re.Match[str], lines: str) -> str:
    """`text` with the lines after the line that holds the anchor, or before it."""
    anchor = step["anchor"]
    assert text.count(anchor) == 1, f"{anchor!r} stands {text.count(anchor)} times"
    at = text.index(anchor)
    if step["where"] == "before":
        return text[:at] + lines + text[at:]
    end = text.index("\n", at) + 1
    return text[:end] + lines + text[end:]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("copy"))


@pytest.fixture(scope="module")
def study(copy: Copy) -> Path:
    """A small study, in which one annotation begins with the recording."""
    folder = copy.root / "study"
    copy.elancry(
        "simulate",
        "-q",
        "-o",
        str(folder),
        "--sessions",
        "12",
        "--sequences",
        "12",
        "--raters",
        "R1,R2",
        "--no-mistakes",
    )
    first = sorted(folder.glob("S01__R1.eaf"))[0]
    text = first.read_text(encoding="utf-8")
    slot = re.search(r'TIER_ID="crying_form".*?TIME_SLOT_REF1="(\w+)"', text, re.DOTALL)
    assert slot is not None
    first.write_text(re.sub(rf'(TIME_SLOT_ID="{slot[1]}" TIME_VALUE=")\d+', r"\g<1>0", text), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def results(copy: Copy, study: Path) -> Path:
    folder = copy.root / "results"
    copy.elancry(
        "analyze", "-q", str(study), "-o", str(folder), "--lang", "fr", "--decimals", "3",
        "--set", "scores=rating,coded_minutes", "--set", "resamples=100", "--set", "permutations=19",
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def reference(copy: Copy) -> Callable[[str], str]:
    """Reads a page of the docs as the copy makes it."""
    copy.python(str(copy.root / "docs" / "make_reference.py"))
    copy.python(str(copy.root / "docs" / "make_plan.py"))
    return lambda name: (copy.root / "docs" / name).read_text(encoding="utf-8")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_step_of_the_page_is_taken(copy: Copy) -> None:
    assert copy.steps == PAGE.count("\n```python\n") + PAGE.count("\n```po\n")
    assert copy.steps > 20


def test_a_coefficient_has_every_scope_and_an_interval(results: Path) -> None:
    found = rows(results / "tables" / "agreement.csv")
    new = [row for row in found if row["measure"] == "time_disagreement"]
    old = {tuple(row[name] for name in KEY): row for row in found if row["measure"] == "time_percent"}
    assert {(row["scope"], row["aggregate"]) for row in new} >= {("overall", "pooled"), ("session", "pooled")}
    for row in new:
        twin = old[tuple(row[name] for name in KEY)]
        if twin["estimate"]:
            assert float(row["estimate"]) == pytest.approx(1 - float(twin["estimate"]))
    assert any(row["ci_low"] for row in new)
    assert "time_disagreement" in (results / "report.html").read_text(encoding="utf-8")


KEY = (
    "system",
    "tier",
    "variant",
    "scope",
    "category",
    "session",
    "raters",
    "aggregate",
    "time_unit_ms",
    "tolerance_ms",
)


def test_a_column_is_in_table_and_docs(copy: Copy, study: Path, reference: Callable[[str], str]) -> None:
    copy.elancry("merge", "-q", str(study), "-o", str(copy.root / "merged"))
    for row in rows(copy.root / "merged" / "annotations.csv"):
        assert int(row["duration_ms"]) == int(row["end_ms"]) - int(row["start_ms"])
    assert "how long it lasts" in reference("reference/tables.md")


def test_a_key_is_an_option_a_comment_and_a_row_of_the_docs(
    copy: Copy, results: Path, reference: Callable[[str], str]
) -> None:
    settings = json.loads((results / "results.json").read_text(encoding="utf-8"))["plan"]
    assert settings["decimals"]["value"] == 3
    assert "--decimals" in copy.elancry("analyze", "--help")
    copy.elancry("init", str(copy.root / "mine"))
    assert "Decimals of coefficients" in (copy.root / "mine" / "study.yaml").read_text(encoding="utf-8")
    assert "decimals" in reference("plan.md")


def test_a_score_enters_tables_and_models(results: Path) -> None:
    assert "coded_minutes" in {row["score"] for row in rows(results / "tables" / "regression.csv")}
    assert "coded_minutes" in {row["score"] for row in rows(results / "tables" / "descriptives.csv")}


def test_a_figure_is_in_folder_and_page(results: Path) -> None:
    assert (results / "figures" / "lengths.svg").is_file()
    assert "Lengths of the sequences in seconds." in (results / "report.html").read_text(encoding="utf-8")


def test_a_language_is_a_catalogue(copy: Copy, results: Path, study: Path) -> None:
    assert "En bref" in (results / "report.html").read_text(encoding="utf-8")


def test_a_finding_is_told_with_its_explanation(copy: Copy, study: Path, reference: Callable[[str], str]) -> None:
    told = json.loads(copy.elancry("check", str(study), "--format", "json"))
    found = [item for item in told["findings"] if item["code"] == "annotation-at-begin"]
    assert [(item["tier"], item["message"]) for item in found] == [("crying_form", "begins at 0")]
    assert "Often the rater forgot to set its begin." in reference("reference/findings.md")


def test_a_batch_operation_has_help_and_changes(copy: Copy, study: Path, reference: Callable[[str], str]) -> None:
    assert "How comments begin." in copy.elancry("batch", "drop-comments", "--help")
    copy.elancry("batch", "drop-comments", str(study), "-o", str(copy.root / "clean"), "--begin", "protest")
    removed = rows(copy.root / "clean" / "changes.csv")
    assert {row["before"] for row in removed} == {"protest"}
    assert "drop-comments" in reference("reference/commands.md")


def test_a_format_is_written_and_listed(copy: Copy, study: Path) -> None:
    out = copy.root / "one.lines"
    copy.elancry("convert", str(study / "S01__R2.eaf"), str(out))
    begins = [int(line.split("\t")[0]) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(begins) > 5
    assert begins == sorted(begins)
    copy.python(str(copy.root / "docs" / "make_formats.py"))
    assert "Lines of text" in (copy.root / "docs" / "formats.md").read_text(encoding="utf-8")
