"""Every rule of ELAN's panel (elancry.plugin.panel), broken one at a time in a descriptor that is good."""

from __future__ import annotations

import pytest

from elancry.plugin.descriptor import descriptor
from elancry.plugin.form import check_form, compare_form
from elancry.plugin.panel import FILE_TYPES, LEVELS, problems

COMPARE, CHECK = descriptor(compare_form()).decode(), descriptor(check_form(("automatic", "crying"))).decode()


def codes(text: str) -> list[str]:
    return [item.code for item in problems(text.encode())]


@pytest.mark.parametrize("good", [COMPARE, CHECK])
def test_a_good_one_has_no_problem(good: str):
    assert problems(good.encode()) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (">rater1<", ">R1<", "short-names"),
        (">overlap<", ">ov<", "short-names"),
        (">tiers<", ">ti<", "short-names"),
        (">rater1<", ">rater 1<", "odd-names"),
        (">rater1<", ">räter<", "odd-names"),
        (">rater1<", ">rater2<", "equal-names"),
        ('runLinux="./run.sh"', 'runLinux="/opt/my ELAN/run.sh"', "absolute-run"),
        ('runMac="./run.sh"', 'runMac="~/my ELAN/run.sh"', "absolute-run"),
        ('runWin=".\\run.bat"', 'runWin="C:\\Program Files\\run.bat"', "absolute-run"),
        ('runLinux="./run.sh"', 'runLinux="&quot;./my run.sh&quot;"', "quoted-run"),
        ('runWin=".\\run.bat"', "", "no-run"),
        ('recognizerType="local"', 'recognizerType="remote"', "no-recognizer"),
        (">elancry_compare_raters<", ">compare raters<", "no-recognizer"),
        ('info="elancry: compare raters"', 'info=""', "no-title"),
        ('info="New tiers (may be left empty)"', "", "label"),
        ('info="New tiers (may be left empty)"', 'info="&lt;b&gt;"', "label"),
        ('<output level="basic"', '<output level="expert"', "level"),
        ('<output level="basic" type="tier"', '<output level="basic" type="xml"', "type"),
        ('type="int" min="1"', 'type="integer" min="1"', "type"),
        ('optional="true" mimetypes="audio/x-wav"', 'mimetypes="audio/x-wav"', "optional"),
        ('default="60"', 'default="101"', "number"),
        ('default="60"', 'default="many"', "number"),
        ('min="1" max="100"', 'min="1"', "number"),
        ('min="1" max="100"', 'min="100" max="1"', "number"),
        ('default="easydiag"', 'default="easy diag"', "choice"),
        ('default="easydiag"', "", "choice"),
        (">source<", ">sound<", "no-source"),
        ('type="audio" optional="true"', 'type="audio" optional="false"', "no-source"),
        ("<RECOGNIZER>", "<RECOGNISER>", "no-descriptor"),
        ('CMDVersion="1.1"', 'CMDVersion="1.2"', "no-descriptor"),
        ("<CMD", "<!DOCTYPE CMD><CMD", "no-descriptor"),
    ],
)
def test_each_rule(old: str, new: str, code: str):
    assert old in COMPARE
    assert f"plugin.panel-{code}" in codes(COMPARE.replace(old, new, 1))


def test_a_command_with_arguments_and_an_absolute_one_without_blanks_are_started():
    for command in ("./run.sh compare", "/opt/elancry/run.sh"):
        assert codes(COMPARE.replace('runLinux="./run.sh"', f'runLinux="{command}"')) == []


def test_the_lists_of_elan():
    # What ELAN's RecognizerParser knows; a type or level more would be one that ELAN does not.
    files = "audio auxiliary csvtier csvtimeseries multitier tier timeseries video"
    assert (" ".join(sorted(FILE_TYPES)), sorted(LEVELS)) == (files, ["advanced", "basic"])


@pytest.mark.parametrize("text", ["", "no XML", "<CMD/>", COMPARE[:-20]])
def test_what_is_no_descriptor(text: str):
    assert codes(text) == ["plugin.panel-no-descriptor"]
