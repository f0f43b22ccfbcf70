"""The recognizers through their launchers, spoken to as ELAN does (`fake_elan` of conftest).

The time lines of most tests, in seconds:
         0    1    2    3    4    5
    R1   |point|    |beat|  |icönic|
    R2    |point|   |point|  |icönic|
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="run.sh is for Linux and macOS")

COMPARE, CHECK = "elancry-compare", "elancry-check"
R1 = [(0, 1000, "point"), (2000, 3000, "beat"), (4000, 5000, "icönic")]
R2 = [(200, 1100, "point"), (2000, 3000, "point"), (4200, 5000, "icönic")]


def tiers(path: Path) -> dict[str, list[tuple[int, int, str]]]:
    """What ELAN loads: times must be whole numbers, so that it takes them for milliseconds."""
    found = {}
    for tier in ElementTree.parse(path).getroot():
        name = tier.get("columns") or ""
        assert name.split() == [name]
        spans = [
            (int(item.get("start", "")), int(item.get("end", "")), item.findtext("v") or "")
            for item in tier.iter("span")
        ]
        assert all(a[1] <= b[0] for a, b in pairwise(spans))
        found[name] = spans
    return found


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The file that ELAN makes for an output that was left empty: it exists and is empty."""
    folder = tmp_path / "Videos von Jörg"
    folder.mkdir()
    path = folder / "S 01_tiers 123.xml"
    path.write_bytes(b"")
    return path


def test_compare_two_raters(fake_elan: Any, out: Path):
    run = fake_elan.run(COMPARE, rater1=R1, rater2=R2, tiers=str(out))
    assert (run.done, run.code) == (True, 0)
    found = tiers(out)
    assert found["elancry_consensus"] == [(200, 1000, "point"), (4200, 5000, "icönic")]
    assert found["elancry_disagreement"] == [
        (0, 200, "R1=point | R2=-"),
        (1000, 1100, "R1=- | R2=point"),
        (2000, 3000, "R1=beat | R2=point"),
        (4000, 4200, "R1=icönic | R2=-"),
    ]
    # 5 s in all, 1.5 s of them different.
    assert "- The raters agree in 70.0 % of the time." in run.lines
    assert "- 0:00:02.000, 1.0 s: R1=beat | R2=point" in run.lines
    assert "ELAN does not pass on the names of tiers" in run.report
    assert sorted(path.name for path in out.parent.iterdir()) == [out.name]


def test_progress_rises_and_never_says_that_it_is_over(fake_elan: Any, out: Path):
    run = fake_elan.run(COMPARE, rater1=R1, rater2=R2, tiers=str(out))
    shares = [float(line.split()[1]) for line in run.lines if line.startswith("PROGRESS:")]
    assert run.lines[0].startswith("PROGRESS: ")
    assert len(shares) >= 4
    assert shares == sorted(shares)
    # From 1 on ELAN looks for the output at once.
    assert shares[-1] < 1


def test_without_path_without_anything(fake_elan: Any, out: Path):
    chosen = {"rater1": R1, "rater2": R2, "tiers": str(out)}
    for environ in ({}, {"LC_ALL": "C"}, {"PATH": "", "LANG": "", "PYTHONIOENCODING": "ascii"}):
        run = fake_elan.send(COMPARE, fake_elan.parameters(COMPARE, chosen), environ=environ)
        assert run.done, run.report
        assert "icönic" in run.report


def test_the_run_command_is_one_word_in_the_folder_of_the_descriptor(fake_elan: Any):
    for name in (COMPARE, CHECK):
        (word,) = fake_elan.command(name)
        path = fake_elan.extensions / name / word
        assert os.access(path, os.X_OK)
        assert " " in str(path)


