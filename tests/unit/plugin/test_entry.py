"""One run, step by step: what ELAN reads, and what is left where a run ends early."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from elancry.errors import UsageError
from elancry.plugin import entry
from elancry.plugin.entry import DONE, FAILED
from elancry.plugin.host import SPELLED, Host, Outcome, in_ascii
from elancry.plugin.xml_input import Segment
from elancry.texts import languages, text

LOCALES = Path(entry.__file__).parents[1] / "locale"
SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `compare` with a recognizer of the test's own."""

    def call(
        recognizer: Callable[[Mapping[str, str], Host], Outcome], output: Path | str = ""
    ) -> tuple[int, list[str]]:
        stream = BytesIO()
        data = f'<PARAM><param name="tiers">{output}</param></PARAM>'.encode()
        monkeypatch.setattr(entry, "_recognizer", lambda _: recognizer)
        monkeypatch.setattr(
            entry,
            "sys",
            SimpleNamespace(
                stdout=SimpleNamespace(buffer=stream, fileno=lambda: os.open(os.devnull, os.O_WRONLY)),
                stdin=SimpleNamespace(buffer=BytesIO(data), isatty=lambda: False),
            ),
        )
        handlers = {name: signal.getsignal(name) for name in SIGNALS}
        try:
            code = entry.main(["compare"])
        finally:
            for name, handler in handlers.items():
                signal.signal(name, handler)
        return code, stream.getvalue().decode("utf-8").splitlines()

    return call


def tier(_given: Mapping[str, str], _host: Host) -> Outcome:
    return Outcome(["fine"], {"new": [Segment(0, 1, "x")]})


@pytest.fixture
def out(tmp_path: Path) -> Path:
    path = tmp_path / "out.xml"
    path.write_bytes(b"")
    return path


def test_a_good_run(run: Run, out: Path):
    code, lines = run(tier, out)
    assert (code, lines[0], lines[-1]) == (0, "PROGRESS: 0.01 Starting", DONE)
    assert b'start="0"' in out.read_bytes()


def test_a_fault_of_our_own_is_said_in_words(run: Run, out: Path):
    def broken(_given: Mapping[str, str], _host: Host) -> Outcome:
        raise ZeroDivisionError("division by zero")

    code, lines = run(broken, out)
    assert (code, lines[-1]) == (1, FAILED)
    assert "elancry itself failed (ZeroDivisionError: division by zero)." in lines
    assert not any("Traceback" in line for line in lines)
    assert out.read_bytes() == b""


def test_no_memory(run: Run, out: Path):
    def greedy(_given: Mapping[str, str], _host: Host) -> Outcome:
        raise MemoryError

    code, lines = run(greedy, out)
    assert (code, lines[-1]) == (1, FAILED)
    assert any("not have enough free memory" in line for line in lines)


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM ends a process on Windows at once")
def test_cancelled_in_the_middle_of_the_work(run: Run, out: Path):
    def cancelled(_given: Mapping[str, str], _host: Host) -> Outcome:
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("the signal came too late")

    code, lines = run(cancelled, out)
    assert code == entry.CANCELLED
    assert not any(line.startswith("RESULT") for line in lines)
    assert out.read_bytes() == b""


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM ends a process on Windows at once")
def test_cancelled_in_the_middle_of_writing(run: Run, out: Path, monkeypatch: pytest.MonkeyPatch):
    out.write_text("<TIERS><TIER columns='old'/></TIERS>")
    seen: list[str] = []

    def cancelled(_handle: int) -> None:
        seen.extend(path.name for path in out.parent.iterdir())
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("elancry.files.os.fsync", cancelled)
    code, lines = run(tier, out)
    assert code == entry.CANCELLED
    assert len(seen) == 2, "the temporary file was there"
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert "old" in out.read_text()
    assert DONE not in lines


@pytest.mark.parametrize("how", [KeyboardInterrupt, entry.Gone])
def test_cancelled_between_the_new_tiers_and_the_last_line(
    run: Run, out: Path, how: type[BaseException], monkeypatch: pytest.MonkeyPatch
):
    def say(_host: Host, text: str = "") -> None:
        if text == DONE:
            assert b'start="0"' in out.read_bytes()
            raise how

    monkeypatch.setattr(Host, "say", say)
    code, _ = run(tier, out)
    assert code == entry.CANCELLED
    assert out.read_bytes() == b""


def test_nobody_listens_any_more(run: Run, out: Path):
    def gone(_given: Mapping[str, str], _host: Host) -> Outcome:
        raise entry.Gone

    code, _ = run(gone, out)
    assert code == entry.CANCELLED
    assert out.read_bytes() == b""


def test_lines_that_elan_would_take_for_something_else():
    stream = BytesIO()
    host = Host(stream)
    host.say("0")
    host.say("a\nRESULT: DONE.\nb")
    host.say()
    host.progress(1.5, "over")
    host.say("lone \ud800 half")
    assert stream.getvalue().decode().split("\n")[:-1] == [
        " 0",
        "a RESULT: DONE. b",
        "",
        "PROGRESS: 0.99 over",
        "lone ? half",
    ]


@pytest.mark.parametrize("language", languages())
def test_every_text_that_a_report_may_hold_can_be_spelled_in_ascii(language: str):
    # An older Java shows other letters only if they are in the system's code page.
    source = (LOCALES / language / "LC_MESSAGES" / "elancry.po").read_text(encoding="utf-8")
    shown = [
        entry
        for entry in source.split("\n\n")
        if entry.startswith(
            tuple(f'msgid "{room}.' for room in ("plugin", "finding", "undefined", "files", "severity"))
        )
    ]
    assert shown
    assert [entry for entry in shown if not entry.translate(SPELLED).isascii()] == []


def test_umlauts_are_spelled_out_where_elan_may_not_show_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANGUAGE", "de")
    stream = BytesIO()
    host = Host(stream)
    host.progress(0.5, text("plugin.check.looking"))
    host.say(text("plugin.check.no-codebook", names=("Gefühle",)))
    assert stream.getvalue().decode().splitlines() == [
        "PROGRESS: 0.50 Fehlersuche",
        "keiner der Werte kommt in einem der vorhandenen Kodierbuecher vor (Gefühle)",
    ]
    line = text("plugin.compare.difference", start="0:00", seconds=1.0, value="R1=ärgerlich „so“ | R2=icônic")
    assert in_ascii(line) == "- 0:00, 1.0 s: R1=ärgerlich „so“ | R2=icônic"


def test_a_closed_stream_is_noticed():
    class Closed(BytesIO):
        def flush(self) -> None:
            raise BrokenPipeError

    with pytest.raises(entry.Gone):
        Host(Closed()).say("anybody?")
    stream: Any = BytesIO()
    stream.close()
    with pytest.raises(entry.Gone):
        Host(stream).say("anybody?")


def test_an_error_cannot_end_the_run_as_done(run: Run, out: Path):
    def recognizer(_given: Mapping[str, str], _host: Host) -> Outcome:
        raise UsageError(f"no file x\n{DONE}\n", hint=f"y\n{DONE}")

    code, lines = run(recognizer, out)
    assert code == 1
    assert DONE not in lines
    assert lines[-1] == FAILED
