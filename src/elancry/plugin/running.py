"""Is an ELAN running? A running one goes on with the forms that it read at its start, and on Windows holds them open.

A program is that ELAN's if it was started from ELAN's folder, or is a Java that was given something out of it. Where
the system does not say what runs, nothing is found.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from elancry.errors import OutputRefused
from elancry.plugin.elans import Elan
from elancry.texts import text

_PROCESSES = Path("/proc")
_ASK_WINDOWS = "Get-Process | Where-Object Path | ForEach-Object Path"
_SECONDS = 20


def refuse_running(elan: Elan) -> None:
    """Raise OutputRefused where this ELAN is running."""
    if elan.home is not None and is_running(elan.home):
        raise OutputRefused(
            str(text("plugin.elan-is-running", name=elan.name)), hint=str(text("plugin.elan-is-running-hint"))
        )


def is_running(home: Path) -> bool:
    """Whether a program of the ELAN in the folder `home` runs."""
    top = _normal(home)
    return any(program == top or program.startswith(top + os.sep) for program in map(_normal, _programs()))


def _programs() -> Iterator[str | Path]:
    """The paths of all programs that run, as far as the system tells."""
    if sys.platform == "win32":
        # The folder of PowerShell is the same in every Windows, whatever PATH says.
        shell = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32/WindowsPowerShell/v1.0/powershell.exe"
        yield from _lines([str(shell), "-NoProfile", "-NonInteractive", "-Command", _ASK_WINDOWS])
    elif sys.platform == "darwin":
        yield from _lines(["/bin/ps", "-axo", "comm="])
    else:
        for process in _PROCESSES.glob("[0-9]*"):
            yield from _of_process(process)


def _of_process(process: Path) -> Iterator[str | Path]:
    try:
        program = (process / "exe").readlink()
        yield program
        if program.name.startswith("java"):
            arguments = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
            # A class path, or an option such as -Dapp.dir=/opt/ELAN/app.
            yield from (part for item in arguments for part in item.rpartition("=")[2].split(os.pathsep) if part)
    except OSError:
        return


def _lines(command: list[str]) -> list[str]:
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]


def _normal(path: str | Path) -> str:
    return os.path.normcase(os.path.realpath(path) if Path(path).is_absolute() else path)