def test_three_raters_one_of_whom_did_not_code(fake_elan: Any, out: Path):
    chosen = {"rater1": R1, "rater2": R2, "rater3": R1, "rater4": []}
    run = fake_elan.run(COMPARE, **chosen, tiers=str(out))
    assert run.done
    assert "R4: empty; counts as not coded yet and is left out." in run.lines
    assert "- R1 and R3: Cohen's kappa 1.00." in run.lines
    # Two of three are a majority.
    assert tiers(out)["elancry_consensus"] == [(0, 1000, "point"), (2000, 3000, "beat"), (4000, 5000, "icönic")]
    assert tiers(out)["elancry_disagreement"][2] == (2000, 3000, "R1=beat | R2=point | R3=beat")


def test_only_inside_the_sequences(fake_elan: Any, out: Path):
    sequences = [(0, 1500, "S1"), (3900, 5000, "S2")]
    run = fake_elan.run(COMPARE, rater1=R1, rater2=R2, sequences=sequences, tiers=str(out))
    assert "Compared: only inside the 2 sequences of the sequence tier, 0:00:02.600 in total." in run.lines
    assert "R1: 3 annotations; 2 lie mainly inside the sequences." in run.lines
    # 0.5 s of 2.6 s differ.
    assert "- The raters agree in 80.8 % of the time." in run.lines
    assert all(end <= 1500 or start >= 3900 for start, end, _ in tiers(out)["elancry_disagreement"])


def test_numbers_of_the_form(fake_elan: Any, out: Path):
    chosen = {"rater1": R1, "rater2": R2, "tiers": str(out)}
    run = fake_elan.run(COMPARE, **chosen, overlap="90.0", shortest="250.0", matching="elan")
    assert "share 90 % of the longer one" in run.report
    assert "kappa (elan)" in run.report
    # What is shorter than 250 ms goes to the longer neighbour; the numbers do not change by it.
    assert tiers(out)["elancry_disagreement"] == [(2000, 3000, "R1=beat | R2=point")]
    assert "- The raters agree in 70.0 % of the time." in run.lines


def test_three_raters_agree_in_pairs(fake_elan: Any, out: Path):
    chosen = {"rater1": R1, "rater2": R2, "rater3": R1}
    run = fake_elan.run(COMPARE, **chosen, tiers=str(out))
    # R1 and R3 always, the two other pairs at 70 %.
    assert "- Two raters agree in 80.0 % of the time, averaged over all pairs." in run.lines
    assert "have one with the same value (over all pairs of raters)." in run.report


def test_sequences_of_another_recording(fake_elan: Any, out: Path):
    chosen = {"rater1": R1, "rater2": R2}
    elsewhere = [(60_000, 70_000, "S1")]
    run = fake_elan.run(COMPARE, **chosen, sequences=elsewhere, tiers=str(out))
    assert (
        "Please check: no annotation of R1 lies in the sequences. Do the sequences belong to this recording?"
        in run.lines
    )
    narrow = [(1900, 3000, "S1")]
    run = fake_elan.run(COMPARE, **chosen, sequences=narrow, tiers=str(out))
    assert "R1: 3 annotations; 1 lies mainly inside the sequences." in run.lines
    assert "Please check: 2 annotations of R1 lie outside the sequences and are left out." in run.lines
    whole = [(0, 5000, "S1")]
    run = fake_elan.run(COMPARE, **chosen, sequences=whole, tiers=str(out))
    assert "Please check" not in run.report


def test_an_annotation_without_a_value_is_told(fake_elan: Any, out: Path):
    run = fake_elan.run(COMPARE, rater1=[*R1, (6000, 7000, "")], rater2=R2, tiers=str(out))
    assert "R1: 4 annotations." in run.lines
    assert "Please check: 1 annotation of R1 has no value. Its time is left out." in run.lines


def test_a_text_in_a_tier_does_not_fill_the_report(fake_elan: Any, out: Path):
    long = [(0, 1000, "x" * 100_000), (1000, 2000, "point")]
    run = fake_elan.run(COMPARE, rater1=long, rater2=R1, tiers=str(out))
    assert run.done
    assert f"- {'x' * 200} [...]: kappa" in run.report
    assert len(run.report) < 4000
    assert max(len(text) for _, _, text in tiers(out)["elancry_disagreement"]) < 300


