"""What stands in the launchers. run.sh itself is started in tests/elan; run.bat can only be read here."""

from __future__ import annotations

import ast

import pytest

from elancry.errors import UsageError
from elancry.plugin.launcher import launchers
from elancry.texts import languages, text

WINDOWS = r"C:\Users\Jörg Müller (neu)\100%\pipx\venvs\elancry\Scripts\python.exe"


def bat(python: str) -> list[str]:
    data = launchers(python, "compare")["run.bat"]
    assert not data.startswith(b"\xef\xbb\xbf"), "cmd.exe shows a byte order mark"
    text = data.decode("utf-8")
    assert text.count("\n") == text.count("\r\n") == len(text.splitlines())
    return text.splitlines()


def test_the_batch_file_switches_to_utf8_before_the_first_letter_that_needs_it():
    lines = bat(WINDOWS)
    assert lines[0] == "@echo off"
    switch = next(number for number, line in enumerate(lines) if "chcp.com" in line)
    assert lines[switch] == '"%SystemRoot%\\System32\\chcp.com" 65001 >nul 2>nul'
    assert all(line.isascii() for line in lines[: switch + 1])
    assert any("Jörg Müller" in line for line in lines[switch + 1 :])


def test_the_batch_file_quotes_the_path_and_doubles_percent():
    lines = bat(WINDOWS)
    assert f'set "PYTHON={WINDOWS.replace("%", "%%")}"' in lines
    assert '"%PYTHON%" -X utf8 "%~dp0run.py"' in lines
    assert 'set "PYTHONUTF8=1"' in lines


def test_the_batch_file_says_in_words_that_python_is_gone_and_ends_with_a_result():
    lines = bat(WINDOWS)
    gone = [line for line in lines if line.startswith('if not exist "%PYTHON%" ')]
    assert [line.removeprefix('if not exist "%PYTHON%" ').split()[0] for line in gone] == [
        "echo",
        "echo",
        "echo",
        "exit",
    ]
    # ELAN compares the whole line: nothing may follow, not even a blank.
    assert gone[2].endswith("echo RESULT: FAILED.")
    assert not any("goto" in line or line.rstrip().endswith("(") for line in lines)


def test_the_shell_script_holds_any_path():
    text = launchers("/home/o'neil ü/ve nv/bin/python", "check")["run.sh"].decode()
    assert text.startswith("#!/bin/sh\n")
    assert "PYTHON='/home/o'\\''neil ü/ve nv/bin/python'\n" in text
    assert text.rstrip().endswith('exec "$PYTHON" -X utf8 run.py')
    assert "\r" not in text


def test_run_py_is_python_and_catches_a_lost_elancry():
    source = launchers("/usr/bin/python3", "check")["run.py"].decode("ascii")
    ast.parse(source)
    assert "except ImportError" in source
    assert 'print("RESULT: FAILED.")' in source
    assert 'main(["check"])' in source


@pytest.mark.parametrize("path", ["/a\nb/python", 'C:\\a"b\\python.exe'])
def test_a_path_that_no_script_can_hold_is_refused(path: str):
    with pytest.raises(UsageError, match="cannot be written into a script"):
        launchers(path, "compare")


@pytest.mark.parametrize("language", languages())
def test_the_launchers_speak_the_language_of_the_installation(language: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANGUAGE", language)
    files = {name: data.decode("ascii") for name, data in launchers("/usr/bin/python3", "check").items()}
    assert f"LANGUAGE={language}\n" in files["run.sh"]
    assert f'set "LANGUAGE={language}"\r\n' in files["run.bat"]
    ast.parse(files["run.py"])
    # Nothing in the sentences that a shell would take for its own.
    for code in ("python-gone", "again", "no-elancry"):
        assert not set("\"'`$%&|<>^!\\") & set(text(f"plugin.launcher.{code}").into(language))
