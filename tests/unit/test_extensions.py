"""docs/extending.md, taken at its word: a wheel of its two files, installed beside elancry, adds what it says."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from elancry.eaf import read_eaf
from elancry.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
LINES = "1000 2000 holds\n2500 4000 speaks\n"


def file_of_page(name: str) -> str:
    found = re.search(rf"^`{re.escape(name)}`:\n\n```\w+\n(.*?)```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, name
    return found[1]


def wheel(folder: Path, project: str, **modules: str) -> Path:
    """What a build backend makes of `project` and one module: the module, its metadata and its entry points."""
    about = tomllib.loads(project)["project"]
    stem = f"{about['name'].replace('-', '_')}-{about['version']}"
    points = "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
        for group, entries in about["entry-points"].items()
    )
    files = {f"{name}.py": content for name, content in modules.items()} | {
        f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n",
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{stem}.dist-info/entry_points.txt": points,
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},\n"
        for name, text in files.items()
    )
    files[f"{stem}.dist-info/RECORD"] = record + f"{stem}.dist-info/RECORD,,\n"
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


class Installed:
    """elancry in a process that sees the packages in one more folder."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def elancry(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return self.python("from elancry.cli.main import main; main()", *arguments)

    def python(self, code: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        seen = os.pathsep.join([str(ROOT / "src"), str(self.target)])
        environment = {**os.environ, "PYTHONPATH": seen, "LANGUAGE": "en", "PYTHONUTF8": "1"}
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", code, *map(str, arguments)],
            env=environment, capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("example")
    made = wheel(folder, file_of_page("pyproject.toml"), elancry_lines=file_of_page("elancry_lines.py"))
    install = ["-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", str(folder / "site"), str(made)]
    subprocess.run([sys.executable, *install], check=True, capture_output=True)
    return Installed(folder / "site")


def put(folder: Path, name: str, points: str, module: str = "") -> Installed:
    """A package that is not installed but lies there."""
    about = folder / f"{name.replace('-', '_')}-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (about / "entry_points.txt").write_text(points)
    (folder / f"{name.replace('-', '_')}.py").write_text(module)
    return Installed(folder)


def test_a_format_of_a_package_is_read_written_and_named(example: Installed, tmp_path: Path):
    (tmp_path / "s01.lines").write_text(LINES)
    done = example.elancry("convert", tmp_path / "s01.lines", tmp_path / "s01.eaf")
    assert done.returncode == 0, done.stderr
    document = read_eaf(tmp_path / "s01.eaf")
    assert [(a.start_ms, a.end_ms, a.value) for a in document.annotations("lines")] == [
        (1000, 2000, "holds"), (2500, 4000, "speaks"),
    ]  # fmt: skip
    done = example.elancry("convert", tmp_path / "s01.eaf", tmp_path / "again", "--to", "lines")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "again" / "s01.lines").read_text() == LINES
    assert "lines" in example.elancry("convert", "--help").stdout
    (tmp_path / "bad.lines").write_text("1000 holds\n")
    done = example.elancry("convert", tmp_path / "bad.lines", tmp_path / "bad.eaf")
    assert (done.returncode, "bad.lines:1: expected begin, end and value" in done.stderr) == (2, True)


COEFFICIENT = """
import numpy as np, json
from elancry.study.agree.engine import Engine
from elancry.study.agree.sums import Units, UnitSums
from elancry.study.agree.time import Time
from elancry.study.provenance import versions

chance = np.random.default_rng(1)
units = [Units(f"S{n}", chance.integers(0, 2, (20, 3)), np.ones(20)) for n in range(12)]
family = Time(
    base={"variant": "with_none"}, raters=("a", "b", "c"), categories=("x", "y"), of=UnitSums(units, ("a", "b", "c"), 2)
)
rows = [row for row in Engine(1, 50).rows(family) if row["measure"] in ("time_percent", "time_odds")]
names = ("measure", "scope", "category", "session", "raters", "aggregate", "estimate", "ci_low")
print(json.dumps([versions(), [{name: row.get(name) for name in names} for row in rows]], default=str))
"""


def test_a_coefficient_of_a_package_has_every_scope_and_an_interval(example: Installed):
    versions, rows = json.loads(example.python(COEFFICIENT).stdout)
    assert versions["elancry-lines"] == "1.0"
    key = ("scope", "category", "session", "raters", "aggregate")
    found = {measure: {tuple(row[name] for name in key): row for row in rows if row["measure"] == measure}
             for measure in ("time_percent", "time_odds")}  # fmt: skip
    assert found["time_odds"].keys() == found["time_percent"].keys()
    assert {row["scope"] for row in rows} == {"overall", "category", "session"}
    assert {row["aggregate"] for row in rows} == {"pooled", "pair", "leave_one_out"}
    for place, row in found["time_odds"].items():
        share = found["time_percent"][place]["estimate"]
        assert row["estimate"] == pytest.approx(share / (1 - share))
        assert row["scope"] == "session" or row["ci_low"] < row["estimate"]


BROKEN = {
    "own-name": ("[elancry.formats]\ntextgrid = x:F\n", "", "declares 'textgrid' in elancry.formats"),
    "own-eaf": ("[elancry.formats]\neaf = x:F\n", "", "declares 'eaf' in elancry.formats, which elancry has itself"),
    "not-there": ("[elancry.formats]\nx = nowhere:F\n", "", "cannot be loaded: ModuleNotFoundError"),
    "raises": ("[elancry.formats]\nx = raises:F\n", "1 / 0", "cannot be loaded: ZeroDivisionError"),
    "other-kind": ("[elancry.formats]\nx = other_kind:F\n", "F = 1", "expected elancry.interop.format.Format('x'"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_package_that_cannot_be_used_is_named(name: str, tmp_path: Path):
    points, module, said = BROKEN[name]
    (tmp_path / "a.lines").write_text(LINES)
    package = put(tmp_path / "site", name, points, module)
    done = package.elancry("convert", tmp_path / "a.lines", tmp_path / "a.eaf")
    assert done.returncode == 2
    assert said in done.stderr
    assert f"package {name}" in done.stderr
    assert "Traceback" not in done.stderr


def test_two_packages_of_one_name_are_both_named(tmp_path: Path):
    for name in ("one", "two"):
        package = put(tmp_path / "site", name, f"[elancry.formats]\nx = {name}:F\n")
    (tmp_path / "a.lines").write_text(LINES)
    done = package.elancry("convert", tmp_path / "a.lines", tmp_path / "a.eaf")
    assert (done.returncode, "several packages declare 'x' in elancry.formats: one, two" in done.stderr) == (2, True)


def test_a_coefficient_named_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch):
    from importlib.metadata import EntryPoint

    from elancry import extensions
    from elancry.study.agree import time

    point = EntryPoint("odds", "math:sqrt", extensions.MEASURES)
    for module in (time, extensions):
        monkeypatch.setattr(module, "declared", lambda group: {"odds": (point,)})
    with pytest.raises(UsageError, match=r"expected time_\.\.\. = FUNCTION"):
        time.of_packages.__wrapped__()