def test_two_values_at_a_time(fake_elan: Any, out: Path):
    twice = [(0, 1000, "pause"), (500, 1500, "letting narrate"), (2000, 2000, "pause")]
    run = fake_elan.run(COMPARE, rater1=twice, rater2=R2, tiers=str(out))
    assert "Please check: annotations of R1 overlap. Time with two values is left out." in run.lines
    run = fake_elan.run(CHECK, tier1=twice, codebook="crying", tiers=str(out))
    found = {start: text for start, _, text in tiers(out)["elancry_findings"]}
    assert "it overlaps the previous annotation" in found[500]
    assert "it begins and ends at the same time" in found[2000]


def test_agreement_that_does_not_exist_has_a_reason(fake_elan: Any, out: Path):
    same = [(0, 1000, "point")]
    run = fake_elan.run(COMPARE, rater1=same, rater2=same, tiers=str(out))
    assert run.done
    assert "Fleiss' kappa is not defined. All raters used the same single category throughout" in run.report
    assert not re.search(r"\bnan\b", run.report, re.IGNORECASE)
    assert "The raters do not disagree anywhere" in run.report
    assert tiers(out)["elancry_disagreement"] == []


def test_ten_thousand_annotations(fake_elan: Any, out: Path):
    pick = random.Random(7)
    first, second, at = [], [], 0
    for _ in range(10_000):
        at += pick.randrange(100, 900)
        end = at + pick.randrange(200, 1500)
        value = pick.choice(("point", "beat", "icönic"))
        first.append((at, end, value))
        second.append((at + pick.randrange(90), end, value if pick.random() < 0.8 else "beat"))
        at = end
    run = fake_elan.run(COMPARE, rater1=first, rater2=second, tiers=str(out))
    assert run.done
    assert "R1: 10000 annotations." in run.lines
    assert len(tiers(out)["elancry_consensus"]) > 5000
    run = fake_elan.run(CHECK, tier1=first, codebook="crying", tiers=str(out))
    assert run.done


def test_check_finds_what_is_wrong_and_where(fake_elan: Any, out: Path):
    spans = [
        (0, 1000, "pause"),
        (1000, 1040, "letting narrate"),
        (2000, 3000, "letting narate"),
        (3000, 4000, "pause "),
        (4000, 5000, ""),
        (6000, 7000, "pause"),
    ]
    sequences = [(0, 5500, "S1"), (8000, 9000, "S2")]
    run = fake_elan.run(CHECK, tier1=spans, sequences=sequences, tiers=str(out))
    assert run.done, run.report
    assert "Codebook: Patient crying and therapeutic interventions (crying 2), identified by the values" in run.report
    assert "T1: 6 annotations, read as intervention (4 with a value from it)." in run.lines
    assert "3 errors, 3 warnings:" not in run.lines
    found = {start: text for start, _, text in tiers(out)["elancry_findings"]}
    assert sorted(found) == [1000, 2000, 3000, 4000, 6000, 8000]
    assert "40 ms long" in found[1000]
    assert "Did you mean 'letting narrate'?" in found[2000]
    assert "begins or ends with a space" in found[3000]
    assert "no value" in found[4000]
    assert "outside all of the rater's sequences" in found[6000]
    assert "no annotation of intervention in sequence S2" in found[8000]
    assert "2 errors, 4 warnings:" in run.lines


def test_check_without_anything_wrong(fake_elan: Any, out: Path):
    run = fake_elan.run(CHECK, tier1=[(0, 1000, "protest"), (1000, 2000, "despair")], tiers=str(out))
    assert run.done
    assert "No findings." in run.lines
    assert tiers(out) == {"elancry_findings": []}


