"""The values of the form."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from elancry.errors import UnreadableInput, UsageError
from elancry.plugin.form import Given, compare_form


def given(**values: str) -> Given:
    return Given(compare_form(), values)


@pytest.mark.parametrize(
    ("text", "number"), [("60.0", 60), ("", 60), ("1.0", 1), ("99.6", 100), ("60,0", 60), ("1.4E-45", 60)]
)
def test_numbers_come_as_floats(text: str, number: int):
    assert given(overlap=text).number("overlap") == number


@pytest.mark.parametrize("text", ["0.0", "101.0", "NaN", "Infinity", "sixty"])
def test_an_impossible_number_is_refused_in_words(text: str):
    with pytest.raises(UsageError, match="is not between 1 and 100"):
        given(overlap=text).number("overlap")


def test_words_and_what_is_not_there():
    assert given().choice("matching") == "easydiag"
    assert given(matching="elan").choice("matching") == "elan"
    with pytest.raises(UsageError, match=r"is not one of the choices \(easydiag, elan"):
        given(matching="guess").choice("matching")
    assert given(unknown="1").tier("rater3") is None
    assert given().length_ms() is None


def test_a_file_that_is_gone(tmp_path: Path):
    for path in (str(tmp_path / "gone.xml"), str(tmp_path), "a\0b"):
        with pytest.raises(UnreadableInput, match="for R1 cannot be read"):
            given(rater1=path).tier("rater1")
    assert given(source=str(tmp_path / "gone.wav")).length_ms() is None


def test_no_pipe_is_waited_for_and_no_video_is_read_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(UnreadableInput, match="for R1 cannot be read"):
            given(rater1=str(tmp_path / "pipe")).tier("rater1")
    video = tmp_path / "video.mp4"
    video.write_bytes(bytes(1000))
    monkeypatch.setattr("elancry.plugin.form.MOST_BYTES", 10)
    monkeypatch.setattr("elancry.plugin.xml_input.MOST_BYTES", 10)
    with pytest.raises(UnreadableInput, match="exceeds"):
        given(rater1=str(video)).tier("rater1")
