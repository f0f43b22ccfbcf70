"""The numbers inside ELAN are those of `elancry agree` for the same annotations.

Random tiers go both ways: as tiers into the recognizer, and as .eaf files (tier `coding`, one file per rater, medium
not at hand) into `elancry agree`. Compared are the rows at full precision, and what both print.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from elancry.align.sequences import match_sequences
from elancry.choices import Matching
from elancry.cli.main import cli
from elancry.eaf import new_document, read_eaf, write_eaf
from elancry.plugin.coding import coding_of
from elancry.plugin.compare_report import Numbers, numbers_of
from elancry.plugin.entry import run_once
from elancry.plugin.form import RATERS, SOUND
from elancry.plugin.host import Host
from elancry.plugin.xml_input import Segment
from elancry.report.rows import rows_of
from elancry.spans import format_ms
from elancry.study.compared import Compared
from elancry.study.plan import Plan
from elancry.study.run import check_study, compute

SAMPLE = Path(__file__).resolve().parents[2] / "sample_eaf"
VALUES = ("point", "beat", "icönic ", "Iconic")
Tiers = dict[str, list[Segment]]


def random_tiers(seed: int, raters: int, *, annotations: int = 40) -> Tiers:
    """Tiers that agree in part: each later rater moves, renames, drops and adds annotations of the first."""
    pick = random.Random(seed)
    first, at = [], 0
    for _ in range(annotations):
        at += pick.randrange(0, 700)
        end = at + pick.randrange(60, 1600)
        first.append(Segment(at, end, pick.choice(VALUES)))
        at = end
    found = {"R1": first}
    for number in range(2, raters + 1):
        own: list[Segment] = []
        for item in first:
            if pick.random() < 0.15:
                continue
            start = max(item.start_ms + pick.randrange(-150, 150), own[-1].end_ms if own else 0)
            end = max(start + 20, item.end_ms + pick.randrange(-150, 150))
            own.append(Segment(start, end, item.value if pick.random() < 0.75 else pick.choice(VALUES)))
        found[f"R{number}"] = own
    return found


SEQUENCES = [Segment(500, 9_000, "S1"), Segment(12_000, 21_000, "S2")]


def in_elan(tiers: Tiers, sequences: list[Segment] | None, matching: str, criterion: float) -> Numbers:
    coding = coding_of(tiers, sequences=sequences)
    windows, _ = match_sequences(coding)
    return numbers_of(Compared.of(coding, windows), matching=Matching(matching), criterion=criterion)


def write_files(folder: Path, tiers: Tiers, sequences: list[Segment] | None) -> Path:
    """The same annotations as files of the raters."""
    folder.mkdir()
    for rater, segments in tiers.items():
        editor = new_document().edit()
        editor.types.add("coding")
        editor.tiers.add("coding", "coding", annotator=rater)
        if sequences is not None:
            editor.tiers.add("Sequence", "coding", annotator=rater)
            for item in sequences:
                editor.annotations.add("Sequence", item.start_ms, item.end_ms, item.value)
        for item in segments:
            editor.annotations.add("coding", item.start_ms, item.end_ms, item.value)
        write_eaf(editor.document(), folder / f"s01__{rater}.eaf")
    return folder


@pytest.mark.parametrize(
    ("seed", "raters", "sequences", "matching", "criterion"),
    [(1, 2, None, "easydiag", 0.6), (2, 3, SEQUENCES, "easydiag", 0.6), (3, 4, None, "elan", 0.8)],
)
def test_every_row_equals_that_of_agree(
    tmp_path: Path, seed: int, raters: int, sequences: list[Segment] | None, matching: str, criterion: float
):
    tiers = random_tiers(seed, raters)
    numbers = in_elan(tiers, sequences, matching, criterion)
    plan = Plan().choose(
        tiers=("coding",),
        sequence_tier=None if sequences is None else "Sequence",
        matching=Matching(matching),
        criterion=(criterion,),
        resamples=0,
    )
    coding = check_study([write_files(tmp_path / "coded", tiers, sequences)], plan)
    results = compute(coding, plan, command="agree", say=lambda _: None)
    table = rows_of(results.tables["agreement"])
    names = ("measure", "variant", "scope", "category", "raters", "aggregate")
    theirs = {tuple(row[name] for name in names): row for row in table if row["time_unit_ms"] is None}
    compared = 0
    for row in numbers.rows:
        if row["scope"] == "session":
            continue  # the session has another name there; with one session it is the overall row
        other = theirs[tuple(str(row.get(name, "")) for name in names)]
        assert other["estimate"] == row["estimate"]
        assert row["estimate"] is not None or str(other["undefined_reason"]) == str(row["undefined_reason"])
        compared += 1
    assert compared > 100


def said(report: str, pattern: str) -> str:
    found = re.search(pattern, report)
    assert found is not None, (pattern, report)
    return found[1]


def test_what_the_report_prints_is_what_agree_prints(tmp_path: Path, fake_elan: Any):
    tiers = random_tiers(5, 2)
    folder = write_files(tmp_path / "coded", tiers, None)
    arguments = ["agree", str(folder), "-o", str(tmp_path / "out"), "--tiers", "coding"]
    printed = CliRunner().invoke(cli, arguments, catch_exceptions=False).output
    slots = {RATERS[name]: [(i.start_ms, i.end_ms, i.value) for i in own] for name, own in tiers.items()}
    report = fake_elan.run("elancry-compare", **slots).report
    time, events = said(report, r"Fleiss' kappa (\S+)\.\n"), said(report, r"kappa \(easydiag\) (\S+)\.\n")
    assert time == said(printed, r"agreement over time, Fleiss' kappa (\S+)")
    assert events == said(printed, r"agreement on events, easydiag kappa, overlap 0\.6: (\S+)")
    # The training table has Cohen's kappa in time of the only pair.
    assert said(report, r"R1 and R2: Cohen's kappa (\S+)\.\n") == said(printed, r"(?m)^  R1\b.*? {2,}([-.\d]+) ")


def compared(tiers: Tiers, sound: Path | None, folder: Path) -> str:
    """What *Compare raters* reports; the annotations are written as ELAN does."""
    given = {} if sound is None else {SOUND: str(sound)}
    for name, own in tiers.items():
        path = folder / f"{name}.xml"
        spans = "".join(
            f'<span start="{i.start_ms / 1000:.3f}" end="{i.end_ms / 1000:.3f}"><v>{i.value}</v></span>' for i in own
        )
        path.write_text(f'<TIER columns="tier_1">{spans}</TIER>', encoding="utf-8")
        given[RATERS[name]] = str(path)
    params = "".join(f'<param name="{name}">{value}</param>' for name, value in given.items())
    stream = BytesIO()
    run_once("compare", f"<PARAM>{params}</PARAM>".encode(), Host(stream))
    return stream.getvalue().decode()


def test_the_length_of_the_sound_file_is_the_window(tmp_path: Path, wav: Callable[[Path, int], Path]):
    report = compared(random_tiers(6, 2, annotations=5), wav(tmp_path / "S 01 ü.wav", 60), tmp_path)
    assert "Compared: the whole recording, 0:01:00.000." in report
    assert "Please check" not in report


@pytest.mark.parametrize("seconds", [60, 1100, None])
def test_a_sound_file_that_is_too_short_cuts_nothing(
    tmp_path: Path, wav: Callable[[Path, int], Path], seconds: int | None
):
    """The tier crying_form of S01 by R1 and R2, coded from 0:15:59 to 0:40:59: kappa .87 over all of it.

    Cut at 1,100 s it was .90, and at 60 s the raters agreed at 100.0 %. The numbers are those of `elancry agree`
    without a medium (the first tests of this module), so of all that was coded.
    """
    tiers = {}
    for rater in ("R1", "R2"):
        found = read_eaf(SAMPLE / f"S01__{rater}.eaf").annotations("crying_form")
        tiers[rater] = [Segment(item.start_ms, item.end_ms, item.value) for item in found]
    last = max(item.end_ms for own in tiers.values() for item in own)
    sound = None if seconds is None else wav(tmp_path / "sound.wav", seconds)
    report = compared(tiers, sound, tmp_path)
    assert "Fleiss' kappa .87." in report
    assert f"Compared: from the start to the end of the last annotation, {format_ms(last)}." in report
    told = (
        ""
        if seconds is None
        else f"Please check: the sound file ends at {format_ms(seconds * 1000)}, but the last annot"
    )
    assert told in report
    assert ("Please check" in report) == (seconds is not None)


@pytest.fixture
def wav() -> Callable[[Path, int], Path]:
    """Make a silent sound file of so many seconds."""
    import wave

    def make(path: Path, seconds: int) -> Path:
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(1)
            file.setframerate(100)
            file.writeframes(b"\x80" * 100 * seconds)
        return path

    return make