def test_check_ratings_and_another_tier(fake_elan: Any, out: Path):
    ratings = [(0, 1000, "3"), (2000, 3000, "9")]
    foreign = [(0, 1000, "hello"), (1000, 1010, "world")]
    run = fake_elan.run(CHECK, tier1=ratings, tier2=foreign, tier3=[], codebook="crying", tiers=str(out))
    assert run.done
    assert "T1: 2 annotations, read as ratings of crying_form or intervention (1 with a value from it)." in run.lines
    assert "T2: 2 annotations. None of the values is in this codebook" in run.report
    assert "T3: empty; counts as not coded yet." in run.lines
    assert [start for start, _, _ in tiers(out)["elancry_findings"]] == [1000, 2000]


def test_check_of_a_coding_that_no_codebook_knows(fake_elan: Any, out: Path):
    run = fake_elan.run(CHECK, tier1=R1, tiers=str(out))
    assert run.failed
    assert "none of the values occurs in any of the available codebooks (attachment-crying, crying" in run.report
    run = fake_elan.run(CHECK, tiers=str(out))
    assert run.failed
    assert "no tier with annotations was selected" in run.report


def test_check_with_a_codebook_of_ones_own(fake_elan: Any, out: Path, tmp_path: Path):
    own = tmp_path / "Mein Kodierbuch ü.yaml"
    own.write_text(
        "elancry_codebook: 1\nid: gesture\ntitle: Gesten\nlanguages: [de]\nsystems:\n"
        "  - id: gesture\n    labels: {de: Geste}\n    coding: interval\n    categories:\n"
        "      - {id: point, labels: {de: zeigt}}\n"
        "      - {id: beat, labels: {de: schlägt}}\n",
        encoding="utf-8",
    )
    spans = [(0, 1000, "zeigt"), (1000, 2000, "schlägt"), (2000, 3000, "xyz")]
    run = fake_elan.run(CHECK, tier1=spans, codebook_file=str(own), tiers=str(out))
    assert run.done, run.report
    assert "from the file you selected" in run.report
    assert [text for _, _, text in tiers(out)["elancry_findings"]] == [
        "T1 error: 'xyz' is not a category of gesture. The categories are zeigt, schlägt."
    ]
    own.write_text("id: gesture\nsystems: 7\n", encoding="utf-8")
    run = fake_elan.run(CHECK, tier1=spans, codebook_file=str(own), tiers=str(out))
    assert run.failed
    assert "in the codebook" in run.report


def test_slips_are_named(fake_elan: Any, out: Path):
    same = [(0, 1000, "point"), (1000, 2000, "Point")]
    run = fake_elan.run(COMPARE, rater1=same, rater2=same, rater3=R1, tiers=str(out))
    assert "Please check: R1 and R2 are identical to the millisecond. Was the same tier selected twice?" in run.lines
    assert (
        "Please check: 'Point' and 'point' differ only in capital letters or spaces, and count as different values."
        in run.lines
    )
    assert "R1 and R3 are the same" not in run.report


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({}, "a comparison needs the tiers of two raters, at R1 and at R2"),
        ({"rater1": R1}, "a comparison needs the tiers of two raters"),
        ({"rater1": R1, "rater2": []}, "the tier of R2 is empty"),
        (
            {"rater1": R1, "rater2": [(0, 100 * 3_600_000, "point")]},
            "more than 24 hours after the start of the recording",
        ),
        ({"rater1": R1, "rater2": R2, "sequences": []}, "the tier selected for the sequences is empty"),
        ({"rater1": R1, "rater2": R2, "sequences": [(0, 1000, "S1"), (500, 2000, "S2")]}, "the sequences overlap"),
        ({"rater1": R1, "rater2": [(0, 1000, ""), (1000, 2000, " ")]}, "no annotation of R2 has a value"),
        ({"rater1": R1, "rater2": [(500, 500, "point")]}, None),
    ],
)
def test_what_cannot_be_compared_is_said_in_words(fake_elan: Any, out: Path, chosen: dict[str, Any], words: str | None):
    run = fake_elan.run(COMPARE, **chosen, tiers=str(out))
    if words is None:
        assert run.done
        return
    assert (run.failed, run.code) == (True, 1)
    assert words in run.report
    assert out.read_bytes() == b""


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"overlap": "0.0"}, "is not between 1 and 100"),
        ({"overlap": "many"}, "'many' is not between 1 and 100"),
        ({"matching": "guess"}, "is not one of the choices (easydiag"),
        ({"rater2": "/nowhere/a.xml"}, "the file that ELAN wrote for R2 cannot be read"),
        ({"rater2": "/"}, "cannot be read"),
        ({"tiers": "/"}, "is a folder"),
        ({"tiers": "/nowhere at all/x.xml"}, "there is no folder"),
        ({"tiers": "relative.xml"}, "an absolute path"),
    ],
)
def test_wrong_values_are_said_in_words(fake_elan: Any, out: Path, values: dict[str, str], words: str):
    chosen = {"rater1": R1, "rater2": R2, "tiers": str(out), **values}
    run = fake_elan.run(COMPARE, **chosen)
    assert (run.failed, run.code) == (True, 1)
    assert words in run.report
    assert out.read_bytes() == b""


