"""Work that takes a while: the commands of elancry, one at a time, each as a process of its own.

A command that ends badly, or that is stopped, cannot take the page with it; and a page that is closed and opened again
finds the work where it is, because it asks.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from elancry.errors import UsageError
from elancry.texts import from_data, text

PATIENCE = 5.0
"""Seconds that a command has to end by itself when it was told to."""
MOST = 20_000_000
"""Characters of output that are kept."""
PAGES = ("report.html", "worklist.html", "manual.html")
_START = "import sys; from elancry.cli.start import main; main()"


class State(StrEnum):
    """What became of a job."""

    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    STOPPED = "stopped"


@dataclass
class Job:
    """A command that was started. `exit` is its exit code when it has ended."""

    number: int
    command: str
    folder: Path
    output_folder: Path | None
    process: subprocess.Popen[str]
    stopping: bool = False
    exit: int | None = None
    progress: Mapping[str, Any] | None = None
    output: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    readers: list[threading.Thread] = field(default_factory=list)

    @property
    def state(self) -> State:
        """Whether it runs, is being stopped, ended, or was stopped."""
        if self.exit is None:
            return State.STOPPING if self.stopping else State.RUNNING
        return State.STOPPED if self.stopping else State.DONE

    @property
    def pages(self) -> list[str]:
        """The pages that the command wrote for people, relative to the study folder."""
        if self.output_folder is None:
            return []
        found = (self.output_folder / name for name in PAGES)
        return [path.relative_to(self.folder).as_posix() for path in found if path.is_file()]

    def as_dict(self, language: str) -> dict[str, Any]:
        """What the page shows of it."""
        progress = self.progress
        return {
            "job": self.number,
            "command": self.command,
            "state": self.state.value,
            "exit": self.exit,
            "said": "".join(self.said),
            "printed": "" if self.command == "check" else "".join(self.output),
            "pages": [] if self.exit is None else self.pages,
            "progress": None if progress is None else {**progress, "what": from_data(progress["what"]).into(language)},
        }


class Jobs:
    """The table of jobs; one runs at a time."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._lock = threading.Lock()

    @property
    def running(self) -> Job | None:
        """The job that has not ended."""
        return next((job for job in self._jobs.values() if job.exit is None), None)

    @property
    def last(self) -> Job | None:
        """The job that was started last."""
        return next(reversed(self._jobs.values()), None)

    def find(self, number: int) -> Job:
        """The job of this number; UsageError where there is none."""
        if number not in self._jobs:
            raise UsageError(text("app.no-such-job", number=number))
        return self._jobs[number]

    def start(self, command: str, arguments: Sequence[str], *, folder: Path, output: Path | None, language: str) -> Job:
        """Start `elancry COMMAND ARGUMENTS` in `folder`; UsageError while another job runs."""
        with self._lock:
            if self.running is not None:
                raise UsageError(text("app.busy", command=self.running.command))
            settings: dict[str, Any] = {"start_new_session": True}
            if sys.platform == "win32":
                settings = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
            process = subprocess.Popen(
                [sys.executable, "-c", _START, command, *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                env={**os.environ, "LANGUAGE": language, "NO_COLOR": "1", "PYTHONUTF8": "1"},
                **settings,
            )
            job = Job(next(self._numbers), command, folder, output, process)
            self._jobs[job.number] = job
        for reader in (self._read_output, self._read_said):
            thread = threading.Thread(target=reader, args=(job,), daemon=True)
            job.readers.append(thread)
            thread.start()
        threading.Thread(target=self._wait, args=(job,), daemon=True).start()
        return job

    def stop(self, job: Job) -> None:
        """Tell a job to end, as Ctrl-C does; who does not listen is ended after some seconds, with all it started."""
        if job.exit is not None or job.stopping:
            return
        job.stopping = True
        told = signal.SIGINT
        if sys.platform == "win32":
            told = signal.CTRL_BREAK_EVENT
        with contextlib.suppress(OSError):
            job.process.send_signal(told)
        threading.Thread(target=self._make_sure, args=(job,), daemon=True).start()

    def close(self) -> None:
        """End what still runs."""
        if (job := self.running) is not None:
            self.stop(job)
            with contextlib.suppress(subprocess.TimeoutExpired):
                job.process.wait(2 * PATIENCE)

    @staticmethod
    def _make_sure(job: Job) -> None:
        try:
            job.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            if sys.platform == "win32":
                subprocess.run(["taskkill", "/F", "/T", "/PID", str(job.process.pid)], capture_output=True, check=False)
            else:
                with contextlib.suppress(OSError):
                    os.killpg(job.process.pid, signal.SIGKILL)

    @staticmethod
    def _wait(job: Job) -> None:
        code = job.process.wait()
        for reader in job.readers:
            reader.join()
        job.exit = code

    @staticmethod
    def _read_output(job: Job) -> None:
        assert job.process.stdout is not None
        kept = 0
        with job.process.stdout as stream:
            for line in stream:
                kept += len(line)
                if kept <= MOST:
                    job.output.append(line)

    @staticmethod
    def _read_said(job: Job) -> None:
        assert job.process.stderr is not None
        kept = 0
        with job.process.stderr as stream:
            for line in stream:
                progress = _progress(line)
                if progress is not None:
                    job.progress = progress
                    continue
                kept += len(line)
                if kept <= MOST:
                    job.said.append(line)


def _progress(line: str) -> dict[str, Any] | None:
    """The progress that a line of `--progress json` tells; `None` for any other line."""
    if not line.startswith('{"progress"'):
        return None
    with contextlib.suppress(ValueError, KeyError, TypeError):
        found = json.loads(line)["progress"]
        from_data(found["what"])
        return {"what": found["what"], "done": int(found["done"]), "total": int(found["total"])}
    return None