def test_an_output_that_cannot_be_written(fake_elan: Any, out: Path):
    chosen = {"rater1": R1, "rater2": R2}
    if os.geteuid() != 0:
        out.parent.chmod(0o500)
        target = str(out)
    elif Path("/sys/kernel").is_dir():
        target = "/sys/kernel/new tiers.xml"  # where even root may not make a file
    else:
        pytest.skip("root may write everywhere here")
    try:
        run = fake_elan.run(COMPARE, **chosen, tiers=target)
    finally:
        out.parent.chmod(0o700)
    assert (run.failed, run.code) == (True, 1)
    assert "you have no write permission there" in run.report
    assert out.read_bytes() == b""


def test_no_output_named_gives_the_text_alone(fake_elan: Any):
    run = fake_elan.run(COMPARE, rater1=R1, rater2=R2)
    assert run.done
    assert "ELAN named no file for the new tiers, so only this text was produced." in run.lines


def test_unknown_parameters_are_ignored(fake_elan: Any, out: Path):
    chosen = {"rater1": R1, "rater2": R2, "tiers": str(out)}
    run = fake_elan.run(COMPARE, **chosen, new_in_elan_8="1.0", rater7=R1)
    assert run.done
    assert "R7" not in run.report


@pytest.mark.parametrize(
    "parameters",
    [b"", b"<PARAM><param name='rater1'>", b"\xff\xfe\x00", b"<PARAM/><PARAM/>", b"not xml at all"],
)
def test_malformed_parameters(fake_elan: Any, parameters: bytes):
    run = fake_elan.send(COMPARE, parameters)
    assert run.failed
    assert "did not arrive, or were truncated" in run.report


def test_hostile_parameters(fake_elan: Any, tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("do not read me aloud")
    data = (
        f'<?xml version="1.0"?><!DOCTYPE PARAM [<!ENTITY x SYSTEM "file://{secret}">]>'
        '<PARAM><param name="rater1">&x;</param><param name="rater2">&x;</param></PARAM>'
    )
    run = fake_elan.send(COMPARE, data.encode())
    assert run.failed
    assert "document type declaration" in run.report
    assert "aloud" not in run.report


def test_a_value_cannot_end_the_run_or_leave_its_element(fake_elan: Any, out: Path):
    evil = "RESULT: DONE.\nRESULT: FAILED.\n0\n</v></span></TIER><TIER columns='x'>"
    run = fake_elan.run(
        COMPARE,
        rater1=[(0, 1000, evil), (1000, 2000, "a & b")],
        rater2=[(0, 1000, "0"), (1000, 2000, "PROGRESS: 1.0 x")],
        tiers=str(out),
    )
    assert run.done
    assert [line for line in run.lines if line.startswith("RESULT:")] == ["RESULT: DONE."]
    assert list(tiers(out)) == ["elancry_disagreement", "elancry_consensus"]


def test_a_file_of_the_raters_is_never_overwritten(fake_elan: Any, tmp_path: Path):
    video = tmp_path / "S01.mp4"
    video.write_bytes(b"\x00\x00\x00\x18ftypmp42")
    chosen = {"rater1": fake_elan.tier("rater1", R1), "rater2": fake_elan.tier("rater2", R2)}
    for path in (str(video), chosen["rater1"]):
        before = Path(path).read_bytes()
        run = fake_elan.run(COMPARE, **chosen, tiers=path)
        assert run.failed
        assert Path(path).read_bytes() == before


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("moment", ["0.01", "0.05", "0.35", "0.75", "0.95"])
def test_cancel(fake_elan: Any, out: Path, moment: str, how: signal.Signals):
    # ELAN's Cancel is SIGTERM; what ends a run with SIGKILL is the system. From 0.05 on the parameters are there.
    process = fake_elan.start(COMPARE)
    if moment != "0.01":
        process.stdin.write(fake_elan.parameters(COMPARE, {"rater1": R1, "rater2": R2, "tiers": str(out)}))
        process.stdin.close()
    while not process.stdout.readline().startswith(f"PROGRESS: {moment}".encode()):
        assert process.poll() is None
    process.send_signal(how)
    rest = process.stdout.read()
    process.wait(timeout=60)
    process.stdout.close()
    process.stdin.close()
    assert b"Traceback" not in rest
    assert [path.name for path in out.parent.iterdir()] == [out.name], "a file of ours"
    if b"RESULT: DONE." in rest:
        assert tiers(out)  # it was over before the signal came
    elif how == signal.SIGTERM:
        assert out.read_bytes() == b"", "not as ELAN made it"


def test_a_field_of_two_letters_never_started(fake_elan: Any):
    # What ELAN does with the name of a tier's field: the reason why R1 and T1 could not be started.
    with pytest.raises(ValueError, match="too short"):
        fake_elan.parameters(COMPARE, {"R1": R1})


def test_elan_goes_away(fake_elan: Any, out: Path):
    data = fake_elan.parameters(COMPARE, {"rater1": R1, "rater2": R2, "tiers": str(out)})
    process = fake_elan.start(COMPARE)
    process.stdout.readline()
    process.stdout.close()
    process.stdin.write(data)
    process.stdin.close()
    assert process.wait(timeout=60) == 130
    assert out.read_bytes() == b""
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_the_launcher_says_that_python_is_gone(fake_elan: Any, tmp_path: Path):
    script = (fake_elan.extensions / COMPARE / "run.sh").read_text(encoding="utf-8")
    moved = tmp_path / "run.sh"
    moved.write_text(re.sub(r"(?m)^PYTHON='.*'$", "PYTHON='/gone ü/bin/python'", script), encoding="utf-8")
    moved.chmod(0o755)
    done = subprocess.run(["./run.sh"], cwd=tmp_path, env={}, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.splitlines()[-1] == "RESULT: FAILED."
    assert "no longer exists: /gone ü/bin/python" in done.stdout
    assert done.stderr == ""


def test_run_py_says_that_elancry_is_gone(fake_elan: Any, tmp_path: Path):
    (tmp_path / "run.py").write_bytes((fake_elan.extensions / CHECK / "run.py").read_bytes())
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-X", "utf8", "run.py"],
        cwd=tmp_path,
        env={},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout.splitlines()[-1] == "RESULT: FAILED."
    assert "Install elancry again" in done.stdout


def test_started_by_hand():
    for arguments in ([], ["guess"], ["compare", "more"]):
        done = subprocess.run(
            [sys.executable, "-m", "elancry.plugin", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 2
        assert "started by ELAN" in done.stdout
